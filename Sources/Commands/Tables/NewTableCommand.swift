import Calling
import Files
import Kernels

/// `newtable`: an empty table to be filled by `addrow`.
struct NewTableCommand: Command {
  static let info = CommandInfo(
    "newtable", "Make an empty table; addrow fills it", family: .tables,
    results: [.result("table", .table, "a table without rows")],
    examples: ["counts = newtable file pixels\ncounts = addrow counts 'a.fits' 12"])

  @Parameter("names of the columns", positional: true, rest: true) var columns: [String]

  func run(_ context: CommandContext) throws -> CommandResult {
    if let twice = columns.enumerated().first(where: { columns[..<$0.offset].contains($0.element) }) {
      throw CRSError.usage(
        "the column '\(twice.element)' is named twice", parameter: "columns", expected: "a name a column")
    }
    return CommandResult([.table(Table(columns: columns))])
  }
}
