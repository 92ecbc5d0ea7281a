import Foundation
import Kernels
import TestSupport
import Testing

/// Rule 6: whole numbers keep all digits of 64 bits wherever they go, and columns show what tells their values apart.
@Suite struct WholeNumberRules {
  @Test(arguments: [
    ("x = 9007199254740993 == 9007199254740992.0", "no"),
    ("x = 9007199254740992 == 9007199254740992.0", "yes"),
    ("x = 9007199254740993 > 9007199254740992.0", "yes"),
    ("x = 9007199254740992.0 < 9007199254740993", "yes"),
    ("x = 9007199254740993 != 9007199254740992.0", "yes"),
    ("x = 9223372036854775807 < 9223372036854775808.0", "yes"),
    ("x = -9223372036854775807 <= -9223372036854775808.0", "no"), ("x = 3 < 3.5", "yes"),
    ("x = -3 > -3.5", "yes"),
    ("x = 3 == 3.0", "yes"), ("x = 9007199254740993 < inf", "yes"), ("x = 9007199254740993 == nan", "no"),
    ("x = 9007199254740993 != nan", "no"), ("x = 9007199254740993 > -inf", "yes"),
    ("x = [9007199254740993, 1] == [9007199254740992.0, 1.0]", "[no, yes]"),
    (
      "x = sort [9007199254740993, 9007199254740992.0, 0.5]", "[0.5, 9007199254740992.0, 9007199254740993]"
    ),
    (
      "x = sort [9007199254740992.0, 9007199254740993, 0.5] descending=yes",
      "[9007199254740993, 9007199254740992.0, 0.5]"
    ),
    ("x = maximum(9007199254740993, 0.5)", "9007199254740993"),
    ("x = minimum(9007199254740993, inf)", "9007199254740993"),
    ("x = clip(9007199254740993, 0.5, 1e300)", "9007199254740993"),
    ("x = minimum(9007199254740993, nan)", "nan"),
    ("x = maximum(3, 2.5)", "3"), ("x = 9007199254740993 / 1", "9007199254740993"),
    ("x = 9223372036854775806 / 2", "4611686018427387903"),
    ("x = 9007199254740993 / 2", "4503599627370496.0"),
    ("x = stats([9007199254740993, 9007199254740992], max)", "9007199254740993"),
    ("x = stats([9007199254740993, 9007199254740992, nan], max)", "9007199254740993"),
    ("x = stats([9007199254740993, 0.5], min)", "0.5"),
    ("x = stats([9007199254740993, 1, 2], sum)", "9007199254740996"),
    ("x = stats([9007199254740993, 9007199254740995], median)", "9007199254740994"),
    ("x = stats([9007199254740993, 9007199254740991, 0.5], median)", "9007199254740991"),
    ("x = number('9007199254740993')", "9007199254740993"),
    ("x = number('9007199254740993.0')", "9007199254740992.0"),
    (
      "t2 = newtable id; t2 = addrow t2 9007199254740993; t2 = addrow t2 nan; x = t2[id]",
      "[9007199254740993, nan]"
    ),
    (
      "t2 = newtable id; t2 = addrow t2 9007199254740993; t2 = addrow t2 9007199254740992.0; t2 = sort t2 id; x = t2[2, id]",
      "9007199254740993"
    ),
  ]) func allows(script: String, x: String) throws { try RuleRun.expect(script, x: x) }

  @Test(arguments: [
    ("x = number('18446744073709551615')", "64 bits"),
    ("x = clip(1, 9007199254740993, 9007199254740992.0)", "above the upper limit"),
    ("x = stats([9223372036854775807, 1], sum)", "64 bits"),
  ]) func refuses(script: String, part: String) throws { try RuleRun.refuse(script, part) }

  /// The lines that a table of one column shows, without its heading.
  private func column(_ cells: String) throws -> [String] {
    let run = try ScriptRun()
    try run.run("t = newtable a\nfor c in [\(cells)]\nt = addrow t c\nend\nprint t")
    guard
      let heading = run.lines.all.lastIndex(where: { $0.hasSuffix("a") && $0.count < 60 && !$0.contains(":") }
      )
    else { return run.lines.all }
    return run.lines.all[(heading + 1)...].map { $0.trimmingCharacters(in: .whitespaces) }
  }

