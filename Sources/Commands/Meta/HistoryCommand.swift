import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// `history`.
struct HistoryCommand: SessionCommand {
  static let info = CommandInfo(
    "history", "Print the statements, or write them to a script or notebook", family: .session,
    effect: .files,
    examples: ["history", "history lacosmic"],
    discussion: [
      "Without a file, history prints the numbered statements as they were typed; with a word, only those that "
        + "contain it. With FILE.crs it writes a script that replays the session: random seeds, detector properties "
        + "and file names are written out, failed statements omitted. FILE.ipynb becomes a notebook with the same "
        + "statements and their output."
    ], isListing: true)

  @Parameter("script or notebook to write, or a word to search for", positional: true)
  var file: VariableName? = nil
  @Parameter("further words to search for", positional: true, rest: true)
  var words: [VariableName] = []
  @Parameter("replace an existing file") var overwrite = false

  func run(_ context: CommandContext, session: Session) throws -> CommandResult {
    let bound = context.call.bound
    guard let name = file?.name else {
      try bound.refuse(["overwrite"], "without a file: nothing is written")
      return listed(session.typed, containing: "", context)
    }
    let file = name.hasPrefix("~/") ? Session.home + name.dropFirst() : name
    if !words.isEmpty, file.hasSuffix(".crs") || NotebookProgram.isNotebook(file) {
      throw CRSError.usage(
        "'\(words.map(\.name).joined(separator: " "))' is left over behind the file \(file)",
        parameter: "words",
        expected: "history FILE.crs for the whole session, or words to search for")
    }
    let isFile = words.isEmpty && file.contains { $0 == "." || $0 == "/" }
    guard isFile else {
      try bound.refuse(
        ["overwrite"], "with a word to search for", expected: "the name of a file, such as h.crs")
      return listed(session.typed, containing: ([name] + words.map(\.name)).joined(separator: " "), context)
    }
    let text =
      NotebookProgram.isNotebook(file)
      ? try SessionNotebook(session: session).document().text
      : Self.heading + "\n" + session.script.map { $0 + "\n" }.joined()
    // Scripts are known by their names' end.
    let hasEnd = file.split(separator: "/").last?.contains(".") ?? false
    let path = hasEnd ? file : file + ".crs"
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), isFolder.boolValue {
      throw CRSError.file(
        "is a folder", file: file,
        expected: "the name of a script or notebook, such as \(file.hasSuffix("/") ? file : file + "/")h.crs")
    }
    if !NotebookProgram.isNotebook(path) { try OutputName.checkScript(path) }
    let script = try AtomicFile(path, existing: .init(overwrite: overwrite))
    try script.append(text)
    try script.commit()
    context.report("wrote \(path.visible)")
    // The record is no part of what it records.
    return CommandResult(isRecorded: false)
  }

  /// The first line of a script that replays a session.
  private static let heading = "# crs \(CRSVersion.text)"

  private func listed(_ statements: [String], containing word: String, _ context: CommandContext)
    -> CommandResult
  {
    let width = "\(statements.count)".count
    for (k, statement) in statements.enumerated() where word.isEmpty || statement.contains(word) {
      let line = statement.split(whereSeparator: \.isNewline).map { $0.trimmingBlanks() }.joined(
        separator: "; ")
      context.report("\(k + 1)".leftPadded(to: width) + "  " + line)
    }
    return CommandResult(isRecorded: false)
  }
}
