import Calling
import Kernels
import Pipeline

/// Which parameters of `plot` and `show` a kind of value has a use for.
enum FigureOptions {
  /// Parameters that not every kind takes.
  private static let special: Set<String> = [
    "vmin", "vmax", "region", "mask", "scale", "norm", "boundary", "x", "y", "xlog", "ylog", "title",
  ]

  private static func used(by value: Value) -> Set<String> {
    switch value {
    case .mask: ["region", "title"]
    case .stack: ["vmin", "vmax", "region", "scale", "norm", "title"]
    case .maskSet: ["title"]
    case .diagram: ["boundary"]
    case .boundary: []
    case .table: ["x", "y", "xlog", "ylog", "title"]
    default: ["vmin", "vmax", "region", "mask", "scale", "norm", "title"]
    }
  }

  /// - Parameter bound: the arguments that were given.
  /// - Throws: `CRSError` (usage) for one without an effect on a value of this kind.
  static func check(_ bound: Bound, for value: Value) throws {
    let used = used(by: value)
    let kind = if case .text = value { "an Image" } else { "a value of kind \(value.kindName)" }
    try bound.refuse(
      special.subtracting(used).sorted(), "on the figure of \(kind)",
      expected: used.isEmpty ? "none of these parameters" : used.sorted().joined(separator: ", "))
    guard case .bool(true)? = bound["histogram"] else { return }
    try bound.refuse(["mask"], "on a histogram", expected: "where(mask, nan, x) to leave pixels out")
  }
}
