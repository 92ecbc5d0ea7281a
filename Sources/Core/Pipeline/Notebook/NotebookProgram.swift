import Foundation
import Kernels

/// The code cells of a notebook, as a program.
package struct NotebookProgram: Sendable {
  package struct Cell: Sendable {
    /// `FILE.ipynb:cell 3`; cells of code that are not empty are counted, as Jupyter does when it runs them all.
    package var place: String
    package var text: String
  }
  package let cells: [Cell]

  /// Whether a file is a notebook, by its name.
  package static func isNotebook(_ path: String) -> Bool { path.lowercased().hasSuffix(".ipynb") }

  /// Reads a notebook of format 4.
  ///
  /// - Throws: `CRSError`: file when it cannot be read or is no notebook, data for older formats, usage for a notebook
  ///   of another language.
  package init(at path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else {
      throw CRSError.file("no such file", file: path, expected: "a notebook")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CRSError.file("cannot be read", file: path, expected: "a notebook")
    }
    guard let json = try? JSONValue(bytes: Array(data)), let format = json["nbformat"]?.int else {
      throw CRSError.file("is no notebook", file: path, expected: "JSON with nbformat, metadata and cells")
    }
    guard format == 4, let stored = json["cells"]?.items else {
      throw CRSError(
        .data, "the notebook has format \(format)", file: path, expected: "format 4",
        hint: "jupyter nbconvert --to notebook --nbformat 4 converts it")
    }
    if let kernel = json["metadata"]?["kernelspec"]?["name"]?.string, kernel != "crs" {
      throw CRSError(
        .usage, "the notebook is for the kernel '\(kernel)'", file: path, expected: "a notebook for crs")
    }
    for (number, cell) in stored.enumerated() {
      let type = cell["cell_type"]?.string
      guard type != nil, type != "code" || Self.isText(cell["source"]) else {
        throw CRSError(
          .data, "cell \(number + 1) has no \(type == nil ? "cell_type" : "source that is text")", file: path,
          expected: "cells as Jupyter writes them")
      }
    }
    cells = stored.filter { $0["cell_type"]?.string == "code" }.map { Self.text($0["source"]) }
      .filter { !$0.allSatisfy(\.isWhitespace) }.enumerated()
      .map { Cell(place: "\(path):cell \($0.offset + 1)", text: $0.element) }
  }

  private static func isText(_ source: JSONValue?) -> Bool {
    source?.string != nil || source?.items?.allSatisfy { $0.string != nil } ?? false
  }

  /// Text is stored whole or line by line.
  private static func text(_ source: JSONValue?) -> String {
    source?.string ?? source?.items?.compactMap(\.string).joined() ?? ""
  }
}
