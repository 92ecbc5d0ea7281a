import Files
import Foundation
import Kernels

/// A file that takes every statement of a session and its output as comments, so that it can be run again.
package struct TranscriptFile: Sendable, Equatable {
  /// The whole path: `cd` does not move it.
  package let path: String

  /// Begins to record: appends a line with the time.
  ///
  /// - Throws: `CRSError` (file) when the file cannot be written, and for names that mean more to other programs.
  package init(_ name: String) throws {
    try WrittenName.check(name)
    path = URL(fileURLWithPath: name).standardizedFileURL.path
    try append("# crs \(CRSVersion.text), recorded from \(Clock.spaced)\n")
  }

  /// Records a statement that has run; a failed one as a comment, since it would end a replay.
  ///
  /// - Parameter output: its lines and errors.
  /// - Throws: `CRSError` (file).
  package func append(statement: String, output: [String], hasFailed: Bool) throws {
    let lines = output.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false) }
      .map { $0.contains("\u{1B}") ? "# (picture)" : $0.isEmpty ? "#" : "# " + $0 }
    let comments = lines.enumerated().filter { index, line in
      line != "# (picture)" || index == 0 || lines[index - 1] != line
    }.map { $0.element + "\n" }
    let text =
      hasFailed
      ? statement.split(separator: "\n").map { "# failed: " + $0 + "\n" }.joined() : statement + "\n"
    try append(text + comments.joined())
  }

  private func append(_ text: String) throws {
    do {
      try AppendedFile(path: path).append { _ in Array(text.utf8) }
    } catch var error as CRSError {
      error.hint = "set record=off ends the transcript"
      throw error
    }
  }
}
