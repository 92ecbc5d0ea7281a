import Calling
import Files
import Kernels
import Pipeline

/// `print`: values on one line.
struct PrintCommand: Command {
  static let info = CommandInfo(
    "print", "Print values separated by blanks", family: .tables,
    examples: ["m = median (simulate nx=40 ny=30 seed=1)\nprint 'scatter:' (stats m robust_std)"])

  @Parameter("values to print", positional: true, rest: true) var values: [Printed] = []

  func run(_ context: CommandContext) throws -> CommandResult {
    var line: [String] = []
    for value in values.map(\.value) {
      switch value {
      case .text(let text): line.append(text)
      case .table(let table) where table.isRow: line.append(Self.cells(table))
      case .table(let table) where !table.columns.isEmpty:
        if !line.isEmpty { context.report(line.joined(separator: " ")) }
        line = []
        TableText.lines(table, width: context.columns).forEach(context.report)
      default: line.append(value.summary)
      }
    }
    if !line.isEmpty || values.isEmpty { context.report(line.joined(separator: " ")) }
    return CommandResult()
  }

  /// `name a.fits, flux 1.5`: the cells of a row.
  private static func cells(_ row: Table) -> String {
    guard let cells = row.rows.first else { return "" }
    return zip(row.columns, cells).map { name, cell in
      let value = Value(cell)
      return name + " " + (value.text ?? value.summary)
    }.joined(separator: ", ")
  }

  /// A value that is one argument, a list too.
  struct Printed: ParameterValue {
    var value: Value

    static var kind: Kind { .any }
    var json: JSONValue { value.json }
    static func make(from value: Value) throws -> Printed { Printed(value: value) }
  }
}
