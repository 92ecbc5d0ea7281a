import TestSupport
import Testing

/// Rules 1, 2 and 7: statements, names and results.
@Suite struct AssignmentRules {
  @Test(arguments: [
    ("x = 1; x += 2", "3"), ("x = 7; x -= 2", "5"), ("x = 3; x *= 2 + 1", "9"), ("x = 6; x /= 4", "1.5"),
    ("a, x = [4, 5]", "5"), ("a, b, x = l", "2"), ("_, x = [4, 5]", "5"), ("3; x = _", "3"),
    ("x = l; x[2] = 9", "[3, 9, 2]"), ("x = l; x[2:3] = 0", "[3, 0, 0]"),
    ("x = l; x[2:3] = [7, 8]", "[3, 7, 8]"),
    ("x = l; x[l > 1] = 0", "[0, 1, 0]"), ("y = m; y[3, 4] = 5; x = y[3, 4]", "5"),
    ("y = m; y[1:2, 1:2] = 7; x = y[2, 2]", "7"),
    ("y = m; y[1:3, 1:2] = m[4:6, 5:6]; x = y[1, 1] == m[4, 5]", "yes"),
    ("y = s; y[2] = m; x = y[2][3, 4] == m[3, 4]", "yes"), ("y = s; y[2][3, 4] = 5; x = y[2][3, 4]", "5"),
    ("y = t; y[2, flux] = 9; x = y[flux]", "[1.5, 9, 7]"), ("y = t; y[flux] = 0; x = y[flux]", "[0, 0, 0]"),
    ("y = t; y[double] = t[flux] * 2; x = y[double]", "[3, 4, 14]"),
    ("y = k; y[1, 1] = yes; x = y[1, 1]", "yes"),
    ("y = m; y[3, 4] += 1; x = y[3, 4] > m[3, 4]", "yes"), ("y = l; x = y; y[1] = 0", "[3, 1, 2]"),
  ]) func allows(script: String, x: String) throws { try RuleRun.expect(script, x: x) }

  @Test(arguments: [
    ("a, b = l", "2 names for 3 elements"), ("a, a = [1, 2]", "stands twice"),
    ("a, b = 3", "2 names for 1 result"),
    ("y[1] = 3", "'y' is not a variable"), ("x = l; x[4] = 1", "there are 3 elements"),
    ("x = l; x[1:2] = [1, 2, 3]", "3 values for 2 elements"),
    ("y = m; y[41, 1] = 0", "pixel [41, 1] leaves the image"),
    ("y = m; y[1:2, 1:2] = l", "'=' does not apply"),
    ("y = m; y[1:2, 1:2] = m", "40x30 pixels for a section of 2x2"),
    ("y = m; y[k] = 0", "where(m, x, 0)"), ("x += 1", "'x' is not a variable"),
    ("median += 1", "is a command"),
    ("y = k; y[1, 1] = 3", "expected yes, no or a mask"), ("y = s; y[1] = 3", "is no exposure"),
    ("x = = 3", "'=' is not understood"), ("for = 3", "word of the language"),
    ("x, median s", "not understood"),
    ("nan = 5", "'nan' is a number of the language"), ("inf = 2", "'inf' is a number"),
    ("pi = 3", "'pi' is a number"),
    ("yes = 1", "'yes' is a word of the language"), ("True = 1", "word of the language"),
    ("none = 1", "word of the language"),
    ("auto = 1", "word of the language"), ("in = 1", "word of the language"), ("pi += 1", "'pi' is a number"),
    ("a, nan = [1, 2]", "'nan' is a number"), ("pi[1] = 2", "'pi' is a number"),
    ("for pi in 1:3; x = 1; end", "'pi' is a number"), ("for yes in 1:3; x = 1; end", "word of the language"),
    ("def f nan; return nan; end", "'nan' is a number"), ("def f a pi=3; return a; end", "'pi' is a number"),
    ("def inf a; return a; end", "'inf' is a number"), ("def f yes; return 1; end", "word of the language"),
  ]) func refuses(script: String, part: String) throws { try RuleRun.refuse(script, part) }

  /// A command that came after version 0.1.0 gives way to a variable of its name.
  @Test func laterCommandsGiveWayToVariables() throws {
    let run = try ScriptRun()
    try run.run("def later a\nreturn a + 1\nend\nx = later 1")
    #expect(run.number("x") == 2)
    try run.run("later = 5\nx = later + 1\ny = later - 1\nz = later(1)")
    #expect(run.number("x") == 6 && run.number("y") == 4 && run.number("z") == 2)
    #expect(run.lines.all.filter { $0.contains("drop later gives the command back") }.count == 1)
    try run.run("drop later\nx = later 4")
    #expect(run.number("x") == 5)
    #expect(run.error("median = 3") != nil && run.error("next = 3; def_ = 4; return = next") == nil)
    #expect(run.error("sqrt = 9; x = sqrt(sqrt)") == nil && run.number("x") == 3)
  }

  @Test(arguments: [
    ("x, y = 3, 4", "the end of the statement"), ("s = simulate nx=30 nx=40", "given twice"),
    ("a, b, c, d = simulate nx=30 ny=30 seed=1", "4 names for the results of simulate"),
  ]) func resultsAndKeys(script: String, part: String) throws { try RuleRun.refuse(script, part) }
}
