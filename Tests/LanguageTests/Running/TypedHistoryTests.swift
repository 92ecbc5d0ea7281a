import TestSupport
import Testing

/// `history` prints what was typed; `history FILE` holds what replays.
@Suite struct TypedHistoryTests {
  @Test func allOfALineIsListed() throws {
    let run = try ScriptRun()
    for line in ["a = 1; b = nothere; c = 3", "d = = 4", "e = 5; f = (e"] { _ = run.error(line) }
    #expect(run.session.names == ["a"])
    let before = run.lines.all.count
    try run.run("history")
    #expect(
      Array(run.lines.all[before...]) == [
        "1  a = 1", "2  b = nothere", "3  c = 3", "4  d = = 4", "5  e = 5; f = (e", "6  history",
      ])
    #expect(run.session.script == ["a = 1"])
  }

  @Test func aLoopOverAWordSaysSo() throws {
    let run = try ScriptRun()
    try run.run(
      "stack = [1]\nfor i in 1:2\n  for w in science\n    x = w\n  end\nend\nfor w in a b\n  x = w\nend")
    #expect(
      run.lines.all.filter { $0.hasPrefix("note: ") } == [
        "note: 'science' is not a variable: the loop runs once, over the text 'science'"
      ])
    let quiet = try ScriptRun()
    try quiet.run(
      "for w in 'science'\n  x = w\nend\nfor i in 3:3\n  x = i\nend\nfor d in 2026-11-26\n  x = d\nend")
    #expect(!quiet.lines.all.contains { $0.hasPrefix("note: ") }, "\(quiet.lines.all)")
  }
}
