import Files
import Foundation
import Kernels

/// A text file with a FITS file a line, as the older interface takes it.
package enum ExposureList {
  /// The names; blank lines and # comments are left out. Names that are not there count from the folder of the list.
  ///
  /// - Throws: `CRSError` (file) when the list cannot be read or is empty, or a line names no file or asks for more than
  ///   an HDU or a section of it.
  package static func names(in path: String) throws -> [String] {
    guard let bytes = try DiskName.find(path)?.contents(), let text = String(validating: bytes, as: UTF8.self)
    else {
      throw CRSError.file(
        "the list cannot be read", file: path, expected: "a text file with a FITS file a line")
    }
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
      .map { (number: $0 + 1, name: $1.trimmingBlanks()) }
    let named = lines.filter { !$0.name.isEmpty && !$0.name.hasPrefix("#") }
    guard !named.isEmpty else {
      throw CRSError.file("the list is empty", file: path, expected: "a FITS file a line")
    }
    return try named.map { line in
      do {
        return try SettingsPath.resolve(line.name, folders: [path.folder])
      } catch let error as CRSError {
        throw error.placed(in: path, at: (line.number, 1))
      }
    }
  }

  /// The HDU that `extname` of the older interface means; PRIMARY stands for the first image.
  package static func hdu(_ extname: String) -> HDUSelector? {
    extname.uppercased() == "PRIMARY" ? nil : Int(extname).map { .number($0) } ?? .name(extname)
  }

  /// Makes sure that a product does not replace what it is made from.
  ///
  /// - Throws: `CRSError` (file) when `output` is one of the files, or exists and is not what an earlier
  ///   run has written there.
  package static func protect(
    _ inputs: [String], from output: String, parameter: String, takesMasks: Bool
  ) throws {
    func same(_ path: String) -> String {
      let isPlain = (try? DiskName.find(path)) != nil || path == output
      return URL(fileURLWithPath: isPlain ? path : String(path.prefix { $0 != "[" }))
        .resolvingSymlinksInPath()
        .path
    }
    func refused(_ reason: String) -> CRSError {
      CRSError(
        .file, "\(reason) and would be replaced", file: output, parameter: parameter, expected: "another name"
      )
    }
    if inputs.contains(where: { same($0) == same(output) }) { throw refused("is one of the inputs") }
    guard FileManager.default.fileExists(atPath: output) else { return }
    // A run may replace what an earlier one has written, and nothing else.
    let names = (try? FITSReader.listing(of: output).map(\.name)) ?? []
    if takesMasks {
      guard names.contains("MEDIANCR") else { throw refused("exists, is no file of masks,") }
    } else {
      guard !names.contains("MEDIANCR") else { throw refused("contains masks") }
      guard names.contains("VARIANCE"), names.contains("MAP") else {
        throw refused("exists, is no combination,")
      }
    }
  }
}
