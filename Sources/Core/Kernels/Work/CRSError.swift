/// What went wrong, where, and what was expected: the one error that reaches users.
package struct CRSError: Error, Sendable, Equatable {
  /// Decides the exit status.
  package enum Kind: Int32, Sendable {
    /// The data or a value does not allow it: status 1.
    case data = 1
    /// Wrong usage: syntax, unknown command, parameter, variable or key: status 2.
    case usage = 2
    /// A file cannot be read or written: status 3.
    case file = 3
    /// Interrupted by the user: status 130.
    case interrupted = 130
  }

  package var kind: Kind
  /// One sentence without a final full stop.
  package var message: String
  /// The file, as the user wrote it.
  package var file: String?
  /// The HDU, 0 for the primary one.
  package var hdu: Int?
  /// The parameter or key concerned.
  package var parameter: String?
  /// What would have been right.
  package var expected: String?
  /// A suggestion, for example a did-you-mean.
  package var hint: String?
  /// Line of the parameter file or script, from 1.
  package var line: Int?
  /// Column, from 1.
  package var column: Int?
  /// The script that line and column belong to; empty for the prompt; nil when they belong to `file`.
  package var script: String?
  /// The text of the line.
  package var sourceLine: String?
  /// The statements that ran the script, `FILE:LINE`, innermost first.
  package var trace: [String] = []

  package init(
    _ kind: Kind, _ message: String, file: String? = nil, hdu: Int? = nil, parameter: String? = nil,
    expected: String? = nil, hint: String? = nil, line: Int? = nil, column: Int? = nil
  ) {
    self.kind = kind
    self.message = message
    self.file = file
    self.hdu = hdu
    self.parameter = parameter
    self.expected = expected
    self.hint = hint
    self.line = line
    self.column = column
  }

  package static func data(
    _ message: String, parameter: String? = nil, expected: String? = nil, hint: String? = nil
  ) -> CRSError {
    CRSError(.data, message, parameter: parameter, expected: expected, hint: hint)
  }

  package static func usage(
    _ message: String, parameter: String? = nil, expected: String? = nil, hint: String? = nil
  ) -> CRSError {
    CRSError(.usage, message, parameter: parameter, expected: expected, hint: hint)
  }

  package static func file(
    _ message: String, file: String, hdu: Int? = nil, expected: String? = nil, hint: String? = nil
  ) -> CRSError {
    CRSError(.file, message, file: file, hdu: hdu, expected: expected, hint: hint)
  }

  /// Moves the place in a file into the file's name, so that the error can take a place in a script.
  package mutating func foldFilePlace() {
    guard script == nil, let line else { return }
    if let file { self.file = "\(file):\(line)" + (column.map { ":\($0)" } ?? "") }
    (self.line, column, sourceLine) = (nil, nil, nil)
  }

  /// Runs `body`; errors name the parameters as the caller calls them.
  package static func naming<Result>(_ names: [String: String], _ body: () throws -> Result) throws -> Result
  {
    do {
      return try body()
    } catch var error as CRSError {
      if let parameter = error.parameter, let name = names[parameter] { error.parameter = name }
      throw error
    }
  }

  package static let interrupted = CRSError(.interrupted, "interrupted")
}

extension CRSError: CustomStringConvertible {
  /// The sentence a user reads, without the place in a script.
  package var description: String {
    var text = ""
    if let file { text += file + (hdu.map { "[\($0)]" } ?? "") + ": " }
    if let parameter { text += parameter + ": " }
    text += message
    if let expected { text += ", expected " + expected }
    if let hint { text += " (" + hint + ")" }
    return text
  }
}
