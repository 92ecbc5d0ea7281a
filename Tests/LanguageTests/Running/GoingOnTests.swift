import Foundation
import TestSupport
import Testing

@testable import Language

/// A startup file runs past everything in it that cannot be read or run.
@Suite struct GoingOnTests {
  /// What runs of a text, and what is told of the rest.
  private func run(_ text: String) throws -> (ScriptRun, errors: [String]) {
    let run = try ScriptRun()
    try run.interpreter.run(text: text, source: "startup.crs", goesOn: true)
    return (run, run.lines.all.filter { $0.hasPrefix("error: ") })
  }

  @Test(
    arguments: [
      // A statement that is not understood, also between others of its line.
      ("a = 1\nb = = 2\nc = 3", ["a": 1, "c": 3], ["2:5"]),
      ("a = 1; b = = 2; c = 3", ["a": 1, "c": 3], ["1:12"]),
      // Brackets and quotes that nothing closes, or that a later line does.
      ("a = 1\nb = (1 + 2\nc = 3", ["a": 1, "c": 3], ["2:5"]),
      ("a = 1\nb = 'text\nc = 3", ["a": 1, "c": 3], ["2:5"]),
      ("a = 1\nl = [1,\n  2 + ,\n  3]\nc = 3", ["a": 1, "c": 3], ["3:7"]),
      ("s = 'x\ny'\nb = = 2 # ;'(\nc = 3", ["c": 3], ["3:5"]),
      // A broken head: its body does not run.
      ("for i on 1:3\n  a = i\n  if i > 1\n    a = 5\n  end\nend\nc = 3", ["c": 3], ["1:7"]),
      ("if (1\n  a = 1\nelse if 2\n  a = 2\nelse\n  a = 3\nend\nc = 3", ["c": 3], [""]),
      ("def f(x): return x * 2\nc = 3\nfor i in 1:3\n  d = i\nend", ["c": 3, "d": 3], [""]),
      ("for i in l { print i }\nc = 3", ["c": 3], [""]),
      // A block without an end, last or in between.
      ("c = 3\nfor i in 1:3\n  a = i", ["c": 3], ["3:1"]),
      ("if yes\n  a = 1\nc = 3\nfor i in 1:3\n  d = i\nend\ne = 4", ["c": 3, "d": 3, "e": 4], [""]),
      ("for i in 1:3\n  if i > 1\n    a = i\n  b = 2\nend\nc = 3", ["c": 3], [""]),
      ("c = 3\nif no\na = 1\nb = 2", ["c": 3], [""]),
      ("end\nc = 3", ["c": 3], ["1:1"]),
      // What can be read and fails.
      ("a = nothere\nc = 3", ["c": 3], ["1:5"]),
      ("needs nosuchplugin 1.0\nc = 3", ["c": 3], [""]),
    ] as [(String, [String: Double], [String])])
  func theRestRuns(text: String, values: [String: Double], places: [String]) throws {
    let (run, errors) = try run(text)
    for (name, value) in values { #expect(run.number(name) == value, "\(text): \(run.lines.all)") }
    let left = run.session.names.filter { values[$0] == nil && !["s", "_", "i"].contains($0) }
    let isLeft = left.allSatisfy { $0 == "i" }
    #expect(isLeft, "\(text): \(left)")
    #expect(errors.count == places.count, "\(text): \(errors)")
    for (error, place) in zip(errors, places) {
      #expect(error.hasPrefix("error: startup.crs:\(place)"), "\(text): \(error)")
    }
    #expect(run.session.passedOver.count == places.count)
  }

  @Test func whatIsLeftOutIsTold() throws {
    let (_, errors) = try run("c = 3\nif no\na = 1\nb = 2")
    #expect(errors.first?.contains("lines 2 to 4 are left out") ?? false, "\(errors)")
    let (_, many) = try run(String(repeating: "a = = 2\n", count: 200))
    #expect(many.count == 50 && many.last?.contains("the rest is left out") ?? false)
  }
}
