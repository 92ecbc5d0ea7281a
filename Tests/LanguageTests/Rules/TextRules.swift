import TestSupport
import Testing

/// Rule 18: texts with values in them.
@Suite struct TextRules {
  @Test(arguments: [
    ("n = 3; x = \"a${n}b\"", "'a3b'"), ("n = 3; x = \"a$n b\"", "'a3 b'"), ("n = 3; x = 'a$n'", "'a$n'"),
    ("n = 3; x = \"${n:03d}\"", "'003'"),
    ("v = 2.345; x = \"${v:.2f}\"", "'2.35'"), ("v = 2.5; x = \"${v:8.2f}|\"", "'    2.50|'"),
    ("n = 5; x = \"${n:+d}\"", "'+5'"), ("w = 'ab'; x = \"${w:>4}\"", "'  ab'"),
    ("v = 12345.678; x = \"${v:.3e}\"", "'1.235e+04'"), ("v = 0.25; x = \"${v:.0%}\"", "'25%'"),
    ("x = \"a\\\"b\\\\c\\$d\"", "'a\"b\\c$d'"),
    ("n = 3; x = $n + 1", "4"), ("f = yes; x = \"$f\"", "'yes'"), ("x = 'a' + 'b' + 'c'", "'abc'"),
    ("x = stem('R/a_1.fits.gz')", "'a_1'"), ("x = folder('R/a.fits')", "'R'"),
    ("x = folder('a.fits')", "'.'"), ("x = split('a,b,c', ',')", "['a', 'b', 'c']"),
    ("x = join(['a', 2, yes], '-')", "'a-2-yes'"), ("x = replace('a_1_1', '_1', '')", "'a'"),
    ("x = number('42') + 1", "43"), ("x = number(' 1.5 ')", "1.5"), ("x = len('abc')", "3"),
    ("x = stem(['a.fits', 'b.fits'])", "['a', 'b']"),
    ("n = 2; x = replacetext a_$n.fits _2 _3", "'a_3.fits'"), ("x = \"it's\"", "\"it's\""),
    ("x = \"$ 5\"", "'$ 5'"), ("x = \"a\tb\"", "'a\tb'"), ("x = \"a\\nb\"", "'a\nb'"),
    ("x = 'a\\tb'", "'a\\tb'"),
    ("x = \"\\\\t\"", "'\\t'"), ("n = 7; x = \"${n:5}\"", "'    7'"),
    ("x = 'a\nb'", "'a\nb'"), ("v = 1.0; x = \"$v\"", "'1'"), ("n = 3; l2 = [\"a$n\"]; x = l2[1]", "'a3'"),
  ]) func allows(script: String, x: String) throws { try RuleRun.expect(script, x: x) }

  @Test(
    arguments: [
      ("x = \"$nothere\"", "$nothere is not given"), ("x = \"$m\"", "Image"), ("x = \"${l}\"", "list"),
      ("n = 3; x = \"${n:zz}\"", "does not fit"),
      ("v = 2.5; x = \"${v:d}\"", "does not fit"), ("w = 'a'; x = \"${w:.2f}\"", "does not fit"),
      ("x = number('a')", "not a number"), ("x = split('a', '')", "separator"),
      ("x = join(3, ',')", "a list"), ("x = stem(3)", "a text"), ("x = 'a' * 2", "names no file"),
      ("x = \"${n\"", "not closed"), ("x = \"a\\tb\"", "a tab can be typed"),
      ("x = \"\\d+\"", "single quotes"),
      ("x = \"it\\'s\"", "' needs no \\"), ("x = \"C:\\temp\"", "a tab"),
      ("load \"a\\ b.fits\"", "means nothing"), ("x = \"a\\\nb\"", "the end of a line"),
    ]) func refuses(script: String, part: String) throws
  { try RuleRun.refuse(script, part) }

