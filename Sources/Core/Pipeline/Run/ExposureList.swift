import Files
import Foundation
import Kernels

/// A text file with a FITS file a line, as the older interface takes it.
package enum ExposureList {
  /// The names; blank lines and # comments are left out. Names that are not there count from the folder of the list.
  ///
  /// - Throws: `CRSError` (file) when the list or a file of it is not there, or the list is empty.
  package static func names(in path: String) throws -> [String] {
    guard let bytes = try DiskName.find(path)?.contents(), let text = String(validating: bytes, as: UTF8.self)
    else {
      throw CRSError.file(
        "the list cannot be read", file: path, expected: "a text file with a FITS file a line")
    }
    let folder = path.folder
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingBlanks() }
    let names = lines.filter { !$0.isEmpty && !$0.hasPrefix("#") }
    guard !names.isEmpty else {
      throw CRSError.file("the list is empty", file: path, expected: "a FITS file a line")
    }
    return try names.map { name in
      if try DiskName.find(name) != nil { return name }
      let beside = folder.isEmpty ? name : folder + "/" + name
      guard try DiskName.find(beside) != nil else {
        throw CRSError.file("the file of the list \(path) is not there", file: name, expected: "an exposure")
      }
      return beside
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
    func same(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
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
