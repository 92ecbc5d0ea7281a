import Calling
import Kernels
import Language
import Synchronization

/// Keeps what a session tells, and answers its questions from a list.
package final class TestFrontend: Frontend {
  /// Reports as they are, notes and errors with their kind before them.
  package let lines = Lines()
  package let cancellation = Cancellation()
  private let answers: Mutex<[String]>

  package init(answers: [String] = []) { self.answers = Mutex(answers) }

  package func report(_ line: String) { lines.add(line) }
  package func note(_ line: String) { lines.add("note: " + line) }
  package func error(_ text: String) { lines.add("error: " + text) }

  package func display(_ shown: Shown) {
    switch shown {
    case .result(_, let told, _): told.forEach(lines.add)
    case .page(let page): page.lines.forEach(lines.add)
    case .listing(let listed): listed.forEach(lines.add)
    }
  }

  package func ask(_ question: String) -> String? {
    lines.add(question)
    return answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
  }

  package func during<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result { try body() }

  package var progress: any ProgressSink { Silence() }
  package func system(_ line: String) -> Int32? {
    lines.add("! " + line)
    return 0
  }
  package func pictureTerminal() -> TerminalInfo? { nil }

  private struct Silence: ProgressSink {
    func report(stage: String, fraction: Double) {}
  }
}
