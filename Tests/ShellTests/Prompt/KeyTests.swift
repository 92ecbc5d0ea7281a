import Foundation
import Testing

@testable import Shell

/// Keys that people's fingers know, in the sequences that terminals send for them.
@Suite(.serialized) struct KeyTests {
  static let terminals = ["xterm-256color", "tmux-256color", "screen", "linux", "vt100"]

  private static let home = ["\u{1B}[H", "\u{1B}OH", "\u{1B}[1~", "\u{1B}[7~"]
  private static let end = ["\u{1B}[F", "\u{1B}OF", "\u{1B}[4~", "\u{1B}[8~"]
  /// F5, Shift-Left, mice, the console's F1, the colour of the background, F1 of a VT100.
  private static let others = [
    "\u{1B}[15~", "\u{1B}[1;2D", "\u{1B}[<0;10;10M", "\u{1B}[M !!",
    "\u{1B}[[A", "\u{1B}]11;rgb:0000/0000/0000\u{1B}\\", "\u{1B}OP", "\u{1B}[200;5u", "\u{1B}[I",
  ]
  /// What an arrow with Ctrl or Alt sends between Esc and its letter: xterm, old xterm, rxvt, PuTTY, macOS.
  private static let wordKeys = ["[1;5", "[5", "O5", "[1;3", "\u{1B}[", "\u{1B}O", "[1;9", "O1;5"]
  private static let up = ["\u{1B}[A", "\u{1B}OA"]
  private static let down = ["\u{1B}[B", "\u{1B}OB"]

