import Foundation
import Kernels

/// Turns the text of a script into statements.
///
/// Arguments of commands are read by their blanks, expressions in parentheses by operators; both come from one
/// reader, since only the place decides which rules hold. Depth is limited, so that no input overflows the stack.
package struct Parser {
  static let deepest = 64
  static let reserved: Set<String> = [
    "end", "for", "if", "else", "True", "False", "yes", "no", "none", "null", "auto", "None", "true", "false",
  ]

  var reader: SourceReader
  let isCommand: (String) -> Bool
  var depth = 0
  /// The outermost statements as they are written.
  private(set) var sources: [String] = []

  init(_ text: String, line: Int = 1, isCommand: @escaping (String) -> Bool) {
    reader = SourceReader(text.replacingOccurrences(of: "\r\n", with: "\n"), line: line)
    self.isCommand = isCommand
  }

  /// All statements of the text.
  ///
  /// - Throws: `CRSError` (usage) with line and column, or `UnfinishedInput`.
  mutating func parse() throws -> [Statement] {
    let (statements, ending) = try block(until: [])
    precondition(ending == nil)
    return statements
  }

  // MARK: - Statements

  mutating func block(until words: Set<String>) throws -> ([Statement], String?) {
    var statements: [Statement] = []
    let start = reader.position
    while true {
      skipBlank(lines: true)
      guard reader.current != nil else {
        if words.isEmpty { return (statements, nil) }
        throw unfinished("the block has no end", at: start, expected: "end")
      }
      if let word = peekName(), words.contains(word) {
        for _ in word { reader.advance() }
        return (statements, word)
      }
      let first = reader.index
      statements.append(try statement())
      if depth == 0 { sources.append(reader.text(from: first).trimmingBlanks()) }
      try endOfStatement()
    }
  }

  mutating func endOfStatement() throws {
    skipBlank(lines: false)
    guard let current = reader.current else { return }
    guard current == ";" || current.isNewline else {
      throw reader.error("'\(current)' is not understood here", expected: "the end of the statement")
    }
    reader.advance()
  }

  mutating func statement() throws -> Statement {
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.deepest else { throw reader.error("statements are nested too deeply") }
    let start = reader.position
    if reader.current == "!" {
      reader.advance()
      var text = ""
      while let current = reader.current, !current.isNewline {
        text.append(current)
        reader.advance()
      }
      return .shell(text, position: start)
    }
    if let word = peekName(), ["for", "if", "else", "end", "time"].contains(word), isAssignmentAfterName() {
      throw reader.error(
        "'\(word)' is a word of the language and cannot be assigned", expected: "another name")
    }
    switch peekName() {
    case "for": return try loop()
    case "if": return try choice()
    case "time" where isCommand("time") && peekAfterName() != "=":
      skipName()
      skipBlank(lines: false)
      return .timed(try statement())
    case .some(let word)
    where ["end", "else"].contains(word) && ![Character("=")].contains(peekAfterName() ?? " "):
      throw reader.error("'\(word)' without a for or if before it")
    default: break
    }
    let names = try assignedNames()
    let right = try call()
    return .run(names: names, right, position: start)
  }

  /// Whether `=` follows the name that stands here.
  private func isAssignmentAfterName() -> Bool {
    var ahead = self
    ahead.skipName()
    ahead.skipBlank(lines: false)
    return ahead.reader.current == "=" && ahead.reader.peek() != "="
  }

  mutating func loop() throws -> Statement {
    skipName()
    skipBlank(lines: false)
    guard let name = name() else {
      throw reader.error("a loop needs a variable", expected: "for NAME in FILES")
    }
    try checkAssignable(name)
    skipBlank(lines: false)
    guard peekName() == "in" else { throw reader.error("'in' is missing", expected: "for NAME in FILES") }
    skipName()
    let items = try arguments()
    guard !items.isEmpty else {
      throw reader.error("a loop over nothing", expected: "names of files or a glob")
    }
    try endOfStatement()
    let (body, _) = try block(until: ["end"])
    return .loop(variable: name, items: items, body: body)
  }

  mutating func choice() throws -> Statement {
    skipName()
    skipBlank(lines: false)
    let condition = try expression()
    try endOfStatement()
    let (then, ending) = try block(until: ["else", "end"])
    var otherwise: [Statement] = []
    if ending == "else" { (otherwise, _) = try block(until: ["end"]) }
    return .choice(condition: condition, then: then, otherwise: otherwise)
  }

  /// `a, b =` at the start of a statement; nothing is consumed when it is none.
  mutating func assignedNames() throws -> [Name] {
    let saved = reader
    var names: [Name] = []
    while let next = name() {
      names.append(next)
      skipBlank(lines: false)
      if reader.current == "," {
        reader.advance()
        skipBlank(lines: false)
        continue
      }
      if reader.current == "=", reader.peek() != "=" {
        reader.advance()
        skipBlank(lines: false)
        for name in names { try checkAssignable(name) }
        guard Set(names.map(\.text)).count == names.count else {
          throw reader.error("a name stands twice before =", at: names[0].position)
        }
        return names
      }
      break
    }
    reader = saved
    return []
  }

  func checkAssignable(_ name: Name) throws {
    if Self.reserved.contains(name.text) || name.text == "in" {
      throw reader.error(
        "'\(name.text)' is a word of the language and cannot be a variable", at: name.position)
    }
    if isCommand(name.text) {
      var error = reader.error("'\(name.text)' is a command and cannot be a variable", at: name.position)
      error.hint = "try \(name.text)_1"
      throw error
    }
  }

  /// A command with its arguments, or an expression.
  mutating func call() throws -> Call {
    let start = reader.position
    if let word = peekName(), isCommand(word), ![".", "/", "[", "~"].contains(peekAfterName() ?? " ") {
      skipName()
      return .command(name: word, arguments: try arguments(), position: start)
    }
    if let word = peekName(), peekAfterName().map({ $0.isWhitespace && !$0.isNewline }) ?? false,
      looksLikeCommand(word)
    {
      return .command(
        name: word,
        arguments: try {
          skipName(); return try arguments()
        }(), position: start)
    }
    return .expression(try expression())
  }

  /// A name followed by another word can only be a command, known or misspelt.
  func looksLikeCommand(_ word: String) -> Bool {
    var ahead = reader
    for _ in word { ahead.advance() }
    while let current = ahead.current, current == " " || current == "\t" { ahead.advance() }
    guard let next = ahead.current else { return false }
    return next.isLetter || next == "'" || next == "\"" || next == "_" || next.isNumber || next == "$"
      || next == "~"
  }

  // MARK: - Words

  /// Text in quotes; in double quotes a backslash protects the next character.
  mutating func quoted() throws -> String {
    let start = reader.position
    guard let quote = reader.current else { return "" }
    reader.advance()
    var text = ""
    while let current = reader.current {
      reader.advance()
      if current == quote { return text }
      if current == "\\", quote == "\"", let next = reader.current {
        text.append(next == "n" ? "\n" : next)
        reader.advance()
        continue
      }
      text.append(current)
    }
    throw unfinished("the text is not closed", at: start, expected: String(quote))
  }

  func peekName() -> String? {
    var copy = self
    return copy.name()?.text
  }

  func peekAfterName() -> Character? {
    var copy = self
    _ = copy.name()
    return copy.reader.current
  }

  mutating func skipName() { _ = name() }

  mutating func name() -> Name? {
    let start = reader.position
    guard let first = reader.current, first.isLetter || first == "_" else { return nil }
    var text = ""
    while let current = reader.current, current.isLetter || current.isNumber || current == "_" {
      text.append(current)
      reader.advance()
    }
    return Name(text: text, position: start)
  }

  /// Skips blanks, comments, continued line ends, and with `lines` line ends and semicolons.
  mutating func skipBlank(lines: Bool) {
    while let current = reader.current {
      if current == "\\", reader.peek()?.isNewline ?? false {
        reader.advance()
        reader.advance()
      } else if current == "#", reader.previous.map({ $0.isWhitespace || $0 == ";" }) ?? true {
        while let next = reader.current, !next.isNewline { reader.advance() }
      } else if current.isNewline || current == ";" {
        guard lines else { return }
        reader.advance()
      } else if current.isWhitespace {
        reader.advance()
      } else {
        return
      }
    }
  }

  func unfinished(_ message: String, at position: SourcePosition, expected: String) -> UnfinishedInput {
    var error = reader.error(message, at: position, expected: expected)
    error.hint = "the input ends too early"
    return UnfinishedInput(error: error)
  }
}
