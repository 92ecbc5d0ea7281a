import TestSupport
import Testing

/// Rules 13, 14 and 15: numbers from values, pixels, groups, order and printing.
@Suite struct ValueRules {
  @Test(
    arguments: [
      ("x = stats [1, 2, 3, 10] median", "2.5"), ("x = stats [1, 2, 3] median", "2"),
      ("x = stats [1, nan, 3] mean", "2"),
      ("x = stats [1, nan, 3] pixels", "2"), ("x = stats [1, 2, 4] sum", "7"),
      ("x = stats [4, 1, 9] max", "9"), ("x = stats [4, 1, 9] min", "1"),
      ("x = stats [1, 1, 1, 1] std", "0"), ("x = len(stats(s, median))", "3"),
      ("x = stats(s, max)[2] == stats(s[2], max)", "yes"),
      ("x = stats m pixels", "1200"), ("x = stats m pixels where=k", "0"),
      ("x = stats m pixels region=[3:7, 2:4]", "15"),
      ("y = m; y[1, 1] = nan; x = stats y pixels", "1199"),
      ("y = m; y[1, 1] = nan; q = stats y; x = q[1, excluded]", "1"),
      ("x = (stats m pixels where=k) + (stats m pixels mask=k)", "1200"),
      ("x = (stats m min where=k) > 12", "yes"),
      ("x = any(m > ((stats m median) + 5 * (stats m robust_std)))", "yes"),
      ("x = stats(m[1:2, 1:1], median) == (m[1, 1] + m[2, 1]) / 2", "yes"),
      ("x = stats k sum", "0"), ("q = stats s; x = countrows q", "3"), ("x = countrows(stats([1, 2]))", "1"),
      ("x = isfinite(stats(m, mean, where=(m > 1e9)))", "no"),
    ].filter { !["x = stats m pixels where=k", "x = stats k sum"].contains($0.0) }) func statistics(
      script: String, x: String
    ) throws
  {
    try RuleRun.expect(script, x: x)
  }

  @Test(arguments: [
    ("x = header s[1] EXPTIME", "1200"), ("x = header(s[2], exptime) + 1", "1201"),
    ("x = header s[1] NOSUCH default=3", "3"),
    ("x = header s[1] NOSUCH default='a'", "'a'"), ("x = info m nx", "40"), ("x = info m ny", "30"),
    ("x = info s exposures", "3"),
    ("x = info s gain", "1"), ("x = info s rnoise", "3.4"), ("x = info(s, exptime)[2]", "1200"),
    ("x = info m unit", "'adu'"),
    ("x = info(k, nx) * info(k, ny)", "1200"),
  ]) func facts(script: String, x: String) throws { try RuleRun.expect(script, x: x) }

  @Test(arguments: [
    ("p = pixels m at=[20, 15]; x = countrows p", "25"),
    ("p = pixels m at=[20, 15] size=3; x = p[1, x]", "19"),
    ("p = pixels m at=[1, 1]; x = countrows p", "9"),
    ("p = pixels s region=[3:4, 5:6]; x = p[4, e2] == s[2][4, 6]", "yes"),
    ("p = pixels m where=k; x = countrows(p) == countflagged(k)", "yes"),
    ("p = pixels s where=k; x = len(p[e3]) == countflagged(k)", "yes"),
    ("p = pixels m where=k; x = all(p[value] > 12)", "yes"),
    ("p = pixels m at=[20, 15] marks=k; x = p[13, value] == m[20, 15]", "yes"),
    ("p = pixels k at=[1, 1] size=1; x = p[value]", "[0]"),
    ("g = label k image=m; x = g[1, peak] == m[g[1, x], g[1, y]]", "yes"),
    ("g = label k image=m; x = all(g[peak] > 12)", "yes"),
    ("g = label k image=s; x = len(g[1, exposures]) > 0", "yes"),
    ("g = label k; x = countrows(g) > 0", "yes"),
    ("g = sort(label(k, image=m), peak, descending=yes); x = g[1, peak] == stats(m, max)", "yes"),
    ("g = sort(label(k, image=m), pixels); x = g[1, pixels] <= g[2, pixels]", "yes"),
    ("x = sort l", "[1, 2, 3]"), ("x = sort l descending=yes", "[3, 2, 1]"),
    ("x = sort [2, nan, 1]", "[1, 2, nan]"), ("x = sort(['a10', 'a9'])", "['a9', 'a10']"),
    ("x = sort(t, flux, descending=yes)[name]", "['c', 'b', 'a']"),
    ("x = sort(t, name)[flux]", "[1.5, 2, 7]"),
    ("c = compare k k; x = c[1, jaccard]", "1"), ("c = compare k (m > 1e9); x = c[1, both]", "0"),
    ("c = compare (m > 50) (m > 12); x = c[1, first] == c[1, both]", "yes"),
    ("c = compare (m > 1e9) (m > 1e9); x = c[1, jaccard]", "nan"),
  ]) func looking(script: String, x: String) throws { try RuleRun.expect(script, x: x) }

  @Test(arguments: [
    ("x = stats m middle", "median"), ("x = stats t median", "has no pixels"),
    ("x = header m NOSUCH", "has no NOSUCH"), ("x = info m gainn", "gain"),
    ("x = pixels m", "needs a place"), ("x = pixels m at=[0, 1]", "leaves the image"),
    ("x = pixels m at=[1]", "[x, y]"), ("x = pixels m at=[1, 1] where=k", "one of them"),
    ("x = pixels m where=k[1:2, 1:2]", "the image's shape"),
    ("x = label k image=m[1:2, 1:2]", "the mask's shape"), ("x = sort 3", "has no order"),
    ("x = sort t", "column is missing"),
    ("x = sort t fluxx", "did you mean 'flux'"), ("x = sort l flux", "has no column"),
    ("x = compare k", "second is missing"), ("x = compare k (m > 1)[1:2, 1:2]", "shape of the first"),
    ("print helo", "quotes"), ("x = print 3", "gives no value"), ("x = info 3 nx", "has no nx"),
  ]) func refuses(script: String, part: String) throws { try RuleRun.refuse(script, part) }

  @Test func printsValuesAsTheyAre() throws {
    let run = try ScriptRun()
    try run.run("n = 3; print 'a b' n 1.5 yes [1, 2] 'c'")
    #expect(run.lines.all.last == "a b 3 1.5 yes [1, 2] c")
    try run.run("print")
    #expect(run.lines.all.last == "")
  }

  @Test func regionsAreGridsWithTheirCoordinates() throws {
    let run = try ScriptRun()
    try run.run(
      "m = (median (simulate nx=20 ny=20 seed=1)) * 0; m[3, 4] = 7.5; k = m > 1\npixels m region=[2:4, 3:4] marks=k"
    )
    #expect(
      run.lines.all.suffix(3)
        == ["y\\x    2     3     4", "  4  0.0   7.5*  0.0", "  3  0.0   0.0   0.0"].map { $0 })
    let before = run.lines.all.count
    try run.run("m[2:4, 3:4]")
    #expect(run.lines.all.count == before + 4 && run.lines.all.last == "  3  0.0  0.0  0.0")
  }

  /// Digits that tell values apart, aligned; what is printed can be typed back.
  @Test func tablesShowTheirDigits() throws {
    let run = try ScriptRun()
    try run.run(
      "t = newtable jd x n; t = addrow t 2459000.71234 1234.5 1; t = addrow t 2459000.71236 51235.25 12345; t"
    )
    #expect(
      run.lines.all.suffix(3) == [
        "           jd         x      n", "2459000.71234   1234.50      1", "2459000.71236  51235.25  12345",
      ])
  }
}
