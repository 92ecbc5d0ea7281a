import TestSupport
import Testing

/// Rule 20: help, undo and what ends a line.
@Suite struct PromptRules {
  @Test func undoTellsWhatItDid() throws {
    let run = try ScriptRun()
    for statement in ["w = 1", "w = 2", "3", "undo"] { try run.run(statement) }
    #expect(run.lines.all.last == "undone: w (2 -> 1)")
    try run.run("redo")
    #expect(run.lines.all.last == "redone: w (1 -> 2)")
    try run.run("undo; undo")
    #expect(run.lines.all.last == "undone: w (1 -> not there)")
    #expect(run.error("undo")?.description.contains("nothing to undo") == true)
  }

  /// A whole loop, choice, call or script is one step.
  @Test func aStatementIsOneStep() throws {
    let folder = try ScratchFolder()
    let script = try folder.write("a = 1\nb = 2\na = 3\n", "t.crs")
    let run = try ScriptRun()
    for statement in [
      "x = 0", "for i in 1:4; x += i; end", "if yes; p = 1; q = 2; end", "source '\(script)'", "time z = 5",
    ] { try run.run(statement) }
    #expect(run.number("a") == 3 && run.number("z") == 5)
    try run.run("undo")
    #expect(run.session["z"] == nil)
    try run.run("undo")
    #expect(run.session["a"] == nil && run.session["b"] == nil && run.number("q") == 2)
    try run.run("undo")
    #expect(run.session["p"] == nil && run.number("x") == 10)
    try run.run("undo")
    #expect(run.number("x") == 0 && run.session["i"] == nil)
    try run.run("redo")
    #expect(run.number("x") == 10 && run.number("i") == 4)
  }

  @Test func undoInsideAStep() throws {
    let folder = try ScratchFolder()
    let script = try folder.write("a = 1\nb = 2\nundo\nundo\nundo\nc = 3\nd = 4\n", "t.crs")
    let run = try ScriptRun()
    for statement in ["x = 1", "y = 2", "source '\(script)'"] { try run.run(statement) }
    #expect(run.session.names == ["c", "d", "x"])
    try run.run("undo")
    #expect(run.session.names == ["x"])
  }

  /// A final `\\` continues the line wherever a blank could stand, also behind a word and before blanks.
  @Test(arguments: [
    "print 'a'\\\n 'b'", "print a\\\nb", "print a \\  \n  b", "print a b\\", "print\\\na b",
    "print \\\n a\\\n b\n",
    "for w in a b\\\n  \nx = w\nend\nprint a x", "print ('a'\\\n+ ' b')",
  ]) func aFinalBackslashContinues(text: String) throws {
    let run = try ScriptRun()
    try run.run("a = 'a'; b = 'b'\n" + text)
    #expect(run.lines.all.last == "a b", "\(run.lines.all)")
  }

  @Test func aFinalBackslashOfTheSystemsShell() throws {
    let run = try ScriptRun()
    try run.run("!ls a\\\n b\nx = 1\n!echo \\\\\ny = 2")
    #expect(run.lines.all.contains("! ls a\\\n b") && run.lines.all.contains("! echo \\\\"))
    #expect(run.number("x") == 1 && run.number("y") == 2)
  }

