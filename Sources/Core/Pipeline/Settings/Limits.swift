import Files

/// The numbers that a setting takes.
package struct Limits: Sendable, Equatable {
  package var lower = -Double.infinity
  package var upper = Double.infinity
  /// Whether `lower` itself is left out.
  package var isOpenBelow = false

  /// Beyond this a limit is none that people need to know.
  private static let endless = 1e9

  func contains(_ number: Double) -> Bool {
    number.isFinite && number <= upper && (isOpenBelow ? number > lower : number >= lower)
  }

  private var isOpenEnded: Bool { upper > Self.endless }

  /// ` from 2 to 100`, ` above 0 and at most 0.5`, ` of at least 0`; empty without limits.
  var words: String {
    if lower < -Self.endless { return "" }
    switch (isOpenBelow, isOpenEnded) {
    case (false, false): return " from \(lower.plain) to \(upper.plain)"
    case (false, true): return " of at least \(lower.plain)"
    case (true, false): return " above \(lower.plain) and at most \(upper.plain)"
    case (true, true): return " above \(lower.plain)"
    }
  }

  /// The same for tables: `2...100`, `above 0`, `at least 0`; nil without limits.
  package var text: String? {
    if lower < -Self.endless { return nil }
    if !isOpenBelow { return isOpenEnded ? "at least \(lower.plain)" : "\(lower.plain)...\(upper.plain)" }
    return words.trimmingBlanks()
  }
}
