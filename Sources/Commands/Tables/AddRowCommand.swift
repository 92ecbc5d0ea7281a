import Calling
import Files
import Kernels
import Pipeline

/// `addrow`: a table with one row more.
struct AddRowCommand: Command {
  static let info = CommandInfo(
    "addrow", "Append a row to a table", family: .tables,
    results: [.result("table", .table, "the table with the row")],
    examples: ["counts = newtable file pixels\ncounts = addrow counts 'a.fits' 12"])

  @Parameter("table", positional: true) var table: Table
  @Parameter("one value for each column: numbers, text, yes or no", positional: true, rest: true) var values:
    [Value]

  func run(_ context: CommandContext) throws -> CommandResult {
    var longer = table
    // What is missing among numbers is no text.
    let values = values.enumerated().map { place, value in
      value.isNone && table.hasOnlyNumbers(inColumn: place) ? .number(.nan) : value
    }
    longer.rows.append(try Table.row(values, of: table.columns))
    return CommandResult([.table(longer)])
  }
}
