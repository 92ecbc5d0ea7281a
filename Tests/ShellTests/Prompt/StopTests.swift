import Foundation
import Testing

/// Ctrl-Z, `fg`, and Ctrl-C behind them.
@Suite(.serialized) struct StopTests {
  /// A shell with job control, and the prompt in it.
  private func opened(_ environment: [String: String] = [:]) throws -> (PseudoTerminal, URL) {
    let (first, folder) = try PseudoTerminal.opened()
    #expect(first.leave())
    let terminal = try PseudoTerminal(
      command: "bash --norc --noprofile -i", folder: folder,
      environment: environment)
    usleep(300_000)
    terminal.type("PS1='s''h% '\n")
    #expect(terminal.shows("sh% "))
    terminal.type("'\(EndToEndTests.binary.path)'\n")
    #expect(terminal.shows("2004hcrs> "))
    usleep(200_000)
    terminal.forget()
    return (terminal, folder)
  }

  /// Leaves the prompt, and then the shell around it.
  private func leaveBoth(_ terminal: PseudoTerminal) {
    usleep(300_000)
    terminal.forget()
    terminal.type("\u{04}")
    #expect(terminal.shows("sh% "))
    terminal.type("exit\n")
    #expect(terminal.ends())
  }

  private func stopAndGoOn(_ terminal: PseudoTerminal) {
    terminal.type("\u{1A}")
    #expect(terminal.shows("Stopped") && terminal.shows("sh% "), "\(terminal.screenText)")
    // The shell has the terminal as it was: it shows what is typed.
    terminal.forget()
    terminal.type("stty -a | grep -o -w -e '-*icanon' -e '-*echo'; echo done\n")
    #expect(terminal.shows("done\r\n"))
    #expect(!terminal.screenText.contains("-icanon") && !terminal.screenText.contains("-echo"))
    terminal.forget()
    terminal.type("fg\n")
  }

  @Test(arguments: KeyTests.terminals) func aLineIsTypedOnBehindAStop(name: String) throws {
    let (terminal, folder) = try opened(["TERM": name])
    defer { try? FileManager.default.removeItem(at: folder) }
    for _ in 0..<2 {
      terminal.type("x = 12")
      #expect(terminal.shows("12"))
      stopAndGoOn(terminal)
      // Drawn anew, and taken key by key.
      #expect(terminal.shows("crs> x = 12"), "\(terminal.screenText)")
      terminal.forget()
      terminal.type("3\u{02}\u{02}4")
      usleep(200_000)
      #expect(terminal.screenText.contains("3") && terminal.screenText.contains("4"))
      terminal.type("\n")
      #expect(terminal.shows("x: 1423"), "\(terminal.screenText)")
      #expect(terminal.shows("crs> "))
      usleep(200_000)
      terminal.forget()
    }
    // A line that was stopped and is given up.
    terminal.type("x = 55")
    // Ctrl-Z throws away what nobody has read yet.
    #expect(terminal.shows("55"))
    stopAndGoOn(terminal)
    #expect(terminal.shows("crs> x = 55"))
    terminal.type("\u{03}")
    usleep(300_000)
    terminal.type("print x\n")
    #expect(terminal.shows("1423\r\n"))
    leaveBoth(terminal)
  }

  @Test func aCommandGoesOnAndCanBeInterrupted() throws {
    let (terminal, folder) = try opened()
    defer { try? FileManager.default.removeItem(at: folder) }
    terminal.type("s = simulate nx=500 ny=500 seed=1\n")
    #expect(terminal.shows("s: Stack") && terminal.shows("crs> "))
    terminal.forget()
    terminal.type("d = mmdiagram s nsimulations=100000 seed=1\n")
    usleep(700_000)
    stopAndGoOn(terminal)
    usleep(500_000)
    terminal.type("\u{03}")
    #expect(terminal.shows("interrupted", within: 5), "\(terminal.screenText)")
    terminal.forget()
    terminal.type("print 5\u{7F}6\n")
    #expect(terminal.shows("2004l6\r\n"), "\(terminal.screenText)")
    leaveBoth(terminal)
  }

  /// Without a shell that would let it go on nothing stops.
  @Test func aloneNothingStops() throws {
    let (terminal, folder) = try PseudoTerminal.opened()
    defer { try? FileManager.default.removeItem(at: folder) }
    terminal.type("x = 12")
    #expect(terminal.shows("12"))
    terminal.type("\u{1A}")
    usleep(300_000)
    terminal.type("3\n")
    #expect(terminal.shows("x: 123"), "\(terminal.screenText)")
    #expect(terminal.leave())
  }
}
