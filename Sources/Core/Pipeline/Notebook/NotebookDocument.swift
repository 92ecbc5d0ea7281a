import Files
import Foundation
import Kernels

/// A notebook that is written: format 4.5 of Jupyter, without dates, so that equal sessions give equal files.
package struct NotebookDocument: Sendable {
  package enum Output: Sendable {
    /// What was printed.
    case text(String)
    /// Notes and warnings.
    case notes(String)
    /// A figure, table or page, in the forms that clients choose from.
    case display(data: [String: JSONValue], metadata: [String: JSONValue])
    /// The value at the end of the cell.
    case result(data: [String: JSONValue], metadata: [String: JSONValue])
  }
  package enum Cell: Sendable {
    case markdown(String)
    case code(String, [Output])
  }
  package var cells: [Cell]

  package init(cells: [Cell] = []) { self.cells = cells }

  /// The file.
  package var text: String {
    var count = 0
    let stored = cells.enumerated().map { index, cell in
      if case .code = cell { count += 1 }
      return Self.json(cell, index: index, count: count)
    }
    let document: JSONValue = [
      "cells": .list(stored), "nbformat": 4, "nbformat_minor": 5,
      "metadata": [
        "kernelspec": ["name": "crs", "display_name": "crs", "language": "crs"],
        "language_info": Self.language,
      ],
    ]
    return document.lines
  }

  /// What tools have to know of the language.
  package static let language: JSONValue = [
    "name": "crs", "version": .text(CRSVersion.text), "mimetype": "text/x-crs", "file_extension": ".crs",
    "pygments_lexer": "bash", "codemirror_mode": "shell",
  ]

  private static func json(_ cell: Cell, index: Int, count: Int) -> JSONValue {
    switch cell {
    case .markdown(let text):
      return [
        "cell_type": "markdown", "id": .text(identifier(text, index)), "metadata": [:], "source": lines(text),
      ]
    case .code(let text, let outputs):
      return [
        "cell_type": "code", "id": .text(identifier(text, index)), "metadata": [:], "source": lines(text),
        "execution_count": .integer(count), "outputs": .list(outputs.map { json($0, count) }),
      ]
    }
  }

  private static func json(_ output: Output, _ count: Int) -> JSONValue {
    switch output {
    case .text(let text): ["output_type": "stream", "name": "stdout", "text": lines(text)]
    case .notes(let text): ["output_type": "stream", "name": "stderr", "text": lines(text)]
    case .display(let data, let metadata):
      ["output_type": "display_data", "data": stored(data), "metadata": .object(metadata)]
    case .result(let data, let metadata):
      [
        "output_type": "execute_result", "execution_count": .integer(count), "data": stored(data),
        "metadata": .object(metadata),
      ]
    }
  }

  /// Texts line by line, pictures whole.
  private static func stored(_ data: [String: JSONValue]) -> JSONValue {
    .object(
      Dictionary(
        uniqueKeysWithValues: data.map { kind, value in
          (kind, kind.hasPrefix("text/") ? value.string.map { lines($0) } ?? value : value)
        }))
  }

  /// Each line with its end.
  private static func lines(_ text: String) -> JSONValue {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) + "\n" }
    if let last = lines.popLast(), last != "\n" { lines.append(String(last.dropLast())) }
    return .list(lines.map { .text($0) })
  }

  private static func identifier(_ text: String, _ index: Int) -> String {
    var hash = ContentHash()
    hash.add("\(index)")
    hash.add(text)
    return String(hash.uuid.filter { $0 != "-" }.prefix(16))
  }
}

/// The size of a picture [pixel], as its PNG file says it.
package struct PictureSize: Sendable, Equatable {
  package let width: Int
  package let height: Int

  package init(png: [UInt8]) {
    func number(_ start: Int) -> Int {
      png.count >= start + 4 ? png[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) } : 0
    }
    (width, height) = (number(16), number(20))
  }

  /// As metadata of an output.
  package var json: JSONValue { ["width": .integer(width), "height": .integer(height)] }
}
