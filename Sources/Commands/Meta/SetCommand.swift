import Core

/// `set`.
struct SetCommand: Command {
  static let info = CommandInfo(
    "set", "Show or change settings", family: .session,
    examples: ["set threads=2"],
    discussion: [
      "record=FILE appends every statement, and its output as comments, to a file that is itself a script; failed "
        + "statements and what the system's shell prints are left out or commented. record=off ends it. history FILE "
        + "writes the session exactly, drawn seeds included."
    ])

  @Parameter("threads that commands use", in: 1...256) var threads: Int? = nil
  @Parameter("what an error in a script or loop does") var onError: OnError? = nil
  @Parameter("keys of the prompt") var editor: Session.Editor? = nil
  @Parameter("auto: long listings of the prompt go to $PAGER, or less") var pager: Session.Pager? = nil
  @Parameter("file that takes the statements and their output; off ends it") var record: FileName? = nil

  enum OnError: String, WordParameter { case stop, `continue` }

  func run(_ context: CommandContext) throws -> CommandResult {
    var settings = context.session.settings
    if let threads { settings.threads = threads }
    if let onError { settings.stopsOnError = onError == .stop }
    if let editor { settings.editor = editor }
    if let pager { settings.pager = pager }
    if let record { settings.record = record.path == "off" ? nil : try TranscriptFile(record.path) }
    context.session.settings = settings
    let isAsked = threads == nil && onError == nil && editor == nil && pager == nil && record == nil
    if isAsked { show(settings, context.report) }
    // How the prompt behaves is no part of the science.
    return CommandResult(isRecorded: isAsked || threads != nil || onError != nil)
  }

  private func show(_ settings: Session.Settings, _ report: (String) -> Void) {
    func line(_ setting: String, _ meaning: String) { report(setting.rightPadded(to: 22) + " " + meaning) }
    line("threads = \(settings.threads)", "threads that commands use")
    line(
      "on_error = \(settings.stopsOnError ? "stop" : "continue")",
      "what an error in a script or loop does (stop, continue)")
    line("editor = \(settings.editor.rawValue)", "keys of the prompt (emacs, vi)")
    line("pager = \(settings.pager.rawValue)", "long listings of the prompt through $PAGER (auto, off)")
    line("record = \(settings.record?.path ?? "off")", "file that takes statements and output (FILE, off)")
  }
}

extension Session.Editor: WordParameter {}
extension Session.Pager: WordParameter {}
