import Calling
import Files
import Kernels
import Pipeline

/// `sort`: a list or table in order.
struct SortCommand: Command {
  static let info = CommandInfo(
    "sort", "Sort a list, or the rows of a table by a column", family: .tables,
    results: [.result("sorted", .any, "the list or Table in order")],
    examples: ["l = sort [3, 1, 2]\nlast = sort [3, 1, 2] descending=yes"],
    discussion: [
      "Numbers are sorted by value with NaN last, texts with the digits in them by their number."
    ])

  @Parameter("list or table", positional: true) var value: Value
  @Parameter("column of a table", positional: true) var column: VariableName? = nil
  @Parameter("largest first") var descending = false

  static func check(_ bound: Bound) throws {
    switch bound["value"] {
    case .list?:
      guard case .text(let name)? = bound["column"] else { return }
      throw bound.located(
        CRSError.usage("a list has no column \(name)", parameter: "column", expected: "sort LIST"),
        parameter: "column")
    case .table(let table)?:
      guard case .text(let name)? = bound["column"] else {
        guard bound["column"] == nil else { return }
        throw CRSError.usage(
          "column is missing", parameter: "column", expected: table.columns.joined(separator: ", "))
      }
      // Nothing is known of the columns of a table that only stands for one.
      guard !table.columns.isEmpty, !table.columns.contains(name) else { return }
      throw bound.located(
        CRSError.usage(
          "the table has no column '\(name)'", expected: table.columns.joined(separator: ", "),
          hint: didYouMean(name, among: table.columns)), parameter: "column")
    case Value.none?, nil: break
    default:
      throw bound.located(
        CRSError.usage(
          "a value of kind \(bound["value"]?.kindName ?? "none") has no order", expected: "a list or a Table"),
        parameter: "value")
    }
  }

  func run(_ context: CommandContext) throws -> CommandResult {
    switch (value, column) {
    case (.list(let items), nil):
      return CommandResult([
        .list(try ListFunctions.sorted(items, descending: descending, work: context.work))
      ])
    case (.list, let column?):
      throw CRSError.usage("a list has no column \(column.name)", parameter: "column", expected: "sort LIST")
    case (.table(let table), let column?):
      return CommandResult([
        .table(try table.sorted(by: column.name, descending: descending, work: context.work))
      ])
    case (.table(let table), nil):
      throw CRSError.usage(
        "column is missing", parameter: "column", expected: table.columns.joined(separator: ", "))
    default:
      throw CRSError.usage("a value of kind \(value.kindName) has no order", expected: "a list or a Table")
    }
  }
}
