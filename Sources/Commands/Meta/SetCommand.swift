import Calling
import Files
import Foundation
import Kernels
import Pipeline
import Plugins

/// `set`.
struct SetCommand: SessionCommand {
  static let info = CommandInfo(
    "set", "Show or change settings", family: .session, effect: .session,
    examples: ["set threads=2", "set prompt='%f %t> '", "set plot.width=3.5 plot.map=cividis"],
    discussion: [
      "Settings that begin with plot. apply to all following figures, also those of crmasks, compute, run and "
        + "cr2images; plot takes them for one figure, without plot. before the name.",
      "none resets a setting: set threads=none, set prompt=none.",
      "record=FILE appends every statement, and its output as comments, to a file that is itself a script; failed "
        + "statements and the output of the system's shell are omitted or commented out. record=off ends it. history "
        + "FILE writes the session exactly, including drawn seeds.",
    ])

  @Parameter("number of threads", in: 1...256) var threads: Int? = nil
  @Parameter("what happens at an error in a script or loop") var onError: OnError? = nil
  @Parameter(
    "memory for earlier values that undo can restore; at first a tenth of the machine's", unit: "MB",
    in: 0...1e9)
  var undoMemory: Double? = nil
  @Parameter("key bindings of the prompt") var editor: Session.Editor? = nil
  @Parameter("auto: long listings of the prompt go to $PAGER, or less") var pager: Session.Pager? = nil
  @Parameter("text of the prompt: %t the time of the last statement, %f the folder; usual: crs>")
  var prompt: String? = nil
  @Parameter("file that takes the statements and their output; off ends it") var record: FileName? = nil
  @Parameter("format of figures in a notebook") var inline: Session.Inline? = nil
  @Parameter("folder through which pixels go to plugins; auto: shared memory where there is room")
  var pluginFolder: FileName? = nil
  @Parameter("after which the program of a plugin that nobody calls ends", unit: "min", in: 0...1e4)
  var pluginIdle: Double? = nil
  @StyleParameters(prefix: "plot.") var plot: StyleParameters

  enum OnError: String, WordParameter { case stop, `continue` }

  func run(_ context: CommandContext, session: Session) throws -> CommandResult {
    let bound = context.call.bound
    // What is given as none is as at first.
    let usual = Session.Settings()
    var settings = session.settings
    if bound["threads"] != nil { settings.threads = threads ?? usual.threads }
    if bound["on_error"] != nil { settings.stopsOnError = onError != .continue }
    if bound["undo_memory"] != nil {
      settings.undoMemory = undoMemory.map { Int($0 * 1_048_576) } ?? usual.undoMemory
    }
    if bound["editor"] != nil { settings.editor = editor ?? usual.editor }
    if bound["pager"] != nil { settings.pager = pager ?? usual.pager }
    if bound["prompt"] != nil {
      settings.prompt = prompt.flatMap { $0 == "usual" ? nil : $0 } ?? usual.prompt
    }
    if bound["inline"] != nil { settings.inline = inline ?? usual.inline }
    if bound["record"] != nil {
      settings.record = try record.flatMap { $0.path == "off" ? nil : try TranscriptFile($0.path) }
    }
    if bound["plugin_folder"] != nil {
      settings.pluginFolder = try pluginFolder.flatMap { try Self.place($0.path) }
    }
    if bound["plugin_idle"] != nil { settings.pluginIdle = pluginIdle ?? usual.pluginIdle }
    settings.figures = plot.applied(to: settings.figures)
    session.settings = settings
    let isScience = ["threads", "on_error"].contains { bound[$0] != nil } || plot.isGiven
    let isPrompt = !isScience && !bound.names.isEmpty
    if !isPrompt, !isScience { tell(session, context) }
    // How the prompt behaves is no part of the science.
    return CommandResult(isRecorded: isScience || !isPrompt)
  }

  /// The folder for plugins, which also programs that work elsewhere can find.
  private static func place(_ path: String) throws -> String? {
    if path == "auto" { return nil }
    let place = PluginArguments.absolute(path)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder), isFolder.boolValue else {
      throw CRSError.file("is no folder", file: path, expected: "plugin_folder=FOLDER, or auto")
    }
    return place
  }

  private func tell(_ session: Session, _ context: CommandContext) {
    let settings = session.settings
    func line(_ name: String, _ value: String, _ help: String) {
      let line = "\(name) = \(value)".rightPadded(to: 26) + help
      FoldedLine.lines(line, width: context.columns ?? .max).forEach(context.report)
    }
    line("threads", "\(settings.threads)", "number of threads")
    line(
      "on_error", settings.stopsOnError ? "stop" : "continue",
      "what an error in a script or loop does (stop, continue)")
    line(
      "undo_memory", (Double(settings.undoMemory) / 1_048_576).rounded().plain,
      "memory that undo keeps of earlier values [MB]")
    line("editor", settings.editor.rawValue, "keys of the prompt (emacs, vi)")
    line("pager", settings.pager.rawValue, "long listings of the prompt through $PAGER (auto, off)")
    line(
      "prompt", Value.quoted(settings.prompt),
      "%t is the time of the last statement, %f the folder (TEXT, usual)")
    line("record", settings.record?.path ?? "off", "file that takes statements and output (FILE, off)")
    line("inline", settings.inline.rawValue, "how figures stand in a notebook (png, svg)")
    line("plugin_folder", settings.pluginFolder ?? "auto", "folder through which pixels go to plugins")
    line("plugin_idle", settings.pluginIdle.plain, "after which an idle plugin ends [min]")
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
extension Session.Pager: WordParameter {}
extension Session.Inline: WordParameter {}
