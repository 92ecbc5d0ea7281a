import Calling
import Files
import Foundation
import Kernels

/// `load`: one file becomes an Image, several a Stack.
struct LoadCommand: Command {
  static let info = CommandInfo(
    "load", "Read FITS files: one becomes an Image, several of equal shape a Stack", family: .files,
    results: [.result("value", .any, "Image, Stack, MaskSet, Boundary or Table: what the files hold")],
    discussion: [
      "Any BITPIX, scaled integers, extensions, gzip and tile-compressed files; MASK and UNCERT extensions of CCDData "
        + "files come along. A crmasks.fits becomes a MaskSet, a .yaml file a Boundary, a "
        + ".csv file a Table."
    ])

  @Parameter("files to read", positional: true, rest: true) var files: [FileName]
  @Parameter("extension: its number (0 is the primary HDU) or name") var ext: String? = nil
  @Parameter("gain", unit: "e-/ADU", above: 0, upTo: 1e6) var gain: Double? = nil
  @Parameter("readout noise", unit: "ADU", in: 0...1e6) var rnoise: Double? = nil
  @Parameter("bias level", unit: "ADU", in: -1e7...1e7) var bias: Double? = nil

  func run(_ context: CommandContext) throws -> CommandResult {
    let selector = ext.map { name in Int(name).map { HDUSelector.number($0) } ?? .name(name) }
    let hints = DetectorHints(
      gain: gain.map { .constant($0) }, readoutNoise: rnoise.map { .constant($0) },
      bias: bias.map { .constant($0) })
    if files.count == 1, let file = files.first {
      if file.path.lowercased().hasSuffix(".yaml") || file.path.lowercased().hasSuffix(".yml") {
        return CommandResult([.boundary(try Boundary.read(file.path))])
      }
      if file.path.lowercased().hasSuffix(".csv") {
        return CommandResult([.table(try table(file.path, context))])
      }
      if selector == nil, !file.path.contains("[") {
        if var stack = try FITSReader.stack(at: file.path, work: context.work) {
          stack.detector = hints
          return CommandResult([.stack(stack)])
        }
        if try FITSReader.listing(of: file.path).contains(where: { $0.name == "MEDIANCR" }) {
          return CommandResult([.maskSet(try FITSReader.maskSet(at: file.path, work: context.work))])
        }
      }
      var image = try context.reading.image(at: file.path, hdu: selector)
      image.detector = hints
      return CommandResult([.image(image)])
    }
    var images: [Image] = []
    for file in files {
      var image = try context.reading.image(at: file.path, hdu: selector)
      if let first = images.first, first.shape != image.shape {
        throw CRSError(
          .data, "the image is \(image.shape), the first one \(first.shape)", file: file.path,
          expected: "equal shapes")
      }
      image.detector = hints
      images.append(image)
    }
    return CommandResult([.stack(try Stack(exposures: images, detector: hints))])
  }

  private func table(_ path: String, _ context: CommandContext) throws -> Table {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CRSError.file("cannot be read", file: path, expected: "a file with comma-separated values")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw CRSError(.data, "is not UTF-8 text", file: path, expected: "comma-separated values")
    }
    for name in try Table.doubledNames(csv: text, name: path) {
      context.note("\(path): the column '\(name)' stands there twice; the further one is \(name)_2")
    }
    return try Table(csv: text, name: path)
  }
}
