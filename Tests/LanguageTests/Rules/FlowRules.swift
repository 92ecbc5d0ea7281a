import TestSupport
import Testing

/// Rules 9, 16 and 17: pipes, loops and choices.
@Suite struct FlowRules {
  @Test(
    arguments: [
      ("y = s | median; x = y[3, 4] == m[3, 4]", "yes"),
      ("y = lacosmic m gain=1 rnoise=3.4 | dilate 2; x = any(y)", "yes"),
      ("x = k | countflagged; x = x == countflagged(k)", "yes"), ("x = k | !k | countflagged", "1200"),
      ("y = k | !k; x = all(y)", "yes"),
      ("x = (s | median)[2, 2] == m[2, 2]", "yes"),
      ("x = m > 12 | countflagged; x = x == countflagged(k)", "yes"),
      ("x = s | \\\nmedian | stats | countrows", "1"),
      ("c, q = s | median | lacosmic gain=1 rnoise=3.4; x = any(q)", "yes"),
      ("x = countflagged(k | dilate(k))== countflagged(dilate(k))", "yes"), ("time x = t | countrows", "3"),
    ]) func pipes(script: String, x: String) throws
  { try RuleRun.expect(script, x: x) }

  @Test(
    arguments: [
      ("x = s | grep foo", "not a command of crs"), ("x = s | 3", "joins masks"),
      ("x = dilate k | m", "not a command of crs"),
      ("x = s | lacosmic", "Stack"), ("x = t | dilate", "does not take Table"),
      ("x = s |", "a value is missing"),
    ]) func refusedPipes(
      script: String, part: String
    ) throws
  {
    try RuleRun.refuse(script, part)
  }

  @Test(arguments: [
    ("x = 0; for i in 1:4; x += i; end", "10"), ("x = 0; n = 3; for i in 1:n; x += i; end", "6"),
    ("x = 0; for i in 1:9:2; x += 1; end", "5"),
    ("x = 7; for i in 5:1; x = 0; end", "7"), ("x = (2:5)", "[2, 3, 4, 5]"),
    ("n = 2; x = (n:n + 1)", "[2, 3]"), ("x = 0; for i in l; x += i; end", "6"),
    ("for x in 1:3; y = x; end", "3"), ("x = 0; for e in s; x += 1; end", "3"),
    ("for e in s; y = e; end; x = any(y != s[3])", "no"),
    ("x = 0; for r in t; x += r[flux]; end", "10.5"), ("x = ''; for w in ab cd; x = x + w; end", "'abcd'"),
    ("x = 0; for i in 1:5; if i == 3; next; end; x += i; end", "12"),
    ("if 1 > 2; x = 1; else if 2 > 1; x = 2; else; x = 3; end", "2"),
    ("if no; x = 1; else if no; x = 2; else; x = 3; end", "3"),
    ("if no\nx = 1\nelse\nif yes\nx = 2\nend\nend", "2"), ("if any(k); x = 1; end", "1"),
    ("if countflagged(k) > 0; x = 1; end", "1"), ("x = 0; for i in [2, 4] 5; x += i; end", "11"),
    ("x = 0; for i in 1:(1 + 1); x += i; end", "3"), ("x = 0; for i in -1:1; x += 1; end", "3"),
    ("x = len((1:5)) + l[len(l)]", "7"),
    ("x = 0; for i in 1:2; for j in 1:2; next; end; x += i; end", "3"), ("for x in [1, 2.5]; end", "2.5"),
    ("x = 1; for i in []; x = 2; end", "1"),
    ("x = 0; n = 4; for i in 1:n-1; x += i; end", "6"), ("x = 0; n = 4; for i in 1:n - 1; x += i; end", "6"),
    ("x = 0; n = 2; for i in n - 1 : n + 1; x += i; end", "6"),
    ("x = 0; for i in 1 : 3; x += i; end", "6"), ("x = 0; for i in 1:2*3:2; x += i; end", "9"),
    ("x = 0; for i in 1:len(l)-1; x += i; end", "3"), ("x = 0; for i in l + 1; x += i; end", "9"),
    ("x = 0; for i in l+1; x += i; end", "9"), ("x = 0; for i in l * 2; x += i; end", "12"),
    ("x = 0; for i in 2 * l - 1; x += i; end", "9"), ("x = 0; for i in -l; x += i; end", "-6"),
    ("x = 0; for e in s - m; x += 1; end", "3"), ("x = 0; for i in [1, 2] + 1; x += i; end", "5"),
    ("x = ''; for w in 'a' + 'b'; x = w; end", "'ab'"),
    // Words and several items stay what they are.
    ("x = ''; for w in a-b c/d 2026-01-02; x = x + w; end", "'a-bc/d2026-01-02'"),
    ("x = 0; for i in 1 -1; x += i * i; end", "2"), ("x = 0; for i in 0.5 -0.5 2; x += i * i; end", "4.5"),
    ("x = 0; for i in 1:2 7:8; x += i; end", "18"), ("x = 0; for i in l (-1); x += 1; end", "4"),
    ("x = ''; for w in median mean; x = x + w; end", "'medianmean'"),
  ]) func loops(script: String, x: String) throws { try RuleRun.expect(script, x: x) }

