import Glibc

/// What the first bytes of a file say that it is, for messages about files that are not what they were taken for.
package enum FileKind {
  /// What a file of data is, for whoever takes it for text; nil for text, and for what is not known.
  package static func data(at path: String) -> String? {
    guard let file = try? DiskName.find(path), let source = fopen(file.bytes, "rbe") else { return nil }
    defer { fclose(source) }
    var head = [UInt8](repeating: 0, count: 4096)
    head.removeSubrange(fread(&head, 1, head.count, source)...)
    if head.starts(with: ascii("SIMPLE  =")) { return fits }
    let name = path.lowercased()
    if head.starts(with: [0x1F, 0x8B]) || head.starts(with: [0x1F, 0x9D]) {
      return [".fits", ".fit", ".fts"].contains { name.dropEnding().hasSuffix($0) } ? packedFITS : guess(head)
    }
    let isText = head.allSatisfy { $0 >= 32 || [9, 10, 12, 13, 27].contains($0) }
    if isText { return name.hasSuffix(".csv") ? table : nil }
    return guess(head)
  }

  package static let fits = "a FITS file"
  package static let packedFITS = "a packed FITS file"
  package static let table = "a table of comma-separated values"

  /// `a PNG picture` and the like; nil when the bytes tell nothing.
  static func guess(_ head: some Collection<UInt8>) -> String? {
    let bytes = Array(head.prefix(4096))
    if bytes.isEmpty { return "an empty file" }
    for (signature, offset, name) in signatures
    where bytes.count >= offset + signature.count
      && Array(bytes[offset..<offset + signature.count]) == signature
    {
      return name
    }
    if bytes.allSatisfy({ $0 == 0 }) { return "a file of zeros" }
    if let picture = netpbm(bytes) { return picture }
    if bytes.starts(with: ascii("RIFF")), bytes.count >= 12 {
      return Array(bytes[8..<12]) == ascii("WEBP") ? "a WebP picture" : "a sound or film (RIFF)"
    }
    // The two bytes in front of zlib's data are a multiple of 31.
    if bytes.count > 2, bytes[0] == 0x78, (Int(bytes[0]) << 8 + Int(bytes[1])) % 31 == 0,
      [0x01, 0x5E, 0x9C, 0xDA].contains(bytes[1])
    {
      return "a file of zlib compression"
    }
    return text(bytes)
  }

  /// Netpbm pictures: P1 to P7 and a blank.
  private static func netpbm(_ bytes: [UInt8]) -> String? {
    guard bytes.count > 3, bytes[0] == UInt8(ascii: "P"), [9, 10, 13, 32].contains(bytes[2]) else {
      return nil
    }
    switch bytes[1] {
    case UInt8(ascii: "1"), UInt8(ascii: "4"): return "a PBM picture"
    case UInt8(ascii: "2"), UInt8(ascii: "5"): return "a PGM picture"
    case UInt8(ascii: "3"), UInt8(ascii: "6"): return "a PPM picture"
    case UInt8(ascii: "7"): return "a PAM picture"
    default: return nil
    }
  }

  /// What the ending of a name says of a file whose bytes say nothing.
  static func guess(name: String) -> String? {
    let lower = name.lowercased()
    let endings = [
      (".br", "Brotli"), (".lzo", "lzop"), (".lzma", "LZMA"), (".sz", "Snappy"), (".lrz", "lrzip"),
      (".zz", "zlib"),
    ]
    return endings.first { lower.hasSuffix($0.0) }.map { "a file of \($0.1) compression, by its name" }
  }

  private static let signatures: [(bytes: [UInt8], offset: Int, name: String)] = [
    ([0x89] + ascii("PNG\r\n"), 0, "a PNG picture"), ([0xFF, 0xD8, 0xFF], 0, "a JPEG picture"),
    (ascii("GIF8"), 0, "a GIF picture"), (ascii("BM"), 0, "a BMP picture"),
    (ascii("II*\0") + [0x10, 0, 0, 0] + ascii("CR"), 0, "a raw picture of a Canon camera (CR2)"),
    (ascii("II*\0"), 0, "a TIFF picture or a camera's raw picture"),
    (ascii("MM\0*"), 0, "a TIFF picture or a camera's raw picture"),
    (ascii("ftyp"), 4, "a picture or film (HEIF, CR3, MP4)"), (ascii("XISF0100"), 0, "an XISF picture"),
    (ascii("LUCAM-RECORDER"), 0, "an SER film"), (ascii("%PDF"), 0, "a PDF document"),
    (ascii("%!PS"), 0, "a PostScript document"),
    ([0x00, 0x00, 0x00, 0x0C] + ascii("jP  "), 0, "a JPEG 2000 picture"),
    ([0xFF, 0x4F, 0xFF, 0x51], 0, "a JPEG 2000 picture"), ([0xFF, 0x0A], 0, "a JPEG XL picture"),
    ([0x76, 0x2F, 0x31, 0x01], 0, "an OpenEXR picture"), (ascii("8BPS"), 0, "a Photoshop picture"),
    (ascii("gimp xcf"), 0, "a GIMP picture"),
    (ascii("FUJIFILMCCD-RAW"), 0, "a raw picture of a Fujifilm camera"),
    (ascii("IIRO"), 0, "a raw picture of an Olympus camera"),
    (ascii("IIU\0"), 0, "a raw picture of a Panasonic camera"),
    (ascii("DICM"), 128, "a DICOM picture"), (ascii("MATLAB 5.0"), 0, "a file of MATLAB"),
    (ascii("SR") + [0, 4], 0, "a save file of IDL"), (ascii("PAR1"), 0, "a Parquet table"),
    (ascii("CDF") + [5], 0, "a NetCDF file"), (ascii("LZIP"), 0, "an lzip file"),
    ([0x5D, 0x00, 0x00], 0, "a file of LZMA compression"), ([0x89] + ascii("LZO"), 0, "a file of lzop"),
    ([0xFF, 0x06, 0x00, 0x00] + ascii("sNaPpY"), 0, "a file of Snappy compression"),
    (ascii("PK\u{3}\u{4}"), 0, "a zip archive"),
    (ascii("PK\u{5}\u{6}"), 0, "an empty zip archive"), (ascii("7z") + [0xBC, 0xAF], 0, "a 7-Zip archive"),
    (ascii("Rar!"), 0, "a RAR archive"), (ascii("ustar"), 257, "a tar archive"),
    ([0x1F, 0x8B], 0, "a gzip file"), ([0x1F, 0x9D], 0, "a file of compress (.Z)"),
    ([0x1F, 0x1E], 0, "a file of pack (.z)"), ([0x1F, 0xA0], 0, "a file of LZH compression"),
    (ascii("BZh"), 0, "a bzip2 file"), ([0xFD] + ascii("7zXZ"), 0, "an xz file"),
    ([0x28, 0xB5, 0x2F, 0xFD], 0, "a Zstandard file"), ([0x04, 0x22, 0x4D, 0x18], 0, "an LZ4 file"),
    ([0x89] + ascii("HDF\r\n"), 0, "an HDF5 file"), ([0x0E, 0x03, 0x13, 0x01], 0, "an HDF4 file"),
    (ascii("CDF") + [1], 0, "a NetCDF file"), (ascii("CDF") + [2], 0, "a NetCDF file"),
    (ascii("#ASDF"), 0, "an ASDF file"), ([0x93] + ascii("NUMPY"), 0, "a NumPy array"),
    ([0x80, 4, 0x95], 0, "a Python pickle"), ([0x80, 5, 0x95], 0, "a Python pickle"),
    ([0x7F] + ascii("ELF"), 0, "a program"), (ascii("SQLite format 3"), 0, "an SQLite database"),
    (ascii("CCDS"), 0, "a picture of another program"),
    (
      ascii("version https://git-lfs"), 0,
      "a pointer of Git LFS: the file itself was not fetched"
    ),
    (ascii("XTENSION"), 0, "a FITS extension without the primary HDU before it"),
  ]

  private static func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

  private static func text(_ bytes: [UInt8]) -> String? {
    var content = bytes[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { content = content.dropFirst(3) }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return "text in UTF-16" }
    guard content.allSatisfy({ $0 >= 32 || [9, 10, 12, 13, 27].contains($0) }) else {
      return content.prefix(2880).contains(subsequence: ascii("SIMPLE  =")) ? shifted : nil
    }
    let start = String(decoding: content.prefix(400), as: UTF8.self).trimmingBlanks().lowercased()
    if start.isEmpty { return "a file of blanks" }
    if start.hasPrefix("<!doctype html") || start.hasPrefix("<html") {
      return "a web page (HTML), perhaps the answer of an archive in place of the file"
    }
    if start.contains("<votable") { return "a VOTable (XML)" }
    if start.hasPrefix("<?xml") || start.hasPrefix("<") { return "XML" }
    if start.hasPrefix("{") || start.hasPrefix("[") { return "JSON or other text" }
    if start.hasPrefix("simple  =") { return "a FITS header as text: its cards are lines" }
    if start.contains("simple  =") { return shifted }
    return "text"
  }

  private static let shifted = "a FITS file with other bytes in front"
}

extension String {
  /// `a.fits` of `a.fits.gz`.
  fileprivate func dropEnding() -> Substring { self[..<(lastIndex(of: ".") ?? endIndex)] }
}

extension Collection where Element: Equatable {
  fileprivate func contains(subsequence: [Element]) -> Bool {
    indices.contains { self[$0...].starts(with: subsequence) }
  }
}