  /// Types a line and waits for what it prints.
  private func expect(
    _ keys: String, _ shown: String, in terminal: PseudoTerminal,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    terminal.forget()
    terminal.type(keys)
    #expect(
      terminal.shows("2004l" + shown + "\r\n"),
      "\(keys.debugDescription): \(terminal.screenText.debugDescription)",
      sourceLocation: sourceLocation)
  }

  @Test(arguments: terminals) func keysMoveRecallAndUndo(name: String) throws {
    let (terminal, folder) = try PseudoTerminal.opened(environment: ["TERM": name])
    defer { try? FileManager.default.removeItem(at: folder) }
    expect("alpha = 41\n", "alpha: 41", in: terminal)
    expect("beta = 52\n", "beta: 52", in: terminal)
    for (key, number) in zip(Self.home, 60...) {
      expect("rint \(number)\(key)p\n", "\(number)", in: terminal)
    }
    for (key, number) in zip(Self.end, 70...) {
      expect("rint 7\(Self.home[0])p\(key)\(number)\n", "7\(number)", in: terminal)
    }
    // Words: back over one, and forth again.
    for (modifier, number) in zip(Self.wordKeys, 80...) {
      expect("print \(number) 9\u{1B}\(modifier)D1\n", "\(number) 19", in: terminal)
      expect("print \(number)\u{1B}[H\u{1B}\(modifier)C\u{1B}\(modifier)C2\n", "\(number)2", in: terminal)
    }
    expect("print 70 71\u{1B}[1;5Hx = 4 #\n", "x: 4", in: terminal)
    expect("print 72 73\u{1B}[1;5D\u{1B}[3;5~74\n", "72 74", in: terminal)
    expect("print 81\u{1B}[H\u{1B}[1;5C\u{1B}[1;5C2\n", "812", in: terminal)
    // Statements that begin like the line.
    for key in Self.up {
      expect("al\(key)0\n", "alpha: 410", in: terminal)
      expect("alpha = 41\n", "alpha: 41", in: terminal)
    }
    expect("be\(Self.up[0])\n", "beta: 52", in: terminal)
    expect("print 8\(Self.up[0])\(Self.up[0])\(Self.down[0])\(Self.down[1])8\n", "88", in: terminal)
    // The last argument of the statement before, and of the one before that.
    expect("print 4 5\n", "4 5", in: terminal)
    expect("print 6 7\n", "6 7", in: terminal)
    expect("print \u{1B}.\n", "7", in: terminal)
    expect("print 1 \u{1B}.\u{1B}.\u{1B}.\n", "1 5", in: terminal)
    // Typing is undone word by word.
    expect("print 11 22\u{1F}\n", "11", in: terminal)
    expect("print 33 44\u{15}\u{1F}\n", "33 44", in: terminal)
    // Page keys show nothing, and so does every other key that means nothing here.
    expect("print 5\u{1B}[5~\u{1B}[6~5\n", "55", in: terminal)
    for key in Self.others { expect("print 5\(key)6\n", "56", in: terminal) }
    // Left and right in both modes.
    expect("print 12\u{1B}[D3\u{1B}OD4\u{1B}[C\u{1B}OC5\n", "14325", in: terminal)
    #expect(terminal.leave())
  }

  @Test func ctrlDGivesUpTheStatementOnly() throws {
    let (terminal, folder) = try PseudoTerminal.opened()
    defer { try? FileManager.default.removeItem(at: folder) }
    terminal.type("a = 1\nfor f in *.fits\n")
    #expect(terminal.shows("...> "))
    usleep(200_000)
    terminal.type("\u{04}")
    #expect(terminal.shows("the input ends too early"))
    expect("print a\n", "1", in: terminal)
    #expect(terminal.leave())
  }

  @Test func everyWayOutLeaves() throws {
    for keys in ["quit\n", "quit()\n", "exit()\n", "exit\n", "\u{04}"] {
      let (terminal, folder) = try PseudoTerminal.opened()
      defer { try? FileManager.default.removeItem(at: folder) }
      terminal.type(keys)
      #expect(terminal.ends(), "\(keys)")
    }
  }

  /// A session that was copied with its prompts and output runs.
  @Test func aPastedSessionRuns() throws {
    let (terminal, folder) = try PseudoTerminal.opened()
    defer { try? FileManager.default.removeItem(at: folder) }
    terminal.paste(
      "crs> s, truth = simulate nx=40 ny=30 seed=1\ns: Stack 3 x 40x30 float32 adu\ncrs> for e in 1 2\n...>   info ($e * 2)\n"
        + "...> end\n2\n4\ncrs> m = median s\n")
    terminal.type("\n")
    #expect(terminal.shows("m: Image 40x30"), "\(terminal.screenText)")
    expect("print 'done'\n", "done", in: terminal)
    #expect(terminal.leave())
  }

  /// An error of the startup file does not keep the rest of it from running.
  @Test func theStartupFileGoesOn() throws {
    let (first, folder) = try PseudoTerminal.opened()
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(first.leave())
    try "x = nothere\ny = 5\n".write(
      to: folder.appendingPathComponent("config/crs/startup.crs"), atomically: true, encoding: .utf8)
    let terminal = try PseudoTerminal(binary: EndToEndTests.binary, folder: folder)
    #expect(terminal.shows("'nothere' is not a variable") && terminal.shows("crs> "))
    expect("print y\n", "5", in: terminal)
    #expect(terminal.leave())
  }

  /// A history of plain lines is taken, with a note, and recalled from then on.
  @Test func aHistoryWithoutHeadingIsTaken() throws {
    let (first, folder) = try PseudoTerminal.opened()
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(first.leave())
    let state = folder.appendingPathComponent("state/crs")
    try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
    try "x = 3\ny = 4\n".write(
      to: state.appendingPathComponent("history"), atomically: true, encoding: .utf8)
    let second = try PseudoTerminal(binary: EndToEndTests.binary, folder: folder)
    #expect(second.shows("had no heading: its 2 lines are taken as statements") && second.shows("crs> "))
    expect("w = 1\n", "w: 1", in: second)
    expect("y\u{1B}[A\n", "y: 4", in: second)
    #expect(second.leave())
    let third = try PseudoTerminal(binary: EndToEndTests.binary, folder: folder)
    #expect(third.shows("crs> ") && !third.screenText.contains("heading"))
    expect("w\u{1B}[A0\n", "w: 10", in: third)
    #expect(third.leave())
  }

  @Test func lastArgumentsAreWholeWords() {
    for (statement, word) in [
      ("load a.fits b.fits", "b.fits"), ("x = lacosmic m sigclip=5", "sigclip=5"),
      ("save (a + b) 'my file.fits'", "'my file.fits'"),
      ("x = s[1:9, 2:8]", "s[1:9, 2:8]"), ("x = (a + b)", "(a + b)"), ("", ""), ("a = 1; b = 2", "2"),
    ] { #expect(StatementRecall.lastWord(of: statement) == word) }
  }
}
