import Calling
import Commands
import Files
import Kernels
import Language
import Pipeline
import Plot

/// Sessions in a notebook: what they tell stands under the cell that runs.
final class NotebookFrontend: Frontend {
  private let output: CellOutput
  private let questions: Questions
  private let session: Session
  private let line: ProgressLine
  let cancellation: Cancellation
  /// The value that the cell ends with.
  private let last = Guarded<(value: Value, text: String)?>(nil)

  init(session: Session, output: CellOutput, questions: Questions, cancellation: Cancellation) {
    (self.session, self.output, self.questions, self.cancellation) = (
      session, output, questions, cancellation
    )
    line = ProgressLine(isVisible: true) { output.progress($0) }
  }

  /// As the settings are now.
  private var display: ValueDisplay { ValueDisplay(session: session) }

  // Notebooks take what steers a terminal for colours.
  func report(_ line: String) { output.write(line.visible + "\n", to: .stdout) }
  func note(_ line: String) { output.write("note: " + line.visible + "\n", to: .stderr) }
  func error(_ text: String) { output.write(text.visible + "\n", to: .stderr) }

  func display(_ shown: Shown) {
    switch shown {
    case .result(let value, let lines, let isLast):
      let text = lines.joined(separator: "\n")
      if isLast { last.withLock { $0 = (value, text) } } else { report(text) }
    case .listing(let lines): report(lines.joined(separator: "\n"))
    case .page(let page): if !page.lines.isEmpty { output.display(MimeBundle(page)) }
    }
  }

  func draw(_ figure: Figure) -> Bool {
    do {
      output.display(try display.bundle(of: figure))
    } catch {
      note("the figure is not shown: \((error as? CRSError)?.description ?? "\(error)")")
    }
    return true
  }

  func ask(_ question: String) -> String? {
    output.request.flatMap { request in
      line.paused { questions.ask(question, for: request, cancellation: cancellation) }
    }
  }

  func during<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
    try line.during(name, body)
  }

  var progress: any ProgressSink { line }

  func system(_ line: String) -> Int32? {
    let program = PipedProgram(
      cancellation: cancellation,
      write: { [output] text, stream in output.write(text, to: stream == .output ? .stdout : .stderr) },
      later: { [output] in
        let write = output.writer()
        return { text, stream in write(text, stream == .output ? .stdout : .stderr) }
      })
    return self.line.paused { program.run(line) }
  }

  func hint(about word: String) -> String? {
    switch word {
    case "view": "windows belong to the prompt; show x draws it under the cell, as x alone at its end does"
    case "quit", "q", "bye", "logout": "the kernel is shut down in the notebook's menu"
    default: nil
    }
  }

  /// Figures are drawn by `draw`.
  func pictureTerminal() -> TerminalInfo? { nil }

  /// Publishes the value that the cell has ended with.
  ///
  /// - Returns: its text; nil where there is none.
  func showLast(count: Int) -> String? {
    let ended = last.withLock { last in
      defer { last = nil }
      return last
    }
    guard let ended, output.request?.isSilent == false else { return nil }
    output.display(
      display.bundle(of: ended.value, text: ended.text), as: "execute_result", count: count)
    return ended.text
  }

  /// Forgets the value of a cell that failed.
  func forgetLast() { last.withLock { $0 = nil } }
}
