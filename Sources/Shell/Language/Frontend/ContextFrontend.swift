import Calling
import Kernels
import Plot

/// The way out of a definition's body: that of the command which it is.
final class ContextFrontend: Frontend {
  private let context: CommandContext
  private let runSystem: (@Sendable (String) -> Int32?)?

  init(_ context: CommandContext, system: (@Sendable (String) -> Int32?)?) {
    (self.context, runSystem) = (context, system)
  }

  /// Lines of commands are written out already, and pictures have to steer the terminal.
  func report(_ line: String) { context.picture(line) }
  func note(_ line: String) { context.note(line) }
  func error(_ text: String) { context.note(text) }

  func display(_ shown: Shown) {
    switch shown {
    case .result(_, let lines, _), .listing(let lines): lines.forEach(context.report)
    case .page(let page): context.show(page)
    }
  }

  func draw(_ figure: Figure) -> Bool { context.draw(figure) }
  func ask(_ question: String) -> String? { context.ask(question) }
  var askAmong: (@Sendable (_ question: String, _ choices: [String]) -> String?)? { context.askAmong }
  func during<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result { try body() }
  var progress: any ProgressSink { context.work.progress ?? Silence() }
  var cancellation: Cancellation { context.work.cancellation }
  func system(_ line: String) -> Int32? { runSystem?(line) }
  var columns: Int? { context.columns }
  func pictureTerminal() -> TerminalInfo? { context.pictureTerminal() }

  private struct Silence: ProgressSink {
    func report(stage: String, fraction: Double) {}
  }
}
