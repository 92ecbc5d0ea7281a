import Kernels

/// What the name of a file says about how it is written.
package enum OutputName {
  /// The kinds of files that crs writes.
  package enum Content: String, Sendable {
    case pixels = "FITS", table = "CSV", boundary = "YAML", figure = "PNG or PDF"

    fileprivate var endings: String {
      switch self {
      case .pixels: ".fits, .fits.gz or .fits.fz"
      case .table: ".csv"
      case .boundary: ".yaml"
      case .figure: ".png or .pdf"
      }
    }

    /// `it holds pixels`, for messages.
    fileprivate var what: String {
      switch self {
      case .pixels: "pixels"
      case .table: "a table"
      case .boundary: "a boundary"
      case .figure: "a figure"
      }
    }
  }

  /// Refuses endings of another kind of file.
  ///
  /// - Throws: `CRSError` (file) with the way to get what was meant.
  package static func check(_ path: String, for content: Content) throws {
    let ending = ending(of: path)
    let inner =
      ["gz", "fz"].contains(ending) ? self.ending(of: String(path.dropLast(ending.count + 1))) : ending
    if packed.contains(inner) {
      throw CRSError.file(
        ".\(inner) files are not written", file: path,
        expected: content == .pixels ? ".fits, .fits.gz or .fits.fz" : nil)
    }
    if content == .pixels, let unknown = endingBehindFITS(path) {
      throw CRSError.file(
        ".\(unknown) behind .fits names no form that crs writes", file: path,
        expected: ".fits, .fits.gz or .fits.fz", hint: "a copy may be called NAME_\(unknown).fits")
    }
    if content != .pixels, ["gz", "fz"].contains(ending) {
      throw CRSError.file("\(content.rawValue) files are not compressed", file: path)
    }
    if let other = kinds[inner], other != content.rawValue {
      throw CRSError.file(
        "an ending .\(inner) says \(other); the value is \(content.what)", file: path,
        expected: content.endings,
        hint: other == Content.figure.rawValue ? "plot draws figures" : nil)
    }
    guard kinds[inner] == nil, !isCopy(path, ending), !inner.isEmpty, !inner.allSatisfy(\.isNumber) else {
      return
    }
    throw CRSError.file(
      "the ending .\(inner) is not known", file: path, expected: content.endings,
      hint: "the ending says what crs reads from the file")
  }

  /// Refuses endings of data for a file of statements.
  ///
  /// - Throws: `CRSError` (file).
  package static func checkScript(_ path: String) throws {
    let ending = ending(of: path)
    let isPacked = ["gz", "fz"].contains(ending) || packed.contains(ending)
    guard isPacked || kinds[ending].map({ !texts.contains($0) }) ?? false else { return }
    throw CRSError.file(
      "an ending .\(ending) says \(kinds[ending] ?? "compressed data"); statements are text", file: path,
      expected: "an ending .crs")
  }

  private static let texts: Set<String> = ["a script", "text"]

  /// `m.fits.bak`: a copy of a file that crs writes.
  private static func isCopy(_ path: String, _ ending: String) -> Bool {
    copies.contains(ending) && kinds[self.ending(of: String(path.dropLast(ending.count + 1)))] != nil
  }

  private static let copies: Set<String> = ["bak", "old", "orig", "tmp", "new", "part", "save", "copy"]

  /// How a file of pixels is compressed: as asked, and as its ending says.
  ///
  /// - Throws: `CRSError` (file) when the two contradict each other.
  package static func compression(of path: String, asked: FITSCompression?) throws -> FITSCompression? {
    let said: FITSCompression? =
      switch ending(of: path) {
      case "gz": .gzip
      case "fz": .tiles
      default: nil
      }
    guard let said, let asked, said != asked else { return asked ?? said }
    throw CRSError.file(
      "the ending .\(ending(of: path)) does not go with compress=\(asked.rawValue)", file: path,
      expected: asked == .gzip ? "an ending .gz" : "an ending .fits or .fz")
  }

  /// An ending of letters behind .fits, .fit or .fts that is none of those above; numbers and the usual names of copies are
  /// none.
  private static func endingBehindFITS(_ path: String) -> String? {
    let ending = ending(of: path)
    guard !ending.isEmpty, !["gz", "fz", "fits", "fit", "fts"].contains(ending),
      ["fits", "fit", "fts"].contains(self.ending(of: String(path.dropLast(ending.count + 1)))),
      !copies.contains(ending),
      ending.allSatisfy({ $0.isLetter || $0.isNumber }), ending.contains(where: \.isLetter)
    else { return nil }
    return ending
  }

  /// The part behind the last dot, in lower case but for `Z`; empty without one.
  private static func ending(of path: String) -> String {
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
    return name[name.index(after: dot)...].lowercased()
  }

  private static let packed: Set<String> = [
    "bz", "bz2", "bz3", "xz", "zip", "zipx", "z", "zst", "zstd", "br", "lz", "lz4", "lzma", "lzo", "lzip",
    "lzh", "lha",
    "lzfse", "sz", "snappy", "rz", "lrz", "arj", "ace", "cab", "zpaq", "7z", "rar", "tar",
    "tgz", "tbz",
    "tbz2", "txz", "tzst", "deflate", "zlib",
  ]
  private static let kinds: [String: String] = [
    "fits": "FITS", "fit": "FITS", "fts": "FITS", "csv": "CSV", "yaml": "YAML", "yml": "YAML",
    "png": "PNG or PDF", "pdf": "PNG or PDF", "jpg": "a picture", "jpeg": "a picture", "gif": "a picture",
    "tif": "a picture", "tiff": "a picture", "svg": "a picture", "eps": "a picture", "ps": "a picture",
    "crs": "a script", "py": "a script", "txt": "text", "md": "text", "html": "a web page", "json": "JSON",
    "xml": "XML", "vot": "a VOTable", "tsv": "tabs", "ecsv": "ECSV", "h5": "HDF5", "hdf5": "HDF5",
    "asdf": "ASDF", "npy": "NumPy",
  ]
}
