import Testing

@testable import Shell

/// Errors on narrow terminals.
@Suite struct NarrowTextTests {
  @Test(arguments: [20, 33, 40, 60, 79]) func wordsStayWhole(columns: Int) {
    let text = "line 1:7: error: 'xx' is not a variable (did you mean 'x'?; quotes make a text of it)"
    let lines = NarrowText.lines(text, columns: columns)
    #expect(lines.count > 1 && lines.allSatisfy { $0.count <= columns }, "\(lines)")
    let words = lines.joined(separator: " ").split(separator: " ")
    #expect(words == text.split(separator: " "))
  }

  @Test func whatFitsStays() {
    let text = "line 1:7: error: no\n  print xx\n        ^\n  run by a.crs:3"
    #expect(NarrowText.lines(text, columns: 80).joined(separator: "\n") == text)
  }

  @Test(arguments: [3, 30, 60, 99]) func theCaretPointsAtItsPlace(column: Int) {
    let source = String((0..<100).map { Character(UnicodeScalar(UInt8(0x21 + $0 % 90))) })
    let letter = Array(source)[column]
    let text = "e\n  \(source)\n  " + String(repeating: " ", count: column) + "^"
    for columns in [24, 40, 80, 101] {
      let lines = NarrowText.lines(text, columns: columns)
      #expect(lines.count == 3 && lines.allSatisfy { $0.count <= columns }, "\(columns): \(lines)")
      #expect(Array(lines[1])[lines[2].count - 1] == letter, "\(columns): \(lines)")
    }
    // Behind the end of the line.
    let end = NarrowText.lines("e\n  \(source)\n" + String(repeating: " ", count: 102) + "^", columns: 40)
    #expect(end[2].count == end[1].count + 1, "\(end)")
  }
}
