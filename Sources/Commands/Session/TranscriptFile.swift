import Files
import Foundation
import Kernels

/// A file that takes every statement of a session and its output as comments, so that it can be run again.
package struct TranscriptFile: Sendable, Equatable {
  /// The whole path: `cd` does not move it.
  package let path: String

  /// Begins to record: appends a line with the time.
  ///
  /// - Throws: `CRSError` (file) when the file cannot be written, for names that mean more to other programs, and for a file
  ///   that is neither a script nor a record.
  package init(_ name: String) throws {
    try WrittenName.check(name)
    try OutputName.checkScript(name)
    path = URL(fileURLWithPath: name).standardizedFileURL.path
    guard name.hasSuffix(".crs") || Self.isRecord(path) else {
      throw CRSError.file(
        "holds something else than statements, which a record is appended to", file: name,
        expected: "a new name, a script .crs or an earlier record")
    }
    try append("# crs \(CRSVersion.text), recorded from \(Clock.spaced)\n")
  }

  /// Whether a file does not exist, is empty or begins as records do. What cannot be read tells so when it is written.
  private static func isRecord(_ path: String) -> Bool {
    var facts = stat()
    guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_size > 0,
      let file = FileHandle(forReadingAtPath: path)
    else { return true }
    defer { try? file.close() }
    let start = Array("# crs ".utf8)
    return (try? file.read(upToCount: start.count)).map { Array($0) == start } ?? true
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
