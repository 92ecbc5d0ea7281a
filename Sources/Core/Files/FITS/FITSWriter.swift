internal import CCFITSIO
import Foundation
import Kernels
import Synchronization

/// Writes FITS files: to a temporary name in the same folder first, then renamed, so that a crash or an
/// interruption leaves the old file or none.
package enum FITSWriter {
  private static let serial = Atomic<Int>(0)

  /// - Parameters:
  ///   - compression: nil for none, unless the name ends in `.gz` or `.fz`.
  ///   - checksums: whether DATASUM and CHECKSUM are written.
  /// - Throws: `CRSError` (file) when the file exists and `overwrite` is false, or cannot be written;
  ///   interrupted. No file is left behind then.
  package static func write(
    _ document: FITSDocument, to path: String, overwrite: Bool, compression: FITSCompression? = nil,
    checksums: Bool = true, work: Work? = nil
  ) throws {
    guard !document.hdus.isEmpty else { throw CRSError.data("a FITS file needs at least one HDU") }
    try OutputName.check(path, for: .pixels)
    let compression = try OutputName.compression(of: path, asked: compression)
    let target = try destination(path, overwrite: overwrite)
    let folder = target.folder
    let number = serial.wrappingAdd(1, ordering: .relaxed).newValue
    let name = ".crs-\(getpid())-\(number).tmp"
    let temporary = folder.isEmpty ? name : folder + "/" + name
    var renamed = false
    defer { if !renamed { unlink(temporary) } }
    do {
      try FITSLibrary.exclusively {
        let gzip = compression == .gzip
        let file = gzip ? try FITSFile.inMemory(path: path) : try FITSFile.create(temporary)
        if compression == .tiles {
          let plain = try FITSFile.inMemory(path: path)
          try append(document, to: plain, sums: checksums, work: work)
          try plain.copyCompressed(
            to: file, as: written(document).map(\.survivesTiles), sums: checksums, work: work)
        } else {
          try append(document, to: file, sums: checksums, work: work)
        }
        if gzip { try file.gzip(to: temporary, work: work ?? Work()) } else { try file.close() }
      }
    } catch var error as CRSError {
      if error.file == temporary { error.file = path }
      throw error
    }
    try work?.checkCancelled()
    var facts = stat()
    if stat(target, &facts) == 0 {
      guard overwrite else { throw existing(path) }
      chmod(temporary, facts.st_mode & 0o777)
    }
    guard rename(temporary, target) == 0 else {
      throw CRSError.file("cannot be put in place: \(String(cString: strerror(errno)))", file: path)
    }
    renamed = true
  }

  private static func append(_ document: FITSDocument, to file: FITSFile, sums: Bool, work: Work?) throws {
    let hdus = written(document)
    for (number, hdu) in hdus.enumerated() {
      try work?.checkCancelled()
      try file.append(hdu, hdu: number, of: hdus.count, sums: sums, work: work)
    }
  }

  /// The HDUs with a primary one in front where the first can only be an extension.
  private static func written(_ document: FITSDocument) -> [FITSOutputHDU] {
    switch document.hdus.first?.content {
    case .carried(let hdu) where hdu.isPrimary: document.hdus
    case .carried, .table: [FITSOutputHDU(content: .empty)] + document.hdus
    default: document.hdus
    }
  }

  /// The file that will be replaced or made, symbolic links followed.
  private static func destination(_ path: String, overwrite: Bool) throws -> String {
    guard !path.isEmpty, !path.hasSuffix("/"), !path.utf8.contains(0), path.utf8.count < 950 else {
      throw CRSError.file("not a usable file name", file: String(path.prefix(80)))
    }
    var target = path
    if let resolved = realpath(path, nil) {
      target = String(cString: resolved)
      free(resolved)
    }
    var facts = stat()
    if stat(target, &facts) == 0 {
      guard facts.st_mode & S_IFMT == S_IFREG else {
        throw CRSError.file(
          facts.st_mode & S_IFMT == S_IFDIR ? "is a folder" : "is not a regular file", file: path,
          expected: "the name of a file")
      }
      guard overwrite else { throw existing(path) }
    }
    let folder = target.folder
    guard access(folder.isEmpty ? "." : folder, W_OK) == 0 else {
      throw CRSError.file(
        "cannot write into the folder '\(folder.isEmpty ? "." : folder)': \(String(cString: strerror(errno)))",
        file: path)
    }
    return target
  }

  private static func existing(_ path: String) -> CRSError {
    .file("exists already", file: path, hint: "overwrite=yes replaces it")
  }
}

extension FITSFile {
  /// Writes the gzipped content of this file in memory to disk.
  fileprivate func gzip(to path: String, work: Work) throws {
    guard let output = fopen(path, "wbx") else {
      throw CRSError.file("cannot create it: \(String(cString: strerror(errno)))", file: path)
    }
    do {
      try withBytes { try GzipStream.write($0, to: output, path: path, work: work) }
    } catch {
      fclose(output)
      throw error
    }
    guard fclose(output) == 0 else {
      throw CRSError.file("cannot write it: \(String(cString: strerror(errno)))", file: path)
    }
  }

