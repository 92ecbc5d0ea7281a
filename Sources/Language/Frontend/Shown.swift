import Pipeline

/// What a statement shows beside the lines of its report.
package enum Shown: Sendable {
  /// A result with the lines that tell of it.
  case result(Value, lines: [String])
  /// Lines that may be more than a screen holds.
  case listing([String])
}
