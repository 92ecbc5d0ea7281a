internal import CCFITSIO
import Kernels

/// Writes FITS files.
package enum FITSWriter {
  /// Writes a file that appears whole or not at all.
  ///
  /// - Parameter compression: nil for none, unless the name ends in `.gz` or `.fz`.
  /// - Throws: `CRSError` (file) when the file exists and `overwrite` is false, or cannot be written;
  ///   interrupted. No file is left behind then.
  package static func write(
    _ document: FITSDocument, to path: String, overwrite: Bool, compression: FITSCompression? = nil,
    work: Work? = nil
  ) throws {
    let file = try AtomicFile(path, existing: .init(overwrite: overwrite))
    try write(document, to: file, compression: compression, work: work)
    try file.commit()
  }

  /// Writes all of a file that the caller commits.
  ///
  /// - Throws: `CRSError`: file when it cannot be written, interrupted.
  package static func write(
    _ document: FITSDocument, to output: AtomicFile, compression: FITSCompression? = nil, work: Work? = nil
  ) throws {
    guard !document.hdus.isEmpty else { throw CRSError.data("a FITS file needs at least one HDU") }
    try OutputName.check(output.path, for: .pixels)
    let compression = try OutputName.compression(of: output.path, asked: compression)
    do {
      try FITSLibrary.exclusively {
        if compression == .gzip {
          let file = try FITSFile.inMemory(path: output.path)
          try append(document, to: file, work: work)
          try file.withBytes { try GzipStream.write($0, to: output, work: work ?? Work()) }
          return
        }
        let file = try FITSFile.create(output)
        if compression == .tiles {
          let plain = try FITSFile.inMemory(path: output.path)
          try append(document, to: plain, work: work)
          try plain.copyCompressed(to: file, as: written(document).map(\.survivesTiles), work: work)
        } else {
          try append(document, to: file, work: work)
        }
        try file.close()
      }
    } catch let error as CRSError where error.kind == .file {
      // cfitsio does not tell that a disk is full.
      throw output.obstacle() ?? error
    }
    try work?.checkCancelled()
  }

  private static func append(_ document: FITSDocument, to file: FITSFile, work: Work?) throws {
    let hdus = written(document)
    for (number, hdu) in hdus.enumerated() {
      try work?.checkCancelled()
      try file.append(hdu, hdu: number, of: hdus.count, work: work)
    }
  }

  /// The HDUs with a primary one in front where the first can only be an extension.
  private static func written(_ document: FITSDocument) -> [FITSOutputHDU] {
    switch document.hdus.first?.content {
    case .carried, .table: [FITSOutputHDU(content: .empty)] + document.hdus
    default: document.hdus
    }
  }
}

extension FITSFile {
  /// Copies every HDU, images as compressed tiles where `tiled` says that nothing is lost.
  fileprivate func copyCompressed(to output: FITSFile, as tiled: [Bool], work: Work?) throws {
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
      } else {
        ffcopy(handle, output.handle, 0, &status)
      }
      try check(status, "cannot compress HDU \(number)")
      number += 1
    }
  }
}

extension FITSOutputHDU {
  /// Whether cfitsio's tile compression keeps every value: it has none for 64-bit integers, makes infinities
  /// NaN and tiny (subnormal) floats 0.
  fileprivate var survivesTiles: Bool {
    guard case .image(let pixels) = content else { return false }
    return switch pixels {
    case .int64, .uint64: false
    case .float32(let plane): plane.pixels.allSatisfy { $0.isNormal || $0.isZero || $0.isNaN }
    case .float64(let plane): plane.pixels.allSatisfy { $0.isNormal || $0.isZero || $0.isNaN }
    default: true
    }
  }
}
