import Core

/// `set`.
struct SetCommand: Command {
  static let info = CommandInfo("set", "Show or change settings", family: .session)

  @Parameter("threads that commands use", in: 1...256) var threads: Int? = nil
  @Parameter("what an error in a script or loop does") var onError: OnError? = nil

  @Parameter("keys of the prompt") var editor: Session.Editor? = nil

  enum OnError: String, WordParameter { case stop, `continue` }

  func run(_ context: CommandContext) throws -> CommandResult {
    if let threads { context.session.settings.threads = threads }
    if let onError { context.session.settings.stopsOnError = onError == .stop }
    if let editor { context.session.settings.editor = editor }
    if threads == nil, onError == nil, editor == nil {
      let settings = context.session.settings
      context.report("threads = \(settings.threads)".rightPadded(to: 22) + "threads that commands use")
      context.report(
        "on_error = \(settings.stopsOnError ? "stop" : "continue")".rightPadded(to: 22)
          + "what an error in a script or loop does (stop, continue)")
      context.report(
        "editor = \(settings.editor.rawValue)".rightPadded(to: 22) + "keys of the prompt (emacs, vi)")
    }
    return CommandResult()
  }
}

extension Session.Editor: WordParameter {}
