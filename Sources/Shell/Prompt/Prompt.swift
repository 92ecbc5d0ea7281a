import Calling
import Files
import Foundation
import Kernels
import Language

/// The interactive prompt.
struct Prompt {
  let session: Session

  func run() throws -> Int32 {
    let completer = Completer(session: session)
    let (historyFile, historyNote) = Self.historyFile()
    guard let editor = LineEditor(historyFile: historyFile, complete: completer.candidates) else {
      throw CRSError.data(
        "the terminal cannot be used", expected: "a terminal, or statements on standard input")
    }
    let interpreter = Interpreter(session: session, frontend: TerminalFrontend.shared)
    interpreter.collectsListings = true
    session.settings.editor = Session.Editor(rawValue: editor.keys) ?? session.settings.editor
    runStartup(interpreter)
    editor.use(session.settings.editor.rawValue)
    if let historyNote { Output.note(historyNote) }
    Output.report("crs \(CRSVersion.text): type help for commands, Ctrl-D to leave")
    var statement = ""
    var duration = Duration.zero
    while !session.isOver {
      switch editor.read(prompt: statement.isEmpty ? text(after: duration) : "...> ") {
      case .end where !statement.isEmpty:
        // Given up: what was begun, not the session.
        Output.report("")
        Output.error("error: the input ends too early, the statement is given up")
        statement = ""
      case .end:
        Output.report("")
        return session.exitStatus ?? 0
      case .interrupted:
        Interruption.cancellation.reset()
        statement = ""
        Output.report("")
      case .line(let line):
        statement += statement.isEmpty ? line : "\n" + line
        guard !statement.allSatisfy(\.isWhitespace) else {
          statement = ""
          continue
        }
        if interpreter.isUnfinished(statement) { continue }
        editor.remember(statement)
        Interruption.cancellation.reset()
        let start = ContinuousClock.now
        do {
          try interpreter.run(text: statement, source: nil)
        } catch {
          // The terminal has shown ^C on the line.
          if (error as? CRSError)?.kind == .interrupted { Output.raw("\n") }
          Output.error(ErrorText.text(error))
        }
        duration = ContinuousClock.now - start
        Interruption.cancellation.reset()
        editor.use(session.settings.editor.rawValue)
        statement = ""
      }
    }
    return session.exitStatus ?? 0
  }

  /// The text of the prompt.
  private func text(after duration: Duration) -> String {
    let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    let folder = FileManager.default.currentDirectoryPath
    return session.settings.prompt.replacingOccurrences(of: "%t", with: "\(seconds.fixed(3)) s")
      .replacingOccurrences(of: "%f", with: folder.split(separator: "/").last.map(String.init) ?? "/")
  }

  /// Runs the user's startup file; what is wrong in it is told, and the session begins.
  private func runStartup(_ interpreter: Interpreter) {
    guard let file = StartupFile.path else { return }
    do {
      try interpreter.run(file: file, goesOn: true)
    } catch {
      Output.error(ErrorText.text(error))
    }
    session.passedOver = []
    Interruption.cancellation.reset()
  }

  /// Where statements are remembered, and what is wrong with that place; nil when there is none.
  private static func historyFile() -> (path: String?, note: String?) {
    let environment = ProcessInfo.processInfo.environment
    let base = environment["XDG_STATE_HOME"] ?? Session.home + "/.local/state"
    let folder = base + "/crs"
    try? NewFolder.make(folder)
    guard FileManager.default.isWritableFile(atPath: folder) else {
      return (nil, "\(folder) cannot be written: the statements of this session are not kept")
    }
    let path = folder + "/history"
    let file = HistoryFile(path: path)
    guard file.canBeWritten else {
      return (
        path, file.prepare() ?? "\(path) cannot be written: the statements of this session are not kept"
      )
    }
    return (path, file.prepare())
  }
}
