import Calling
import Files
import Kernels
import Pipeline

/// `addrow`: a table with one row more.
struct AddRowCommand: Command {
  static let info = CommandInfo(
    "addrow", "A table with one row more", family: .tables,
    results: [.result("table", .table, "the table and the row")],
    examples: ["counts = newtable file pixels\ncounts = addrow counts 'a.fits' 12"])

  @Parameter("table", positional: true) var table: Table
  @Parameter("a value a column: numbers, text, yes or no", positional: true, rest: true) var values: [Value]

  func run(_ context: CommandContext) throws -> CommandResult {
    guard values.count == table.columns.count else {
      throw CRSError.usage(
        "\(values.count) values for \(table.columns.count) columns", parameter: "values",
        expected: table.columns.joined(separator: ", "))
    }
    var longer = table
    longer.rows.append(try values.map(Self.cell))
    return CommandResult([.table(longer)])
  }

  private static func cell(_ value: Value) throws -> Table.Cell {
    switch value {
    case .number(let number): return .real(number)
    case .integer(let number): return .integer(number)
    case .text(let text): return .text(text)
    case .bool(let flag): return .text(flag ? "yes" : "no")
    case .none: return .text("")
    default:
      throw CRSError.usage(
        "a value of kind \(value.kindName) does not fit into a cell", parameter: "values",
        expected: "a number, text, yes or no")
    }
  }
}
