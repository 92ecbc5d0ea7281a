import Calling
import Foundation
import Kernels

/// Turns the text of a script into statements.
///
/// Arguments of commands are read by their blanks, expressions in parentheses by operators; both come from one
/// reader, since only the place decides which rules hold. Depth is limited, so that no input overflows the stack.
struct Parser {
  static let deepest = 64

  /// What names mean before the text is run.
  struct Vocabulary {
    var isCommand: (String) -> Bool
    var isVariable: (String) -> Bool
    /// What a command says of itself; nil where nothing is known.
    var manifest: (String) -> CommandManifest? = { _ in nil }
  }

  var reader: SourceReader
  let vocabulary: Vocabulary
  var depth = 0
  /// Parentheses and brackets that are open: line ends inside are blanks.
  var open = 0
  /// Loops around the place.
  var loops = 0
  var isInDefinition = false
  /// Names that statements before have bound, dropped and defined.
  var bound: Set<String> = []
  var dropped: Set<String> = []
  var defined: Set<String> = []
  /// Whether definitions may have names that mean something already, for who leaves them out himself.
  var takesAnyName = false
  /// A command that was called with parentheses, and where they ended.
  var lastCall: (name: String, end: Int)?
  /// The last bare word of an expression, and where it ended.
  var lastWord: (text: String, end: Int)?
  /// Where the last text of an expression ended.
  var lastTextEnd: Int?
  /// Where the last number of an expression ended.
  var lastNumberEnd: Int?
  /// The line where the statement begins that was read last.
  private(set) var statementLine = 1
  /// Where it begins.
  private(set) var statementStart = 0
  /// Whether the text ends with a `\`, so that a further line continues its last one.
  var endsContinued = false
  /// The outermost statements as they are written.
  private(set) var sources: [String] = []

  init(_ text: String, line: Int = 1, column: Int = 1, vocabulary: Vocabulary) {
    reader = SourceReader(text, line: line, column: column)
    self.vocabulary = vocabulary
  }

  /// All statements of the text.
  ///
  /// - Throws: `CRSError` (usage) with line and column, or `UnfinishedInput`.
  mutating func parse() throws -> [Statement] {
    try block(until: []).0
  }

  /// Statements up to one of the words, or to the end of the text where there are none.
  mutating func block(until words: Set<String>) throws -> ([Statement], String?) {
    var statements: [Statement] = []
    let start = reader.position
    while true {
      skipLines()
      guard let current = reader.current else {
        if words.isEmpty { return (statements, nil) }
        throw unfinished("the block has no end", at: start, expected: "end")
      }
      if current.isNameStart, !words.isEmpty, let word = peekName(), words.contains(word) {
        skipName()
        return (statements, word)
      }
      let first = reader.index
      statementLine = reader.position.line
      statementStart = first
      statements.append(try statement())
      if depth == 0 { sources.append(reader.text(from: first).trimmingBlanks()) }
      try endOfStatement()
    }
  }

  mutating func endOfStatement() throws {
    skipBlank()
    guard let current = reader.current else { return }
    guard current == ";" || current.isLineEnd else { throw misplaced(current) }
    reader.advance()
  }

  /// What cannot follow a complete statement.
  private mutating func misplaced(_ current: Unicode.Scalar) -> CRSError {
    var error = reader.error("'\(current)' is not understood here", expected: "the end of the statement")
    if current == "{" || current == "}" { error.hint = Words.blocks }
    if let hint = Habits.sign(current, behind: lastWord?.text, isDefinition: isInDefinition) {
      error.hint = hint
    }
    if current == ":", reader.peek() == "=", let word = lastWord {
      error.hint = "\(word.text) = \(String(reader.restOfLine.dropFirst(2)).trimmingBlanks())"
    } else if current == ":", let word = lastWord, let hint = Habits.words[word.text] {
      error.hint = hint
    }
    let isBehindOperand = lastNumberEnd == reader.index || lastWord?.end == reader.index
    if current == ":", isBehindOperand, let next = reader.peek(),
      next.isNamePart || "-(".unicodeScalars.contains(next),
      Habits.words[lastWord?.text ?? ""] == nil
    {
      error.hint = "a range stands in parentheses, such as (1:3); only for i in 1:3 needs none"
    }
    if let word = peekName() {
      error.message = "'\(word)' is not understood here"
      error.hint =
        switch word {
        case "if": "where(mask, a, b) chooses pixel by pixel; if CONDITION ... else ... end"
        case "in": "any(l == a) is yes where a list has it"
        default:
          Habits.words[word]
            ?? (isCommand(word) ? "a statement begins on a line of its own, or behind ;" : nil)
        }
    }
    error.hint = valueHint(current, else: error.hint)
    return error
  }

