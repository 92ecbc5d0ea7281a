import Calling
import Commands
import Kernels
import TestSupport
import Testing

@testable import Language

/// Questions about detections, and words that are no commands.
@Suite struct ReviewTests {
  private func run(_ text: String, answers: [String]) throws -> (
    lines: [String], session: Session, error: CRSError?
  ) {
    let frontend = TestFrontend(answers: answers)
    let session = Session(registry: try Builtins.registry())
    let interpreter = Interpreter(session: session, frontend: frontend)
    try interpreter.run(
      text: "m = simulate nx=30 ny=30 seed=1 n=1\nk = m[1] > 100000\nk[3, 3] = yes\nk[9, 9] = yes\nn = 0",
      source: nil)
    do {
      try interpreter.run(text: text, source: nil)
      return (frontend.lines.all, session, nil)
    } catch {
      return (frontend.lines.all, session, error as? CRSError)
    }
  }

  @Test func otherAnswersAreAskedAgain() throws {
    let (lines, session, error) = try run("r = review k", answers: ["maybe", "N", "yes"])
    #expect(error == nil)
    #expect(lines.contains("'maybe' is not an answer: y, n, a or s"))
    #expect(lines.filter { $0.contains("detection #1 of 2") }.count == 2)
    #expect(session["r"]?.summary.contains("1 pixels flagged") == true, "\(session["r"]?.summary ?? "")")
  }

  @Test func stoppingChangesNothing() throws {
    let (lines, session, error) = try run("r = review k", answers: ["n", "s"])
    #expect(error == nil)
    #expect(lines.contains("note: the review was stopped at detection #2 of 2: nothing is rejected"))
    #expect(session["r"]?.summary == session["k"]?.summary)
  }

  @Test func nobodyAnswers() throws {
    let (_, session, error) = try run("r = review k", answers: ["maybe"])
    #expect(error?.kind == .data && session["r"] == nil)
  }

  @Test func windowsAndMagics() throws {
    let view = try run("view m", answers: []).error
    #expect(view?.message == "'view' is not a command" && view?.hint?.contains("no windows") == true)
    for (magic, hint) in [("%matplotlib inline", "show x draws here"), ("%%time\n1", "time STATEMENT")] {
      let error = try run(magic, answers: []).error
      #expect(
        error?.message.contains("magics are IPython's") == true
          && error?.hint?.contains(hint) == true)
    }
  }
}
