import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Kernels
@testable import Pipeline

/// Parameter files, observation files and boundary files.
@Suite struct SettingsTests {
  private let scratch: ScratchFolder

  init() throws {
    scratch = try ScratchFolder()
    for number in 1...3 {
      try FITSWriter.write(
        FITSDocument(image: Image(pixels: Plane(width: 20, height: 10, repeating: Float(number)))),
        to: scratch.file("e\(number).fits"), overwrite: false)
    }
  }

  private static let text = """
    # exposures, beside this file
    images: [e1.fits, e2.fits, e3.fits]
    extnum: 0
    gain: 1.9
    rnoise: 2.6
    bias: None
    requirements:
      crmethod: mm_lacosmic
      apply_flux_factor_to: simulated
      interactive: No
      la_cleantype: meanmask
      la_fsmode: convolve
      la_psfmodel: gaussxy
      la_psffwhm_x: 2.5
      la_psffwhm_y: 3
      la_psfsize: 11
      ls_niter: 3
      flux_factor_region: "[1:10, 2:9]"
      flux_factor: auto
      pixels_to_be-flagged_as_cr: "[[3, 4], [5, 6]]"
      pixels_to_be_replaced_by_local_median:
        - [4, 5, 3, 5]
      mm_boundary_fit: piecewise
      mm_fixed_points_in_boundary: [[0, 1e1], [100, 2.5, 30]]
      mm_threshold: null
      mm_seed: 7

    """

  private func read(_ text: String) throws -> ParameterFile {
    try ParameterFile.read(scratch.write(text, "p.yaml"))
  }

  @Test func readsEveryKindOfKey() throws {
    let file = try read(Self.text)
    #expect(file.images == (1...3).map { scratch.file("e\($0).fits") } && file.extnum == .number(0))
    #expect(file.gain == .number(1.9) && file.rnoise == .number(2.6) && file.bias == .number(0))
    let (settings, masking) = (file.settings, file.settings.masking)
    #expect(masking.method == .mmLacosmic && !settings.display.isInteractive && settings.flux == .auto)
    #expect(settings.fluxRegions == [try Section(x1: 1, x2: 10, y1: 2, y2: 9)])
    #expect(masking.flaggedPixels == [PixelPosition(x: 3, y: 4), PixelPosition(x: 5, y: 6)])
    #expect(masking.localMedians == [LocalMedianPixel(x: 4, y: 5, xWidth: 3, yWidth: 5)])
    #expect(masking.boundaryFit.kind == .piecewise && masking.boundaryFit.extensions == 3)
    #expect(settings.boundaryFit.fixedPoints.map(\.weight) == [10_000, 30])
    #expect(settings.boundaryFit.fixedPoints.map(\.y) == [10, 2.5])
    #expect(masking.threshold == nil && settings.seed == 7 && settings.lacosmic.algorithm.niter == 3)
    #expect(settings.lacosmic.satlevel == nil && settings.lacosmic.algorithm.sigclip == 5)
    #expect(masking.detection == .boundary && masking.simulations == 10)
    #expect(settings.display.colorScale == .minmax && masking.dilation == 1)
    for part in [
      "bias is None", "'ls_niter' is understood as 'la_niter'", "la_satlevel is not given", "la_sigclip",
      "flux_factor_regions: given as text",
    ] {
      #expect(file.notes.contains { $0.contains(part) }, "\(part)")
    }
    #expect(!file.notes.contains { $0.contains("la_psfbeta") })
    let lines = settings.historyLines
    #expect(lines.contains("- mm_seed = 7") && lines.contains("- la_psffwhm_y = 3.0"))
    #expect(lines.contains("- mm_fixed_points_in_boundary = [[0.0, 10.0], [100.0, 2.5, 30.0]]"))
    #expect(lines.contains("- pixels_to_be_flagged_as_cr = [[3, 4], [5, 6]]"))
  }