  /// Copies every HDU, images as compressed tiles where `tiled` says that nothing is lost.
  fileprivate func copyCompressed(to output: FITSFile, as tiled: [Bool], sums: Bool, work: Work?) throws {
    var number = 0
    while try move(to: number) {
      try work?.checkCancelled()
      let hdu = try describe()
      var status: Int32 = 0
      let type = hdu.storedType
      if number < tiled.count, tiled[number], hdu.hasPixels {
        fits_set_compression_type(output.handle, type.isInteger ? RICE_1 : GZIP_2, &status)
        fits_set_quantize_level(output.handle, 0, &status)
        fits_img_compress(handle, output.handle, &status)
        ffflus(output.handle, &status)
        try check(status, "cannot compress HDU \(number)")
        // A name that every compressed image has names none.
        if hdu.name.isEmpty { ffdkey(output.handle, "EXTNAME", &status) }
        if status == KEY_NO_EXIST { status = 0 }
        ffcmsg()
        try compareTiles(with: output, hdu, work: work)
        if sums { try output.seal(output.dataSum(work: work)) }
      } else {
        ffcopy(handle, output.handle, 0, &status)
      }
      try check(status, "cannot compress HDU \(number)")
      number += 1
    }
  }
}

extension FITSFile {
  /// Unpacks the tiles that were just written and compares them with the pixels that went in.
  ///
  /// - Throws: `CRSError` (file) when one differs.
  fileprivate func compareTiles(with output: FITSFile, _ hdu: HDUDescription, work: Work?) throws {
    switch hdu.scaling.bitpix {
    case 8: try compare(output, hdu, TBYTE, UInt8(0), work) { $0 == $1 }
    case 16: try compare(output, hdu, TSHORT, Int16(0), work) { $0 == $1 }
    case 32: try compare(output, hdu, TINT, Int32(0), work) { $0 == $1 }
    case -32: try compare(output, hdu, TFLOAT, Float(0), work) { $0 == $1 || $0.isNaN && $1.isNaN }
    default: try compare(output, hdu, TDOUBLE, 0.0, work) { $0 == $1 || $0.isNaN && $1.isNaN }
    }
  }

  private func compare<Element>(
    _ output: FITSFile, _ hdu: HDUDescription, _ type: Int32, _ zero: Element, _ work: Work?,
    _ isSame: (Element, Element) -> Bool
  ) throws {
    let count = hdu.axes.reduce(1, *)
    let step = max(1, (1 << 20) / max(1, hdu.axes.first ?? 1)) * max(1, hdu.axes.first ?? 1)
    var (before, after) = ([Element](repeating: zero, count: step), [Element](repeating: zero, count: step))
    var (status, any): (Int32, Int32) = (0, 0)
    ffpscl(handle, 1, 0, &status)
    ffpscl(output.handle, 1, 0, &status)
    for start in stride(from: 0, to: count, by: step) {
      try work?.checkCancelled()
      let length = min(step, count - start)
      ffgpv(handle, type, LONGLONG(start + 1), LONGLONG(length), nil, &before, &any, &status)
      ffgpv(output.handle, type, LONGLONG(start + 1), LONGLONG(length), nil, &after, &any, &status)
      try check(status, "cannot compare the compressed pixels")
      guard (0..<length).allSatisfy({ isSame(before[$0], after[$0]) }) else {
        throw CRSError.file(
          "internal error: tiles of HDU \(hdu.number) hold other pixels; nothing was saved", file: path,
          hint: "save without compress=tiles, and please report it")
      }
    }
  }
}

extension FITSOutputHDU {
  /// Whether cfitsio's tile compression keeps every value: it has none for 64-bit integers, makes infinities
  /// NaN and tiny (subnormal) floats 0, and unpacks runs of pixels in up to three dimensions only.
  fileprivate var survivesTiles: Bool {
    if case .stored(let plane) = content {
      guard plane.scaling.isEmpty, plane.furtherAxes.isEmpty else { return false }
      return switch plane.pixels {
      case .int64: false
      case .float32(let plane): plane.pixels.allSatisfy { $0.isNormal || $0.isZero || $0.isNaN }
      case .float64(let plane): plane.pixels.allSatisfy { $0.isNormal || $0.isZero || $0.isNaN }
      default: true
      }
    }
    guard case .image(let pixels) = content, StructuralCards.furtherAxes(in: header) < 2 else { return false }
    return switch pixels {
    case .int64, .uint64: false
    case .float32(let plane): plane.pixels.allSatisfy { $0.isNormal || $0.isZero || $0.isNaN }
    case .float64(let plane): plane.pixels.allSatisfy { $0.isNormal || $0.isZero || $0.isNaN }
    default: true
    }
  }
}
