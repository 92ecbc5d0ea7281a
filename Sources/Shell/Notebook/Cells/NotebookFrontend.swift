import Calling
import Kernels
import Language
import Pipeline
import Plot
import Synchronization

/// Sessions in a notebook: what they tell stands under the cell that runs.
final class NotebookFrontend: Frontend {
  private let output: CellOutput
  private let questions: Questions
  private let display: ValueDisplay
  private let line: ProgressLine
  let cancellation: Cancellation
  /// The value that the cell ends with.
  private let last = Mutex<(value: Value, text: String)?>(nil)

  init(session: Session, output: CellOutput, questions: Questions, cancellation: Cancellation) {
    (self.output, self.questions, self.cancellation) = (output, questions, cancellation)
    display = ValueDisplay(session: session)
    line = ProgressLine(isVisible: true) { output.progress($0) }
  }

  func report(_ line: String) { output.write(line + "\n", to: .stdout) }
  func note(_ line: String) { output.write("note: " + line + "\n", to: .stderr) }
  func error(_ text: String) { output.write(text + "\n", to: .stderr) }

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
    let program = PipedProgram(cancellation: cancellation) { [output] text, stream in
      output.write(text, to: stream == .output ? .stdout : .stderr)
    }
    return self.line.paused { program.run(line) }
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
    let bundle = display.bundle(of: ended.value, text: ended.text)
    output.publish(
      "execute_result",
      [
        "execution_count": .integer(count), "data": .object(bundle.data),
        "metadata": .object(bundle.metadata),
      ])
    return ended.text
  }

  /// Forgets the value of a cell that failed.
  func forgetLast() { last.withLock { $0 = nil } }
}
