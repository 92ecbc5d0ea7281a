import Testing

@testable import Files
@testable import Kernels

@Suite struct TableReadingTests {
  @Test func whatIsWrittenIsReadAgain() throws {
    var table = Table(columns: ["file", "number", "value"])
    table.rows = [
      [.text("a, \"b\".fits"), .integer(-3), .real(0.1)], [.text("two\nlines"), .integer(0), .real(1e-30)],
      [.text(""), .integer(7), .real(2.5)],
    ]
    #expect(try Table(csv: table.csv, name: "t.csv") == table)
  }

  @Test func otherProgramsFiles() throws {
    let table = try Table(csv: "\u{FEFF}a,b\r\n1,nan\r\n\r\n2,0x10", name: "t.csv")
    #expect(table.columns == ["a", "b"])
    #expect(table.rows == [[.integer(1), .text("nan")], [.integer(2), .text("0x10")]])
  }

  @Test(arguments: [("", "header"), ("a,b\n1\n", "line 2"), ("a\n\"x\n", "quote")])
  func errorsTellTheLine(text: String, word: String) {
    let error = #expect(throws: CRSError.self) { try Table(csv: text, name: "t.csv") }
    #expect(error?.description.contains(word) == true && error?.file == "t.csv")
  }
}
