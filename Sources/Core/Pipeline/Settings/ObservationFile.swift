import Files
import Kernels

/// An observation-result file: what to do with which frames.
package struct ObservationFile: Sendable {
  package enum Task: Sendable {
    /// Mode MegaraCrDetection: make masks.
    case masks(Masks)
    /// An image mode: combine the frames, with masks made before where the method uses any.
    case combination(Combination)
  }

  package struct Masks: Sendable {
    package var gain: DetectorSetting
    package var rnoise: DetectorSetting
    package var bias: DetectorSetting
    /// Whether preprocessed_1.fits, ... go to the work folder.
    package var savesPreprocessed: Bool
    package var settings: CrmasksSettings
  }

  package struct Combination: Sendable, Equatable {
    package var method: CombinationMethod
    package var appliesFluxFactor: Bool
    package var useLAMedian: Bool
    /// The file of masks; nil for the methods without.
    package var crmasks: String?
  }

  package var path: String
  /// Names the folders obsid<id>_results and obsid<id>_work.
  package var id: String
  package var mode: String
  package var instrument: String
  /// The exposures, names completed with the folder of the file (or of its data) where needed.
  package var frames: [String]
  package var task: Task
  package var notes: [String]

  /// MEGARA's values, in electrons already.
  private static let megara: [String: Value] = [
    "gain": .number(1), "rnoise": .number(3.4), "bias": .number(0),
  ]
  /// Unprefixed names of the older interface.
  private static let olderNames = [
    "knots_splfit", "nsimulations", "niter_boundary_extension", "weight_boundary_extension", "threshold",
    "minimum_max2d_rnoise", "seed",
  ]
  /// Keys of other reduction steps, which are left out with a warning.
  private static let otherSteps: Set<String> = [
    "extraction_offset", "ignored_sky_bundles", "reference_extinction", "master_bias", "master_dark",
    "master_bpm", "master_slitflat", "master_traces", "master_wlcalib", "master_fiberflat",
    "master_twilight", "master_sensitivity", "master_apertures", "master_fiberflat_frame", "sky_rss",
    "relative_threshold", "diffuse_light_image", "nrings", "position", "sigma_resolution",
    "reference_spectrum", "reference_spectrum_velocity", "polynomial_degree", "smoothing_knots", "nlines",
    "lines_catalog", "extraction_region", "temperature", "tolerance", "id_comment",
  ]

  /// Whether a file has the keys of an observation rather than those of a parameter file.
  ///
  /// - Throws: `CRSError` where it cannot be read as YAML.
  package static func isOne(_ path: String) throws -> Bool {
    let keys = try YAMLDocument.read(path).entries?.map(\.key) ?? []
    return keys.contains("mode") || keys.contains("frames")
  }

  /// - Throws: `CRSError` with file, key, line and column, as `ParameterFile.read`.
  package static func read(_ path: String) throws -> ObservationFile {
    let map = try SettingsMap(
      try YAMLDocument.read(path), file: path,
      allowed: ["id", "mode", "instrument", "frames", "requirements", "children", "uuid", "enabled"])
    var notes: [String] = []
    for key in ["children", "uuid"] where map.has(key) { notes.append("\(key) is ignored") }
    if map.has("enabled"), try map.value("enabled").bool == false {
      throw CRSError.usage("the block is switched off", parameter: "enabled", expected: "enabled: True")
        .placed(in: path, at: map.place("enabled"))
    }
    func word(_ key: String) throws -> String {
      guard case .scalar(let text, _) = try map.node(key).content, !text.isEmpty else {
        throw CRSError.usage("is no text", parameter: key, expected: "text").placed(
          in: path, at: map.place(key))
      }
      return text
    }
    let id = try map.at("id") {
      let id = try word("id")
      guard !id.contains("/"), id != ".", id != "..", id.utf8.count < 200 else {
        throw CRSError.usage("'\(id)' cannot name a folder", parameter: "id", expected: "text without /")
      }
      return id
    }
    let folders = dataFolders(of: path)
    let mode = try word("mode")
    if mode != "MegaraCrDetection", !mode.hasSuffix("Image") {
      if let meant = didYouMean(mode, among: ["MegaraCrDetection"]) {
        throw CRSError.usage("'\(mode)' is no mode", parameter: "mode", hint: meant)
          .placed(in: path, at: map.place("mode"))
      }
      notes.append("mode \(mode) is not known: the frames are combined, as by an image mode")
    }
    let frames = try map.files("frames", atLeast: mode == "MegaraCrDetection" ? 3 : 1, folders: folders)
    let requirements = try map.optionalMap("requirements", allowed: nil)
    let task: Task
    if mode == "MegaraCrDetection" {
      task = .masks(try masks(requirements, frames: frames.count, folders: folders, notes: &notes))
    } else {
      task = .combination(try combination(requirements, folders: folders, notes: &notes))
    }
    return ObservationFile(
      path: path, id: id, mode: mode, instrument: map.has("instrument") ? try word("instrument") : "",
      frames: frames, task: task, notes: notes)
  }

  /// Where the frames may be: beside the file or in the folder data beside it. Names such as ../data/FILE count
  /// from a work folder beside it.
  private static func dataFolders(of path: String) -> [String] {
    let own = path.folder
    let folder = own.isEmpty ? "." : own
    return [folder, folder + "/data"]
  }

  private static func masks(
    _ map: SettingsMap, frames: Int, folders: [String], notes: inout [String]
  ) throws -> Masks {
    func detector(_ name: String) throws -> DetectorSetting {
      try map.at(name) {
        let value = map.has(name) ? try map.value(name) : megara[name] ?? .none
        return try DetectorSetting(name, value, folders: folders, notes: &notes)
      }
    }
    var saves = false
    if map.has("save_preprocessed") {
      guard let flag = try map.value("save_preprocessed").bool else {
        throw CRSError.usage("is no truth value", parameter: "save_preprocessed", expected: "True or False")
          .placed(in: map.file, at: map.place("save_preprocessed"))
      }
      saves = flag
    }
    var leftOut: Set<String> = ["gain", "rnoise", "bias", "save_preprocessed", "plots"]
    for key in map.keys where otherSteps.contains(key) && Setting.named(key) == nil {
      leftOut.insert(key)
      notes.append("\(key) belongs to another reduction step and is not used")
    }
    var renaming: [String: String] = [:]
    for name in olderNames where map.has(name) && !map.has("mm_" + name) { renaming[name] = "mm_" + name }
    // The older interface knew the diagram alone, and drew ten groups.
    var defaults: [String: Value] = ["maxplots": .integer(10)]
    if !map.has("crmethod"), !map.keys.contains(where: { $0.hasPrefix("la_") || $0 == "use_lamedian" }) {
      defaults["crmethod"] = .text("mmcosmic")
    }
    let left = defaults.filter { !map.has($0.key) }.map { "\($0.key) \($0.value.historyText)" }.sorted()
    if !left.isEmpty {
      notes.append(
        "an observation file keeps the older defaults where it gives no others: "
          + left.joined(separator: ", "))
    }
    if map.has("plots"), try map.value("plots").bool == false { defaults["maxplots"] = .integer(0) }
    let settings = try map.crmasksSettings(
      exposures: frames, leavingOut: leftOut, renaming: renaming, defaults: defaults,
      announcesDefaults: false,
      notes: &notes)
    return Masks(
      gain: try detector("gain"), rnoise: try detector("rnoise"), bias: try detector("bias"),
      savesPreprocessed: saves, settings: settings)
  }

  private static func combination(
    _ map: SettingsMap, folders: [String], notes: inout [String]
  ) throws -> Combination {
    let known = ["method", "method_kwargs", "crmasks"]
    for key in map.keys where !known.contains(key) {
      guard otherSteps.contains(key) else {
        throw CRSError.usage(
          "is not a known key", parameter: key, hint: didYouMean(key, among: known + otherSteps)
        ).placed(in: map.file, at: map.place(key))
      }
      notes.append("\(key) belongs to another reduction step and is not used")
    }
    let names = CombinationMethod.allCases.map(\.rawValue)
    if !map.has("method") { notes.append("method is not given: median is used") }
    let method = try map.at("method") {
      let text = map.has("method") ? try map.value("method").text ?? "" : CombinationMethod.median.rawValue
      guard let method = CombinationMethod(rawValue: text) else {
        throw CRSError.usage(
          "'\(text)' is not a method", parameter: "method", expected: names.joined(separator: ", "),
          hint: didYouMean(text, among: names))
      }
      return method
    }
    let options = try map.optionalMap("method_kwargs", allowed: ["apply_flux_factor", "use_lamedian"])
    func flag(_ key: String, default fallback: Bool) throws -> Bool {
      guard options.has(key) else { return fallback }
      return try options.at(key) {
        guard let flag = try options.value(key).bool else {
          throw CRSError.usage("is no truth value", parameter: key, expected: "True or False")
        }
        return flag
      }
    }
    var masks: String?
    if method.usesMasks || map.has("crmasks") {
      masks = try map.at("crmasks") {
        guard let text = try map.value("crmasks").text else {
          throw CRSError.usage("is no file name", parameter: "crmasks", expected: "a file of masks")
        }
        return try SettingsPath.resolve(text, folders: folders)
      }
    }
    if method.usesMasks, !options.has("apply_flux_factor") {
      notes.append(
        "apply_flux_factor is not given: the exposures are divided by the flux factors of the masks")
    }
    return Combination(
      method: method, appliesFluxFactor: try flag("apply_flux_factor", default: method.usesMasks),
      useLAMedian: try flag("use_lamedian", default: false), crmasks: masks)
  }
}
