import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// The exposures of one reduction, read from files.
struct ExposureGroup {
  var images: [Image]
  var names: [String]

  /// - Throws: `CRSError`: file when one cannot be read, data when shapes differ.
  init(_ names: [String], hdu: HDUSelector?, context: CommandContext, report: (String) -> Void) throws {
    var images: [Image] = []
    for name in names {
      images.append(try context.reading.image(at: name, hdu: hdu))
      report("found input file: \(name)")
    }
    for (image, name) in zip(images, names) where image.shape != images[0].shape {
      throw CRSError(
        .data, "the image is \(image.shape), that of \(names[0]) is \(images[0].shape)", file: name,
        parameter: "images", expected: "equal shapes")
    }
    (self.images, self.names) = (images, names)
  }

  /// The names of a text file, one a line; blank lines and # comments are left out. Names that are not there count
  /// from the folder of the list.
  ///
  /// - Throws: `CRSError` (file) when the list or a file of it is not there.
  static func names(listedIn path: String) throws -> [String] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw CRSError.file(
        "the list cannot be read", file: path, expected: "a text file with a FITS file a line")
    }
    let folder = path.folder
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
    return try lines.filter { !$0.isEmpty && !$0.hasPrefix("#") }.map { name in
      if FileManager.default.fileExists(atPath: name) { return name }
      let beside = folder.isEmpty ? name : folder + "/" + name
      guard FileManager.default.fileExists(atPath: beside) else {
        throw CRSError.file("the file of the list \(path) is not there", file: name, expected: "an exposure")
      }
      return beside
    }
  }

  /// Makes sure that a product does not replace what it is made from.
  ///
  /// - Throws: `CRSError` (file) when `output` is one of the files or holds masks although it should take an image.
  static func protect(_ inputs: [String], from output: String, parameter: String, takesMasks: Bool) throws {
    func same(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
    func refused(_ reason: String) -> CRSError {
      CRSError(
        .file, "\(reason) and would be replaced", file: output, parameter: parameter, expected: "another name"
      )
    }
    if inputs.contains(where: { same($0) == same(output) }) { throw refused("is one of the inputs") }
    if !takesMasks, FileManager.default.fileExists(atPath: output),
      (try? FITSReader.listing(of: output).contains { $0.name == "MEDIANCR" }) == true
    {
      throw refused("holds masks")
    }
  }

  func detector(
    gain: DetectorSetting, rnoise: DetectorSetting, bias: DetectorSetting, work: Work
  ) throws -> Detector {
    let shape = images[0].shape
    return Detector(
      gain: try gain.value("gain", for: shape, work: work),
      readoutNoise: try rnoise.value("rnoise", for: shape, work: work),
      bias: try bias.value("bias", for: shape, work: work))
  }
}
