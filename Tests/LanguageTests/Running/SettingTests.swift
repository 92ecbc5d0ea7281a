import Commands
import TestSupport
import Testing

/// `set NAME=none` makes a setting what it was at first.
@Suite struct SettingTests {
  @Test(arguments: [
    "threads=1", "on_error=continue", "undo_memory=5", "editor=vi", "pager=off", "prompt='> '", "inline=svg",
    "plugin_idle=3", "plugin_folder=/tmp", "plot.width=3", "plot.map=gray",
  ])
  func noneResets(change: String) throws {
    let run = try ScriptRun()
    func settings() throws -> [String] {
      let before = run.lines.all.count
      try run.run("set")
      return Array(run.lines.all[before...])
    }
    let usual = try settings()
    try run.run("set " + change)
    let changed = try settings()
    #expect(changed != usual, "\(change)")
    let before = run.lines.all.count
    try run.run("set \(change.prefix { $0 != "=" })=none")
    #expect(run.lines.all.count == before, "a setting was listed")
    #expect(try settings() == usual, "\(change)")
  }

  @Test func unknownWordsAreErrors() throws {
    let run = try ScriptRun()
    for (text, part) in [
      ("set editor=nano", "expected emacs, vi"), ("set pager=less", "expected auto, off"),
      ("set on_error=no", "expected"), ("set nosuch=3", "nosuch"),
    ] { #expect(run.error(text)?.description.contains(part) == true, "\(text)") }
  }
}
