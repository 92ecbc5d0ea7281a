internal import CCFITSIO
import Kernels

extension FITSReader {
  /// The image that counts the rows of a table by two of its columns.
  ///
  /// Without an HDU it is the first table with both columns. Rows without a number, which are told in `missing`, and those
  /// outside the limits do not count. Limits that are not given are TLMINn and TLMAXn, or the smallest and largest value; a bin is TDBINn
  /// wide, or 1, or a tenth of the range where a column of real numbers spans 10 or less.
  /// - Throws: `CRSError` (file) when the columns are not there, hold no plain numbers, or give no image.
  static func histogram(
    _ bins: FITSBins, _ file: FITSFile, _ selector: HDUSelector?, version: Int?, work: Work?
  ) throws -> (table: HDUDescription, image: Image, missing: [String]) {
    let table = try file.table(bins, selector, version: version)
    let x = try file.binnedAxis(bins.x, default: 0, of: table, work: work)
    let y = try file.binnedAxis(bins.y, default: 1, of: table, work: work)
    let weights = try bins.weight.map {
      try file.columnValues(file.column($0, of: table), of: table, work: work)
    }
    let (count, overflow) = x.count.multipliedReportingOverflow(by: y.count)
    guard !overflow, count <= 1 << 28 else {
      throw CRSError.file(
        "the bins make an image of \(x.count)x\(y.count) pixels", file: file.path, hdu: table.number,
        expected: "at most \(1 << 28) pixels", hint: "give larger bins: [bin X=SIZE,Y=SIZE]")
    }
    var sums = [Double](repeating: 0, count: count)
    var (isMissing, noWeight) = (0, 0)
    for row in x.bins.indices {
      let (column, line) = (Int(x.bins[row]), Int(y.bins[row]))
      guard column >= 0, line >= 0 else {
        if x.bins[row] == BinnedAxis.noNumber || y.bins[row] == BinnedAxis.noNumber { isMissing += 1 }
        continue
      }
      let weight = weights?[row] ?? 1
      if weight.isFinite { sums[line * x.count + column] += weight } else { noWeight += 1 }
    }
    func rows(_ count: Int, _ columns: String) -> String? {
      guard count > 0 else { return nil }
      return
        "\(count) row\(count == 1 ? "" : "s") without a number in \(columns) do\(count == 1 ? "es" : "") not count"
    }
    var header = Header(
      cards: table.keptCards.cards.filter { !FITSReader.describesColumn(HeaderCard($0).keyword) })
    header.remove("EXTNAME")
    x.describe(axis: 1, in: &header, of: table.header)
    y.describe(axis: 2, in: &header, of: table.header)
    let pixels = Plane(width: x.count, height: y.count, pixels: sums.map { Float($0) })
    let exact: ExactPixels = bins.weight == nil ? .int64(sums.map { Int64($0) }) : .float64(sums)
    return (
      table,
      Image(
        pixels: pixels, unit: .none, header: header, storedType: bins.weight == nil ? .int32 : .float64,
        exactPixels: exact),
      [rows(isMissing, "\(x.name), \(y.name)"), rows(noWeight, bins.weight ?? "")].compactMap { $0 }
    )
  }

  private static func describesColumn(_ keyword: String) -> Bool {
    let stem = keyword.prefix { $0.isLetter }
    if ["TFIELDS", "THEAP", "CPREF"].contains(keyword) { return true }
    return keyword.count > stem.count && stem.first == "T" && stem.count >= 4
      && keyword.dropFirst(stem.count).allSatisfy { $0.isNumber || $0.isLetter || $0 == "_" }
      && !stem.hasPrefix("TELE") && !stem.hasPrefix("TIME")
  }
}

/// One axis of the image: how many bins, and the bin of each row, below 0 for none.
private struct BinnedAxis {
  /// The bins of rows outside the limits, and of those without a number.
  static let (outside, noNumber): (Int32, Int32) = (-1, -2)
  let name: String
  let column: Int
  let lowest: Double
  let size: Double
  let count: Int
  let bins: [Int32]

  /// World coordinates: the table's own where it has them for the column, otherwise the column's values.
  func describe(axis: Int, in header: inout Header, of table: Header) {
    for key in ["CTYPE", "CUNIT", "CRPIX", "CRVAL", "CDELT"] { header.remove("\(key)\(axis)") }
    if let reference = table.number("TCRPX\(column)"), let value = table.number("TCRVL\(column)"),
      let step = table.number("TCDLT\(column)")
    {
      header.set("CTYPE\(axis)", .text(table.text("TCTYP\(column)") ?? name))
      if let unit = table.text("TCUNI\(column)") { header.set("CUNIT\(axis)", .text(unit)) }
      header.set("CRPIX\(axis)", .real((reference - lowest) / size + 0.5))
      header.set("CRVAL\(axis)", .real(value))
      header.set("CDELT\(axis)", .real(step * size))
      return
    }
    header.set("CTYPE\(axis)", .text(name), comment: "column of the table")
    if let unit = table.text("TUNIT\(column)") { header.set("CUNIT\(axis)", .text(unit)) }
    header.set("CRPIX\(axis)", .real(1))
    header.set("CRVAL\(axis)", .real(lowest + size / 2))
    header.set("CDELT\(axis)", .real(size))
  }
}

extension FITSFile {
  /// A column of plain numbers.
  fileprivate struct NumberColumn {
    let number: Int
    let name: String
    let isInteger: Bool
  }

