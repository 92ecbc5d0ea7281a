import Files
import Kernels

/// A parameter file of crmasks, checked.
package struct ParameterFile: Sendable {
  /// The file itself, as given.
  package var path: String
  /// The exposures, at least 3, names completed with the folder of the file where needed.
  package var images: [String]
  /// The HDU of the exposures; nil when the file does not say, then the first image.
  package var extnum: HDUSelector?
  /// Gain [electron/ADU].
  package var gain: DetectorSetting
  /// Readout noise [ADU].
  package var rnoise: DetectorSetting
  /// Bias [ADU].
  package var bias: DetectorSetting
  /// File of a mask of pixels that are bad in every exposure; nil for none.
  package var badPixels: String?
  package var settings: CrmasksSettings
  /// Warnings and remarks for the user, a sentence each.
  package var notes: [String]

  static let topLevelKeys = ["images", "extnum", "gain", "rnoise", "bias", "bad_pixel_mask", "requirements"]

  /// Reads and checks a parameter file. Names of files count from the current folder, then from the folder of
  /// the parameter file.
  ///
  /// - Throws: `CRSError` with file, key, line and column: usage for unknown keys, wrong types, values out of
  ///   range and options that exclude each other; file for files that are not there.
  package static func read(_ path: String) throws -> ParameterFile {
    let root = try YAMLDocument.read(path)
    let map = try SettingsMap(root, file: path, allowed: topLevelKeys)
    let folders = [path.folder]
    var notes: [String] = []
    let images = try map.files("images", atLeast: 3, folders: folders)
    let extnum = try map.extnum(notes: &notes)
    func detector(_ name: String) throws -> DetectorSetting {
      try map.at(name) { try DetectorSetting(name, try map.value(name), folders: folders, notes: &notes) }
    }
    let (gain, rnoise, bias) = (try detector("gain"), try detector("rnoise"), try detector("bias"))
    let badPixels =
      try map.has("bad_pixel_mask")
      ? map.at("bad_pixel_mask") {
        guard let name = try map.value("bad_pixel_mask").text, !name.isEmpty else {
          throw CRSError.usage(
            "is no file name", parameter: "bad_pixel_mask", expected: "a FITS file of a mask")
        }
        return try SettingsPath.resolve(name, folders: folders)
      } : nil
    let requirements = try map.optionalMap("requirements", allowed: nil)
    let settings = try requirements.crmasksSettings(exposures: images.count, notes: &notes)
    return ParameterFile(
      path: path, images: images, extnum: extnum, gain: gain, rnoise: rnoise, bias: bias,
      badPixels: badPixels,
      settings: settings, notes: notes)
  }
}
