import Calling
import Kernels
import Pipeline

extension Interpreter {
  /// Runs statements and gives the results of the last one; nothing of them is left but what they wrote.
  ///
  /// - Parameter session: whose commands and settings hold.
  /// - Throws: `CRSError` of the statement that fails.
  package static func results(
    of text: String, context: CommandContext, like session: Session
  ) throws -> [Value] {
    let own = Session(registry: session.registry)
    own.settings = session.settings
    let frontend = SilentFrontend(context)
    let interpreter = Interpreter(session: own, frontend: frontend)
    try interpreter.run(text: text, source: nil)
    return interpreter.lastResults
  }
}

/// Notes and questions go where those of a command go, reports nowhere.
private final class SilentFrontend: Frontend {
  private let context: CommandContext

  init(_ context: CommandContext) { self.context = context }

  func report(_ line: String) {}
  func note(_ line: String) { context.note(line) }
  func error(_ text: String) { context.note(text) }
  func display(_ shown: Shown) {}
  func ask(_ question: String) -> String? { nil }
  func during<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result { try body() }
  var progress: any ProgressSink { context.work.progress ?? Silence() }
  var cancellation: Cancellation { context.work.cancellation }
  func system(_ line: String) -> Int32? { nil }
  func pictureTerminal() -> TerminalInfo? { nil }

  private struct Silence: ProgressSink {
    func report(stage: String, fraction: Double) {}
  }
}
