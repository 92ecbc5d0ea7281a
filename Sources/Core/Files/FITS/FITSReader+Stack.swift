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
    guard let count = try file.describe().header.integer("CRSSTACK") else { return nil }
    guard (1...10_000).contains(count) else {
      throw CRSError.file(
        "CRSSTACK is \(count)", file: file.path, hdu: 0, expected: "the number of exposures")
    }
    let names = try file.descriptions().map { $0.name.uppercased() }
    let exposures = try (1...count).map { number in
      var exposure = try image(file, file.find(.name("EXPOSURE\(number)")), work: work)
      exposure.header.remove("EXTNAME")
      if names.contains("MASK\(number)") {
        exposure.mask = try mask(file, file.find(.name("MASK\(number)")), work: work)
      }
      if names.contains("UNCERT\(number)") {
        exposure.uncertainty = try uncertainty(file, file.find(.name("UNCERT\(number)")), work: work)
      }
      return exposure
    }
    return try Stack(exposures: exposures)
  }
}
