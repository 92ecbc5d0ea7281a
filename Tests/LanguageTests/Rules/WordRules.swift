import Foundation
import TestSupport
import Testing

/// Rules 3, 4 and 5: arguments, words, files and brackets.
@Suite struct WordRules {
  @Test(arguments: [
    ("n = 2; y = dilate k n; x = countflagged(y) > countflagged(k)", "yes"),
    ("n = 2; y = dilate k size=(n - 1); x = countflagged(y) == countflagged(dilate(k))", "yes"),
    ("x = len([1, (2 + 3), l[1], sqrt(4)])", "4"), ("y = shift s[1] -1 0; x = y[2, 3] == s[1][3, 3]", "yes"),
    ("y = dilate maximum(k, k) 1; x = countflagged(y) == countflagged(dilate(k))", "yes"),
    ("i = 1; x = s[i + 1][2, 2] == s[2][2, 2]", "yes"),
    ("c = 5; y = m[c-2:c+2, c]; x = y[3, 1] == m[5, 5]", "yes"),
    ("x = l[l > 1]", "[3, 2]"), ("c = 9; a, b = fluxfactor s regions=[c-8:c+8, 1:20]; x = len(a)", "3"),
    ("x = (m[3:9, 2:5])[2, 2] == m[4, 3]", "yes"), ("x = m[3, 9, 2, 5][1, 1] == m[3, 2]", "yes"),
    ("x = combine(s, method=median)[1, 1] == m[1, 1]", "yes"),
    ("x = (combine s method=median)[1, 1] == m[1, 1]", "yes"),
    ("x = combine([s[1], s[2], s[3]], method='median')[1, 1] == m[1, 1]", "yes"), ("x = 'a:b'", "'a:b'"),
    ("x = len(['a:b'])", "1"), ("t = addrow t '-' 5; x = t[4, name]", "'-'"), ("x = -0.0", "-0.0"),
    ("history x = 3; x = 1", "1"),
    ("x = [-0.0, 0.0, 0]", "[-0.0, 0, 0]"), ("x = (1:3)", "[1, 2, 3]"),
    ("r = [1:9, 2:5]; x = m[1:9, 2:5][2, 2] == m[2, 3]", "yes"),
    ("r = [1:9, 2:5]; x = stats(m, pixels, region=r)", "36"),
    ("n = 4; r = [n-3:n, 1:2]; x = stats(m, pixels, region=r)", "8"),
  ]) func allows(script: String, x: String) throws { try RuleRun.expect(script, x: x) }

  @Test(arguments: [
    ("n = 1; x = shift m n+1 0", "(n+1)"), ("n = 1; x = shift m n*2 0", "(n*2)"),
    ("n = 1; x = dilate k n>5", "(n>5)"),
    ("x = dilate k 1+1", "(1+1)"), ("x = dilate (k)+1", "operators need parentheses"),
    ("x = dilate k l[1]+1", "operators need parentheses"), ("x = [a, b]", "quotes make a text of it"),
    ("x = [fluxx]", "'fluxx' is not a variable"), ("x = l + a", "'a' is not a variable"),
    ("x = dilate kk", "did you mean 'k'"),
    ("x = copy hello", "quotes"), ("x = m[1:2:3, 4]", "no steps"),
    ("x = load nosuch*.fits", "no file matches"),
    ("x = image(1).fits", "quotes"), ("x = l [1]", "without a blank"), ("x = m[1.5, 2]", "is no place"),
    ("x = m[1:2.5, 2]", "no end of a section"), ("x = load image(1).fits", "quotes"),
    ("print m - l", "operators need parentheses: (m - l)"), ("x = median s - 5", "(median s) - 5"),
    ("x = median s -5", "(median s) - 5"), ("x = stats m median - 5", "(stats m median) - 5"),
    ("x = median s > 5", "(median s) > 5"),
    ("x = median s * 2", "(median s) * 2"), ("newtable a + b", "'+' is no value"),
    ("t = addrow t 1 - 5", "'-' is no value"), ("print 2 * mean s", "(2 * (mean s))"),
    ("n = 3; print n -n", "(-n)"), ("n = 3; print n = 3", "(n == 3)"), ("x = [l + 1]", "[(a + b), c]"),
    ("x = (m > median s)", "needs parentheses: (median s)"), ("print (2 * mean s)", "(mean s)"),
    ("x = [1, median s]", "(median s)"), ("x = l[1] + stats m median", "(stats m median)"),
    ("if l[1] > stats m median; x = 1; end", "(stats m median)"),
    ("x = m[stats m median, 1]", "(stats m median)"),
    ("x = sqrt(2 * mean s)", "(mean s)"), ("header m EXPTIME ext=7", "has no effect"),
    ("header m default=3", "has no effect"), ("history overwrite=yes", "has no effect"),
    ("history word overwrite=yes", "has no effect"),
    ("x = [1:3]", "(1:3) is the list"), ("n = 3; x = [1:n]", "(1:n) is the list"),
    ("x = [1, 2:4]", "neither a list nor a section"),
    ("x = [:, 1:9]", "all ends are written"), ("x = [1:9, 4]", "neither"),
    ("print [1:3]", "(1:3) is the list"),
    ("x = append(l, [1:3])", "(1:3)"), ("t = addrow t [1:3] 2", "(1:3)"), ("x = [1:3] + 1", "(1:3)"),
    ("x = [1:9:2]", "(1:9:2) is a list"),
    ("x = 1:3", "a range stands in parentheses"), ("stats m region=[1:9]", "[x1:x2, y1:y2]"),
  ]) func refuses(script: String, part: String) throws { try RuleRun.refuse(script, part) }

  @Test func globsAreOrderedAndStackedAndFilled() throws {
    let folder = try ScratchFolder()
    let run = try ScriptRun()
    try run.run("s = simulate nx=20 ny=20 seed=1; d = '\(folder.path)'")
    for number in [1, 2, 10, 11] { try run.run("n = \(number); y = s[1] * n; save y \"${d}/n_${n}.fits\"") }
    #expect(folder.names == ["n_1.fits", "n_10.fits", "n_11.fits", "n_2.fits"])
    try run.run("a = load $d/n_*.fits; x = a[2][3, 3] / s[1][3, 3]")
    #expect(run.number("x") == 2)
    // A glob, a list of files and a list of names are a stack where one is wanted.
    try run.run(
      "b = median $d/n_*.fits; c = median [$d/n_1.fits, $d/n_2.fits]; e = load [$d/n_?.fits]; x = len(e)")
    #expect(run.number("x") == 2)
    try run.run("n = 1; f = load \"$d/n_${n}0.fits\"; x = round(f[3, 3] / s[1][3, 3])")
    #expect(run.number("x") == 10)
    try run.run(
      "x = (load \"$d/n_2.fits\")[3, 3]; y = (\"$d/n_2.fits\" - \"$d/n_1.fits\")[3, 3]; z = \"$d/n_1.fits\" * 2"
    )
    #expect(run.session["z"]?.value.kindName == "Image")
    for name in ["a", "b", "c", "e", "f", "z"] {
      let again = try ScriptRun()
      try again.run(try run.session.provenance(of: name).joined(separator: "\n"))
      #expect(
        ValueEquality.areEqual(run.session[name]?.value, again.session[name]?.value), "\(name)")
    }
  }
}
