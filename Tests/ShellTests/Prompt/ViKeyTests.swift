import Foundation
import Testing

/// vi keys, and what the user's .editrc says.
@Suite(.serialized) struct ViKeyTests {
  /// Esc, as a finger types it.
  private func escape(_ terminal: PseudoTerminal) {
    usleep(150_000)
    terminal.type("\u{1B}")
    usleep(150_000)
  }

  private func expect(_ shown: String, in terminal: PseudoTerminal) {
    #expect(terminal.shows("2004l" + shown + "\r\n"), "\(terminal.screenText.debugDescription)")
    terminal.forget()
  }

  /// Command mode, completion, history, and the keys that every mode has.
  private func editsLikeVi(_ terminal: PseudoTerminal) {
    terminal.type("rint 12")
    escape(terminal)
    terminal.type("0ip")
    escape(terminal)
    terminal.type("$x\n")
    expect("1", in: terminal)
    terminal.type("alpha = 41\n")
    expect("alpha: 41", in: terminal)
    terminal.type("prin\t5\n")
    expect("5", in: terminal)
    terminal.type("print alp\t\n")
    expect("41", in: terminal)
    // The history of command mode, then the arrows of both.
    escape(terminal)
    terminal.type("kk\n")
    expect("5", in: terminal)
    terminal.type("al\u{1B}[A0\n")
    expect("alpha: 410", in: terminal)
    terminal.type("print 34")
    escape(terminal)
    terminal.type("\u{1B}[H\u{1B}OFa5\n")
    expect("345", in: terminal)
    terminal.type("print 6 \u{1B}.\n")
    expect("6 345", in: terminal)
  }

  @Test(arguments: KeyTests.terminals) func viActsAtOnce(name: String) throws {
    let (terminal, folder) = try PseudoTerminal.opened(environment: ["TERM": name])
    defer { try? FileManager.default.removeItem(at: folder) }
    terminal.type("set editor=vi\n")
    #expect(terminal.shows("2004hcrs> "))
    usleep(200_000)
    terminal.forget()
    editsLikeVi(terminal)
    // And back again.
    terminal.type("set editor=none\n")
    #expect(terminal.shows("2004h"))
    usleep(200_000)
    terminal.forget()
    terminal.type("rint 7\u{01}p\n")
    expect("7", in: terminal)
    terminal.type("set editor=nano\n")
    #expect(terminal.shows("'nano' is not one of the words") && terminal.shows("emacs, vi"))
    #expect(terminal.leave())
  }

  @Test func editrcIsRespected() throws {
    let folder = try ScratchHome.made("bind -v\nbind ^X em-upper-case\n")
    defer { try? FileManager.default.removeItem(at: folder) }
    let terminal = try PseudoTerminal(
      binary: EndToEndTests.binary, folder: folder, environment: ["HOME": folder.path])
    #expect(terminal.shows("2004hcrs> "))
    usleep(200_000)
    terminal.forget()
    editsLikeVi(terminal)
    terminal.type("set\n")
    #expect(terminal.shows("editor = vi"))
    usleep(200_000)
    terminal.forget()
    // A key of the user's own, also after a change of the keys.
    terminal.type("set editor=emacs\n")
    #expect(terminal.shows("2004hcrs> "))
    usleep(200_000)
    terminal.forget()
    terminal.type("print 'ab'\u{01}\u{1B}f\u{06}\u{06}\u{18}\n")
    expect("AB", in: terminal)
    #expect(terminal.leave())
  }
}

/// A home with an .editrc.
private enum ScratchHome {
  static func made(_ editrc: String) throws -> URL {
    let (terminal, folder) = try PseudoTerminal.opened()
    #expect(terminal.leave())
    try editrc.write(to: folder.appendingPathComponent(".editrc"), atomically: true, encoding: .utf8)
    return folder
  }
}
