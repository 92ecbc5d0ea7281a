import Calling
import Commands
import Kernels
import Language

/// A session for a test, with what it reported.
package struct ScriptRun {
  package let session: Session
  package let lines: Lines
  package let interpreter: Interpreter

  package init() throws {
    let frontend = TestFrontend()
    lines = frontend.lines
    session = Session(registry: try Builtins.registry())
    interpreter = Interpreter(session: session, frontend: frontend)
  }

  package func run(_ text: String) throws { try interpreter.run(text: text, source: nil) }

  /// The error of a script, or nil.
  package func error(_ text: String) -> CRSError? {
    do {
      try run(text)
      return nil
    } catch {
      return error as? CRSError
    }
  }

  package func number(_ name: String) -> Double? { session[name]?.value.double }
}