  /// A change of the file, the key and the line of the error that it must give.
  @Test(arguments: [
    ("gain: 1.9", "gain: fast", "gain", 4), ("gain: 1.9", "gain: -1", "gain", 4),
    ("gain: 1.9", "gain: [1, 2]", "gain", 4), ("rnoise: 2.6", "rnoise: .nan", "rnoise", 5),
    ("extnum: 0", "extnum: 0.5", "extnum", 3), ("extnum: 0", "extmun: 0", "extmun", 3),
    ("e3.fits]", "gone.fits]", "images", 2), (", e3.fits]", "]", "images", 2),
    ("images: [e1.fits, e2.fits, e3.fits]", "images: e1.fits", "images", 2),
    ("mm_seed: 7", "mm_sed: 7", "mm_sed", 26), ("mm_seed: 7", "mm_seed: -7", "mm_seed", 26),
    ("mm_seed: 7", "mm_seed: 7\n  mm_seed: 8", "mm_seed", 27),
    ("mm_seed: 7", "mm_knots_splfit: 1", "mm_knots_splfit", 26),
    ("la_psfsize: 11", "la_psfsize: 10", "la_psfsize", 16), ("ls_niter: 3", "ls_niter: 3.5", "ls_niter", 17),
    ("interactive: No", "interactive: perhaps", "interactive", 10),
    ("interactive: No", "interactive: No\n  verify_cr: yes", "verify_cr", 11),
    ("crmethod: mm_lacosmic", "crmethod: mm_lacosmics", "crmethod", 8),
    ("crmethod: mm_lacosmic", "crmethod: mmcosmic\n  use_lamedian: true", "use_lamedian", 9),
    ("[4, 5, 3, 5]", "[4, 5, 2, 5]", "pixels_to_be_replaced_by_local_median", 21),
    ("[1:10, 2:9]", "[1:10, 9:2]", "flux_factor_region", 18),
    ("flux_factor: auto", "flux_factor: none", "flux_factor_regions", 18),
    ("flux_factor: auto", "flux_factor: [1, 2]", "flux_factor", 19),
    ("flux_factor: auto", "flux_factor: __import__('os')", "flux_factor", 19),
    ("[[0, 1e1], [100, 2.5, 30]]", "[[0, 1]]", "mm_fixed_points_in_boundary", 24),
    (
      "mm_threshold: null", "mm_xy_offsets: [[0, 0], [1, 1], [2, 2]]\n  mm_crosscorr_region: [1, 20, 1, 10]",
      "mm_xy_offsets", 25
    ),
    ("mm_threshold: null", "mm_crosscorr_region: [1, 5, 1, 10]", "mm_crosscorr_region", 25),
  ]) func errorsNameKeyAndLine(_ old: String, _ new: String, _ key: String, _ line: Int) throws {
    let changed = Self.text.replacingOccurrences(of: old, with: new)
    #expect(changed != Self.text)
    let error = try #require(crsError { _ = try read(changed) })
    #expect(error.parameter == key, "\(error)")
    #expect(error.line == line, "\(error)")
    #expect(error.file?.hasSuffix("p.yaml") == true)
  }

