import TestSupport
import Testing

/// Rule 17: words of a loop that look like a range or a calculation are one, or an error that says how it is written.
@Suite struct LoopWordRules {
  @Test(arguments: [
    ("for i in [1:n]; x = i; end", "for i in 1:n"), ("for i in [1:3]; x = i; end", "for i in 1:3"),
    ("for i in [:3]; x = i; end", "for i in 1:3"), ("for i in 1:n+; x = i; end", "for i in 1:n"),
    ("for i in :3; x = i; end", "for i in 1:3"), ("for i in 1..3; x = i; end", "for i in 1:3"),
    ("for i in 1...n; x = i; end", "for i in 1:n"), ("for i in n..5; x = i; end", "for i in n:5"),
    ("for i in 1..$n; x = i; end", "for i in 1:$n"), ("for i in 1:2:3:4; x = i; end", "1:9:2"),
    ("for i in range(1, 5); x = i; end", "1:n"), ("for i in 1 to 5; x = i; end", "for i in 1:5"),
    ("for i in 1 to n; x = i; end", "for i in 1:n"), ("for i in seq 1 5; x = i; end", "for i in 1:5"),
    ("for i in seq 5; x = i; end", "for i in 1:5"), ("for i in `seq 5`; x = i; end", "1:n counts"),
    ("for i in 1-3; x = i; end", "for i in 1:3"), ("for i in n-; x = i; end", "'n-' is one word"),
    ("for i in {1..3}; x = i; end", "for i in 1:n"), ("for i in 0x3; x = i; end", "write 3"),
    ("for i in ~n; x = i; end", "!n"), ("for i in l.length; x = i; end", "no attributes"),
    ("for i in 1:3 do\nx = i\nend", "without braces"), ("for i in ll; x = i; end", "did you mean 'l'"),
    ("for i in len; x = i; end", "len(v)"), ("for i in vars; x = i; end", "is a command"),
    ("for i = 1:3; x = i; end", "for i in 1:3"), ("for (i in 1:3); x = i; end", "no parentheses"),
    ("for i, v in enumerate(l); x = i; end", "for i in 1:len(l); v = l[i]"),
    ("for a, b in zip(l, m); x = a; end", "for i in 1:len(l); a = l[i]; b = m[i]"),
    ("def f a; for e in s; x = e; end; return x; end\ny = f 1", "sees its parameters"),
  ]) func areRefused(script: String, part: String) throws {
    try RuleRun.refuse("n = 3; " + script, part)
  }

  @Test(arguments: [
    ("x = 0; for i in 1:n-1; x += i; end", "3"), ("x = 0; for i in 1:n:2; x += i; end", "4"),
    ("x = ''; for w in a..b c..d; x = x + w; end", "'a..bc..d'"), ("for x in '1..3'; end", "'1..3'"),
    ("for x in 2026-11-26; end", "'2026-11-26'"), ("for x in science; end", "'science'"),
    ("x = ''; for w in 1_1 2-3; x = x + w; end", "'1_12-3'"),
    ("x = 0; for e in [[1, 2], [3, 4]]; x += e[1]; end", "4"),
    ("x = 0; for r in [1:9, 1:9] [2:5, 2:5]; x += stats(m, pixels, region=\"$r\"); end", "97"),
  ]) func areTaken(script: String, x: String) throws { try RuleRun.expect("n = 3; " + script, x: x) }

  /// What another script binds is known where the loop runs, at the top, in blocks and in a check.
  @Test(arguments: [
    "source lib.crs\nx = 0\nfor i in 1:n-1\n  x += i\nend\n",
    "x = 0\nif yes\n  source lib.crs\n  for i in 1:n-1\n    x += i\n  end\nend\n",
    "source lib.crs\nx = 0\nfor i in n-2:n-1\n  x += i\nend\nx += 1\n",
  ]) func sourcedNamesAreOperands(script: String) throws {
    let folder = try ScratchFolder()
    _ = try folder.write("n = 4\n", "lib.crs")
    let main = try folder.write(script, "main.crs")
    let run = try ScriptRun()
    try run.interpreter.run(file: main)
    #expect(run.number("x") == 6, "\(script)")
    #expect(try ScriptRun().interpreter.errors(inFile: main).isEmpty, "\(script)")
    let wrong = try folder.write(script.replacing("n-1", with: "n+"), "wrong.crs")
    let error = #expect(throws: (any Error).self) { try ScriptRun().interpreter.run(file: wrong) }
    #expect("\(error.map { "\($0)" } ?? "")".contains("for i in 1:n"), "\(script)")
  }
}
