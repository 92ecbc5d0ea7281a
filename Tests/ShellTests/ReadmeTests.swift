import Foundation
import Testing

/// What the README shows is what happens.
@Suite struct ReadmeTests {
  @Test func theSessionRunsAsRecorded() throws {
    let text = try String(contentsOf: EndToEndTests.root.appendingPathComponent("README.md"), encoding: .utf8)
    let block = try #require(
      text.components(separatedBy: "\n```").first { $0.contains("\ncrs> ") }, "the README shows a session")
    let lines = block.split(separator: "\n").map(String.init)
    let statements = lines.filter { $0.hasPrefix("crs> ") }.map { String($0.dropFirst(5)) }
    #expect(statements.count >= 5)
    let folder = try EndToEndTests.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let process = Process()
    process.executableURL = EndToEndTests.binary
    process.currentDirectoryURL = folder
    let (keys, screen) = (Pipe(), Pipe())
    process.standardInput = keys
    process.standardOutput = screen
    process.standardError = screen
    try process.run()
    // The statement before what it printed.
    let input = statements.map { "!echo 'crs> \($0)'\n\($0)\n" }.joined()
    keys.fileHandleForWriting.write(Data(input.utf8))
    try keys.fileHandleForWriting.close()
    let shown = String(decoding: screen.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(shown.split(separator: "\n").map(String.init) == lines)
    // The script that it wrote makes the same image.
    let clean = folder.appendingPathComponent("clean.fits")
    let first = try Data(contentsOf: clean)
    try FileManager.default.removeItem(at: clean)
    #expect(try EndToEndTests.crs(["session.crs"], in: folder).status == 0)
    #expect(try Data(contentsOf: clean) == first)
  }
}
