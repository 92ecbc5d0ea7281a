import Kernels
import Pipeline

/// What a condition may be.
enum Condition {
  /// The error about a value that is no condition.
  static func error(_ kind: Kind) -> CRSError {
    switch kind {
    case .mask, .list:
      CRSError.usage(
        "the condition is a value of kind \(kind.title)", expected: "yes or no",
        hint: "any(m), all(m)" + (kind == .mask ? " or countflagged(m) > 0" : ""))
    case .number, .integer:
      CRSError.usage(
        "the condition is a value of kind number", expected: "yes or no",
        hint: "a comparison gives yes or no: n > 0; an operator behind a call stands outside its parentheses")
    default: CRSError.usage("the condition is a value of kind \(kind.title)", expected: "yes or no")
    }
  }
}
