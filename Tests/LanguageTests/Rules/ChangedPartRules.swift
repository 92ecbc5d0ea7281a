import TestSupport
import Testing

@testable import Language

/// Parts of values are changed, and tables grow, where they are: nobody else sees it, and it takes no longer the
/// larger they are.
@Suite struct ChangedPartRules {
  private func script(_ text: String) throws -> ScriptRun {
    let run = try ScriptRun()
    run.session.keepsUndo = false
    try run.run(text)
    return run
  }

  @Test(arguments: [
    ("l = [1, 2]; k = l; l[1] = 5", "k", "[1, 2]"), ("l = [1, 2]; k = l; l[1] = 5", "l", "[5, 2]"),
    ("l = [1, 2]; l[1] = l", "l", "[[1, 2], 2]"), ("l = [1, 2]; l[1:2] = 7; k = _; l[2] = 3", "k", "[7, 7]"),
    ("l = [1, 2]; for i in l; l[i] = l[i] * 10; end", "l", "[10, 20]"),
    ("l = [1, 2]; l[2] += 5; l[1] *= 3", "l", "[3, 7]"),
    ("t = newtable a; t = addrow t 1; u = t; t = addrow t 2; t[1, a] = 9; k = t[a]", "k", "[9, 2]"),
    ("t = newtable a; t = addrow t 1; u = t; t = addrow t 2; t[1, a] = 9; k = u[a]", "k", "[1]"),
    (
      "s = simulate nx=20 ny=20 seed=1; x = s[1]; y = x; x[3, 3] = 5; k = [x[3, 3], (y[3, 3] == s[1][3, 3])]",
      "k", "[5, yes]"
    ),
    ("def f l; l[1] = 9; return l; end\nl = [1, 2]; k = f l; k = append(k, l)", "k", "[9, 2, [1, 2]]"),
  ]) func nobodyElseSeesIt(text: String, name: String, value: String) throws {
    let run = try script(text)
    #expect(run.session[name]?.value.literal == value, "\(text)")
    let again = try script(run.session.script.joined(separator: "\n"))
    #expect(again.session[name]?.value.literal == value, "\(run.session.script)")
    // With undo it is the same.
    let kept = try ScriptRun()
    try kept.run(text)
    #expect(kept.session[name]?.value.literal == value)
  }

  @Test func errorsLeaveItAsItWas() throws {
    let run = try script("l = [1, 2]; t = newtable a b; t = addrow t 1 2")
    for text in [
      "l[3] = 1", "l[1:2] = [1, 2, 3]", "t = addrow t 1", "t = addrow t 1 [2]", "t[2, a] = 1", "t[1] = [1]",
    ] {
      #expect(run.error(text) != nil, "\(text)")
      #expect(run.session["l"]?.value.literal == "[1, 2]")
      try run.run("k = t[1, b]")
      #expect(run.number("k") == 2, "\(text)")
    }
  }

  @Test func aLoopIsOneStepOfUndo() throws {
    let run = try ScriptRun()
    try run.run("l = [1, 2, 3]; t = newtable a")
    try run.run("for i in 1:3; l[i] = 0; t = addrow t i; end")
    try run.run("undo")
    try run.run("k = countrows t")
    #expect(run.session["l"]?.value.literal == "[1, 2, 3]" && run.number("k") == 0)
    try run.run("undo; undo; undo")
    #expect(run.session["l"] == nil)
    try run.run("redo; redo; redo")
    #expect(run.session["l"]?.value.literal == "[1, 2, 3]")
  }

  /// 20,000 rows and elements; copied each time, they took four seconds in optimised code.
  @Test func manyTakeNoLongerEach() throws {
    func time(_ count: Int) throws -> Duration {
      try ContinuousClock().measure {
        _ = try script(
          "l = (1:\(count)); t = newtable a b; for i in 1:\(count); l[i] = 0; t = addrow t i 'x'; end")
      }
    }
    _ = try time(100)
    let (few, many) = (try time(5000), try time(20_000))
    #expect(many < few * 10, "\(few), \(many)")
  }
}
