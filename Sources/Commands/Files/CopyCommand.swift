import Calling
import Pipeline

/// `copy`: another name for a value.
struct CopyCommand: Command {
  static let info = CommandInfo(
    "copy", "Copy a value to another name", family: .files,
    results: [.result("value", .any, "the value")])

  @Parameter("value", positional: true) var value: Value

  func run(_ context: CommandContext) throws -> CommandResult { CommandResult([value]) }
}
