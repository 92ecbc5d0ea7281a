import TestSupport
import Testing

/// Rule 10: `time STATEMENT`.
@Suite struct TimeRules {
  @Test(arguments: [
    ("time x = 3", "3"), ("time x, y = [4, 5]", "4"), ("time x = t | countrows", "3"),
    ("x = 0; time for i in 1:3; x += i; end", "6"), ("time if yes; x = 1; end", "1"),
    ("time time x = 2", "2"),
    ("x = l; time x[2] = 9", "[3, 9, 2]"),
  ]) func allows(script: String, x: String) throws { try RuleRun.expect(script, x: x) }

  @Test(arguments: [
    ("time", "a statement is missing"), ("time = 3", "cannot be assigned"), ("time nothere", "'nothere'"),
    ("time x = = 3", "'=' is not understood"), ("x = time 3", "time STATEMENT"),
  ]) func refuses(script: String, part: String) throws { try RuleRun.refuse(script, part) }

  /// One line a statement, also for a whole loop, with three decimals.
  @Test(arguments: ["time x = 3", "time for i in 1:3; y = i; end", "time y = sqrt(2) + 1"])
  func printsOneLine(statement: String) throws {
    let run = try ScriptRun()
    try run.run(statement)
    let lines = run.lines.all.filter { $0.hasPrefix("time: ") }
    #expect(lines.count == 1 && lines[0].wholeMatch(of: /time: \d+\.\d{3} s/) != nil, "\(run.lines.all)")
  }
}
