import Foundation
import Testing

/// The session that the tutorial shows is what happens, and it replays.
@Suite struct TranscriptTests {
  @Test func theTutorialsSessionRunsAsItStands() throws {
    let text = try String(
      contentsOf: EndToEndTests.root.appendingPathComponent("docs/tutorial.md"), encoding: .utf8)
    let block = try #require(
      text.components(separatedBy: "\n```").first { $0.contains("\ncrs> def hits") },
      "the tutorial shows a session")
    let lines = block.split(separator: "\n").map(String.init)
    var statements: [[String]] = []
    for line in lines {
      if line.hasPrefix("crs> ") { statements.append([line]) }
      if line.hasPrefix("...> ") { statements[statements.count - 1].append(line) }
    }
    #expect(statements.count >= 20)
    let folder = try EndToEndTests.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var input = ""
    for (k, statement) in statements.enumerated() {
      try (statement.joined(separator: "\n") + "\n").write(
        to: folder.appendingPathComponent("\(k).txt"), atomically: true, encoding: .utf8)
      input += "!cat \(k).txt\n" + statement.map { String($0.dropFirst(5)) }.joined(separator: "\n") + "\n"
    }
    let shown = try EndToEndTests.crs(["-"], in: folder, input: input).output
    #expect(shown.split(separator: "\n").map(String.init) == lines)
  }

  /// The example is that session with remarks; what it saves is saved again by its own record.
  @Test func theExampleIsThatSessionAndReplays() throws {
    let example = try String(
      contentsOf: EndToEndTests.root.appendingPathComponent("examples/explore.crs"), encoding: .utf8)
    let tutorial = try String(
      contentsOf: EndToEndTests.root.appendingPathComponent("docs/tutorial.md"), encoding: .utf8)
    for line in example.split(separator: "\n") where !line.hasPrefix("#") {
      #expect(tutorial.contains("> \(line)\n"), "\(line)")
    }
    let folder = try EndToEndTests.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try (example + "\nhistory record.crs\n").write(
      to: folder.appendingPathComponent("explore.crs"), atomically: true, encoding: .utf8)
    #expect(try EndToEndTests.crs(["explore.crs"], in: folder).status == 0)
    let names = ["groups.csv", "groups_mask.fits", "groups.png"]
    let first = try names.map { try Data(contentsOf: folder.appendingPathComponent($0)) }
    // In the same folder the files are there, which is said at once.
    let refused = try EndToEndTests.crs(["record.crs"], in: folder)
    #expect(refused.status == 3 && refused.errors.contains("--overwrite") && refused.output.isEmpty)
    #expect(try EndToEndTests.crs(["record.crs", "--overwrite"], in: folder).status == 0)
    #expect(try names.map { try Data(contentsOf: folder.appendingPathComponent($0)) } == first)
  }

  /// Lines and characters of both sessions are as many as the tutorial says.
  @Test func theComparisonIsCounted() throws {
    func text(_ name: String) throws -> String {
      try String(contentsOf: EndToEndTests.root.appendingPathComponent(name), encoding: .utf8)
    }
    func counted(_ text: Substring) -> (lines: Int, characters: Int) {
      let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.isEmpty && !$0.hasPrefix("#") }
      return (lines.count, lines.reduce(0) { $0 + $1.count })
    }
    let (example, tutorial) = (try text("examples/explore.crs"), try text("docs/tutorial.md"))
    let begin = try #require(example.range(of: "# Load the five exposures"))
    let python = try #require(tutorial.range(of: "```python\n"))
    let end = try #require(tutorial.range(of: "\n```", range: python.upperBound..<tutorial.endIndex))
    let ours = counted(example[begin.lowerBound...])
    let theirs = counted(tutorial[python.upperBound..<end.lowerBound])
    let claim =
      "It takes \(theirs.lines) lines and \(theirs.characters) characters; crs takes \(ours.lines) lines and "
      + "\(ours.characters) characters"
    #expect(tutorial.contains(claim), "\(claim)")
  }
}
