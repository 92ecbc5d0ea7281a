import Calling
import Files
import Kernels
import Language
import Pipeline

/// Sessions on a terminal, or between pipes.
final class TerminalFrontend: Frontend {
  static let shared = TerminalFrontend()

  func report(_ line: String) { Output.report(line) }
  func note(_ line: String) { Output.note(line) }
  func error(_ text: String) { Output.error(text) }

  func display(_ shown: Shown) {
    switch shown {
    case .result(let value, let lines, _): printed(reported(value, lines))
    case .page(let page): printed(page.lines)
    case .listing(let lines): if !Pager.show(lines.map(\.visible)) { printed(lines) }
    }
  }

  /// Texts may hold what steers a terminal, on which files and pipes end too.
  func printed(_ lines: [String]) { for line in lines { Output.report(line.visible) } }

  /// A table that is wider than the terminal in blocks of columns.
  private func reported(_ value: Value, _ lines: [String]) -> [String] {
    guard case .table(let table) = value, lines.count > 1, let columns,
      lines.contains(where: { $0.count > columns })
    else { return lines }
    return TableText.lines(table, width: columns)
  }

  func ask(_ question: String) -> String? {
    ProgressLine.shared.paused { TerminalQuestion.answer(to: question) }
  }

  func during<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
    try ProgressLine.shared.during(name, body)
  }

  var progress: any ProgressSink { ProgressLine.shared }
  var cancellation: Cancellation { Interruption.cancellation }

  func system(_ line: String) -> Int32? { ProgressLine.shared.paused { ForegroundProgram.run(line) } }

  var columns: Int? { Terminal.current?.columns }

  func pictureTerminal() -> TerminalInfo? { Terminal.forPictures }
}
