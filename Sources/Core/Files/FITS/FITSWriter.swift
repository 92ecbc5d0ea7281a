internal import CCFITSIO
import Kernels

/// Writes FITS files.
package enum FITSWriter {
  /// Writes a file that appears whole or not at all.
  ///
  /// - Parameters:
  ///   - compression: nil for none, unless the name ends in `.gz` or `.fz`.
  ///   - checksums: whether DATASUM and CHECKSUM are written.
  /// - Throws: `CRSError` (file) when the file exists and `overwrite` is false, or cannot be written;
  ///   interrupted. No file is left behind then.
  package static func write(
    _ document: FITSDocument, to path: String, overwrite: Bool, compression: FITSCompression? = nil,
    checksums: Bool = true, work: Work? = nil
  ) throws {
    let file = try AtomicFile(path, existing: .init(overwrite: overwrite))
    try write(document, to: file, compression: compression, checksums: checksums, work: work)
    try file.commit()
  }

  /// Writes all of a file that the caller commits.
  ///
  /// - Throws: `CRSError`: file when it cannot be written, interrupted.
  package static func write(
    _ document: FITSDocument, to output: AtomicFile, compression: FITSCompression? = nil,
    checksums: Bool = true,
    work: Work? = nil
  ) throws {
    guard !document.hdus.isEmpty else { throw CRSError.data("a FITS file needs at least one HDU") }
    try OutputName.check(output.path, for: .pixels)
    let compression = try OutputName.compression(of: output.path, asked: compression)
    do {
      try FITSLibrary.exclusively {
        if compression == .gzip {
          let file = try FITSFile.inMemory(path: output.path)
          try append(document, to: file, sums: checksums, work: work)
          try file.withBytes { try GzipStream.write($0, to: output, work: work ?? Work()) }
          return
        }
        let file = try FITSFile.create(output)
        if compression == .tiles {
          let plain = try FITSFile.inMemory(path: output.path)
          try append(document, to: plain, sums: checksums, work: work)
          try plain.copyCompressed(
            to: file, as: written(document).map(\.survivesTiles), sums: checksums, work: work)
        } else {
          try append(document, to: file, on: output, sums: checksums, work: work)
        }
        let size = file.writtenSize
        try file.close()
        try output.check(size: size)
      }
    } catch let error as CRSError where error.kind == .file {
      // A signal may cut a write short, which cfitsio takes for a fault of the disk.
      try work?.checkCancelled()
      // cfitsio does not tell that a disk is full.
      throw output.obstacle() ?? error
    }
    try output.settle()
    try work?.checkCancelled()
  }

  /// - Parameter output: the file on disk; nil for one in memory.
  private static func append(
    _ document: FITSDocument, to file: FITSFile, on output: AtomicFile? = nil, sums: Bool, work: Work?
  ) throws {
    let hdus = written(document)
    for (number, hdu) in hdus.enumerated() {
      try work?.checkCancelled()
      try file.append(hdu, hdu: number, of: hdus.count, sums: sums, work: work)
      // What a disk refuses now it may take later: the next HDU would hide the gap.
      try output?.check(size: file.writtenSize)
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
}

extension FITSFile {
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
    // cfitsio puts an empty primary HDU in front of compressed images by itself.
    if sums, tiled.first == true, try output.move(to: 0), try output.describe().header["CHECKSUM"] == nil {
      try output.seal(output.dataSum(work: work))
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

  private func compare<Element: BitwiseCopyable>(
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
    let pixels: StoredPixels
    switch content {
    case .image(let own) where StructuralCards.furtherAxes(in: header) < 2: pixels = own
    case .stored(let plane) where plane.scaling.isEmpty && plane.furtherAxes.isEmpty: pixels = plane.pixels
    default: return false
    }
    return switch pixels {
    case .int64, .uint64: false
    case .float32(let plane): plane.pixels.allSatisfy { $0.isNormal || $0.isZero || $0.isNaN }
    case .float64(let plane): plane.pixels.allSatisfy { $0.isNormal || $0.isZero || $0.isNaN }
    default: true
    }
  }
}
