import Calling
import Pipeline

/// What a statement shows beside the lines of its report.
package enum Shown: Sendable {
  /// A result with the lines that tell of it; `isLast`: the text ends with it, and it got no name.
  case result(Value, lines: [String], isLast: Bool)
  /// Lines that may be more than a screen holds.
  case listing([String])
  case page(Page)
}
