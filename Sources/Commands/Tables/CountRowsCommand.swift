import Calling
import Files

/// `countrows`: how many rows a table has.
struct CountRowsCommand: Command {
  static let info = CommandInfo(
    "countrows", "Count the rows of a table", family: .tables,
    results: [.result("rows", .integer, "number of rows, without the heading")],
    examples: ["countrows (label ((median (simulate nx=40 ny=30 seed=1)) > 50))"])

  @Parameter("table", positional: true) var table: Table

  func run(_ context: CommandContext) throws -> CommandResult { CommandResult([.integer(table.rows.count)]) }
}
