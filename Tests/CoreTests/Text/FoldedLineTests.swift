import Testing

@testable import Files

@Suite struct FoldedLineTests {
  @Test func linesBreakBetweenWords() {
    let line = "  history        Print what was typed, or write the session to a script or notebook"
    for width in [20, 33, 47, 60, 80, 100] {
      let lines = FoldedLine.lines(line, width: width)
      #expect(lines.allSatisfy { $0.count <= width }, "\(width): \(lines)")
      #expect(lines.joined(separator: " ").split(separator: " ") == line.split(separator: " "))
    }
    #expect(FoldedLine.lines(line, width: 80)[1] == String(repeating: " ", count: 17) + "notebook")
    #expect(FoldedLine.lines("short", width: 80) == ["short"] && FoldedLine.lines("", width: 10) == [""])
    #expect(FoldedLine.lines("averyveryverylongword more", width: 10) == ["averyveryverylongword", "more"])
  }

  @Test func statementsStayStatements() {
    let text = "  clean, mask = lacosmic (median s) gain=1 title='two words here' rnoise=3.4 sigclip=5"
    for width in [30, 50, 79] {
      let lines = FoldedLine.statement(text, width: width)
      #expect(lines.allSatisfy { $0.count <= width }, "\(width): \(lines)")
      #expect(lines.dropLast().allSatisfy { $0.hasSuffix(" \\") } && lines.last?.hasSuffix("\\") == false)
      #expect(lines.contains { $0.contains("title='two words here'") })
    }
  }
}