  @Test(arguments: [
    ("9007199254740993, 9007199254740992, nan", ["9007199254740993", "9007199254740992", "nan"]),
    ("9007199254740993, 9007199254740992, 0.5", ["9007199254740993", "9007199254740992", "0.5"]),
    ("1234567890123456789, 1234567890123456788, inf", ["1234567890123456789", "1234567890123456788", "inf"]),
    ("9007199254740993, 9007199254740994.0", ["9007199254740993", "9.007199254740994e+15"]),
    ("9007199254740992.0, 9007199254740994.0", ["9007199254740992.0", "9.007199254740994e+15"]),
    ("1, 2, nan", ["1", "2", "nan"]), ("1, 2.5", ["1.0", "2.5"]),
    ("2459001.1, 2459001.25", ["2459001.10", "2459001.25"]),
    ("2459001.25, 2459001.5", ["2459001.25", "2459001.50"]),
    ("0.123456789012, 0.123456789013", ["0.123456789012", "0.123456789013"]),
    ("59000.12345678901, 59000.12345678902", ["59000.12345678901", "59000.12345678902"]),
    ("0.3, (0.1 + 0.2)", ["0.30000000000000000", "0.30000000000000004"]),
    ("0.00012, 0.00013", ["0.00012", "0.00013"]), ("1e-7, 5", ["1e-07", "5"]),
  ]) func columnsTellTheirValuesApart(cells: String, shown: [String]) throws {
    #expect(try column(cells) == shown, "\(cells)")
  }

  /// What a table shows can be typed back, and what it saves comes back.
  @Test func tablesKeepWholeNumbers() throws {
    let folder = try ScratchFolder()
    let run = try ScriptRun()
    try run.run(
      """
      t = newtable id v
      t = addrow t 9007199254740993 9007199254740993
      t = addrow t 9007199254740992 nan
      t = addrow t 9223372036854775807 0.5
      save t '\(folder.file("t.csv"))'
      u = load '\(folder.file("t.csv"))'
      x = u[id] == t[id]; y = u[1, v] == 9007199254740993; r = u[1]; w = r[id]; q = "$w"
      """)
    #expect(run.session["x"]?.value.literal == "[yes, yes, yes]" && run.session["y"]?.value.literal == "yes")
    #expect(run.session["q"]?.value.literal == "'9007199254740993'")
    #expect(
      try String(contentsOfFile: folder.file("t.csv"), encoding: .utf8).contains(
        "9007199254740993,9007199254740993\n"))
  }

  @Test func theSmallestOneCanBeTyped() throws {
    let run = try ScriptRun()
    try run.run("a = -9223372036854775808; b = [-9223372036854775808, 1]; c = 5 - 3")
    #expect(run.session["a"]?.value.literal == "-9223372036854775808")
    #expect(run.session["b"]?.value.literal == "[-9223372036854775808, 1]" && run.number("c") == 2)
    for text in ["a = 9223372036854775808", "a = -9223372036854775809", "a = -92233720368547758080"] {
      #expect(run.error(text)?.message.contains("too large") == true, "\(text)")
    }
  }

  @Test func globsInExpressionsAndLongPipesAreTold() throws {
    let run = try ScriptRun()
    #expect(run.error("x = load(night_*.fits)")?.hint?.contains("without parentheses") == true)
    let pipe = "print 5" + String(repeating: " | print", count: 20_000)
    #expect(run.error(pipe)?.message == "the pipe is too long")
  }

  @Test func loadMakesAStackOfImages() throws {
    let run = try ScriptRun()
    try run.run(
      "s = simulate nx=20 ny=20 seed=1; a = s[1]; b = s[2]; t = load [a, b]; u = load(a, b); v = load [s[1:2], a]"
    )
    for (name, count) in [("t", 2), ("u", 2), ("v", 3)] {
      guard case .stack(let stack)? = run.session[name]?.value else {
        Issue.record("\(name) is no stack")
        continue
      }
      #expect(stack.count == count)
    }
    #expect(run.error("x = load [a, b] gain=2")?.message.contains("has no effect") == true)
    #expect(run.error("x = load [a, 'b.fits']")?.message.contains("do not go together") == true)
  }
}
