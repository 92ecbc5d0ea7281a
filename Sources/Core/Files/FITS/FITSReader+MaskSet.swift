internal import CCFITSIO
import Kernels

extension FITSReader {
  /// The masks of one crmasks run, those of the reference program too.
  ///
  /// Newer files with AUXCLEAN instead of LAMEDIAN are understood.
  package static func maskSet(at path: String, strict: Bool = false, work: Work? = nil) throws -> MaskSet {
    let path = try FITSPath(path)
    guard path.choice.part == nil else {
      throw CRSError.file("a part of a file holds no masks", file: path.text, expected: "the file of crmasks")
    }
    return try FITSLibrary.exclusively {
      try maskSet(FITSFile.open(path, strict: strict, work: work), work: work)
    }
  }

  static func maskSet(_ file: FITSFile, work: Work?) throws -> MaskSet {
    let hdus = try file.descriptions()
    // UUID, flux factors and what each exposure was stand there.
    if let primary = hdus.first, try file.move(to: 0) { try file.checkSums(primary, work: work) }
    let byName = Dictionary(
      hdus.map { ($0.name.uppercased(), $0) }, uniquingKeysWith: { first, _ in first })
    func find(_ name: String) throws -> HDUDescription? {
      guard let hdu = byName[name] else { return nil }
      _ = try file.move(to: hdu.number)
      return hdu
    }
    func mask(_ name: String) throws -> Mask {
      guard let hdu = try find(name) else {
        throw CRSError.file(
          "has no extension \(name)", file: file.path, expected: "a file of masks made by crmasks")
      }
      return try self.mask(file, hdu, work: work)
    }
    let median = try mask("MEDIANCR")
    let mean = try mask("MEANCRT")
    var exposures: [Mask] = []
    while byName["CRMASK\(exposures.count + 1)"] != nil {
      exposures.append(try mask("CRMASK\(exposures.count + 1)"))
    }
    func plane(_ names: String...) throws -> Plane<Float>? {
      for name in names {
        if let hdu = try find(name) {
          try file.checkSums(hdu, work: work)
          return try file.readImage(hdu, shape: file.shape(of: hdu), work: work).0
        }
      }
      return nil
    }
    var leftOut: [Mask] = []
    while byName["LEFTOUT\(leftOut.count + 1)"] != nil {
      leftOut.append(try mask("LEFTOUT\(leftOut.count + 1)"))
    }
    let laMedian = try plane("LAMEDIAN", "AUXCLEAN")
    let significance = try plane("MMPVALUE")
    let shapes =
      [mean.shape] + exposures.map(\.shape) + leftOut.map(\.shape)
      + [laMedian, significance].compactMap { $0?.shape }
    guard shapes.allSatisfy({ $0 == median.shape }), !exposures.isEmpty else {
      throw CRSError.file(
        exposures.isEmpty ? "has no extension CRMASK1" : "its masks differ in shape", file: file.path,
        expected: "a file of masks made by crmasks")
    }
    let table = try find("RPMEDIAN")
    if let table { try file.checkSums(table, work: work) }
    let pixels = try table.map { try localMedians(file, $0) } ?? []
    let primary = hdus[0].header
    let factors = try (1...exposures.count).map { number in
      guard let factor = primary.number("FLUXF\(number)"), factor.isFinite, factor > 0 else {
        throw CRSError.file(
          "keyword FLUXF\(number) is missing or no positive number", file: file.path, hdu: 0,
          expected: "the flux factor of exposure \(number)")
      }
      return factor
    }
    let skies = (1...exposures.count).compactMap { number in
      primary.number("SKYLEV\(number)").flatMap { $0.isFinite ? $0 : nil }
    }
    guard skies.isEmpty || skies.count == exposures.count else {
      throw CRSError.file(
        "keywords SKYLEV1 to SKYLEV\(exposures.count) are not complete", file: file.path, hdu: 0,
        expected: "the additional sky of each exposure, or none of them")
    }
    try file.checkAllSums(work: work)
    var masks = MaskSet(
      medianCR: median, meanCRT: mean, exposures: exposures, laMedian: laMedian, localMedians: pixels,
      fluxFactors: factors, uuid: primary.text("UUID") ?? "", history: primary.history,
      significance: significance, leftOut: leftOut)
    masks.skies = skies
    for k in exposures.indices {
      if let owner = MaskHeader(exposure: k + 1, of: primary) { masks.exposures[k].owner = owner }
    }
    return masks
  }

  private static func localMedians(_ file: FITSFile, _ hdu: HDUDescription) throws -> [LocalMedianPixel] {
    let rows = hdu.axes[0]
    guard hdu.kind == .binaryTable, rows < 10_000_000 else {
      throw CRSError.file("RPMEDIAN is not a usable table", file: file.path, hdu: hdu.number)
    }
    func column(_ name: String) throws -> [Int64] {
      var status: Int32 = 0
      var number: Int32 = 0
      var text = Array(name.utf8CString)
      ffgcno(file.handle, 0, &text, &number, &status)
      try file.check(status, "has no column \(name)")
      var values = [Int64](repeating: 0, count: rows)
      guard rows > 0 else { return values }
      values.withUnsafeMutableBytes { buffer in
        _ = ffgcv(
          file.handle, TLONGLONG, number, 1, 1, LONGLONG(rows), nil, buffer.baseAddress, nil, &status)
      }
      try file.check(status, "cannot read column \(name)")
      return values
    }
    let (x, y) = (try column("X_pixel"), try column("Y_pixel"))
    let (xWidth, yWidth) = (try column("X_width"), try column("Y_width"))
    return try (0..<rows).map { row in
      // Bounded far beyond any detector, so that later sums cannot overflow.
      let values = [x[row], y[row], xWidth[row], yWidth[row]]
      guard values.allSatisfy({ (1...(1 << 31)).contains($0) }) else {
        throw CRSError.file(
          "row \(row + 1) of RPMEDIAN is \(values)", file: file.path, hdu: hdu.number,
          expected: "a pixel and two widths, at least 1")
      }
      return LocalMedianPixel(
        x: Int(x[row]), y: Int(y[row]), xWidth: Int(xWidth[row]), yWidth: Int(yWidth[row]))
    }
  }
}
