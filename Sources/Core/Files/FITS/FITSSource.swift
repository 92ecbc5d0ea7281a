import Foundation
import Kernels

/// How the content of a file on disk reaches cfitsio.
enum FITSSource {
  case plain
  case packed(isGzip: Bool)

  /// - Throws: `CRSError` (file) that says what the file seems to be when it is no FITS file.
  init(_ file: DiskName) throws {
    guard let source = fopen(file.bytes, "rbe") else {
      throw CRSError.file(String(cString: strerror(errno)), file: file.text)
    }
    defer { fclose(source) }
    let head = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
      count = fread(buffer.baseAddress, 1, buffer.count, source)
    }
    if head.starts(with: [0x1F, 0x8B]) {
      self = .packed(isGzip: true)
    } else if head.starts(with: [0x1F, 0x9D]) {
      self = .packed(isGzip: false)
    } else {
      try head.withUnsafeBytes { try FITSSource.checkStart($0, of: file, packing: nil) }
      self = .plain
    }
  }

  /// - Parameter packing: the program that packed the file; nil for none.
  /// - Throws: `CRSError` (file) unless the bytes begin as a FITS file does.
  static func checkStart(_ head: UnsafeRawBufferPointer, of file: DiskName, packing: String?) throws {
    let isFITS = head.starts(with: "SIMPLE  =".utf8)
    // A card that ends in a line feed was transferred as text, or edited.
    let isText = head.prefix(82).contains(10) || head.prefix(82).contains(13)
    if isFITS, !isText { return try HeaderOrder.check(head, file: file.text, hdu: 0) }
    let guess =
      isFITS
      ? "a FITS file that was transferred or edited as text"
      : FileKind.guess(head) ?? FileKind.guess(name: file.text)
    let packed = packing.map { ", packed by \($0)" } ?? ""
    throw CRSError.file(
      "is not a FITS file" + (guess.map { "; it seems to be \($0)\(packed)" } ?? ""), file: file.text,
      expected: "a FITS file")
  }
}
