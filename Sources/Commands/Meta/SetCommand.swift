import Core

/// `set`.
struct SetCommand: Command {
  static let info = CommandInfo("set", "Show or change settings", family: .session)

  @Parameter("threads that commands use", in: 1...256) var threads: Int? = nil
  @Parameter("what an error in a script or loop does") var onError: OnError? = nil

  enum OnError: String, WordParameter { case stop, `continue` }

  func run(_ context: CommandContext) throws -> CommandResult {
    if let threads { context.session.settings.threads = threads }
    if let onError { context.session.settings.stopsOnError = onError == .stop }
    if threads == nil, onError == nil {
      context.report("threads = \(context.session.settings.threads)")
      context.report("on_error = \(context.session.settings.stopsOnError ? "stop" : "continue")")
    }
    return CommandResult()
  }
}
