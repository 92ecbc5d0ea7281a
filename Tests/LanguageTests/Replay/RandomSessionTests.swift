import TestSupport
import Testing

/// Sessions of random statements replay from their record, whatever was bound anew in between.
@Suite struct RandomSessionTests {
  private static let beginning = """
    s = simulate nx=20 ny=20 n=3 seed=1
    m = median s
    k = m > 12
    l = [3, 1, 2]
    t = newtable name flux
    t = addrow t 'a' 1.5
    t = addrow t 'b' 2
    n = 2
    w = 'text'
    """

  /// One statement of each rule; names are bound anew all the time.
  private static let statements = [
    "n += 1", "n = len(l) + n % 3", "l[2] = n", "l = l * 2", "l = sort l", "m[3, 4] = n",
    "m[1:3, 2:4] = m[4:6, 2:4]", "m = s[2] - s[1]", "m -= (stats m median)",
    "k = m > ((stats m median) + 2 * (stats m robust_std))", "k = k | dilate(k)", "k = !k & (m < 30)",
    "k = -5 < m < n", "s = s - [1, 2, 3]", "s[2] = s[1] * 2", "m = median s",
    "m = where(k, 0, m)", "m = sqrt(abs(m))", "m = maximum(m, n)", "t[flux] = t[flux] + n",
    "t[double] = t[flux] * 2", "t = addrow t w n", "t = sort t flux descending=yes",
    "w = \"a${n}b\"", "w = replace(w, 'a', 'b') + 'c'", "for i in 1:3; n = n + i; end",
    "for i in l; l = [i]; n += i; end", "for e in s; m = e + 1; s = s * 1; end",
    "for r in t; n = round(r[flux]); end", "if n > 5; n = 1; else if n > 3; n = 7; else; n = 4; end",
    "def f a b=2; return a * b + 1; end; n = f n", "def g x; y = x[2, 2]; return y, x; end; n, m = g m",
    "n = m[2, 3]; n = round(n)", "a, b, c = [1, n, 3]", "_, n = [1, 5]", "m; n = _[1, 1]; n = floor(n)",
    "c, q = lacosmic m gain=1 rnoise=3.4", "m = s | median", "m = (s | median)[1:20, 1:20]",
    "x = pixels s at=[(n % 5 + 2), 3] size=3", "x = label k image=s", "x = compare k (m > 0)",
    "l = append(l, n)", "l = l[l > 0]; l = append(l, 1)", "drop w; w = 'again'", "undo", "redo",
    "z = simulate nx=20 ny=20",
    "def h a; return simulate nx=20 ny=20; end; z = h 1", "n = stats l max", "n = countflagged(k)",
    "n = $n + 1",
    // Whole numbers of many digits, rows and cells, parts of parts, ways out of a round, ranges and formats.
    "n = 9007199254740993; t = addrow t w n; n = 2", "t[1, flux] = n", "t[2] = t[1]",
    "t = t[t[flux] > 1]; t = addrow t w n",
    "s[2][3, 4] = n", "s[1:2] = [m, m]", "s[2, 3] = [1, 2, 3]", "k[1:3, 1:3] = yes", "k[2, 2] = !k[2, 2]",
    "l[1:1] = [n]",
    "for i in 1:9:2; if i > 3; next; end; n += i; end", "for i in 1:2; for j in l; m[i, 2] = j; end; end",
    "for w in a b c; t = addrow t w n; end", "for e in s[1:2]; n = stats(e, max) > 3; end; n = 3",
    "x = (1:9:2); l = x[2:3]; l = append(l, n)", "w = \"${n:.3g}_${w:>4}\"", "n = 7 % 4 // 2 + n",
    "x = label (m > 12) image=s; n = len(x)",
    "x = k | !k | countflagged; n = x % 7", "c, q = s | median | lacosmic gain=1 rnoise=3.4; k = q | dilate",
    "def v x y=[1, 2]; for i in y; x[i, i] = 0; end; return x; end; m = v m",
    "def uu a; if a > 2; return 1; end; return 2; end; n = uu n",
    "m = clip(m, -3, n); m = where(isfinite(m), m, 0)", "x = sort t name; n = len(x)",
    "x = maximum(9007199254740993, n); n = 1",
    "n = stats l median; l = [n, 1, 2]", "time n = n + 1", "t[double] = t[flux] > 2",
  ]

  @Test(arguments: 1...12) func replay(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed) &* 7919)
    let run = try ScriptRun()
    try run.run(Self.beginning)
    var typed: [String] = []
    for _ in 0..<40 {
      let statement = Self.statements[random.below(Self.statements.count)]
      typed.append(statement)
      // What fails changes nothing, and is not part of the record.
      _ = run.error(statement)
    }
    let again = try ScriptRun()
    let script = run.session.script.joined(separator: "\n")
    if let error = again.error(script) {
      Issue.record("\(error)\n\(script)")
      return
    }
    for name in run.session.names {
      #expect(
        ValueEquality.areEqual(run.session[name]?.value, again.session[name]?.value),
        "\(name) of seed \(seed)\n\(script)")
    }
    // The shortest script of each value makes it too.
    for name in run.session.names {
      let alone = try ScriptRun()
      let script = try run.session.provenance(of: name).joined(separator: "\n")
      #expect(alone.error(script) == nil, "\(name) of seed \(seed)\n\(script)")
      #expect(
        ValueEquality.areEqual(run.session[name]?.value, alone.session[name]?.value),
        "\(name) of seed \(seed)\n\(script)")
    }
  }
}