  @Test(arguments: [
    ("if k; x = 1; end", "any(m)"), ("if [yes]; x = 1; end", "all(m)"), ("if 3; x = 1; end", "yes or no"),
    ("next", "without a loop"),
    ("for i in 1:2:0; x = 1; end", "upwards"), ("x = (1.5:3)", "whole numbers"), ("x = range(3)", "1:n"),
    ("if yes; x = 1; elif no; x = 2; end", "else if"),
    ("for i in; x = 1; end", "a loop over nothing"), ("for 3 in l; end", "needs a variable"),
    ("end", "without a for or if"), ("for end in l; end", "word of the language"),
    ("x = (1:100000000)", "at most"), ("for f in nosuch*.fits; x = 1; end", "no file matches"),
    ("if a; x = 1; end", "'a' is not a variable"), ("for v in m; x = 1; end", "x[:, y]"),
    ("for v in k; x = 1; end", "cannot be looped over"), ("for v in 3; x = 1; end", "for i in 1:3"),
    ("n = 4; for v in n; x = 1; end", "for i in 1:4"), ("for v in t[1]; x = 1; end", "t[3:3]"),
    ("for v in yes; x = 1; end", "cannot be looped over"),
    ("for i in l[1] + 1; x = i; end", "cannot be looped over"),
    ("for i in a - b; x = i; end", "'a' is not a variable"),
    ("for i in l -1; x = i; end", "two items"), ("for i in 1:3 -1; x = i; end", "two items"),
    ("for w in a b + c; x = w; end", "'+' is no value"), ("for w in a b * c; x = w; end", "'*' is no value"),
    ("for i in l:; x = i; end", "no colon"), ("for i in 1:9 step 2; x = i; end", "1:9:2"),
    ("for e in median s; x = e; end", "needs parentheses"),
  ]) func refusedLoops(script: String, part: String) throws { try RuleRun.refuse(script, part) }

  /// The record holds what ran: loops unrolled, conditions gone.
  @Test func theRecordHoldsWhatRan() throws {
    let run = try ScriptRun()
    try run.run(
      "s = simulate nx=20 ny=20 seed=1; for e in s[1:2]; if yes; y = e * 2; end; end\nfor f in a b; z = f; end\nfor i in 1:2; w = i; end"
    )
    #expect(
      run.session.script.dropFirst() == [
        "e = s[1:2][1]", "y = e * 2", "e = s[1:2][2]", "y = e * 2", "f = 'a'", "z = f", "f = 'b'", "z = f",
        "i = 1", "w = i", "i = 2", "w = i",
      ])
  }

  /// What is looped over is found once.
  @Test func loopsGoOverWhatWasThere() throws {
    let run = try ScriptRun()
    try run.run("l = [1, 2, 3]; x = 0; for i in l; l = [9]; x += i; end")
    #expect(run.number("x") == 6)
    let again = try ScriptRun()
    try again.run(run.session.script.joined(separator: "\n"))
    #expect(again.number("x") == 6)
  }

  @Test func scriptsLieBesideEachOtherAndTakeArguments() throws {
    let folder = try ScratchFolder()
    let sub = folder.file("sub")
    let run = try ScriptRun()
    try run.run("!mkdir \(sub)")
    _ = try folder.write("x = $1 + $2\n", "part.crs")
    let main = try folder.write("source part.crs 3 4\n", "main.crs")
    try run.interpreter.run(file: main)
    #expect(run.number("x") == 7)
    let error = try #require(run.error("source '\(folder.file("nothere.crs"))'"))
    #expect(error.description.contains("no such file") && error.kind == .file)
    // One argument each, blanks and all.
    _ = try folder.write("y = $1\n", "one.crs")
    try run.run("source '\(folder.file("one.crs"))' 'a b'")
    #expect(run.session["y"]?.value.literal == "'a b'")
  }
}
