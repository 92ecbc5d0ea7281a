import Core

/// `set`.
struct SetCommand: Command {
  static let info = CommandInfo(
    "set", "Show or change settings", family: .session,
    examples: ["set plot.width=3.5 plot.map=cividis"],
    discussion: [
      "The settings that begin with plot. hold for all figures that follow, those of crmasks, compute, run and "
        + "cr2images too; plot takes them for one figure, without plot. before the name. none takes a setting back."
    ])

  @Parameter("threads that commands use", in: 1...256) var threads: Int? = nil
  @Parameter("what an error in a script or loop does") var onError: OnError? = nil
  @Parameter("keys of the prompt") var editor: Session.Editor? = nil
  @StyleParameters(prefix: "plot.") var plot: StyleParameters

  enum OnError: String, WordParameter { case stop, `continue` }

  func run(_ context: CommandContext) throws -> CommandResult {
    if let threads { context.session.settings.threads = threads }
    if let onError { context.session.settings.stopsOnError = onError == .stop }
    if let editor { context.session.settings.editor = editor }
    context.session.settings.figures = plot.applied(to: context.session.settings.figures)
    if threads == nil, onError == nil, editor == nil, !plot.isGiven { tell(context) }
    return CommandResult()
  }

  private func tell(_ context: CommandContext) {
    let settings = context.session.settings
    func line(_ name: String, _ value: String, _ help: String) {
      context.report("\(name) = \(value)".rightPadded(to: 26) + help)
    }
    line("threads", "\(settings.threads)", "threads that commands use")
    line(
      "on_error", settings.stopsOnError ? "stop" : "continue",
      "what an error in a script or loop does (stop, continue)")
    line("editor", settings.editor.rawValue, "keys of the prompt (emacs, vi)")
    let style = settings.figures
    let values = [
      style.font, style.fontSize?.plain, style.lineWidth?.plain, style.width?.plain, style.map?.rawValue,
      style.dpi?.plain,
    ]
    for (entry, value) in zip(plot.manifests(named: "plot"), values) {
      let words = entry.choices.isEmpty ? "" : " (\(entry.choices.joined(separator: ", ")))"
      let unit = entry.unit.isEmpty ? "" : " [\(entry.unit)]"
      line(entry.name, value ?? "none", entry.help + unit + words)
    }
  }
}

extension Session.Editor: WordParameter {}
