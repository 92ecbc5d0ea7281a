import Calling
import Commands
import Files
import Kernels
import Language
import Pipeline
import TestSupport
import Testing

@testable import Notebook

/// Places in code, history, and the forms in which things stand under a cell.
@Suite struct CellTextTests {
  @Test func placesAreCodePoints() {
    // A flag and a letter with its accent behind it are two code points each, one letter.
    let text = CursorText("'\u{1F1E9}\u{1F1EA}' + e\u{301}tat", cursor: 9)
    #expect(text.before == "'\u{1F1E9}\u{1F1EA}' + e\u{301}")
    #expect(CursorText("abc", cursor: 99).before == "abc" && CursorText("abc", cursor: -4).before == "")
    #expect(CursorText("abc", cursor: nil).before == "abc")
    let key = CursorText("lacosmic x fsmode=median", cursor: 14)
    #expect(key.name == "fsmode" && key.isKey)
    #expect(CursorText("a == b", cursor: 1).name == "a" && !CursorText("a==b", cursor: 1).isKey)
    #expect(CursorText("1 + ", cursor: 4).name == nil && CursorText("", cursor: 0).name == nil)
  }

  @Test func completionsCountCodePoints() throws {
    let session = try ScriptRun().session
    for before in [
      "'\u{1F600}e\u{301}'; lacos", "x = (1 +\n  '\u{1F44D}\u{1F3FD}' + lacos", "y = ('\u{1F600}'); lacos",
    ] {
      #expect(Completer(session: session).candidates(before).word == "lacos")
    }
    let quoted = Completer(session: session).candidates("load '\u{1F600}\u{1F600} /no")
    #expect(quoted.word == "\u{1F600}\u{1F600} /no")
  }

  @Test func historyIsFoundByPlaceAndPattern() {
    var history = CellHistory()
    for (k, code) in ["x = 1", "show x", "x = 1", "y = 2"].enumerated() { history.add(code, number: k + 1) }
    history.add(output: "2")
    func codes(_ content: JSONValue) -> [String] {
      history.reply(content)["history"]?.items?.compactMap { $0.items?[2].string } ?? []
    }
    #expect(codes(["hist_access_type": "tail", "n": 2]) == ["x = 1", "y = 2"])
    #expect(codes(["hist_access_type": "tail", "n": -1]) == [])
    #expect(
      codes(["hist_access_type": "range", "session": 0, "start": 2, "stop": 4]) == ["show x", "x = 1"])
    #expect(codes(["hist_access_type": "range", "session": 7, "start": 1]) == [])
    #expect(codes(["hist_access_type": "search", "pattern": "x*1", "unique": true]) == ["x = 1"])
    #expect(codes(["hist_access_type": "search", "pattern": "*?", "n": 1]) == ["y = 2"])
    #expect(codes(["hist_access_type": "search", "pattern": "x"]) == [])
    #expect(codes(["hist_access_type": "search", "pattern": "*a*b*c*"]) == [])
    let with = history.reply(["hist_access_type": "tail", "output": true])["history"]?.items?.last
    #expect(with == [1, 4, ["y = 2", "2"]])
  }

  @Test func pagesBecomeHTML() {
    let page = Page(
      ["a"],
      parts: [
        .heading("A & B"), .table(columns: ["n<", "k"], rows: [["<i>", "1"], ["b", "2"]]),
        .lines(["  x", "\"y\""]),
      ])
    #expect(
      HTML.text(page.parts) == """
        <h4>A &amp; B</h4>
        <table class="dataframe">
        <thead><tr><th style="text-align:left">n&lt;</th><th>k</th></tr></thead>
        <tbody>
        <tr><td style="text-align:left">&lt;i&gt;</td><td>1</td></tr>
        <tr><td style="text-align:left">b</td><td>2</td></tr>
        </tbody></table>
        <pre>  x
        &quot;y&quot;</pre>
        """)
  }

  @Test func valuesHavePictures() throws {
    let run = try ScriptRun()
    try run.run("s = simulate nx=32 ny=24 seed=1; t = label (s[1] > 50)")
    let display = ValueDisplay(session: run.session)
    let value = try #require(run.session["s"]?.value)
    _ = try ValueFigure.figure(of: value, style: run.session.settings.figures.plotStyle).png(dpi: 100)
    let bundle = display.bundle(of: value, text: "line")
    #expect(bundle.data["text/plain"] == "line")
    let size = try #require(bundle.metadata["image/png"])
    #expect((size["width"]?.int ?? 0) > 100 && (size["height"]?.int ?? 0) > 100)
    let table = display.bundle(of: try #require(run.session["t"]?.value), text: "Table")
    #expect(table.data["text/html"]?.string?.contains("<table") == true)
    #expect(display.bundle(of: .integer(3), text: "3") == MimeBundle(text: "3"))
    #expect(MimeBundle(text: "a\u{1B}[31mb\nc").data["text/plain"] == "a\\x1b[31mb\nc")
  }
}
