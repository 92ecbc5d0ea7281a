import Foundation
import TestSupport
import Testing

/// What other programs wrote into units, names and cells steers no terminal and makes no lines of its own.
@Suite(.serialized) struct ForeignTextTests {
  /// A line end, a colour, a cursor to the front, and a mark that turns the direction of writing.
  private static let evil = #"X\n\x1b[31mY\r\u202eZ"#

  private func plugin() -> AuthoredPlugin {
    AuthoredPlugin(
      program: """
        @command
        def unit(image):
            return Image(image.pixels, unit="\(Self.evil)")

        @command
        def rows(image):
            return Table(["\(Self.evil)", "b"], [["\(Self.evil)", 1], ["c", 2]])
        """,
      commands: [AuthoredPlugin.command("unit"), AuthoredPlugin.command("rows", results: ["table"])])
  }

  private static let script = """
    s = simulate nx=30 ny=20 n=1 seed=1
    y = unit s[1]
    y
    info y
    t = rows s[1]
    info t
    vars

    """

  @Test func unitsAndColumnsStayInTheirLine() throws {
    let folder = try ScratchFolder()
    try plugin().write(into: folder.path + "/plugins")
    let ended = try Program.run(
      ["-"], in: folder.url, input: Self.script,
      environment: ["CRS_PLUGIN_PATH": folder.path + "/plugins", "XDG_CONFIG_HOME": folder.path + "/config"])
    #expect(ended.status == 0, "\(ended)")
    let bytes = Array((ended.output + ended.errors).utf8)
    #expect(!bytes.contains(0x1B) && !bytes.contains(0x0D), "\(ended.output)")
    #expect(!ended.output.contains("\u{202E}"))
    let unit = "float32 X\\x0a\\x1b[31mY\\x0d\\u{202e}Z, min"
    #expect(ended.output.components(separatedBy: unit).count >= 4, "\(ended.output)")
    // No line begins with what was put behind a line end.
    #expect(
      !ended.output.split(separator: "\n").contains { $0.drop { $0 == " " }.hasPrefix("\\x1b") },
      "\(ended.output)")
    #expect(ended.output.contains("Table 2 rows: X\\x0a"), "\(ended.output)")
  }

  @Test func filesWithOddNamesStayInTheirLine() throws {
    let folder = try ScratchFolder()
    let ended = try Program.run(
      ["-"], in: folder.url,
      input: """
        s = simulate nx=30 ny=20 n=1 seed=1
        f = "a\\nb.fits"
        save s[1] "$f"
        x = load "$f"
        info x
        vars

        """)
    #expect(ended.output.contains("  from a\\x0ab.fits\n"), "\(ended.output) \(ended.errors)")
    #expect(ended.output.contains(", from a\\x0ab.fits"), "\(ended.output)")
  }

  /// Pipes end on terminals too: names, lists, listings, cards that are not there.
  @Test func pipesGetNoControlCharacters() throws {
    let scratch = try ScratchFolder()
    _ = try scratch.write("", "f\u{1B}[31m.txt")
    let ended = try Program.run(
      ["-"], in: scratch.url,
      input: """
        t = "a\u{1B}[31mb"
        t
        l = [t, 2]
        l
        t + "x"
        vars
        s = simulate nx=20 ny=20 seed=1
        header s[1] NONE default="$t"
        for f in *.txt
          f
        end
        provenance t

        """)
    #expect(ended.status == 0 && ended.output.contains(#""a\x1b[31mbx""#), "\(ended)")
    #expect(!(ended.output + ended.errors).contains("\u{1B}"), "\(ended.output)")
  }

  /// Listings on their way to the pager too.
  @Test func terminalsGetNoControlCharacters() throws {
    let (terminal, folder) = try PseudoTerminal.opened(environment: ["PAGER": "cat"])
    defer { try? FileManager.default.removeItem(at: folder) }
    let lines = (0..<60).map { "\($0),\"a\u{1B}[31mb\"" }
    try (["n,t"] + lines).joined(separator: "\n").write(
      to: folder.appendingPathComponent("t.csv"), atomically: true, encoding: .utf8)
    terminal.type("t = load t.csv\r")
    #expect(terminal.shows("t: Table 60 rows"))
    terminal.forget()
    terminal.type("info t\r")
    #expect(terminal.shows("a\\x1b[31mb"), "\(terminal.screenText)")
    #expect(!terminal.screenText.contains("a\u{1B}[31mb"))
    #expect(terminal.leave())
  }
}
