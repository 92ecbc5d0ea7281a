import TestSupport
import Testing

/// Rules 15 and 16: what stands for a mask, and what a pipe hands on.
@Suite struct MaskRules {
  @Test(arguments: [
    (
      "c, q = lacosmic m gain=1 rnoise=3.4; y = lacosmic m gain=1 rnoise=3.4 | dilate; x = all(y == dilate(q))",
      "yes"
    ),
    (
      "c, q = lacosmic m gain=1 rnoise=3.4; x = lacosmic m gain=1 rnoise=3.4 | countflagged; x = x == countflagged(q)",
      "yes"
    ),
    (
      "c, q = lacosmic m gain=1 rnoise=3.4; y = lacosmic m gain=1 rnoise=3.4 | label; x = len(y) == len(label(q))",
      "yes"
    ),
    ("y = lacosmic m gain=1 rnoise=3.4 | compare k; x = y[1, second] == countflagged(k)", "yes"),
    (
      "y = lacosmic m gain=1 rnoise=3.4 | stats min; x = y == stats(lacosmic(m, gain=1, rnoise=3.4), min)",
      "yes"
    ),
    // An image of 0 and 1 may stand for a mask.
    ("f = where(k, 1, 0); x = countflagged(f) == countflagged(k)", "yes"),
    ("f = where(k, 1, 0); y = label f; x = len(y) == len(label(k))", "yes"),
  ]) func masksGoIntoMasks(script: String, x: String) throws { try RuleRun.expect(script, x: x) }

  @Test(arguments: [
    "dilate m", "label m", "countflagged m", "compare m k", "compare k m", "median s | dilate",
    "stats m median where=m", "pixels m where=m",
  ]) func anImageIsNoMask(script: String) throws {
    try RuleRun.refuse(script, "(x > LEVEL)")
    try RuleRun.refuse(script, "an image is no mask: pixel [1, 1]")
  }

  /// Groups, grids and lists of a section have the coordinates of the frame.
  @Test(arguments: [
    (
      "t = label k image=m; b = sort t peak descending=yes; y = m[11:30, 5:28]; u = label (y > 5) image=y; "
        + "u = sort u peak descending=yes; x = m[u[1, x], u[1, y]] == u[1, peak]", "yes"
    ),
    ("y = m[11:30, 5:28]; u = label (y > 5); v = label (y > 5) image=y; x = u[1, x1] == v[1, x1]", "yes"),
    ("y = m[11:30, 5:28][3:9, 4:8]; p = pixels y at=[1, 1] size=1; x = [p[1, x], p[1, y]]", "[13, 8]"),
    ("y = s[11:30, 5:28]; p = pixels y region=[2:2, 3:3]; x = [p[1, x], p[1, y]]", "[12, 7]"),
    ("y = (m - 3)[11:30, 5:28] * 2; x = [header(y, LTV1), header(y, LTV2)]", "[-10, -4]"),
    ("k = m > 5; y = k[11:30, 5:28]; p = pixels y where=y; x = k[p[1, x], p[1, y]]", "yes"),
  ]) func sectionsKnowWhereTheyLie(script: String, x: String) throws { try RuleRun.expect(script, x: x) }

  @Test func gridsOfSectionsShowTheFrame() throws {
    let run = try ScriptRun()
    try run.run(RuleRun.values + "m[20:23, 17]")
    #expect(run.lines.all.suffix(2).first?.split(separator: " ") == ["y\\x", "20", "21", "22", "23"])
    #expect(run.lines.all.last?.split(separator: " ").first == "17")
    try run.run("pixels m[11:30, 5:28] at=[5, 5] size=3")
    #expect(run.lines.all.contains("coordinates of the full frame; the image begins there at [11, 5]"))
    #expect(run.lines.all.suffix(4).first?.split(separator: " ") == ["y\\x", "14", "15", "16"])
  }
}
