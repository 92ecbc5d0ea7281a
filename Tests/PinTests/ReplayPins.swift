import Foundation
import TestSupport
import Testing

/// What a session writes down of statements: history, provenance, HISTORY cards.
@Suite struct ReplayPins {
  /// The script that `history` writes of a session, or what went wrong.
  private func history(_ script: String, _ arguments: [String] = []) throws -> (lines: [String], failed: Bool)
  {
    let folder = try PinFolder()
    try folder.write(script + "\nhistory '\(folder.url("out.crs").path)'\n", "t.crs")
    let ended = try folder.run(["t.crs"] + arguments)
    guard ended.status == 0 else {
      return ("\(ended.status) \(ended.errors)".components(separatedBy: "\n"), true)
    }
    let lines = try folder.text("out.crs").replacing(folder.scratch.path, with: "FOLDER")
    return (lines.split(separator: "\n").map(String.init), false)
  }

  @Test func statementsAreWrittenDown() throws {
    var pins = try Pins("replay")
    var started: [String: Int] = [:]
    try pins.check { entry in
      let preparation = entry.preparation.joined(separator: "\n")
      let own = try started[preparation] ?? history(preparation).lines.count
      started[preparation] = own
      var statements = entry.input
      var arguments: [String] = []
      if statements[0].hasPrefix("#args ") { arguments = Array(words(statements.removeFirst()).dropFirst()) }
      let hasSeed = statements.contains { $0.contains(/seed=(?![Nn]one)/) }
      func told(_ lines: some Sequence<String>) -> [String] {
        lines.map { hasSeed ? $0 : $0.replacing(/seed=[0-9]{2,}/, with: "seed=DRAWN") }
      }
      let first = try history(preparation + "\n" + statements.joined(separator: "\n"), arguments)
      if first.failed { return ["status"] + first.lines }
      // Run again, the script writes itself.
      let second = try history(first.lines.joined(separator: "\n"))
      let out = told(first.lines.dropFirst(own))
      if second.failed { return out + ["run again: status"] + second.lines }
      let again = Pins.changes(from: told(first.lines), to: told(second.lines))
      return out + (again.isEmpty ? [] : ["run again:"] + again)
    }
  }

  /// Files that statements write: headers with their HISTORY, and data. Run again, the session writes the same bytes.
  @Test func savedFilesTellTheirStory() throws {
    var pins = try Pins("saved")
    try pins.check { entry in
      let script = (entry.preparation + entry.input).joined(separator: "\n")
      let (folder, again) = (try PinFolder(), try PinFolder())
      let old = Set(folder.scratch.names)
      try folder.write(script + "\nhistory \(again.url("t.crs").path)\n", "t.crs")
      let ended = try folder.run(["t.crs"])
      let names = try Products.new(in: folder.scratch.url, besides: old).filter { $0 != "t.crs" }
      var lines = ended.told
      for name in names { lines += try Products.description(of: name, in: folder.scratch.url) }
      guard ended.status == 0 else { return lines }
      let second = try again.run(["t.crs"])
      lines += second.told.filter { !ended.told.contains($0) }.map { "run again: " + $0 }
      for name in names {
        let same = try? Data(contentsOf: folder.url(name)) == Data(contentsOf: again.url(name))
        if same != true { lines.append("run again: another \(name)") }
      }
      return lines
    }
  }

  /// What statements report.
  @Test func statementsReport() throws {
    var pins = try Pins("reports")
    var started: [String: Int] = [:]
    try pins.check { entry in
      let preparation = entry.preparation.joined(separator: "\n")
      func reported(_ script: String) throws -> Program.Ended {
        let folder = try PinFolder()
        try folder.write(script + "\n", "t.crs")
        return try folder.run(["t.crs"])
      }
      func lines(_ ended: Program.Ended) -> [String] { ended.output.components(separatedBy: "\n").dropLast() }
      let own = try started[preparation] ?? lines(reported(preparation)).count
      started[preparation] = own
      let ended = try reported(preparation + "\n" + entry.input.joined(separator: "\n"))
      return lines(ended).dropFirst(own) + ended.told.map { "! " + $0 }
    }
  }
}
