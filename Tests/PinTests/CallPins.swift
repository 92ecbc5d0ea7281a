import Calling
import Commands
import Foundation
import Language
import TestSupport
import Testing

@testable import Shell

/// Errors with their places, help pages, and the ways in which arguments find their parameters.
@Suite struct CallPins {
  /// Errors of a script when it runs and when it is only checked; of a subcommand after "#call", of a parameter file
  /// after "#yaml".
  @Test func errorsTellTheirPlace() throws {
    var pins = try Pins("errors")
    try pins.check { entry in
      let folder = try PinFolder()
      if entry.input[0].hasPrefix("#call ") {
        let ended = try folder.run(Array(words(entry.input[0]).dropFirst()))
        return ["status \(ended.status)"] + ended.errors.components(separatedBy: "\n")
      }
      if entry.input[0] == "#yaml" {
        try folder.write(CrmasksRuns.parameterFile(Array(entry.input.dropFirst())), "p.yaml")
        let ended = try folder.run(["crmasks", "p.yaml", "--output_dir", "out"])
        return ["status \(ended.status)"] + ended.errors.components(separatedBy: "\n")
      }
      try folder.write((entry.preparation + entry.input).joined(separator: "\n") + "\n", "t.crs")
      let checked = try folder.run(["t.crs", "--check"])
      let ended = try folder.run(["t.crs"])
      let lines = ["status \(ended.status)"] + ended.errors.components(separatedBy: "\n").dropLast()
      if checked.errors == ended.errors, checked.status == ended.status {
        return lines + ["checked: the same"]
      }
      let difference = checked.errors.components(separatedBy: "\n").dropLast()
      return lines
        + (checked.status == 0 ? ["checked: nothing"] : ["checked: status \(checked.status)"] + difference)
    }
  }

  @Test func helpPages() throws {
    var pins = try Pins("help")
    let folder = try PinFolder()
    let known = Set(pins.entries.map { $0.input[0] })
    for name in try Builtins.registry().names where !known.contains("help \(name)") {
      #expect(Pins.isRecording, "no pin of the help of \(name)")
      pins.append("help \(name)")
    }
    try pins.check { entry in
      let ended = try folder.run(words(entry.input[0]))
      return ended.output.components(separatedBy: "\n") + ended.told
    }
  }

  /// One call evaluated, checked, completed at the start of its last word, and as a subcommand (second line).
  @Test func callsAreMatchedInOneWay() throws {
    var pins = try Pins("matching")
    let script = try ScriptRun()
    let (session, interpreter) = (script.session, script.interpreter)
    try interpreter.run(
      text: "s = simulate nx=60 ny=50 seed=1; m = median s; k = m > 50; one = 1; b = 2; w = 'median'",
      source: nil)
    try pins.check { entry in
      let call = entry.input[0]
      let folder = try PinFolder()
      try folder.write((entry.preparation + ["x = \(call)"]).joined(separator: "\n") + "\n", "t.crs")
      let checked = try folder.run(["t.crs", "--check"])
      let ended = try folder.run(["t.crs"])
      var lines =
        ended.told + ended.output.split(separator: "\n").filter { $0.hasPrefix("x: ") }.map(String.init)
      if checked.status == 0 {
        lines.append("checked: nothing")
      } else if checked.errors == ended.errors {
        lines.append("checked: the same")
      } else {
        lines += checked.told.map { "checked: " + $0 }
      }
      if !entry.input.contains("(its completion is not pinned)") { lines.append(completion(call, session)) }
      for command in entry.input.dropFirst() where command.hasPrefix("crs ") {
        let fresh = try PinFolder()
        let ended = try fresh.run(Array(words(command).dropFirst()))
        lines += (ended.told + ended.output.split(separator: "\n").map(String.init)).map { "as words: " + $0 }
      }
      return lines
    }
  }

  private func completion(_ call: String, _ session: Session) -> String {
    let end = call.lastIndex { " =".contains($0) } ?? call.startIndex
    let line = String(call[...end])
    let candidates = Completer(session: session).candidates(line).candidates.map(\.text)
    let here = Set((try? FileManager.default.contentsOfDirectory(atPath: ".")) ?? [])
    let others = candidates.filter { !here.contains($0) && !here.contains(String($0.dropLast())) }
    return "completed '\(line)': "
      + (others + (others.count < candidates.count ? ["FILES"] : [])).joined(separator: " ")
  }

  /// The same value as files, calls and command lines write it: "yaml KEY: VALUE", "call KEY=VALUE", "crs ...".
  @Test func dialects() throws {
    var pins = try Pins("dialects")
    let file = try CrmasksRuns.run([])
    let usual = try CrmasksRuns.call("seed=1")
    try pins.check { entry in
      let text = String(entry.input[0].drop { $0 != " " }.dropFirst())
      func short(_ lines: [String]) -> [String] {
        lines.filter { !$0.contains("fnv") && !$0.hasPrefix("UUID") && !$0.hasPrefix("out/") }
      }
      switch entry.input[0].prefix(4) {
      case "yaml": return short(CrmasksRuns.changes(from: file, to: try CrmasksRuns.run([text])))
      case "call": return short(CrmasksRuns.changes(from: usual, to: try CrmasksRuns.call("seed=1 " + text)))
      default:
        let ended = try PinFolder().run(words(text))
        return ended.told + ended.output.split(separator: "\n").map(String.init)
      }
    }
  }
}