  /// What is wrong with a value that another one follows.
  func valueHint(_ current: Unicode.Scalar, else other: String? = nil) -> String? {
    func isDirectlyBehind(_ end: Int) -> Bool {
      reader.text(from: end).allSatisfy { $0.isWhitespace && !$0.isNewline }
    }
    if let call = lastCall, call.end == reader.index, current == "." {
      return "names of files with parentheses stand in quotes"
    }
    if lastTextEnd == reader.index {
      if let hint = Habits.withText(current, reader.restOfLine) { return hint }
      if current == "'" || current == "\"" { return Habits.behindText(current, reader.restOfLine) }
    }
    if let end = lastTextEnd, isDirectlyBehind(end), current == "'" || current == "\"" {
      return "+ joins texts: 'a' + 'b'"
    }
    if lastWord?.end == reader.index, current == "'" || current == "\"" {
      return Habits.beforeText(lastWord?.text, reader.restOfLine)
    }
    if let call = lastCall, isDirectlyBehind(call.end) {
      return "a blank before ( parts the arguments: \(call.name) (...)"
    }
    if let word = lastWord, isDirectlyBehind(word.end),
      isCommand(word.text) || FunctionTable[word.text] != nil
    {
      if current == "(" { return "no blank before (: \(word.text)(...)" }
      let call = ahead { ahead in
        ahead.reader.goBack(to: word.end - word.text.unicodeScalars.count)
        return ahead.writtenCall()
      }
      if FunctionTable[word.text] != nil {
        return "a function needs parentheses without a blank before them: \(call ?? "\(word.text)(...)")"
      }
      return "among operators a command needs parentheses: \(call ?? "(\(word.text) ...)")"
    }
    if let word = lastWord, current == "[", isDirectlyBehind(word.end) {
      return "an element is \(word.text)[...], without a blank"
    }
    if let end = lastNumberEnd, isDirectlyBehind(end), other == nil, Habits.words[peekName() ?? ""] == nil,
      current.isNameStart || current == "%"
    {
      return "units are not written"
    }
    return other
  }

  // MARK: - Names

  /// Whether a word is a command here: variables hide those that came after version 0.1.0.
  func isCommand(_ word: String) -> Bool {
    guard vocabulary.isCommand(word) || defined.contains(word) else { return false }
    return Words.commands.contains(word) || !isVariable(word)
  }

  func isVariable(_ word: String) -> Bool {
    bound.contains(word) || (!isInDefinition && !dropped.contains(word) && vocabulary.isVariable(word))
  }

  /// The name that stands here.
  func peekName() -> String? {
    guard reader.current?.isNameStart ?? false else { return nil }
    var ahead = reader
    let start = ahead.index
    while let current = ahead.current, current.isNamePart { ahead.advance() }
    return ahead.text(from: start)
  }

  /// The character behind the name that stands here.
  func peekAfterName() -> Unicode.Scalar? {
    var offset = 0
    while let next = reader.peek(offset), next.isNamePart { offset += 1 }
    return reader.peek(offset)
  }

  mutating func skipName() { while let current = reader.current, current.isNamePart { reader.advance() } }

  mutating func name() -> Name? {
    let start = reader.position
    guard let text = peekName() else { return nil }
    skipName()
    return Name(text: text, position: start)
  }

  /// What `body` finds further on; nothing is consumed.
  func ahead<Result>(_ body: (inout Parser) throws -> Result) rethrows -> Result {
    var copy = self
    return try body(&copy)
  }

  // MARK: - Blanks

  /// Skips blanks, comments and continued line ends, inside parentheses and brackets all line ends.
  mutating func skipBlank() { skip(lines: open > 0, semicolons: false) }

  /// Skips to where a statement begins.
  mutating func skipLines() { skip(lines: true, semicolons: true) }

  /// Skips to an operand, which may stand on the next line.
  mutating func skipToOperand() { skip(lines: true, semicolons: false) }

  private mutating func skip(lines: Bool, semicolons: Bool) {
    while let current = reader.current {
      if current == " " {
        reader.advance()
      } else if current == "\\", let count = reader.continuation {
        reader.advance(count)
        if reader.current == nil { endsContinued = true }
      } else if current == "#", reader.previous.map({ $0.isBlank || $0.isLineEnd || $0 == ";" }) ?? true {
        while let next = reader.current, !next.isLineEnd { reader.advance() }
      } else if current.isLineEnd {
        guard lines else { return }
        reader.advance()
      } else if current == ";" {
        guard semicolons else { return }
        reader.advance()
      } else if current.isBlank {
        reader.advance()
      } else {
        return
      }
    }
  }

  // MARK: - Depth and ends

  /// Reads something that lies inside something else.
  mutating func nested<Result>(_ message: String, _ body: (inout Parser) throws -> Result) throws -> Result {
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.deepest else { throw reader.error(message) }
    return try body(&self)
  }

  func unfinished(_ message: String, at position: SourcePosition, expected: String) -> UnfinishedInput {
    UnfinishedInput(
      error: reader.error(message, at: position, expected: expected, hint: "the input ends too early"))
  }

  /// An error at the end of a line that no further one mends.
  func ended(_ message: String, at position: SourcePosition, expected: String) -> UnfinishedInput {
    var error = unfinished(message, at: position, expected: expected)
    error.goesOn = false
    return error
  }
}
