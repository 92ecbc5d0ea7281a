import Kernels
import Pipeline

/// A place in a source, from 1.
package struct Place: Sendable, Equatable {
  package var line: Int
  package var column: Int

  package init(line: Int, column: Int) { (self.line, self.column) = (line, column) }
}

/// One argument of a call.
package struct Argument: Sendable {
  /// The parameter's name; nil for a positional argument.
  package var name: String?
  package var value: Value
  /// Where it stands in its source; nil on the command line.
  package var place: Place?
  /// Whether all calls get it, from a setting of the session or the definition that runs: nobody has written it.
  package var isImplied = false

  package init(name: String? = nil, value: Value, place: Place? = nil, isImplied: Bool = false) {
    (self.name, self.value, self.place, self.isImplied) = (name, value, place, isImplied)
  }
}

extension CRSError {
  /// The error with the place of an argument; a place in a file that the argument named moves into the file's name.
  /// On the command line arguments have no place, and the file's stays.
  package func at(_ place: Place?) -> CRSError {
    guard let place else { return self }
    var error = self
    error.foldFilePlace()
    error.line = error.line ?? place.line
    error.column = error.column ?? place.column
    return error
  }
}