  fileprivate func table(_ bins: FITSBins, _ selector: HDUSelector?, version: Int?) throws -> HDUDescription {
    if let selector {
      let found = try find(selector, version: version)
      guard found.kind != .image else {
        throw CRSError.file("is an image", file: path, hdu: found.number, expected: "a table to bin")
      }
      return found
    }
    var first: (table: HDUDescription, error: any Error)?
    var number = 0
    while try move(to: number) {
      let found = try describe()
      number += 1
      guard found.kind != .image else { continue }
      do {
        _ = try (column(bins.x.column, default: 0, of: found), column(bins.y.column, default: 1, of: found))
        return found
      } catch { first = first ?? (found, error) }
    }
    throw first?.error ?? CRSError.file("holds no table", file: path, expected: "a table to bin")
  }

  private func column(_ name: String?, default position: Int, of table: HDUDescription) throws -> NumberColumn
  {
    if let name { return try column(name, of: table) }
    let preferred = (table.header.text("CPREF") ?? "X,Y").split(separator: ",").map { $0.trimmingBlanks() }
    return try column(preferred.count > position ? preferred[position] : ["X", "Y"][position], of: table)
  }

  fileprivate func column(_ name: String, of table: HDUDescription) throws -> NumberColumn {
    let count = min(max(0, table.header.integer("TFIELDS") ?? 0), 999)
    let names = (1...max(1, count)).map { (table.header.text("TTYPE\($0)") ?? "").trimmingBlanks() }
    guard let position = names.firstIndex(where: { $0.uppercased() == name.uppercased() }) else {
      throw CRSError.file(
        "has no column \(name)", file: path, hdu: table.number,
        expected: "one of " + names.filter { !$0.isEmpty }.joined(separator: ", "),
        hint: didYouMean(name, among: names.filter { !$0.isEmpty }))
    }
    let format = (table.header.text("TFORM\(position + 1)") ?? "").trimmingBlanks().uppercased()
    let repeats = format.prefix { $0.isNumber }
    let letter = table.kind == .asciiTable ? format.prefix(1) : format.dropFirst(repeats.count).prefix(1)
    let isPlain = table.kind == .asciiTable || repeats.isEmpty || Int(repeats) == 1
    guard isPlain, (table.kind == .asciiTable ? "IFED" : "BIJKED").contains(letter), !letter.isEmpty else {
      throw CRSError.file(
        "column \(name) has the format \(format)", file: path, hdu: table.number, expected: "one number a row"
      )
    }
    let isScaled =
      table.header.number("TSCAL\(position + 1)") ?? 1 != 1
      || (table.header.number("TZERO\(position + 1)") ?? 0).rounded() != table.header.number(
        "TZERO\(position + 1)") ?? 0
    return NumberColumn(
      number: position + 1, name: names[position], isInteger: "BIJK".contains(letter) && !isScaled)
  }

  /// The numbers of a column, NaN where there is none.
  fileprivate func columnValues(_ column: NumberColumn, of table: HDUDescription, work: Work?) throws
    -> [Double]
  {
    guard try move(to: table.number) else { return [] }
    let rows = table.axes[0]
    var values = [Double](repeating: .nan, count: rows)
    try values.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      var missing = Double.nan
      var (first, status, any): (Int, Int32, Int32) = (0, 0, 0)
      while first < rows {
        try work?.checkCancelled()
        let count = min(1 << 16, rows - first)
        ffgcv(
          handle, TDOUBLE, Int32(column.number), LONGLONG(first + 1), 1, LONGLONG(count), &missing,
          base + first,
          &any, &status)
        try check(status, "cannot read column \(column.name)")
        first += count
      }
    }
    return values
  }

  fileprivate func binnedAxis(
    _ axis: FITSBins.Axis, default position: Int, of table: HDUDescription, work: Work?
  ) throws -> BinnedAxis {
    let column = try column(axis.column, default: position, of: table)
    let values = try columnValues(column, of: table, work: work)
    let numbers = values.lazy.filter { $0.isFinite }
    func card(_ key: String) -> Double? { table.header.number("\(key)\(column.number)") }
    guard let first = axis.lowest ?? card("TLMIN") ?? numbers.min(),
      let last = axis.highest ?? card("TLMAX") ?? numbers.max(), first.isFinite, last.isFinite
    else {
      throw CRSError.file("column \(column.name) holds no numbers", file: path, hdu: table.number)
    }
    let range = last - first
    let usual = column.isInteger || range > 10 ? 1 : range > 0 ? range / 10 : 1
    let size = axis.size ?? card("TDBIN").flatMap { $0 > 0 && $0.isFinite ? $0 : nil } ?? usual
    // A limit that was asked for ends the last bin; the largest value lies inside it.
    let isEnd = axis.highest != nil && !column.isInteger
    let bins = isEnd ? max(1, (range / size - 1e-9).rounded(.up)) : (range / size).rounded(.down) + 1
    guard range >= 0, bins.isFinite, bins <= Double(1 << 28) else {
      throw CRSError.file(
        "the bins of column \(column.name) run from \(first) to \(last) in steps of \(size)", file: path,
        hdu: table.number, expected: "1 to \(1 << 28) bins")
    }
    // Whole numbers lie in the middle of their bins.
    let (lowest, highest) = column.isInteger ? (first - 0.5, last + 0.5) : (first, last)
    let count = Int(bins)
    let places = values.map { value -> Int32 in
      guard value >= lowest, value <= highest else {
        return value.isFinite ? BinnedAxis.outside : BinnedAxis.noNumber
      }
      let place = Int32(min(((value - lowest) / size).rounded(.down), Double(count)))
      return place < count ? place : BinnedAxis.outside
    }
    return BinnedAxis(
      name: column.name, column: column.number, lowest: lowest, size: size, count: count, bins: places)
  }
}
