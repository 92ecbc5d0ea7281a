import Calling
import Files
import Kernels

/// The transcript that `set record=` keeps.
extension Interpreter {
  /// Runs an outermost statement and records it with its output where a transcript is kept.
  func recorded(_ written: String, _ body: () throws -> Void) throws {
    guard depth == 1, let file = session.settings.record else { return try body() }
    output.beginRecord()
    do {
      try body()
    } catch {
      try record(written, output.endRecord() + [ErrorText.text(error)], hasFailed: true)
      throw error
    }
    let lines = output.endRecord()
    // The statement that ends or moves the record is not part of it.
    if session.settings.record == file { try record(written, lines, hasFailed: false) }
  }

  /// What cannot be recorded ends the transcript.
  func record(_ written: String, _ lines: [String], hasFailed: Bool) throws {
    do {
      try session.settings.record?.append(statement: written, output: lines, hasFailed: hasFailed)
    } catch {
      session.settings.record = nil
      throw error
    }
  }
}
