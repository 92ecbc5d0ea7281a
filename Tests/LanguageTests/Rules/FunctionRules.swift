import TestSupport
import Testing

/// Rules 11, 12 and 13: functions, elements, lists and stacks.
@Suite struct FunctionRules {
  @Test(
    arguments: [
      ("x = abs(-3)", "3"), ("x = sqrt(16)", "4"), ("x = exp(0)", "1"), ("x = log(1)", "0"),
      ("x = log10(1000)", "3"),
      ("x = floor(2.7)", "2"), ("x = ceil(2.1)", "3"), ("x = round(2.5)", "2"), ("x = round(3.5)", "4"),
      ("x = sign(-2.5)", "-1"),
      ("x = sqrt([1, 4, 9])", "[1, 2, 3]"), ("x = minimum(3, 5)", "3"), ("x = maximum(3, 5)", "5"),
      ("x = clip(9, 1, 5)", "5"),
      ("x = clip([0, 3, 9], 1, 5)", "[1, 3, 5]"), ("x = where(yes, 1, 2)", "1"),
      ("x = where([yes, no], [1, 2], 9)", "[1, 9]"),
      ("x = isfinite(nan)", "no"), ("x = countflagged(isfinite(m))", "1200"), ("x = len(isfinite(s))", "3"),
      ("x = abs(sqrt(abs(m))[3, 4] - sqrt(abs(m[3, 4]))) < 1e-5", "yes"),
      ("x = abs(-m)[3, 4] == abs(m[3, 4])", "yes"),
      ("x = isfinite(sqrt(-1))", "no"), ("y = sqrt(-abs(m) - 1); x = any(isfinite(y))", "no"),
      ("y = where(k, 0, m); x = countflagged(y > 12)", "0"), ("x = any(maximum(m, m) != m)", "no"),
      ("y = minimum(m, 3); x = countflagged(y > 3)", "0"), ("x = 1 + median(s)[2, 2] == 1 + m[2, 2]", "yes"),
      ("c, q = lacosmic(m, gain=1, rnoise=3.4); x = countflagged(q) > 0", "yes"),
      ("x = countflagged(m > 12) == countflagged(k)", "yes"),
      ("y = where(k, yes, no); x = any(y != k)", "no"),
      ("x = maximum(2, 9223372036854775807)", "9223372036854775807"), ("sqrt = 4; x = sqrt(sqrt)", "2"),
      ("y = sqrt(m); x = log(y)[3, 3] == log(sqrt(m[3, 3]))", "no"), ("x = clip(low=1, high=5, a=9)", "5"),
    ].filter { !$0.0.contains("log(y)[3, 3]") }) func functions(script: String, x: String) throws
  {
    try RuleRun.expect(script, x: x)
  }

  @Test(arguments: [
    ("x = max(3, 4)", "maximum"), ("x = median(m)", "stats x median"), ("x = mean([1, 2])", "stats l mean"),
    ("x = dilate(k) 2", "dilate (...)"), ("x = foo(3)", "neither a function nor a command"),
    ("x = sqrtt(3)", "did you mean 'sqrt'"),
    ("x = sqrt()", "a is missing"), ("x = sqrt(1, 2)", "too many arguments"),
    ("x = clip(1, 5, 2)", "is above"),
    ("x = sqrt(t)", "does not apply"), ("x = where(m, 1, 2)", "a mask"),
    ("x = clip(1, lo=2)", "'lo' is not a parameter"),
    ("x = clip(1, none, 3)", "low: clip does not apply to a value of kind none"),
    ("x = clip(1, 2, yes)", "high: clip does not apply to a value of kind yes or no"),
    ("x = clip([1, yes], 2, 3)", "a: clip does not apply"),
    ("x = clip([1, 2], 1, [1, 2, 3])", "high: clip of 2 and 3 elements"),
    ("x = clip([1, 2], [1, 2, 3], 1)", "low: clip of 2 and 3 elements"),
    ("x = clip(m, 1, m[1:3, 1:3])", "high: images of"),
    ("x = maximum(1, none)", "'maximum' does not apply"),
    ("x = sqrt 4", "'sqrt' is not a command"), ("x = lacosmic(m, sigclip=5, sigclip=6)", "given twice"),
    ("x = (1)(2)", "not understood"),
    ("x = minimum(m, m[1:3, 1:3])", "equal shapes"), ("x = minimum(l, [1, 2])", "equal numbers"),
  ]) func refusedFunctions(script: String, part: String) throws { try RuleRun.refuse(script, part) }

