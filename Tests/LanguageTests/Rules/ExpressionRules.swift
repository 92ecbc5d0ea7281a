import TestSupport
import Testing

/// Rules 6 and 8: operators, numbers and lines.
@Suite struct ExpressionRules {
  @Test(arguments: [
    ("x = 7 // 2", "3"), ("x = -7 // 2", "-4"), ("x = 7 % 3", "1"), ("x = -7 % 3", "2"), ("x = 7 % -3", "-2"),
    ("x = 7.5 // 2", "3"), ("x = 7.5 % 2", "1.5"), ("x = 7 / 2", "3.5"), ("x = 6 / 2", "3"),
    ("x = 2 ** 3 ** 2", "512"),
    ("x = -2 ** 2", "-4"), ("x = 2 ** -1", "0.5"), ("x = 1 < 2 < 3", "yes"), ("x = 1 < 3 < 2", "no"),
    ("x = 3 > 2 > 1 > 0", "yes"), ("x = 9223372036854775807", "9223372036854775807"),
    ("x = 4611686018427387903 * 2 + 1 == 3", "no"), ("x = 2 ** 62", "4611686018427387904"),
    ("x = 9007199254740993 + 0", "9007199254740993"), ("x = 9007199254740993 == 9007199254740992", "no"),
    ("x = 2459000.123 - 2459000 > 0.1229", "yes"), ("x = nan", "nan"), ("x = -inf", "-inf"),
    ("x = nan == nan", "no"),
    ("x = nan != nan", "no"), ("x = pi > 3.14 & pi < 3.15", "yes"), ("pi_1 = 3; x = pi_1", "3"),
    ("x = 6 & 3", "2"),
    ("x = 6 | 1", "7"), ("x = yes & !no | no", "yes"), ("x = !yes == no", "yes"),
    ("x = 4.0; x = x // 3", "1"),
    ("x = 'a' + 'b'", "'ab'"), ("x = 'a' < 'b'", "yes"), ("x = none == none", "yes"),
    ("x = l != none", "yes"),
    ("x = countflagged(5 < m < 9) == countflagged((m > 5) & (m < 9))", "yes"),
    ("x = any(k == k) & all(k == k)", "yes"),
    ("x = countflagged(k != !k)", "1200"), ("x = (\n1 +\n2\n)", "3"), ("x = dilate(k,\n 1)[1, 1]", "no"),
    ("x = [1,\n2]", "[1, 2]"), ("x = 1 + \\\n2", "3"), ("x = 5 # remark", "5"), ("x = 'a#b;c'", "'a#b;c'"),
    ("x = (1 # one\n + 2)", "3"), ("y = m; y[1, 1] = nan; x = countflagged(y != 0)", "1199"),
    ("y = m / 0; x = countflagged(y == y) <= 1200", "yes"), ("x = None", "none"), ("x = l[2.0]", "1"),
    ("x = 3 - -2", "5"), ("x = 3 * -2", "-6"), ("x = +5", "5"), ("x = 1e-3 * 1e3", "1"),
  ]) func allows(script: String, x: String) throws { try RuleRun.expect(script, x: x) }

  @Test(arguments: [
    ("x = 2 ^ 3", "a ** b"), ("x = 5 ADU", "units"), ("x = 50%", "0.5"), ("x = 1_000", "write 1000"),
    ("x = 0x10", "write 16"), ("x = 9223372036854775808", "64 bits"),
    ("x = 9223372036854775807 + 1", "64 bits"),
    ("x = 2 ** 64", "64 bits"), ("x = -9223372036854775807 - 2", "64 bits"), ("x = 5 // 0", "no value"),
    ("x = k > 0", "Mask does not compare"), ("x = k == 1", "Mask does not compare"),
    ("x = k < k", "== or !="),
    ("x = m & k", "joins masks"), ("x = m & 4", "whole numbers"), ("x = yes + 1", "does not apply"),
    ("x = 1 = 2", "a == b"), ("x = 1 and 2", "a & b"), ("x = not yes", "!a"), ("x = 1 or 2", "a | b"),
    ("x = 3 +", "a value is missing"), ("x = ((1)", "not closed"), ("x = 'a", "not closed"),
    ("x = 1e400", "too large"),
    ("x = m + s[1][1:3, 1:3]", "equal shapes"), ("x = 3 {", "not understood"),
    ("x = 5px", "units are not written"),
  ]) func refuses(script: String, part: String) throws { try RuleRun.refuse(script, part) }

  /// Bits of data quality, exact whole numbers and double precision in images.
  @Test func imagesOfWholeNumbersKeepThem() throws {
    let folder = try ScratchFolder()
    let run = try ScriptRun()
    let file = folder.file("dq.fits")
    try run.run(
      """
      m = median (simulate nx=20 ny=20 seed=1)
      y = m * 0; y[3, 4] = 4096; y[5, 6] = 6; y[7, 8] = 16777217
      save y '\(file)' bitpix=32
      dq = load '\(file)'
      x = countflagged((dq & 4096) > 0); z = dq[7, 8]; w = (dq + 1)[7, 8]; v = (dq | 1)[5, 6]
      u = countflagged(dq == 16777217)
      """)
    #expect(run.number("x") == 1 && run.number("v") == 7 && run.number("u") == 1)
    // float32 would end at 16777216.
    #expect(run.number("z") == 16_777_217 && run.number("w") == 16_777_218)
    try run.run("a = y * 0 + 2459000.5; save a '\(folder.file("a.fits"))' bitpix=-64")
    try run.run("b = load '\(folder.file("a.fits"))'; c = b + 0.123; x = c[2, 2] - 2459000")
    #expect(abs((run.number("x") ?? 0) - 0.623) < 1e-6)
  }
}
