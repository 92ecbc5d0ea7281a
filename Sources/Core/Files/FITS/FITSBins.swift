import Kernels

/// `[bin X,Y]` behind the name of a table: an image that counts rows by the values of two columns.
///
/// Each column may have limits and a bin size, `X=SIZE` or `X=FIRST:LAST:SIZE` with any part left out; `bin SIZE`
/// takes the columns X and Y (or those that CPREF names); `bin (X,Y)=SIZE` one size for both. Behind a semicolon
/// stands a column whose values are added instead of counted. Only names of columns and numbers are understood:
/// nothing is calculated and no other file is opened.
struct FITSBins: Equatable {
  struct Axis: Equatable {
    /// Nil for the table's preferred column.
    var column: String?
    var lowest: Double?
    var highest: Double?
    var size: Double?
  }

  var x = Axis()
  var y = Axis()
  var weight: String?

  static let form = "[bin X,Y], [bin X=FIRST:LAST:SIZE,Y=FIRST:LAST:SIZE] or [bin SIZE]"

  /// Whether a bracket's text begins with the word `bin`.
  static func isMeant(by text: Substring) -> Bool {
    let text = text.trimmingBlanks().lowercased()
    return text == "bin" || text.hasPrefix("bin ")
      || ["bini ", "binj ", "binr ", "bind ", "binb "].contains { text.hasPrefix($0) }
  }

  /// - Throws: `CRSError` (file) when the text is more than columns and numbers.
  init(_ text: Substring, of file: String) throws {
    guard let bins = FITSBins(parsing: text) else {
      throw CRSError.file(
        "'[\(text.prefix(60))]' is not understood", file: file,
        expected: FITSBins.form + " with names of columns and numbers")
    }
    self = bins
  }

  private init?(parsing text: Substring) {
    let words = text.trimmingBlanks().split(separator: " ", maxSplits: 1).map { $0.trimmingBlanks() }
    guard words.first?.lowercased() == "bin" else { return nil }
    var body = words.count > 1 ? words[1] : ""
    if let semicolon = body.firstIndex(of: ";") {
      weight = body[body.index(after: semicolon)...].trimmingBlanks()
      guard FITSBins.isColumn(weight ?? "") else { return nil }
      body = body[..<semicolon].trimmingBlanks()
    }
    if body.isEmpty { return }
    if let size = FITSBins.size(body) {
      (x.size, y.size) = (size, size)
      return
    }
    if body.hasPrefix("("), let close = body.firstIndex(of: ")") {
      let columns = body[..<close].dropFirst().split(separator: ",", omittingEmptySubsequences: false)
      let rest = body[body.index(after: close)...].trimmingBlanks()
      guard columns.count == 2, rest.hasPrefix("="),
        let size = FITSBins.size(rest.dropFirst().trimmingBlanks()),
        let first = FITSBins.axis(columns[0]), let second = FITSBins.axis(columns[1]), first.size == nil,
        second.size == nil
      else { return nil }
      (x, y) = (first, second)
      (x.size, y.size) = (size, size)
      return
    }
    let parts = body.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == 2, let first = FITSBins.axis(parts[0]), let second = FITSBins.axis(parts[1]) else {
      return nil
    }
    (x, y) = (first, second)
  }

  private static func axis(_ text: Substring) -> Axis? {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
      $0.trimmingBlanks()
    }
    guard isColumn(parts[0]) else { return nil }
    var axis = Axis(column: parts[0])
    guard parts.count == 2 else { return axis }
    let limits = parts[1].split(separator: ":", omittingEmptySubsequences: false).map { $0.trimmingBlanks() }
    if limits.count == 1 {
      axis.size = size(limits[0])
      return axis.size == nil ? nil : axis
    }
    guard limits.count <= 3 else { return nil }
    for (limit, key) in zip(limits, [\Axis.lowest, \Axis.highest, \Axis.size]) where !limit.isEmpty {
      guard let number = Double(limit), number.isFinite, key != \Axis.size || number > 0 else { return nil }
      axis[keyPath: key] = number
    }
    return axis
  }

  private static func size(_ text: String) -> Double? {
    Double(text).flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
  }

  private static func isColumn(_ text: String) -> Bool {
    guard let first = text.utf8.first, !(48...57).contains(first) else { return false }
    return text.utf8.count <= 68
      && text.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
          || [95, 45, 46].contains($0)
      }
  }
}
