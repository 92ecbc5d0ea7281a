import Files

extension Limits {
  /// Beyond this a limit is none that people need to know.
  private static let endless = 1e9

  /// ` from 2 to 100`, ` above 0 and at most 0.5`, ` of at least 0`; empty without limits.
  var words: String {
    let upper = maximum.flatMap { $0 > Self.endless ? nil : $0.plain }
    if let lower = exclusiveMinimum?.plain {
      return " above \(lower)" + (upper.map { " and at most \($0)" } ?? "")
    }
    guard let lower = minimum?.plain else { return upper.map { " of at most \($0)" } ?? "" }
    return upper.map { " from \(lower) to \($0)" } ?? " of at least \(lower)"
  }
}
