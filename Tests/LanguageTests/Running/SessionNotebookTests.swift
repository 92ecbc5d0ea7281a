import Foundation
import Kernels
import TestSupport
import Testing

@testable import Language
@testable import Pipeline

/// Sessions written as notebooks show what the session showed.
@Suite struct SessionNotebookTests {
  /// Texts of the cells and their outputs, `kind: text`.
  private func cells(_ statements: [String]) throws -> [(code: String, outputs: [String])] {
    let folder = try ScratchFolder()
    defer { withExtendedLifetime(folder) {} }
    let run = try ScriptRun()
    for statement in statements { try run.run(statement) }
    let path = folder.file("n.ipynb")
    try run.run("history '\(path)'")
    let json = try JSONValue(bytes: Array(Data(contentsOf: URL(fileURLWithPath: path))))
    return try #require(json["cells"]?.items).dropFirst().map { cell in
      (
        Self.text(cell["source"]),
        (cell["outputs"]?.items ?? []).map { output in
          let data = output["data"]?.members ?? [:]
          let kinds = data.keys.sorted().joined(separator: " ")
          let text = Self.text(output["text"] ?? data["text/plain"])
          return "\(output["name"]?.string ?? output["output_type"]?.string ?? "")(\(kinds)): \(text)"
        }
      )
    }
  }

  private static func text(_ value: JSONValue?) -> String {
    value?.string ?? value?.items?.compactMap(\.string).joined() ?? ""
  }

  @Test func valuesAlone() throws {
    let found = try cells([
      "s = simulate nx=24 ny=20 seed=3", "s[1]", "3 + 4", "label (s[1] > 50)", "s", "print 5", "x = 3", "x",
      "_",
    ])
    #expect(found.count == 9 && found[1].code == "s[1]" && found[4].code == "s")
    #expect(found[0].outputs.count == 1 && found[0].outputs[0].hasPrefix("stdout(): s: Stack 3 x 24x20"))
    #expect(found[1].outputs[0].hasPrefix("execute_result(image/png text/plain): Image 24x20"))
    #expect(found[2].outputs == ["execute_result(text/plain): 7"])
    #expect(found[3].outputs[0].hasPrefix("execute_result(text/html text/plain): "))
    #expect(found[4].outputs[0].hasPrefix("execute_result(image/png text/plain): Stack"))
    #expect(found[5].code == "print 5" && found[5].outputs == ["stdout(): 5\n"])
    #expect(found[7].code == "x" && found[7].outputs == ["execute_result(text/plain): 3"])
    #expect(found[8].code == "_" && found[8].outputs == ["execute_result(text/plain): 3"])
    #expect(!found.contains { $0.code.hasPrefix("_ = ") })
  }

  @Test func loopsAreOneCell() throws {
    let found = try cells(["for i in 1:3\n  print (i * 2)\n  i + 1\nend", "vars"])
    #expect(found.count == 2)
    #expect(found[0].code.hasPrefix("i = 1\n") && found[0].code.contains("\ni = 3\n"))
    // What the same statements tell when they are run again.
    #expect(
      found[0].outputs == [
        "stdout(): i: 1\n2\n2\ni: 2\n4\n3\ni: 3\n6\n", "execute_result(text/plain): 4",
      ])
    #expect(found[1].outputs[0].hasPrefix("display_data(text/html text/plain): i"))
  }

  @Test func notesAndUndo() throws {
    let found = try cells(["v = 3", "w = 5", "undo", "1 + 1"])
    #expect(found.first?.code == "v = 3" && found.first?.outputs == ["stdout(): v: 3\n"])
    #expect(!found.contains { $0.code.contains("w = 5") || $0.code.contains("undo") })
    #expect(found.last?.outputs == ["execute_result(text/plain): 2"])
    // Nothing that undo tells stands under another statement.
    #expect(!found.flatMap(\.outputs).contains { $0.contains("->") || $0.contains("not there") })
  }

  @Test func scriptsHaveNoLooks() throws {
    let run = try ScriptRun()
    try run.run("x = 3; print x; vars; x; help")
    #expect(run.session.script == ["x = 3", "_ = x"])
  }

  @Test func nothingIsRunForAValue() throws {
    let folder = try ScratchFolder()
    defer { withExtendedLifetime(folder) {} }
    let run = try ScriptRun()
    try run.run(
      "m = median (simulate nx=24 ny=20 seed=3)\ndef e\n  exit\n  return 1\nend\ndef t\n  !touch x\n  return 1\nend"
    )
    let before = run.session.record.count
    for text in [
      "exit", "e", "t", "undo", "set threads=1", "drop m", "save m '\(folder.file("a.fits"))'", "plot m",
      "help median", "vars", "source 'x.crs'", "x = 1", "!ls", "def f\nend", "for i in 1:2\n i\nend",
      "(save m '\(folder.file("b.fits"))')",
    ] {
      #expect(throws: CRSError.self, "\(text)") { try run.interpreter.value(of: text) }
      #expect(!run.session.isOver, "\(text)")
    }
    #expect(folder.names.isEmpty && run.session.record.count == before)
    #expect(!run.lines.all.contains { $0.hasPrefix("! ") })
    #expect(try run.interpreter.value(of: "stats m median").double != nil)
    #expect(try run.interpreter.value(of: "len([1, 2])").double == 2)
    // The gate is open again.
    try run.run("set threads=1")
  }
}
