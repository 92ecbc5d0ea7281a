internal import CCFITSIO
import Kernels

/// How a table holds a tile-compressed image (FITS 4.0, section 10).
struct TileCompression {
  /// ZCMPTYPE, such as RICE_1.
  let algorithm: String
  /// BITPIX of the image.
  let bitpix: Int
  /// Pixels of a tile along each axis.
  let tile: [Int]
  /// Whether the tiles hold whole numbers that ZSCALE and ZZERO turn into real ones.
  let isQuantised: Bool
  let dithering: Dithering

  /// Whether the tiles are copied out, without cfitsio, which does not know the word.
  var areStoredPlain: Bool { algorithm == "NOCOMPRESS" }

  init(_ header: Header, axes: [Int]) {
    algorithm = (header.text("ZCMPTYPE") ?? "").trimmingBlanks().uppercased()
    bitpix = header.integer("ZBITPIX") ?? 0
    tile = axes.enumerated().map { axis, length in
      min(length, header.integer("ZTILE\(axis + 1)") ?? (axis == 0 ? length : 1))
    }
    isQuantised = header["ZSCALE"] != nil || TileCompression.column("ZSCALE", in: header) != nil
    dithering = Dithering(header)
  }

  /// The number of a column, from 1.
  static func column(_ name: String, in header: Header) -> Int? {
    let count = min(max(0, header.integer("TFIELDS") ?? 0), 999)
    return (1...max(1, count)).first { header.text("TTYPE\($0)")?.trimmingBlanks().uppercased() == name }
  }
}

extension FITSFile {
  /// - Throws: `CRSError` (file) naming the algorithm, for tiles that cfitsio cannot unpack or would take for
  ///   other numbers.
  func checkReadable(_ tiles: TileCompression, of hdu: HDUDescription) throws {
    let known = ["RICE_1", "RICE_ONE", "GZIP_1", "GZIP_2", "PLIO_1", "HCOMPRESS_1", "NOCOMPRESS"]
    guard known.contains(tiles.algorithm) else {
      throw CRSError.file(
        "its tiles are compressed by '\(tiles.algorithm)', which is not known", file: path, hdu: hdu.number,
        expected: known.joined(separator: ", "), hint: "unpack the file with the program that made it")
    }
    let keepsReal = ["GZIP_1", "GZIP_2", "NOCOMPRESS"].contains(tiles.algorithm)
    guard tiles.bitpix > 0 || tiles.isQuantised || keepsReal else {
      throw CRSError.file(
        "its \(tiles.algorithm) tiles hold whole numbers without ZSCALE and ZZERO, although ZBITPIX says real numbers",
        file: path, hdu: hdu.number, expected: "ZSCALE and ZZERO, or GZIP tiles",
        hint:
          "the fractions were lost when the file was written: write it again, without compression or with GZIP_2"
      )
    }
    if tiles.algorithm == "PLIO_1" { try checkPixelLists(of: hdu, tiles) }
    if tiles.algorithm.hasPrefix("RICE") {
      try RiceTiles(hdu.header).check(tiles, file: path, hdu: hdu.number)
    }
  }
}
