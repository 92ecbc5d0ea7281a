import Calling
import Commands
import TestSupport

@testable import Kernels
@testable import Shell

/// A session for a test, with what it reported.
struct ScriptRun {
  let session: Session
  let lines = Lines()
  let interpreter: Interpreter

  init() throws {
    session = Session(registry: try Builtins.registry())
    let lines = lines
    interpreter = Interpreter(session: session, report: { lines.add($0) }, note: { lines.add("note: " + $0) })
  }

  func run(_ text: String) throws { try interpreter.run(text: text, source: nil) }

  /// The error of a script, or nil.
  func error(_ text: String) -> CRSError? {
    do {
      try run(text)
      return nil
    } catch {
      return error as? CRSError
    }
  }

  func number(_ name: String) -> Double? { session[name]?.value.double }
}
