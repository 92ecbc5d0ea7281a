import Foundation
import Kernels
import TestSupport
import Testing

@testable import Language
@testable import Pipeline

/// Notebooks as scripts, and sessions as notebooks.
@Suite struct NotebookProgramTests {
  private func notebook(_ cells: [String], kernel: JSONValue = "crs", format: JSONValue = 4) -> String {
    let stored: [JSONValue] = cells.map { text in
      let isProse = text.hasPrefix("prose")
      return [
        "cell_type": isProse ? "markdown" : "code", "source": .text(text), "metadata": [:], "outputs": [],
      ]
    }
    let document: JSONValue = [
      "nbformat": format, "nbformat_minor": 5, "cells": .list(stored),
      "metadata": ["kernelspec": ["name": kernel]],
    ]
    return document.lines
  }

  private func error(of text: String, check: Bool = false) throws -> CRSError? {
    let folder = try ScratchFolder()
    let path = try folder.write(text, "n.ipynb")
    defer { withExtendedLifetime(folder) {} }
    let run = try ScriptRun()
    do {
      if check { return try run.interpreter.errors(inFile: path).first }
      try run.interpreter.run(file: path)
      return nil
    } catch {
      return error as? CRSError
    }
  }

  @Test func cellsRunAsOneProgram() throws {
    let folder = try ScratchFolder()
    defer { withExtendedLifetime(folder) {} }
    let text = notebook([
      "prose", "def twice a\n  return (2 * a)\nend", "  \n", "x = twice 4", "y = x + 1; exit 3; x = 0; x = 1",
      "z = y",
    ])
    let path = try folder.write(text, "n.ipynb")
    let run = try ScriptRun()
    #expect(try run.interpreter.errors(inFile: path).isEmpty)
    try run.interpreter.run(file: path)
    // exit ends its cell, as it does in Jupyter.
    #expect(run.number("x") == 8 && run.number("y") == 9 && run.number("z") == 9)
    #expect(!run.session.isOver && run.session.exitStatus == nil)
    #expect(
      run.lines.all.contains(
        "note: exit ends the cell, not the notebook; the 2 statements behind it are left out"))
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
  }

  @Test func errorsNameTheCell() throws {
    let runs = try #require(try error(of: notebook(["prose", "a = 1", "b = 2\n\nc = (a + nothere)"])))
    #expect(runs.script?.hasSuffix("n.ipynb:cell 2") == true && runs.line == 3 && runs.column == 10)
    #expect(runs.sourceLine == "c = (a + nothere)")
    let checked = try #require(try error(of: notebook(["a = 1", "b = (a + nothere)"]), check: true))
    #expect(checked.script?.hasSuffix("n.ipynb:cell 2") == true && checked.line == 1)
    // What cannot be read is found before anything runs; a block ends in its cell.
    for cells in [["save (1) x.csv", "x = )"], ["a = 1", "for i in 1:3\n  a = i", "end"]] {
      let syntax = try #require(try error(of: notebook(cells)))
      #expect(syntax.kind == .usage && syntax.script?.hasSuffix("n.ipynb:cell 2") == true)
    }
  }

  @Test func otherFilesAreRefused() throws {
    #expect(try error(of: notebook(["1"], kernel: "python3"))?.kind == .usage)
    #expect(try error(of: notebook(["1"], format: 3))?.kind == .data)
    for text in ["{", "[]", "{\"cells\": []}", ""] { #expect(try error(of: text)?.kind == .file) }
    #expect(
      try error(
        of: "{\"nbformat\": 4, \"cells\": [{\"cell_type\": \"code\", \"source\": [\"x = \", \"1\\n\"]}]}")
        == nil)
    for cell in [
      "{\"source\": \"x=1\"}", "{\"cell_type\": \"code\", \"source\": [5]}", "{\"cell_type\": \"code\"}", "3",
    ] {
      let error = try error(of: "{\"nbformat\": 4, \"cells\": [\(cell)]}")
      #expect(
        error?.kind == .data && error?.message.hasPrefix("cell 1 has no ") == true,
        "\(cell): \(error?.message ?? "")")
    }
  }

  @Test func sessionsBecomeNotebooks() throws {
    let folder = try ScratchFolder()
    defer { withExtendedLifetime(folder) {} }
    func written(_ name: String) throws -> String {
      let run = try ScriptRun()
      let path = folder.url.appendingPathComponent(name).path
      try run.run(
        "s = simulate nx=24 ny=20 seed=3\nshow s\nx = 3; plot s[1] '\(path).png'\nhistory '\(path)'")
      #expect(run.session.script.count == 3)
      return try String(contentsOfFile: path, encoding: .utf8)
    }
    let first = try written("a.ipynb")
    #expect(first.replacing("a.ipynb", with: "b.ipynb") != first)
    let json = try JSONValue(bytes: Array(first.utf8))
    let cells = try #require(json["cells"]?.items)
    #expect(cells.count == 5 && json["nbformat"] == 4 && json["nbformat_minor"] == 5)
    let pictures = cells.map { $0["outputs"]?.items?.filter { $0["data"]?["image/png"] != nil }.count ?? 0 }
    #expect(pictures == [0, 0, 1, 0, 1])
    #expect(cells[1]["outputs"]?.items?.first?["text"]?.items?.first?.string?.hasPrefix("s: Stack") == true)
    #expect(Set(cells.compactMap { $0["id"]?.string }).count == 5)
    // Equal sessions are equal files, and a notebook of a session runs.
    try FileManager.default.removeItem(atPath: folder.url.path + "/a.ipynb.png")
    try FileManager.default.removeItem(atPath: folder.url.path + "/a.ipynb")
    #expect(try written("a.ipynb") == first)
    try FileManager.default.removeItem(atPath: folder.url.path + "/a.ipynb.png")
    let again = try ScriptRun()
    try again.interpreter.run(file: folder.url.path + "/a.ipynb")
    #expect(again.number("x") == 3)
  }

  @Test func codeIsCompleteOrNot() throws {
    let interpreter = try ScriptRun().interpreter
    #expect(interpreter.completeness(of: "x = 1\ny = (x + 1)") == .complete)
    #expect(interpreter.completeness(of: "for i in 1:3") == .incomplete(indent: "  "))
    #expect(interpreter.completeness(of: "for i in 1:3\n  if yes\n    x = i") == .incomplete(indent: "    "))
    #expect(interpreter.completeness(of: "x = (1 +") == .incomplete(indent: ""))
    #expect(interpreter.completeness(of: "x = )") == .invalid)
    #expect(try interpreter.value(of: "2 + 3").double == 5)
    #expect(throws: CRSError.self) { try interpreter.value(of: "x = 3") }
    #expect(interpreter.session.names.isEmpty && interpreter.session["_"] == nil)
  }
}
