import Kernels

/// How RICE tiles are packed (FITS 4.0, section 10.4.1): ZNAMEn names what ZVALn is.
struct RiceTiles {
  /// BLOCKSIZE and BYTEPIX by their names.
  let (blockSize, bytes): (Int, Int)
  /// The same as cfitsio 4.2 takes them: by their places, except where they cannot be meant so.
  private let (readSize, readBytes): (Int?, Int)
  /// Whether names say what cfitsio reads otherwise; what they do not name has the defaults of FITS, 32 and 4.
  let areNamed: Bool
  /// Old files of real numbers name something else where their bytes stand.
  private let namesBytes: Bool

  init(_ header: Header) {
    var named: [String: Int] = [:]
    for number in 1...99 {
      guard let name = header.text("ZNAME\(number)"), let value = header.integer("ZVAL\(number)") else {
        continue
      }
      named[name.trimmingBlanks().uppercased()] = value
    }
    let (first, second) = (header.integer("ZVAL1"), header.integer("ZVAL2") ?? 4)
    let isTurned = first.map { $0 < 16 && second > 8 } ?? false
    let taken = isTurned ? first ?? 4 : second
    // Old files of real numbers have NOISEBIT there, which it takes for 4 like all that is neither 1 nor 2.
    (readSize, readBytes) = (isTurned ? second : first, named["BYTEPIX"] == nil && taken > 2 ? 4 : taken)
    namesBytes = named["BYTEPIX"] != nil
    areNamed = namesBytes || named["BLOCKSIZE"] != nil
    (blockSize, bytes) =
      named.isEmpty ? (readSize ?? 32, readBytes) : (named["BLOCKSIZE"] ?? 32, named["BYTEPIX"] ?? 4)
  }

  /// - Throws: `CRSError` (file) for tiles that cfitsio would unpack to other numbers, or not the same way each time.
  func check(_ tiles: TileCompression, file: String, hdu: Int) throws {
    guard [1, 2, 4].contains(bytes) else {
      throw CRSError.file(
        "BYTEPIX of its RICE tiles is \(bytes)", file: file, hdu: hdu, expected: "1, 2 or 4",
        hint: "unpack the file with the program that made it")
    }
    guard tiles.bitpix < 0 || 8 * bytes >= tiles.bitpix else {
      throw CRSError.file(
        "BYTEPIX of its RICE tiles is \(bytes), although ZBITPIX is \(tiles.bitpix)", file: file, hdu: hdu,
        expected: "at least \(tiles.bitpix / 8)", hint: "get a fresh copy of the file")
    }
    let isClear = areNamed && 1...4096 ~= blockSize && (namesBytes || bytes == readBytes)
    guard isClear || blockSize == readSize && bytes == readBytes else {
      throw CRSError.file(
        "ZNAMEn and ZVALn of its RICE tiles do not stand as cfitsio reads them", file: file, hdu: hdu,
        expected: "BLOCKSIZE or BYTEPIX among ZNAMEn", hint: "unpack the file with the program that made it")
    }
  }
}
