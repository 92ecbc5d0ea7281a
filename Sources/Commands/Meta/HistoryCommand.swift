import Calling
import Files
import Pipeline

/// `history`.
struct HistoryCommand: SessionCommand {
  static let info = CommandInfo(
    "history", "Print the session as a script, or write it to a file", family: .session, effect: .files,
    examples: ["history night.crs", "history night.ipynb"],
    discussion: ["A file that ends in .ipynb becomes a notebook with the figures that the session showed."],
    isListing: true)

  @Parameter("script or notebook to write", positional: true) var file: FileName? = nil
  @Parameter("replace a file that exists") var overwrite = false

  func run(_ context: CommandContext, session: Session) throws -> CommandResult {
    let lines = session.script
    guard let file else {
      lines.forEach(context.report)
      return CommandResult(isRecorded: false)
    }
    let text =
      NotebookProgram.isNotebook(file.path)
      ? try SessionNotebook(session: session).document().text
      : "# crs \(CRSVersion.text)\n" + lines.map { $0 + "\n" }.joined()
    // Scripts are known by their names' end.
    let hasEnd = file.path.split(separator: "/").last?.contains(".") ?? false
    let path = hasEnd ? file.path : file.path + ".crs"
    let script = try AtomicFile(path, existing: .init(overwrite: overwrite))
    try script.append(text)
    try script.commit()
    context.report("wrote \(path)")
    // The record is no part of what it records.
    return CommandResult(isRecorded: false)
  }
}