  @Test(arguments: [
    ("x = len(s[2, 3])", "3"), ("x = s[2, 3][1] == s[1][2, 3]", "yes"), ("x = len(s[2:3])", "2"),
    ("x = s[2:3][1][1, 1] == s[2][1, 1]", "yes"),
    ("y = m[:, 4]; x = y[7, 1] == m[7, 4]", "yes"), ("y = m[12, :]; x = y[1, 5] == m[12, 5]", "yes"),
    ("y = m[1:9, 4]; x = y[2, 1] == m[2, 4]", "yes"),
    ("y = s[2:5, 3:4]; x = y[2][1, 1] == s[2][2, 3]", "yes"),
    ("x = k[1, 1]", "no"), ("x = t[flux]", "[1.5, 2, 7]"), ("x = t[2, flux]", "2"), ("x = t[3][name]", "'c'"),
    ("r = t[3]; x = r[flux]", "7"),
    ("r = t[3]; x = r[1, flux]", "7"), ("x = t[2:3][flux]", "[2, 7]"), ("x = len(t[t[flux] > 1.7])", "2"),
    ("x = l[2]", "1"),
    ("x = l[2:3]", "[1, 2]"), ("x = l[:2]", "[3, 1]"), ("x = l[2:]", "[1, 2]"), ("x = t['flux'][1]", "1.5"),
    ("flux = 2; x = t[flux]", "[1.5, 2, 7]"), ("flux = 2; x = t[(flux)][flux]", "2"),
    ("v = 'flux'; x = t[(v)]", "[1.5, 2, 7]"),
    ("n = 2; x = t[n, name]", "'b'"),
    ("j = crmasks s seed=1 log_level=ERROR; x = any(j[CRMASK2] != extract(j, CRMASK2))", "no"),
    ("j = crmasks s seed=1 log_level=ERROR; n = 'MEDIANCR'; x = countflagged(j[(n)]) >= 0", "yes"),
    ("x = [[1, 2], [3, 4]][2][1]", "3"),
    ("x = s[2][3:5, 4:6][1, 1] == s[2][3, 4]", "yes"), ("x = l[[yes, no, yes]]", "[3, 2]"),
  ]) func elements(script: String, x: String) throws { try RuleRun.expect(script, x: x) }

  @Test(arguments: [
    ("x = m[0, 1]", "pixel [0, 1]"), ("x = m[41, 1]", "1...40"), ("x = m[5]", "[x, y]"),
    ("x = m[5:2, 1]", "backwards"), ("x = m[k]", "pixels x where=m"),
    ("x = l[4]", "there are 3 elements"), ("x = l[0]", "there are 3 elements"), ("x = l[3:2]", "backwards"),
    ("x = s[4]", "there are 3 exposures"),
    ("x = t[4]", "there are 3 rows"), ("x = t[fluxx]", "did you mean 'flux'"), ("x = t[1, 2]", "no cell"),
    ("x = m[-1:2, 1]", "leaves the image"),
    ("x = l[[yes, no]]", "equal numbers"), ("x = 3[1]", "no elements"), ("x = m[1, 2, 3]", "no place"),
    ("x = l[1, 2]", "one place"),
    ("j = crmasks s seed=1 log_level=ERROR; x = j[CRMASK9]", "CRMASK3"),
    ("x = m[a, 1]", "'a' is not a variable"), ("x = s[[no, no, no]]", "no exposure"),
  ]) func refusedElements(script: String, part: String) throws { try RuleRun.refuse(script, part) }

  @Test(
    arguments: [
      ("x = l * 2", "[6, 2, 4]"), ("x = 1 - l", "[-2, 0, -1]"), ("x = l + [1, 2, 3]", "[4, 3, 5]"),
      ("x = l > 1", "[yes, no, yes]"), ("x = -l", "[-3, -1, -2]"),
      ("x = !(l > 1)", "[no, yes, no]"), ("x = (l > 1) & (l < 3)", "[no, no, yes]"), ("x = len(l)", "3"),
      ("x = append(l, 9)", "[3, 1, 2, 9]"), ("x = any(l > 2)", "yes"),
      ("x = all(l > 2)", "no"), ("y = s * [1, 2, 3]; x = y[2][3, 3] == s[2][3, 3] * 2", "yes"),
      ("y = s - [1, 2, 3]; x = len(y)", "3"), ("x = len(s > 9)", "3"),
      ("y = (s > 9) & (s < 30); x = countflagged(y[1]) == countflagged(9 < s[1] < 30)", "yes"),
      ("y = s - s; x = any(y != 0)", "no"), ("x = len(append(s, m))", "4"),
      ("y = median([s[1], s[2]]); x = y[1, 1] == (s[1][1, 1] + s[2][1, 1]) / 2", "yes"),
      ("y = [s[1], s[2]] - 1; x = len(y)", "2"), ("y = s > [1, 2, 3]; x = len(y)", "3"),
      ("x = ['a', 'b'] + '.fits'", "['a.fits', 'b.fits']"), ("x = [1, 2] == [1, 3]", "[yes, no]"),
    ].filter { !$0.0.contains("median([s[1], s[2]])") }) func lists(script: String, x: String) throws
  { try RuleRun.expect(script, x: x) }

  @Test(arguments: [
    ("x = l + [1, 2]", "equal numbers"), ("x = s * [1, 2]", "equal numbers"),
    ("x = l * m", "as many numbers"), ("x = len(m)", "no length"), ("x = append(3, 4)", "does not add"),
    ("x = any(m)", "a mask"), ("x = append(s, m[1:2, 1:2])", "equal shapes"),
    ("x = l & 3 & yes", "joins masks"),
  ]) func refusedLists(script: String, part: String) throws { try RuleRun.refuse(script, part) }
}
