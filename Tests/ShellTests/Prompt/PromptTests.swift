import Foundation
import Language
import TestSupport
import Testing

@testable import Calling
@testable import Commands
@testable import Shell

/// The prompt on a terminal.
@Suite(.serialized) struct PromptTests {
  @Test func editsCompletesUndoesAndRemembers() throws {
    let (terminal, folder) = try PseudoTerminal.opened()
    defer { try? FileManager.default.removeItem(at: folder) }
    terminal.type("v = fromstartup + 1\n")
    #expect(terminal.shows("v: 6"))
    terminal.forget()
    terminal.type("s = simul\t")
    usleep(200_000)
    terminal.type("nx=60 ny=50 seed=1\n")
    #expect(terminal.shows("s: Stack 3 x 60x50"))
    terminal.forget()
    terminal.type("lacosmic s cleantype=me\t\t")
    #expect(terminal.shows("meanmask"))
    terminal.forget()
    terminal.type("\u{03}")
    #expect(terminal.shows("crs> "))
    terminal.forget()
    terminal.type("for f in [1, 2]\n")
    #expect(terminal.shows("...> "))
    terminal.type("w = f\nend\n")
    #expect(terminal.shows("w: 2"))
    terminal.forget()
    terminal.type("v = 7\n")
    #expect(terminal.shows("v: 7"))
    terminal.forget()
    terminal.type("undo\nx = v * 10\n")
    #expect(terminal.shows("x: 60"))
    #expect(terminal.leave())
    let history = try String(
      contentsOf: folder.appendingPathComponent("state/crs/history"), encoding: .utf8)
    #expect(history.hasPrefix("_HiStOrY_V2_\n"))
    #expect(history.contains("v\\040=\\0407"))
  }

  @Test func ctrlCReturnsToThePromptWithTheSessionIntact() throws {
    let (terminal, folder) = try PseudoTerminal.opened()
    defer { try? FileManager.default.removeItem(at: folder) }
    terminal.type("s = simulate nx=2000 ny=2000 seed=1\n")
    #expect(terminal.shows("s: Stack"))
    terminal.forget()
    terminal.type("d = mmdiagram s nsimulations=5000 seed=1\n")
    usleep(700_000)
    terminal.type("\u{03}")
    #expect(terminal.shows("interrupted", within: 3))
    terminal.forget()
    terminal.type("vars\n")
    #expect(terminal.shows("Stack 3 x 2000x2000", within: 5))
    #expect(!terminal.screenText.contains("Diagram"))
    #expect(terminal.leave())
  }

  @Test func historyIsEncodedAsLibeditReadsIt() {
    #expect(String(decoding: HistoryFile.encoded("a b\\\n"), as: UTF8.self) == "a\\040b\\134\\012")
  }

  @Test func completionKnowsKindsAndMeanings() throws {
    let script = try ScriptRun()
    try script.run("image = median (simulate nx=20 ny=20 seed=1); mask = image > 50; number = 3")
    let completer = Completer(session: script.session)
    #expect(completer.candidates("dilate ma").candidates.map(\.text).contains("mask"))
    #expect(!completer.candidates("dilate nu").candidates.map(\.text).contains("number"))
    let keys = completer.candidates("lacosmic image psf").candidates
    #expect(keys.map(\.text).contains("psfsize=") && keys.allSatisfy { !$0.help.isEmpty })
    #expect(completer.candidates("lacosmic image fsmode=").candidates.map(\.text) == ["median", "convolve"])
    #expect(completer.candidates("help lac").candidates.map(\.text) == ["lacosmic"])
    // Given by name: the next positional parameter is the size; with both given nothing is left.
    #expect(completer.candidates("dilate mask=mask ").candidates.map(\.text) == ["number"])
    #expect(completer.candidates("dilate mask=mask 3 ").candidates.isEmpty)
  }

  @Test func completionInBrackets() throws {
    let script = try ScriptRun()
    let folder = try ScratchFolder()
    let file = folder.file("places.fits")
    try script.run("s = simulate nx=40 ny=20 seed=1; image = s[1]; save s '\(file)'")
    let completer = Completer(session: script.session)
    #expect(completer.candidates("median s[").candidates.map(\.text) == ["s[1]", "s[2]", "s[3]"])
    #expect(
      completer.candidates("x = image[").candidates.map(\.text) == ["image[1:40,1:20]", "image[11:30,6:15]"])
    let extensions = completer.candidates("load \(file) ext=").candidates
    #expect(extensions.map(\.text).contains("1") && extensions.contains { $0.help.contains("40x20") })
    #expect(completer.candidates("a = load \(file)[").candidates.map(\.text).contains("\(file)[1]"))
    #expect(completer.candidates("plot image region=[").candidates.isEmpty)
  }

  /// Files for the system's shells and the manual are those that the declarations make.
  @Test func sharedFilesAreFresh() throws {
    let registry = try Builtins.registry()
    let share = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "../../../share")
    func text(_ path: String) throws -> String {
      try String(contentsOf: share.appendingPathComponent(path), encoding: .utf8).trimmingBlanks()
    }
    #expect(
      try text("bash-completion/completions/crs") == ShellCompletions.text(.bash, registry).trimmingBlanks())
    #expect(try text("zsh/site-functions/_crs") == ShellCompletions.text(.zsh, registry).trimmingBlanks())
    #expect(
      try text("fish/vendor_completions.d/crs.fish")
        == ShellCompletions.text(.fish, registry).trimmingBlanks())
    #expect(try text("man/man1/crs.1") == ManPage.text(registry).trimmingBlanks())
  }

  @Test func graphicsFollowTheEnvironment() {
    func graphics(_ environment: [String: String]) -> TerminalInfo.Graphics {
      TerminalInfo(columns: 80, rows: 24, environment: environment).graphics
    }
    #expect(graphics(["TERM": "xterm-kitty"]) == .kitty)
    #expect(graphics(["TERM_PROGRAM": "WezTerm"]) == .iTerm)
    #expect(graphics(["TERM": "xterm-256color"]) == .blocks)
    #expect(graphics(["TERM": "screen", "KITTY_WINDOW_ID": "1"]) == .blocks)
  }
}
