import Calling
import Kernels

/// Reads characters of a script and knows where it stands.
struct SourceReader {
  private let characters: [Character]
  private(set) var index = 0
  private(set) var position: SourcePosition

  init(_ text: String, line: Int = 1) {
    characters = Array(text)
    position = SourcePosition(line: line, column: 1)
  }

  var current: Character? { index < characters.count ? characters[index] : nil }

  func peek(_ offset: Int = 1) -> Character? {
    index + offset < characters.count ? characters[index + offset] : nil
  }

  /// What was read from a place up to here.
  func text(from start: Int) -> String { String(characters[min(start, index)..<index]) }

  var previous: Character? { index > 0 ? characters[index - 1] : nil }

  mutating func advance() {
    guard let current else { return }
    index += 1
    if current.isNewline {
      position.line += 1
      position.column = 1
    } else {
      position.column += 1
    }
  }

  func error(_ message: String, at position: SourcePosition? = nil, expected: String? = nil) -> CRSError {
    let place = position ?? self.position
    return CRSError(.usage, message, expected: expected, line: place.line, column: place.column)
  }
}

/// A place in the source, from 1.
struct SourcePosition: Sendable, Equatable {
  var line: Int
  var column: Int

  var place: Place { Place(line: line, column: column) }
}
