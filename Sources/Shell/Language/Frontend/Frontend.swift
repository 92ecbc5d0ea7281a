import Calling
import Kernels
import Plot

/// What a session runs in: a terminal, a notebook, a server. The language tells it everything and asks it; it knows no
/// other way out.
package protocol Frontend: AnyObject, Sendable {
  /// A line of a report.
  func report(_ line: String)
  func note(_ line: String)
  /// An error that a script survives, as it reads.
  func error(_ text: String)
  /// Something that is more than a line.
  func display(_ shown: Shown)
  /// Draws a figure; false where the command has to draw it for the terminal.
  func draw(_ figure: Figure) -> Bool
  /// Asks for a line; nil when there is no answer to be had.
  func ask(_ question: String) -> String?
  /// Asks in a way of its own for one of some answers; nil where they stand in the question.
  var askAmong: (@Sendable (_ question: String, _ choices: [String]) -> String?)? { get }
  /// Runs the work of a command, which tells `progress` how far it is.
  func during<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result
  var progress: any ProgressSink { get }
  /// Raised when the user stops what runs.
  var cancellation: Cancellation { get }
  /// Runs a line of the system's shell and gives its status; nil when there is no shell.
  func system(_ line: String) -> Int32?
  /// The terminal that reports go to, with the best way to show pictures in it, for which it may have to be asked; nil
  /// when they go elsewhere.
  func pictureTerminal() -> TerminalInfo?
  /// Characters in a line of the terminal that reports go to; nil when they go elsewhere.
  var columns: Int? { get }
  /// What to do here for somebody who types a word that is no command; nil: what the language says of it.
  func hint(about word: String) -> String?
}

extension Frontend {
  package var columns: Int? { nil }
  package func hint(about word: String) -> String? { nil }
  package var askAmong: (@Sendable (_ question: String, _ choices: [String]) -> String?)? { nil }
}

extension Frontend {
  package func draw(_ figure: Figure) -> Bool { false }
}
