/// Statements of before that begin like what is typed, one after the other: what Up and Down show.
struct StatementRecall {
  private(set) var statements: [String] = []
  /// What was typed before the first step back, and the part of it before the cursor.
  private var typed = ""
  private var beginning = ""
  /// The statement that is shown; nil for what was typed.
  private var place: Int?
  /// The text that the last step has shown.
  private var shown: String?

  /// Adds the newest statement; one that was just the last is there once.
  mutating func add(_ statement: String) {
    if statements.last != statement { statements.append(statement) }
    shown = nil
  }

  mutating func add(contentsOf older: [String]) {
    for statement in older where statements.last != statement { statements.append(statement) }
  }

  /// The next older statement that begins like what was typed; nil where there is none.
  ///
  /// - Parameters:
  ///   - line: what the line holds.
  ///   - cursor: how many characters stand before the cursor.
  mutating func older(than line: String, cursor: Int) -> String? {
    begin(line, cursor)
    let before = statements[..<(place ?? statements.count)]
    guard let found = before.lastIndex(where: { $0.hasPrefix(beginning) && $0 != line }) else { return nil }
    return show(found)
  }

  /// The next newer one; behind the newest what was typed itself.
  mutating func newer(than line: String, cursor: Int) -> String? {
    begin(line, cursor)
    guard let place else { return nil }
    let found = statements[(place + 1)...].firstIndex { $0.hasPrefix(beginning) && $0 != line }
    return show(found)
  }

  /// A line that was changed since the last step begins anew.
  private mutating func begin(_ line: String, _ cursor: Int) {
    guard line != shown else { return }
    (typed, beginning, place) = (line, String(line.prefix(cursor)), nil)
  }

  private mutating func show(_ found: Int?) -> String {
    place = found
    let text = found.map { statements[$0] } ?? typed
    shown = text
    return text
  }

  /// The last word of the statement so many before the newest, and how many there are.
  func lastArgument(back count: Int) -> String? {
    guard statements.indices.contains(statements.count - 1 - count) else { return nil }
    return Self.lastWord(of: statements[statements.count - 1 - count])
  }

  /// Text in quotes and brackets is a part of its word.
  static func lastWord(of statement: String) -> String {
    var words: [String] = []
    var word = ""
    var quote: Character?
    var depth = 0
    for character in statement {
      if let open = quote {
        if character == open { quote = nil }
        word.append(character)
      } else if character == "'" || character == "\"" {
        quote = character
        word.append(character)
      } else if character.isWhitespace || character == ";", depth == 0 {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        if "([".contains(character) { depth += 1 }
        if ")]".contains(character) { depth = max(0, depth - 1) }
        word.append(character)
      }
    }
    if !word.isEmpty { words.append(word) }
    return words.last ?? ""
  }
}