  @Test func whatGoesOnAndWhatDoesNot() throws {
    let run = try ScriptRun()
    for text in [
      "for f in 1:3", "if yes", "x = (1 +", "x = [1,", "x = 1 \\", "def f a", "x = f(1,", "if yes\nelse",
      "m[1:2,", "print abc\\", "print 1 \\  ", "x = (1 + 2)\\", "!ls \\", "for i in 1:3\\", "x = \\",
    ] {
      #expect(run.interpreter.isUnfinished(text), "\(text)")
    }
    for text in [
      "x = 1 +", "x = 'a", "it's", "for f", "if", "x =", "def", "for f in", "x = \"a", "a, b",
      "for f in 1:3\nx = = 1", "x = (1]", "x = 1 # \\", "print 'a\\", "!ls \\\\", "x = = 1 \\",
    ] { #expect(!run.interpreter.isUnfinished(text), "\(text)") }
  }

  @Test func aWordWithAQuestionMarkIsHelp() throws {
    let run = try ScriptRun()
    try run.run("v = 3; lacosmic?")
    #expect(run.lines.all.contains { $0.contains("lacosmic IMAGE") })
    for text in ["?dilate", "? dilate", "dilate ?"].prefix(2) {
      let before = run.lines.all.count
      try run.run(text)
      #expect(run.lines.all.dropFirst(before).contains { $0.contains("dilate MASK") }, "\(text)")
    }
    try run.run("v?")
    #expect(run.lines.all.last == "3")
    for text in ["lacosmic??", "??lacosmic", "?lacosmic?"] {
      let before = run.lines.all.count
      try run.run(text)
      #expect(run.lines.all.dropFirst(before).contains { $0.contains("lacosmic IMAGE") }, "\(text)")
    }
    // In full: the script that makes a variable, the text of a definition.
    try run.run("v??")
    #expect(run.lines.all.suffix(2) == ["3", "v = 3"])
    try run.run("def own a\n  # Adds one\n  return a + 1\nend\nown??")
    #expect(run.lines.all.last?.contains("# Adds one") == true)
    for (text, part) in [
      ("sqrt?", "square root"), ("if?", "else if"), ("help for", "1:5"), ("help language", "statement"),
      ("help functions", "clip(a, low, high)"),
      ("help operators", "**"), ("def?", "return"), ("help keywords", "next"),
      ("help clip", "between two limits"),
    ] {
      let before = run.lines.all.count
      try run.run(text)
      #expect(run.lines.all.dropFirst(before).contains { $0.contains(part) }, "\(text)")
    }
  }

  @Test(arguments: [
    ("q", "exit or Ctrl-D leaves"), ("bye", "exit or Ctrl-D leaves"),
    (":q", "exit or Ctrl-D leaves"), ("ls", "!ls"), ("pwd", "!pwd"),
    ("ls -l", "!ls"), ("ll", "!ls -l"), ("crs> a = 1", "crs>"),
    ("sqrt (4)", "no blank before (: sqrt(...)"), ("x = sqrt (4)", "sqrt(...)"), ("sqrt 4", "sqrt(a)"),
    ("del v", "drop NAME"), ("whos", "vars lists"), ("who", "vars lists"), ("%whos", "vars lists"),
    ("import numpy as np", "nothing is imported"), ("from astropy.io import fits", "nothing is imported"),
    ("np.median(v)", "stats x median"), ("np.sqrt(v)", "sqrt(a)"), ("np.pi", "(pi)"), ("type(v)", "info x"),
    ("dir()", "vars"), ("%timeit v + 1", "time STATEMENT"), ("%run a.py", "source FILE.crs"),
    ("v = 3; v.mean()", "stats v mean"), ("v = 3; v.max()", "stats v max"), ("v = 3; v.shape", "info v nx"),
    ("v = 3; v.header", "header v KEYWORD"), ("v = 3; v.sort()", "sort l"), ("str(3)", "\"$x\""),
    ("sum([1])", "stats x sum"),
    ("zip([1], [2])", "for i in 1:n"), ("plt.imshow(v)", "show x"), ("fits.open('a.fits')", "load FILE"),
    ("print 1, 2", "blanks part"), ("v = 3; v if 2 > 1 else 4", "where(mask, a, b)"),
    ("if 3 > 2: print 1", "no colon"), ("def f(x): return x", "def NAME x"),
    ("a, b = 1, 2", "[a, b] is a list"),
    ("f\"{v}\"", "fill values in"), ("3 is 4", "a == b"),
    ("3 in [3]", "any(l == a)"),
    ("v = 3; v.shape[0]", "info v nx"), ("v = 3; print v.shape", "info v nx"),
    ("v = 3; stats v.mean", "stats v mean"),
    ("k = 3; ~k", "!k"), ("break", "next goes"), ("lambda x: x", "def NAME"),
  ]) func wordsOfOtherShells(text: String, part: String) throws {
    let run = try ScriptRun()
    #expect(
      run.error(text)?.description.contains(part) == true, "\(text): \(run.error(text)?.description ?? "")")
  }

  @Test func exitLeavesInBothForms() throws {
    for text in ["exit()", "exit", "exit(3)", "exit 3"] {
      let run = try ScriptRun()
      try run.run(text + "; x = 1")
      #expect(run.session.isOver && run.session["x"] == nil, "\(text)")
    }
  }

  @Test func errorsThatWerePassedOverAreCounted() throws {
    let run = try ScriptRun()
    try run.run("set on_error=continue\nfor f in 1 2; x = nothere; end\ny = nothere\nz = 3")
    #expect(run.session.passedOver.count == 3 && run.number("z") == 3)
  }
}
