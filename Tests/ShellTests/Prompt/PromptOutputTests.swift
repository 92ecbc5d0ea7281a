import Foundation
import TestSupport
import Testing

@testable import Calling
@testable import Shell

/// Long listings and the transcript.
@Suite(.serialized) struct PromptOutputTests {
  @Test func longListingsGoToThePager() throws {
    let (terminal, folder) = try PseudoTerminal.opened(environment: ["PAGER": "sed s/^/paged:/"])
    defer { try? FileManager.default.removeItem(at: folder) }
    terminal.type("!stty cols 80 rows 24\r")
    #expect(terminal.shows("rows 24"))
    #expect(terminal.shows("crs> "))
    usleep(200_000)
    terminal.forget()
    terminal.type("help\r")
    #expect(terminal.shows("paged:help NAME tells all"))
    terminal.forget()
    terminal.type("info 3\r")
    #expect(terminal.shows("crs> "))
    #expect(!terminal.screenText.contains("paged:"))
    terminal.forget()
    terminal.type("set pager=off\r")
    #expect(terminal.shows("crs> "))
    usleep(200_000)
    terminal.forget()
    terminal.type("help\r")
    #expect(terminal.shows("help NAME tells all"))
    #expect(!terminal.screenText.contains("paged:"))
    #expect(terminal.leave())
  }

  @Test func picturesFollowWhatTheTerminalAnswers() throws {
    for isAnswered in [true, false] {
      let (terminal, folder) = try PseudoTerminal.opened()
      defer { try? FileManager.default.removeItem(at: folder) }
      terminal.type("s = simulate nx=60 ny=50 seed=1\r")
      #expect(terminal.shows("s: Stack"))
      #expect(terminal.shows("crs> "))
      usleep(200_000)
      terminal.forget()
      terminal.type("show s[1]\r")
      #expect(terminal.shows("\u{1B}[c"))
      if isAnswered {
        terminal.type("\u{1B}[?62;4;22c")
        #expect(terminal.shows("\u{1B}P0;1;0q"))
      } else {
        #expect(terminal.shows("\u{2580}", within: 2))
        // An answer that comes too late is not taken for keys.
        #expect(terminal.shows("crs> "))
        usleep(200_000)
        terminal.type("\u{1B}[?62;4;22c")
        terminal.type("x = 3 * 4\r")
        #expect(terminal.shows("x: 12"))
        // A mask has no limits.
        terminal.type("show (s[1] > 20)\r")
        #expect(terminal.shows("flagged pixels are bright"))
        // Neither has the file of one, nearly all of whose numbers are 0.
        terminal.forget()
        terminal.type("save (s[1] > 1000) m.fits; show m.fits\r")
        #expect(
          terminal.shows("0 (dark) to 1 (bright)") || terminal.shows("all pixels are 0"),
          "\(terminal.screenText)")
        terminal.forget()
        terminal.type("k = s[1] > stats(s[1], max) - 1; save k k.fits; show k.fits\r")
        #expect(terminal.shows("0 (dark) to 1 (bright)"), "\(terminal.screenText)")
      }
      #expect(terminal.leave())
    }
  }

  @Test func attributesOfTheTerminal() {
    #expect(TerminalAnswer.attributes("\u{1B}[?62;4;22c") == [4, 22])
    #expect(TerminalAnswer.attributes("\u{1B}[?4;6c") == [6])
    #expect(TerminalAnswer.attributes("x").isEmpty)
  }

  @Test func pagerIsTheUsersOrLessWhereItIs() {
    #expect(Pager.command(["PAGER": "more -s"]) == "more -s")
    #expect(Pager.command(["PATH": "/nowhere"]) == nil)
    #expect(Pager.command(["TERM": "dumb", "PATH": "/usr/bin"]) == nil)
    let terminal = TerminalInfo(columns: 10, rows: 4, environment: [:])
    #expect(Pager.fits(["a", "b", "c"], terminal) && !Pager.fits(["a", "b", "0123456789a"], terminal))
  }

  @Test func transcriptIsAScriptOfTheSession() throws {
    let folder = try EndToEndTests.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("night.crs")
    let run = try ScriptRun()
    try run.run("set record='\(file.path)'; a = 1; b = [1,\n  2] # two\nfor f in [3, 4]\n  c = f\nend")
    #expect(run.error("d = lacosmik a") != nil)
    #expect(run.error("e = (a +") != nil)
    try run.run("help undo; set record=off")
    try run.run("f = 9")
    let text = try String(contentsOf: file, encoding: .utf8)
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines[0].hasPrefix("# crs ") && lines[0].contains("recorded from 20"))
    #expect(
      Array(lines[1...10]) == [
        "a = 1", "# a: 1", "b = [1,", "  2] # two", "# b: [1, 2]", "for f in [3, 4]", "  c = f", "end",
        "# c: 3",
        "# c: 4",
      ])
    #expect(lines.contains("# failed: d = lacosmik a") && lines.contains("# failed: e = (a +"))
    #expect(lines.contains("help undo") && !text.contains("set record") && !text.contains("f = 9"))
    // It runs again, and what it is recorded into grows.
    let again = try ScriptRun()
    try again.interpreter.run(file: file.path)
    #expect(again.number("c") == 4)
    try run.run("set record='\(file.path)'; g = 5; set record=off")
    #expect(try String(contentsOf: file, encoding: .utf8).hasPrefix(text))
    #expect(run.error("set record=/nowhere/x.crs")?.kind == .file)
    #expect(!run.session.script.contains { $0.contains("record") })
  }
}
