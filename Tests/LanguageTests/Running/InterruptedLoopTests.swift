import Calling
import Commands
import Kernels
import TestSupport
import Testing

@testable import Language

/// Ctrl-C in a loop or script: the rounds that are done stay, and undo takes them back.
@Suite struct InterruptedLoopTests {
  /// Presses Ctrl-C when a text is printed.
  private final class Pressing: Frontend {
    let cancellation = Cancellation()
    private let text: String
    private let silence = TestFrontend()

    init(at text: String) { self.text = text }

    func report(_ line: String) { if line == text { cancellation.raise() } }
    func note(_ line: String) {}
    func error(_ text: String) {}
    func display(_ shown: Shown) {
      if case .result(_, let lines, _) = shown { lines.forEach(report) }
    }
    func ask(_ question: String) -> String? { nil }
    func during<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result { try body() }
    var progress: any ProgressSink { silence.progress }
    func system(_ line: String) -> Int32? { 0 }
    func pictureTerminal() -> TerminalInfo? { nil }
  }

  /// A session in which a statement was interrupted that prints `stop`.
  private func interrupted(_ text: String) throws -> (Session, CRSError, Interpreter) {
    let frontend = Pressing(at: "stop")
    let session = Session(registry: try Builtins.registry())
    let interpreter = Interpreter(session: session, frontend: frontend)
    try interpreter.run(text: "x = 0; l = [7]; y = 5", source: nil)
    let error = #expect(throws: CRSError.self) { try interpreter.run(text: text, source: nil) }
    frontend.cancellation.reset()
    return (session, try #require(error), interpreter)
  }

  @Test(arguments: [
    "for i in 1:5\n  x = i\n  l = append(l, i)\n  if i == 3\n    print 'stop'\n  end\nend",
    "for i in 1:5; x += 1; l = append(l, x); if i == 3; for j in 1:2; print 'stop'; end; end; end",
  ])
  func roundsThatAreDoneStay(text: String) throws {
    let (session, error, interpreter) = try interrupted(text)
    #expect(error.kind == .interrupted && error.message == "interrupted in round 3 of 5", "\(error)")
    #expect(error.hint == "what was assigned before stays; undo takes it back")
    #expect(session["x"]?.value.double == 3)
    #expect(session["l"]?.value.literal == "[7, 1, 2, 3]")
    // What replays is what ran.
    let again = try ScriptRun()
    try again.run(session.script.joined(separator: "\n"))
    #expect(again.number("x") == 3 && again.session["l"]?.value.literal == "[7, 1, 2, 3]")
    // One step.
    try interpreter.run(text: "undo", source: nil)
    #expect(session["x"]?.value.double == 0 && session["l"]?.value.literal == "[7]")
    #expect(session["i"] == nil && session["j"] == nil)
    try interpreter.run(text: "redo", source: nil)
    #expect(session["x"]?.value.double == 3 && session["l"]?.value.literal == "[7, 1, 2, 3]")
  }

  /// A call, and a statement that is no block, assign nothing.
  @Test func aCallAssignsNothing() throws {
    let (session, error, _) = try interrupted(
      "def f n\n  a = 0\n  for i in 1:5\n    a = i\n    print 'stop'\n  end\n  return a\nend\nx = f 3")
    #expect(error.kind == .interrupted && error.message == "interrupted" && error.hint == nil, "\(error)")
    #expect(session["x"]?.value.double == 0 && session["a"] == nil)
  }
}
