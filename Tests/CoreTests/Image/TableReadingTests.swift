import TestSupport
import Testing

@testable import Files
@testable import Kernels

@Suite struct TableReadingTests {
  @Test func whatNoNumberHoldsStaysAText() throws {
    let table = try Table(csv: "a\n1e400\n1e300\n", name: "t.csv")
    #expect(table.rows.first == [.text("1e400")])
    #expect(try Table(csv: table.csv, name: "t.csv") == table)
  }

  /// Tables of other separators are no tables of one column.
  @Test func columnsArePartedByCommas() throws {
    for (text, part) in [
      ("a;b\n1;2\n", "semicolons"), ("a;b\n3,5;4\n", "semicolons"), ("a;b\n", "semicolons"),
      ("a\tb\n1\t2\n", "tabs"),
    ] {
      let error = crsError { _ = try Table(csv: text, name: "t.csv") }
      #expect(error?.message.contains(part) == true && error?.file == "t.csv", "\(text)")
    }
    // One column may hold anything.
    #expect(try Table(csv: "note\nx;y\n", name: "t.csv").columns == ["note"])
    for name in ["a;b", "a\tb"] {
      let table = Table(columns: [name], rows: [[.text("1;2")], [.text("3\t4")]])
      #expect(try Table(csv: table.csv, name: "t.csv") == table)
      let digits = Table(columns: [name], rows: [[.text("1")]])
      #expect(try Table(csv: digits.csv, name: "t.csv") == digits)
      let empty = Table(columns: [name])
      #expect(try Table(csv: empty.csv, name: "t.csv") == empty)
    }
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    var table = Table(columns: ["file", "number", "value"])
    table.rows = [
      [.text("a, \"b\".fits"), .integer(-3), .real(0.1)], [.text("two\nlines"), .integer(0), .real(1e-30)],
      [.text(""), .integer(7), .real(2.5)],
    ]
    #expect(try Table(csv: table.csv, name: "t.csv") == table)
  }

  /// Texts that look like something else come back as texts.
  @Test func textsStayTexts() throws {
    var table = Table(columns: ["a, b", "n", "ok"])
    table.rows = [
      [.text("1e5"), .integer(1), .flag(true)], [.text("007"), .real(.nan), .flag(false)],
      [.text(" sp "), .text("nan"), .flag(true)], [.text("12"), .text(""), .flag(true)],
      [.text("inf"), .integer(3), .flag(false)], [.text("yes"), .integer(4), .flag(false)],
      [.text(""), .integer(Int.max), .flag(true)], [.text("x\"y"), .real(1e300), .flag(true)],
    ]
    let again = try Table(csv: table.csv, name: "t.csv")
    #expect(again.columns == table.columns && again.rows.count == table.rows.count)
    for (a, b) in zip(again.rows.joined(), table.rows.joined()) {
      if case .real(let x) = a, case .real(let y) = b, x.isNaN, y.isNaN { continue }
      #expect(a == b)
    }
    for text in ["1e5", "", "yes", "nan", "x"] {
      let one = Table(columns: ["a"], rows: [[.text(text)]])
      #expect(try Table(csv: one.csv, name: "t.csv") == one, "\(text)")
    }
  }

  /// Where a program puts everything in quotes they mean nothing.
  @Test func quotesOfOtherPrograms() throws {
    let table = try Table(csv: "\"name\",\"flux\"\n\"a\",\"1.5\"\n\"b\",\"2\"\n", name: "t.csv")
    #expect(table.rows == [[.text("a"), .real(1.5)], [.text("b"), .integer(2)]])
    let some = try Table(csv: "\"id\",flux\n\"12\",3\n", name: "t.csv")
    #expect(some.rows == [[.text("12"), .integer(3)]])
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