  /// A name in parentheses was taken as it stands, `$(f).fits` for a file.
  @Test(arguments: [
    ("f = 'a'; x = \"d_$(f).fits\"", "'$(' fills nothing in"), ("x = --5", ""),
    ("print --5", "--5 has several signs and is no number, expected 5 or -5"),
    ("print -+5", "several signs"), ("print --1.5", "several signs"), ("print ++1e3", "several signs"),
    ("print 99999999999999999999", "is too large"), ("print -99999999999999999999", "is too large"),
  ]) func whatOnlyLooksRight(text: String, part: String) throws {
    let run = try ScriptRun()
    let error = run.error(text)
    #expect(part.isEmpty == (error == nil), "\(text): \(error?.description ?? "")")
    #expect(error?.description.contains(part) ?? true, "\(text): \(error?.description ?? "")")
  }

  @Test func parenthesesBehindADollarCanBeWritten() throws {
    let run = try ScriptRun()
    try run.run("x = \"\\$(f)\"; y = '$(f)'")
    #expect(run.session["x"]?.value.literal == "'$(f)'" && run.session["y"]?.value.literal == "'$(f)'")
    let again = try ScriptRun()
    try again.run(run.session.script.joined(separator: "\n"))
    #expect(again.session["x"]?.value.literal == "'$(f)'")
  }

  /// The record holds the finished text, which is not filled in again.
  @Test func theRecordHoldsFinishedTexts() throws {
    let run = try ScriptRun()
    try run.run("n = 3; w = '$n'; x = \"$w and it's\"; y = \"v$n\"")
    #expect(run.session.script == ["n = 3", "w = '$n'", "x = \"\\$n and it's\"", "y = 'v3'"])
    let again = try ScriptRun()
    try again.run(run.session.script.joined(separator: "\n"))
    #expect(again.session["x"]?.value.literal == run.session["x"]?.value.literal)
  }

  /// Lines for the system's shell: values are one word each, what is not ours is left to the shell.
  @Test func shellLinesTakeValues() throws {
    let run = try ScriptRun()
    run.interpreter.arguments = ["1": "it's"]
    try run.run("f = 'a b.fits'; n = 2\n!ls $f \"$f\" '$f' ${n} $HOME $(date) $1")
    #expect(run.lines.all.last == "! ls 'a b.fits' \"a b.fits\" '$f' '2' $HOME $(date) 'it'\\''s'")
    #expect(run.session.script.last?.hasPrefix("# !ls") == true)
  }

  @Test func manyValuesInOneTextTakeTimeInProportion() throws {
    let run = try ScriptRun()
    let start = ContinuousClock.now
    try run.run("a = 1; t = \"" + String(repeating: "${a}", count: 20_000) + "\"")
    #expect(ContinuousClock.now - start < .seconds(2))
    #expect(run.session["t"]?.value.text?.utf8.count == 20_000)
  }

  /// What steers a terminal is written by its number wherever a text is written as a value, and read back.
  @Test func controlCharactersAreWrittenByTheirNumbers() throws {
    let run = try ScriptRun()
    try run.run(#"a = "x\x1b[31m\u{202e}"; b = 'x\x1b'; c = "\x41\\x41$a"; l = [a, 1]"#)
    let text = "x\u{1B}[31m\u{202E}"
    #expect(run.session["a"]?.value.text == text && run.session["b"]?.value.text == #"x\x1b"#)
    #expect(run.session["c"]?.value.text == #"A\x41"# + text)
    #expect(run.session["a"]?.value.literal == #""x\x1b[31m\u{202e}""#)
    #expect(run.session["l"]?.value.literal == #"["x\x1b[31m\u{202e}", 1]"#)
    let again = try ScriptRun()
    try again.run(run.session.script.joined(separator: "\n"))
    for name in ["a", "b", "c", "l"] {
      #expect(again.session[name]?.value.literal == run.session[name]?.value.literal, "\(run.session.script)")
    }
    let before = run.lines.all.count
    try run.run("provenance c")
    let printed = run.lines.all.dropFirst(before).joined(separator: "\n")
    try again.run("c = 1\n" + printed)
    #expect(again.session["c"]?.value.text == #"A\x41"# + text, "\(printed)")
    for text in [#"x = "\x1""#, #"x = "\xg1""#, #"x = "\u{110000}""#, #"x = "\u1b""#] {
      #expect(run.error(text)?.message.contains("means nothing") == true, "\(text)")
    }
  }
}
