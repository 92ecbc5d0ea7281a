import Foundation
import Testing

/// The startup file at the prompt.
@Suite(.serialized) struct StartupTests {
  /// A prompt whose startup file is this text; nil makes a folder of it.
  private func opened(_ startup: String?) throws -> (PseudoTerminal, URL) {
    let (first, folder) = try PseudoTerminal.opened()
    #expect(first.leave())
    let file = folder.appendingPathComponent("config/crs/startup.crs")
    try FileManager.default.removeItem(at: file)
    if let startup {
      try startup.write(to: file, atomically: true, encoding: .utf8)
    } else {
      try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true)
    }
    return (try PseudoTerminal(binary: EndToEndTests.binary, folder: folder), folder)
  }

  @Test func errorsOfSyntaxLeaveTheRest() throws {
    let (terminal, folder) = try opened("a = 1\nb = = 2\nc = 40\nset editor=vi\nfor i in 1:3\n  d = i\n")
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(terminal.shows("crs> "))
    let text = terminal.screenText
    #expect(text.contains("startup.crs:2:5: error") && text.contains("startup.crs:6:1: error"), "\(text)")
    terminal.forget()
    terminal.type("print (a + c)\n")
    #expect(terminal.shows("41\r\n"))
    terminal.forget()
    // The setting behind the error counts too.
    terminal.type("rint 9")
    usleep(200_000)
    terminal.type("\u{1B}")
    usleep(200_000)
    terminal.type("0ip8\u{7F}\n")
    #expect(terminal.shows("2004l9\r\n"), "\(terminal.screenText)")
    #expect(terminal.leave())
  }

  @Test func aFolderIsTold() throws {
    let (terminal, folder) = try opened(nil)
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(terminal.shows("crs> ") && terminal.screenText.contains("startup.crs: is a folder, no script"))
    #expect(terminal.leave())
  }
}
