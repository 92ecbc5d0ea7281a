import Kernels
import TestSupport
import Testing

/// Runs the cases of a rule.
enum RuleRun {
  /// A stack s of three exposures 40x30, its median m, the mask k, a table t and a list l.
  static let values = """
    s = simulate nx=40 ny=30 seed=1
    m = median s
    k = m > 12
    l = [3, 1, 2]
    t = newtable name flux
    t = addrow t 'a' 1.5
    t = addrow t 'b' 2
    t = addrow t 'c' 7

    """

  /// Checks what x holds after a script.
  static func expect(_ script: String, x expected: String, sourceLocation: SourceLocation = #_sourceLocation)
    throws
  {
    let run = try ScriptRun()
    if let error = run.error(values + script) {
      Issue.record("\(script): \(error)", sourceLocation: sourceLocation)
      return
    }
    let value = run.session["x"]?.value
    #expect(
      value?.literal ?? value?.kindName == expected, "\(script)", sourceLocation: sourceLocation)
    // What was recorded gives the same again.
    let again = try ScriptRun()
    try again.run(run.session.script.joined(separator: "\n"))
    #expect(
      ValueEquality.areEqual(value, again.session["x"]?.value),
      "replay of \(script):\n\(run.session.script.joined(separator: "\n"))", sourceLocation: sourceLocation)
  }

  /// Checks what is said about a script that is refused; it must be an error of usage or data with a place.
  static func refuse(_ script: String, _ part: String, sourceLocation: SourceLocation = #_sourceLocation)
    throws
  {
    let run = try ScriptRun()
    guard let error = run.error(values + script) else {
      Issue.record("\(script) is taken", sourceLocation: sourceLocation)
      return
    }
    #expect(
      error.description.contains(part), "\(script): \(error.description)", sourceLocation: sourceLocation)
    #expect(error.line != nil, "\(script): no place", sourceLocation: sourceLocation)
    #expect(error.kind != .interrupted)
  }
}