  @Test func missingKeysAndHints() throws {
    func without(_ start: String) -> CRSError? {
      let lines = Self.text.split(separator: "\n", omittingEmptySubsequences: false)
        .filter { !$0.trimmingBlanks().hasPrefix(start) }
      return crsError { _ = try read(lines.joined(separator: "\n")) }
    }
    for key in ["gain:", "rnoise:", "bias:", "images:"] {
      #expect(
        without(key)?.message.contains("missing") == true && without(key)?.parameter.map { $0 + ":" } == key)
    }
    #expect(without("mm_seed") == nil && without("extnum") == nil)
    let error = crsError { _ = try read(Self.text.replacingOccurrences(of: "mm_seed", with: "mm_sead")) }
    #expect(error?.hint == "did you mean 'mm_seed'?")
  }

  @Test func detectorPlanesAreRead() throws {
    let file = try read(Self.text.replacingOccurrences(of: "gain: 1.9", with: "gain: e2.fits"))
    #expect(file.gain == .file(scratch.file("e2.fits")))
    #expect(try file.gain.value("gain", for: Shape(width: 20, height: 10)).uniform == 2)
    let error = crsError { _ = try file.gain.value("gain", for: Shape(width: 2, height: 2)) }
    #expect(error?.parameter == "gain" && error?.expected == "the same shape")
  }

  @Test func hostileYAMLIsRefused() throws {
    let bomb = "a: &a [1, 2]\nb: [*a, *a]\n"
    let deep = String(repeating: "[", count: 5000)
    for text in [
      "", "[", "a: 1\na: 2", "a: !!python/object/apply:os.system ['true']", bomb, deep, "a: 1\n---\nb: 2",
      "? [x]\n: 1",
      "a: \"unfinished", "\tx: 1",
    ] {
      #expect(crsError { _ = try YAMLDocument.parse(text) }?.kind == .usage, "\(text.prefix(30))")
    }
    let error = crsError { _ = try YAMLDocument.parse("a: 1\nb: [1, 2\nc: 3") }
    #expect(error?.line == 3)
    let latin = try scratch.write([0x61, 0x3a, 0x20, 0xe9], "latin.yaml")
    #expect(crsError { _ = try YAMLDocument.read(latin) }?.message == "is not UTF-8 text")
    #expect(crsError { _ = try YAMLDocument.read(scratch.path) }?.kind == .file)
  }

  /// Damaged files are read, or refused by an error that names the file and a line in it.
  @Test func damagedFilesAreReadOrRefused() throws {
    var random = SeededRandom(seed: 5)
    var refused = 0
    for round in 0..<600 {
      var bytes = Array(Self.text.utf8)
      for _ in 0...round % 3 {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 9..<127, using: &random)
      }
      let path = try scratch.write(bytes, "fuzz.yaml")
      do {
        let file = try ParameterFile.read(path)
        #expect(file.images.allSatisfy { FileManager.default.fileExists(atPath: $0) })
      } catch let error as CRSError {
        refused += 1
        let text = String(decoding: bytes, as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count
        #expect(error.kind != .data && error.file == path, "\(error) in\n\(text)")
        #expect(
          error.line.map { (1...lines).contains($0) } ?? error.message.contains("missing"),
          "\(error) in\n\(text)")
      }
    }
    #expect((300..<600).contains(refused))
  }

  private func given(_ values: KeyValuePairs<String, Value>) throws -> CrmasksSettings {
    var settings = CrmasksSettings(.call)
    for (name, value) in values {
      _ = try #require(Setting.named(name)).take(value, as: name, into: &settings)
    }
    try settings.check()
    return settings
  }

  @Test func theTableDrivesCallsToo() throws {
    let names = Setting.all.map(\.callName)
    let all = Set(names + Setting.all.flatMap(\.aliases))
    #expect(all.count == names.count + Setting.all.map(\.aliases.count).reduce(0, +))
    #expect(Setting.all.allSatisfy { all.contains($0.name) && !$0.help.isEmpty && !$0.expectation.isEmpty })
    let defaults = CrmasksSettings(.call)
    #expect(defaults.masking.detection == .pvalue && defaults.masking.boundaryFit.extensions == 4)
    let given = try given([
      "knots_splfit": .number(5),
      "regions_to_be_skipped": .list([.integer(1), .integer(4), .integer(2), .integer(3)]),
      "nsimulations": .text("exact"), "flux_factor": .number(2), "la_sigclip": .integer(6),
      "verbose": .text("no"), "offsets": .text("fit"), "far": .number(10),
    ])
    #expect(given.masking.boundaryFit.knots == 5 && given.masking.simulations == 0)
    #expect(given.masking.skippedRegions.map(\.description) == ["[1:4, 2:3]"])
    #expect(given.flux == .number(2) && given.lacosmic.algorithm.sigclip == 6)
    #expect(!given.lacosmic.verbose && given.displacement.method == .fit)
    #expect(given.masking.pvalue.falseAlarms == 10 && given.isGiven("mm_far") && !given.isGiven("mm_pmax"))
    let error = crsError { _ = try self.given(["knots_splfit": .number(2.5)]) }
    #expect(error?.parameter == "knots_splfit" && error?.expected == "an integer from 2 to 100")
  }

  /// What HISTORY says of a default, and help, is read back as the same.
  @Test(arguments: [Dialect.file, .call]) func defaultsAreValues(_ dialect: Dialect) throws {
    let defaults = CrmasksSettings(dialect)
    for setting in Setting.all {
      var settings = CrmasksSettings(dialect)
      for text in [setting.show(defaults).historyText]
        + (dialect == .call ? [setting.show(defaults).helpText] : [])
      {
        let value = Value(plain: text)
        _ = try setting.take(dialect == .call ? .text(text) : value, into: &settings)
        if setting.name != "flux_factor" {
          #expect(setting.show(settings).historyText == setting.show(defaults).historyText, "\(setting.name)")
        }
      }
    }
  }

  /// The same value as parameter files and calls write it; nil where it is refused.
  @Test(
    arguments: [
      ("la_sepmed", Value.text("off"), "False", "False"), ("la_sepmed", .text("0"), nil, "False"),
      ("la_sepmed", .text("n"), nil, nil), ("la_sepmed", .bool(false), "False", "False"),
      ("dilation", .number(2), "2", "2"), ("dilation", .text("2"), "2", "2"),
      ("dilation", .integer(1001), nil, nil),
      ("dilation", .number(2.5), nil, nil), ("la_sigclip", .text("6"), "6.0", "6.0"),
      ("la_sigclip", .integer(6), "6.0", "6.0"), ("la_sigclip", .number(.infinity), nil, nil),
      ("la_sigclip", .integer(0), nil, nil), ("la_sigfrac", .integer(0), "0.0", "0.0"),
      ("la_cleantype", .text("IDW"), nil, "idw"), ("mm_far", .none, nil, "auto"),
      ("mm_far", .text("auto"), "auto", "auto"), ("mm_far", .number(1e10), nil, nil),
      ("mm_nsimulations", .integer(0), "exact", "exact"), ("mm_seed", .text("none"), "None", "None"),
      ("mm_seed", .integer(-1), nil, nil), ("la_psfsize", .integer(10), nil, nil),
      ("flux_factor", .text("1, 1.1, 0.9"), "[1.0, 1.1, 0.9]", "[1.0, 1.1, 0.9]"),
      ("flux_factor", .text("1.0"), "1.0", "1.0"), ("flux_factor", .text("none"), "none", "none"),
      ("flux_factor", .none, "None", "None"), ("flux_factor", .integer(0), nil, nil),
      ("regions_to_be_skipped", .text("[1:10, 2:9]"), "[[1, 10, 2, 9]]", "[[1, 10, 2, 9]]"),
      (
        "regions_to_be_skipped", .text("[[1:10, 2:9], (1, 2, 3, 4)]"), "[[1, 10, 2, 9], [1, 2, 3, 4]]",
        "[[1, 10, 2, 9], [1, 2, 3, 4]]"
      ),
      ("regions_to_be_skipped", .list([.text("[1:10, 2:9]")]), "[[1, 10, 2, 9]]", "[[1, 10, 2, 9]]"),
      (
        "regions_to_be_skipped", .list([.integer(1), .integer(2), .integer(3), .integer(4)]), nil,
        "[[1, 2, 3, 4]]"
      ),
      ("regions_to_be_skipped", .list([]), "None", "None"),
      ("regions_to_be_skipped", .text("[[1, 2]]"), nil, nil),
      ("mm_xy_offsets", .text("[[0, 1.5]]"), "[[0.0, 1.5]]", "[[0.0, 1.5]]"),
      ("mm_xy_offsets", .integer(3), nil, nil),
    ] as [(String, Value, String?, String?)])
  func dialectsDiffer(_ name: String, _ value: Value, _ file: String?, _ call: String?) throws {
    let setting = try #require(Setting.named(name))
    for (dialect, expected) in [(Dialect.file, file), (.call, call)] {
      var settings = CrmasksSettings(dialect)
      let error = crsError { _ = try setting.take(value, into: &settings) }
      #expect(
        (error == nil) == (expected != nil),
        "\(name) \(value.historyText) \(dialect): \(String(describing: error))")
      guard let expected else {
        let words = setting.kind == .flag && dialect == .call ? "yes or no" : setting.expectation
        #expect(error?.parameter == setting.name(in: dialect) && error?.expected == words)
        continue
      }
      #expect(setting.show(settings).historyText == expected)
    }
  }

  @Test func observationFiles() throws {
    func read(_ requirements: String, mode: String) throws -> ObservationFile {
      let text = """
        id: 8_run
        mode: \(mode)
        instrument: MEGARA
        frames: [e1.fits, e2.fits, e3.fits]
        requirements:
        \(requirements.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
        """
      return try ObservationFile.read(scratch.write(text, "o.yaml"))
    }
    try FileManager.default.createDirectory(atPath: scratch.file("data"), withIntermediateDirectories: true)
    let combination = try read(
      "method: meancr\nmethod_kwargs: {apply_flux_factor: False, use_lamedian: True}\ncrmasks: ../e1.fits\nextraction_offset: [+3]",
      mode: "MegaraLcbImage")
    guard case .combination(let step) = combination.task else {
      Issue.record("no combination")
      return
    }
    #expect(step.method == .meancr && !step.appliesFluxFactor && step.useLAMedian)
    #expect(step.crmasks == scratch.path + "/data/../e1.fits" && combination.notes.count == 1)
    let masks = try read("nsimulations: 4\nsave_preprocessed: True\nthreshold: 3", mode: "MegaraCrDetection")
    guard case .masks(let task) = masks.task else {
      Issue.record("no masks")
      return
    }
    #expect(
      task.rnoise == .number(3.4) && task.savesPreprocessed && task.settings.masking.method == .mmcosmic)
    #expect(task.settings.masking.simulations == 4 && task.settings.masking.threshold == 3)
    let unknown = crsError { _ = try read("metod: meancr", mode: "MegaraLcbImage") }
    #expect(unknown?.hint == "did you mean 'method'?" && unknown?.line == 6)
    #expect(crsError { _ = try read("method: meancr", mode: "MegaraLcbImage") }?.parameter == "crmasks")
  }

  @Test func boundariesKeepEveryDigit() throws {
    let spline = try CubicSpline(
      knots: [-3.3333333333333335, 1e-7, 0.1 + 0.2],
      coefficients: [1e-5, 2.2250738585072014e-308, .pi, 1e22, -0.1])
    let boundary = Boundary(
      curve: .spline(spline), points: [BoundaryPoint(x: 0.1, y: 1.0 / 3, weight: 10_000)], outside: .continued
    )
    let text = boundary.yamlText
    #expect(try Boundary(yaml: text) == boundary)
    #expect(!text.contains("1e-"))
    let straight = Boundary(
      curve: .piecewise, points: [BoundaryPoint(x: 0, y: 40), BoundaryPoint(x: 100, y: 90)])
    #expect(try Boundary(yaml: straight.yamlText) == straight)
    for (text, line) in [
      ("kind: cubic", 1), ("kind: spline\nknots: [1, 0]\ncoefficients: [1, 2, 3, 4]", 2),
      ("kind: piecewise", 1),
      ("kind: spline\nknots: [0, 1]\ncoefficients: [1, 2, x, 4]", 3), ("knots: [0, 1]", 1),
    ] {
      #expect(crsError { _ = try Boundary(yaml: text) }?.line == line, "\(text)")
    }
  }
}
