import Kernels

extension FITSReader {
  /// The stack that a saved stack holds (extensions EXPOSURE1, ...); nil when the file is no saved stack.
  package static func stack(at path: String, strict: Bool = false, work: Work? = nil) throws -> Stack? {
    let parsed = try FITSPath(path)
    guard parsed.choice == FITSChoice() else { return nil }
    return try FITSLibrary.exclusively {
      try stack(FITSFile.open(parsed, strict: strict, work: work), work: work)
    }
  }

  static func stack(_ file: FITSFile, work: Work?) throws -> Stack? {
    let primary = try file.describe()
    guard let count = primary.header.integer("CRSSTACK") else { return nil }
    try file.checkSums(primary, work: work)
    guard (1...10_000).contains(count) else {
      throw CRSError.file(
        "CRSSTACK is \(count)", file: file.path, hdu: 0, expected: "the number of exposures")
    }
    let layout = FileLayout(try file.descriptions())
    let exposures = try (1...count).map { number in
      var exposure = try exposure(file, layout, file.find(.name("EXPOSURE\(number)")), work: work)
      exposure.header.remove("EXTNAME")
      exposure.uncertainty?.name = "UNCERT"
      exposure.uncertainty?.header.remove("EXTNAME")
      exposure.header.remove("INHERIT")
      exposure.primaryHeader = nil
      return exposure
    }
    try file.checkAllSums(work: work)
    return try Stack(exposures: exposures)
  }
}
