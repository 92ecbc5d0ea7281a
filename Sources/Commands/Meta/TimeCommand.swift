import Calling
import Kernels

/// `time`.
struct TimeCommand: Command {
  static let info = CommandInfo("time", "Run a statement and print the time it took", family: .session)

  @Parameter("statement", positional: true, rest: true) var statement: [String] = []

  func run(_ context: CommandContext) throws -> CommandResult {
    throw CRSError.usage("time: statement missing", expected: "time STATEMENT")
  }
}
