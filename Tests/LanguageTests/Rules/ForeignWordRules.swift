import TestSupport
import Testing

/// What people write who come from other languages: an error that tells the way, wherever it stands.
@Suite struct ForeignWordRules {
  @Test(arguments: [
    ("if 1 > 2\nprint 'a'\nelif 2 > 1\nprint 'b'\nend", "else if CONDITION"),
    ("if no; x = 1; elif yes; x = 2; else; x = 3; end", "else if CONDITION"),
    ("if no\nx = 1\nelsif yes\nx = 2\nend", "else if CONDITION"),
    ("if yes\nx = 1\nelse\nelseif yes\nx = 2\nend", "else if CONDITION"),
    ("if no\nwhile i < 5\nend\nend", "for NAME in 1:n"),
    ("for i in 1:3 {\nprint i\n}", "blocks go from"), ("for i in 1:3{\nprint i\nend", "blocks go from"),
    ("if yes {\nx = 1\n}", "blocks go from"), ("if 2 == 2 {\nx = 1\nend", "blocks go from"),
    ("if yes\nx = 1\n} else {\nx = 2\nend", "blocks go from"),
    ("i = 1; i //= 2", "i = i // ..."), ("i = 1; i %= 2", "i = i % ..."), ("i = 1; i **= 2", "i = i ** ..."),
    ("i = 1\ni++\n", "i += 1"), ("i = 1\ni--\n", "i -= 1"), ("time\nx = 1", "a statement is missing"),
    ("!(m > 5)", "(!(m > 5))"), ("!k", "(!k)"), ("!k & k", "(!k & k)"),
    ("'a' * 3", "names no file"), ("'a' + 1", "+ joins texts"), ("m[3, 3] = 'x'", "names no file"),
    ("n = 3; def f a b=n; return a; end", "defaults are literals"),
    ("def f a b=a; return a; end", "defaults are literals"),
    ("t[flux > 3]", "t[flux]"), ("print 3 > 2", "(3 > 2)"), ("print 'a' * 3", "('a' * 3)"),
    ("m.shape", "info m nx"), ("m.mean", "stats m mean"), ("load n_[12].fits", "globs know * and ?"),
    ("dilate hello", "expected a Mask"), ("median m", "stats x median"), ("median(m)", "stats x median"),
    ("In [1]: x = 3", "prompt of Python"), (">>> x = 3", "prompt of Python"),
    ("stats [] mean", "the list is empty"),
  ]) func areTold(script: String, part: String) throws { try RuleRun.refuse(script, part) }

  @Test(arguments: [
    // Names are free where they are names.
    ("elif = 3; x = elif + 1", "4"), ("while = 2; x = while", "2"), ("quit = 1; x = quit", "1"),
    ("n = 3; def f a b='n'; return b; end; x = f 1", "'n'"), ("def f a b=yes; return b; end; x = f 1", "yes"),
    ("n = 3; def f a b=[1, 2]; return b; end; x = f 1", "[1, 2]"),
    ("_ = median s; x = any(_ != m)", "no"),
    ("x = header m NOSUCH default=none; x = x == none", "yes"),
    ("x = header s EXPTIME", "[1200, 1200, 1200]"),
    ("x = header m NOSUCH default=3", "3"),
  ]) func stayWhatTheyAre(script: String, x: String) throws { try RuleRun.expect(script, x: x) }

  @Test func everyWayOutLeaves() throws {
    for text in ["quit", "quit()", "exit()", "quit 3", "exit"] {
      let run = try ScriptRun()
      try run.run(text + "; x = 1")
      #expect(run.session.isOver && run.session["x"] == nil, "\(text)")
    }
  }

  @Test func theLastResultIsShown() throws {
    let run = try ScriptRun()
    try run.run("_ = 3\n_")
    #expect(run.lines.all.last == "3")
    try run.run("print 'a'\n_")
    #expect(run.lines.all.last == "3")
  }

  @Test func rowsShowTheirCells() throws {
    let run = try ScriptRun()
    try run.run("t = newtable name flux good; t = addrow t 'a' 1.5 yes\nfor r in t; print r; end")
    #expect(run.lines.all.last == "name a, flux 1.5, good yes")
    try run.run("print 'all:' t")
    #expect(run.lines.all.suffix(3).first == "all:" && run.lines.all.last == "a      1.5  yes")
  }

  @Test func whatIsNotCountedIsTold() throws {
    let run = try ScriptRun()
    try run.run(RuleRun.values + "x = stats m median where=(m > 1e9)")
    #expect(run.lines.all.contains { $0.contains("no pixel is left to be counted") })
  }

  @Test func undoOfManyNamesIsShort() throws {
    let run = try ScriptRun()
    let folder = try ScratchFolder()
    let script = try folder.write((1...500).map { "v\($0) = \($0)\n" }.joined(), "t.crs")
    try run.run("source '\(script)'")
    try run.run("undo")
    #expect(run.lines.all.last?.hasSuffix("and 492 more") == true, "\(run.lines.all.last ?? "")")
  }

  @Test func helpKnowsWordsOfOthers() throws {
    let run = try ScriptRun()
    try run.run("help while")
    #expect(run.lines.all.last?.contains("for NAME in 1:n") == true)
  }

  @Test func historyTakesSeveralWords() throws {
    let run = try ScriptRun()
    try run.run("abc = 1; x = 2\nhistory x =")
    #expect(run.lines.all.suffix(1).first?.hasSuffix("history x =") == true)
    #expect(run.lines.all.contains { $0.hasSuffix("  x = 2") })
  }

  /// Signs and places of other languages.
  @Test(arguments: [
    ("x = k && k", "a & b"), ("x = k || k", "a | b"), ("x = 5 === 3", "a == b compares"),
    ("x = 5 <> 3", "a != b"),
    ("x = 'a' 'b'", "+ joins texts"), ("for i in l : print i\nend", "colon"),
    ("x = ()", "[] is the empty list"), ("for i in l: print(i)\nend", "no colon"),
    ("for i in 1:3: x = i; end", "colon"),
    ("q = 'text'; x = q[1]", "a text has no parts"), ("q = 'text'; x = q[1:3]", "split(t, sep)"),
    ("x = l[-1]", "the last one is 3"), ("x = l[0]", "counting begins with 1"),
    ("x = l[0:2]", "counting begins with 1"),
    ("x = l[-2:-1]", "the last one is 3"), ("x = s[-1]", "the last one is 3"),
    ("x = t[0]", "counting begins with 1"),
    ("x = l[4]", "there are 3 elements"), ("x = load('nothere_*.fits')", "in quotes it is no glob"),
    ("x = lacosmic('nothere_?.fits')", "in quotes it is no glob"), ("print m.shape", "info m nx"),
    ("print m.flux", "quotes make a text"),
    ("t = addrow t m.flux 2", "quotes make a text"),
  ]) func signsAndPlaces(script: String, part: String) throws { try RuleRun.refuse(script, part) }
}
