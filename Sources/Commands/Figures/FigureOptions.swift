import Calling
import Files
import Kernels
import Pipeline

/// Which parameters of `plot` and `show` a kind of value has a use for.
enum FigureOptions {
  /// Parameters that not every kind takes.
  private static let special: Set<String> = [
    "vmin", "vmax", "region", "mask", "scale", "norm", "boundary", "x", "y", "xlog", "ylog", "title", "map",
  ]

  private static func used(by value: Value) -> Set<String> {
    switch value {
    case .mask: ["region", "title"]
    case .stack: ["vmin", "vmax", "region", "scale", "norm", "title", "map"]
    case .maskSet: ["title"]
    case .diagram: ["boundary", "map"]
    case .boundary: []
    case .table: ["x", "y", "xlog", "ylog", "title"]
    default: ["vmin", "vmax", "region", "mask", "scale", "norm", "title", "map"]
    }
  }

  /// - Parameter bound: the arguments that were given.
  /// - Throws: `CRSError` (usage) for one without an effect on a value of this kind.
  static func check(_ bound: Bound) throws {
    guard let value = bound["value"], !value.isNone else { return }
    let used = used(by: value)
    let kind = if case .text = value { "an Image" } else { "a value of kind \(value.kindName)" }
    try bound.refuse(
      special.subtracting(used).sorted(), "on the figure of \(kind)",
      expected: used.isEmpty ? "none of these parameters" : used.sorted().joined(separator: ", "))
    if bound["vmin"] != nil, bound["vmax"] != nil, !(bound["vmin"]?.isNone ?? true),
      !(bound["vmax"]?.isNone ?? true)
    {
      try bound.refuse(["scale"], "beside vmin and vmax")
    }
    if case .table(let table) = value { try checkColumns(bound, table.columns) }
    guard case .bool(true)? = bound["histogram"] else { return }
    try bound.refuse(["mask"], "on a histogram", expected: "where(mask, nan, x) to leave pixels out")
    try bound.refuse(["scale", "norm", "map"], "on a histogram", expected: "vmin and vmax for its range")
  }

  /// Names of columns that the table does not have.
  private static func checkColumns(_ bound: Bound, _ columns: [String]) throws {
    // Nothing is known of the columns of a table that only stands for one.
    guard !columns.isEmpty else { return }
    for parameter in ["x", "y"] {
      let names: [Value] =
        if case .list(let items)? = bound[parameter] { items } else { [bound[parameter]].compactMap { $0 } }
      for case .text(let name) in names where !columns.contains(name) {
        throw bound.located(
          CRSError.usage(
            "the table has no column '\(name)'", expected: "one of " + columns.joined(separator: ", "),
            hint: didYouMean(name, among: columns)), parameter: parameter)
      }
    }
  }

  /// - Parameter shape: of the part of an image that is shown.
  /// - Throws: `CRSError` (usage) for what a line has no use for: a row or column has no colours.
  static func check(_ bound: Bound, forShown shape: Shape) throws {
    guard min(shape.width, shape.height) == 1, max(shape.width, shape.height) > 1 else { return }
    try bound.refuse(
      ["scale", "norm", "map"], "on a row or column, which is drawn as a line",
      expected: "vmin and vmax for its axis")
  }
}
