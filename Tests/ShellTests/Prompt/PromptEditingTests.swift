import Foundation
import Testing

@testable import Shell

/// Typing, pasting and resizing at the prompt.
@Suite(.serialized) struct PromptEditingTests {
  @Test func pastedTextWaitsForEnter() throws {
    let (terminal, folder) = try PseudoTerminal.opened()
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(terminal.screenText.contains(TerminalInput.marksOn))
    terminal.forget()
    terminal.paste("a = 3\nb = a + 40\n")
    #expect(terminal.shows("b = a + 40"))
    usleep(300_000)
    #expect(!terminal.screenText.contains("b: 43"))
    terminal.type("\r")
    #expect(terminal.shows("b: 43"))
    #expect(terminal.screenText.contains("a: 3") && terminal.screenText.contains(TerminalInput.marksOff))
    terminal.forget()
    // Pasted into what is typed, in vi mode too.
    terminal.type("set editor=vi\r")
    #expect(terminal.shows("crs> "))
    terminal.forget()
    terminal.type("c = 10")
    terminal.paste("0 + b")
    terminal.type("0\u{7F}\r")
    #expect(terminal.shows("c: 143"))
    #expect(terminal.leave())
  }

  @Test func pastedTextHasNoControlCharacters() {
    #expect(TerminalInput.cleaned("a\r\nb\rc\td\u{1B}[31m\u{03}ä\n") == "a\nb\nc  d[31mä")
  }

  @Test(arguments: [["LC_ALL": "C"], ["LC_ALL": "", "LANG": ""]])
  func lettersBeyondASCIISurvive(environment: [String: String]) throws {
    let (terminal, folder) = try PseudoTerminal.opened(environment: environment)
    defer { try? FileManager.default.removeItem(at: folder) }
    terminal.type("!echo nä€xh | tr x c\r")
    #expect(terminal.shows("nä€ch"))
    #expect(terminal.shows("crs> "))
    usleep(200_000)
    terminal.forget()
    // One key each, forwards and backwards.
    terminal.type("!echo äöü\u{02}\u{02}\u{7F}z\u{05} | tr z x\r")
    #expect(terminal.shows("xöü"))
    #expect(terminal.leave())
  }

  /// libedit miscounts wide characters where the terminal inserts and deletes.
  @Test(arguments: KeyTests.terminals) func theTerminalInsertsNothing(name: String) throws {
    let (terminal, folder) = try PseudoTerminal.opened(environment: ["TERM": name])
    defer { try? FileManager.default.removeItem(at: folder) }
    terminal.type("rint '日本語の銀河 日本語'\u{01}")
    usleep(200_000)
    terminal.forget()
    terminal.type("p\u{06}\u{04}\u{7F}")
    usleep(300_000)
    for sequence in ["\u{1B}[@", "\u{1B}[1@", "\u{1B}[4h", "\u{1B}[P", "\u{1B}[1P"] {
      #expect(!terminal.screenText.contains(sequence), "\(terminal.screenText.debugDescription)")
    }
    terminal.type("\u{03}")
    #expect(terminal.leave())
  }

  @Test func theLineFollowsTheWindow() throws {
    let (terminal, folder) = try PseudoTerminal.opened()
    defer { try? FileManager.default.removeItem(at: folder) }
    terminal.type("!tty | tr / :; stty cols 60 rows 20\r")
    #expect(terminal.shows(":dev:pts:"))
    let name = String(try #require(terminal.screenText.firstMatch(of: /:dev:pts:\d+/)).output)
    #expect(terminal.shows("crs> "))
    usleep(200_000)
    terminal.type("x = 1111111111 + 2222222222 + 3333333333")
    #expect(terminal.shows("3333333333"))
    terminal.forget()
    let stty = Process()
    stty.executableURL = URL(fileURLWithPath: "/usr/bin/stty")
    stty.arguments = ["-F", name.replacing(":", with: "/"), "cols", "30", "rows", "20"]
    try stty.run()
    stty.waitUntilExit()
    // Drawn anew from the row where the prompt is.
    #expect(terminal.shows("\u{1B}[1A\u{1B}[J"))
    #expect(terminal.shows("crs> x = "))
    terminal.forget()
    terminal.type(" * 2\r")
    #expect(terminal.shows("x: 9999999999"))
    #expect(terminal.leave())
  }

  @Test func historyOfAllSessionsIsSearched() throws {
    let (terminal, folder) = try PseudoTerminal.opened()
    defer { try? FileManager.default.removeItem(at: folder) }
    terminal.type("alpha = 40 + 2\r")
    #expect(terminal.shows("alpha: 42"))
    terminal.type("for f in [1, 2]\r")
    #expect(terminal.shows("...> "))
    usleep(200_000)
    terminal.type("beta = f\r")
    usleep(200_000)
    terminal.type("end\r")
    #expect(terminal.shows("beta: 2"))
    #expect(terminal.leave())
    // Another session; the statement of several lines comes back whole.
    let second = try PseudoTerminal(binary: EndToEndTests.binary, folder: folder)
    #expect(second.shows("crs> "))
    usleep(200_000)
    second.type("\u{12}alp\r")
    #expect(second.shows("alpha: 42"))
    #expect(second.shows("crs> "))
    usleep(200_000)
    second.forget()
    second.type("\u{12}beta\r")
    #expect(second.shows("beta: 2"))
    #expect(second.leave())
  }

  @Test func rowsOfAText() {
    #expect(WindowSize.rows(of: "crs> abc", columns: 80) == 0)
    #expect(WindowSize.rows(of: "crs> abcdefgh", columns: 10) == 1)
    #expect(WindowSize.rows(of: "crs> a\nb", columns: 10) == 1)
    #expect(WindowSize.rows(of: "0123456789", columns: 10) == 1)
  }
}
