import Core
import Foundation

/// Turns the text of a script into statements.
///
/// Arguments of commands are read by their blanks, expressions in parentheses by operators; both come from one
/// reader, since only the place decides which rules hold. Depth is limited, so that no input overflows the stack.
struct Parser {
  static let deepest = 64
  static let reserved: Set<String> = [
    "end", "for", "if", "else", "True", "False", "yes", "no", "none", "null", "auto", "None", "true", "false",
  ]

  private var reader: SourceReader
  private let isCommand: (String) -> Bool
  private var depth = 0

  init(_ text: String, line: Int = 1, isCommand: @escaping (String) -> Bool) {
    reader = SourceReader(text.replacingOccurrences(of: "\r\n", with: "\n"), line: line)
    self.isCommand = isCommand
  }

  /// All statements of the text.
  ///
  /// - Throws: `CRSError` (usage) with line and column. `Unfinished` marks input that more lines could complete.
  mutating func parse() throws -> [Statement] {
    let (statements, ending) = try block(until: [])
    precondition(ending == nil)
    return statements
  }

  // MARK: - Statements

  private mutating func block(until words: Set<String>) throws -> ([Statement], String?) {
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
      statements.append(try statement())
      try endOfStatement()
    }
  }

  private mutating func endOfStatement() throws {
    skipBlank(lines: false)
    guard let current = reader.current else { return }
    guard current == ";" || current.isNewline else {
      throw reader.error("'\(current)' is not understood here", expected: "the end of the statement")
    }
    reader.advance()
  }

  private mutating func statement() throws -> Statement {
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

  private mutating func loop() throws -> Statement {
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

  private mutating func choice() throws -> Statement {
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
  private mutating func assignedNames() throws -> [Name] {
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

  private func checkAssignable(_ name: Name) throws {
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
  private mutating func call() throws -> Call {
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
  private func looksLikeCommand(_ word: String) -> Bool {
    var ahead = reader
    for _ in word { ahead.advance() }
    while let current = ahead.current, current == " " || current == "\t" { ahead.advance() }
    guard let next = ahead.current else { return false }
    return next.isLetter || next == "'" || next == "\"" || next == "_" || next.isNumber || next == "$"
      || next == "~"
  }

  // MARK: - Arguments

  private mutating func arguments() throws -> [ArgumentSyntax] {
    var out: [ArgumentSyntax] = []
    var keys: Set<String> = []
    while true {
      skipBlank(lines: false)
      guard let current = reader.current, current != ";", !current.isNewline, current != ")" else {
        return out
      }
      let start = reader.position
      let saved = reader
      if let key = name() {
        if reader.current == "=", reader.peek() != "=" {
          reader.advance()
          guard keys.insert(key.text).inserted else {
            throw reader.error("'\(key.text)' is given twice", at: start)
          }
          out.append(ArgumentSyntax(name: key.text, value: try argument(), position: start))
          continue
        }
        reader = saved
      }
      out.append(ArgumentSyntax(name: nil, value: try argument(), position: start))
    }
  }

  /// One argument: text, number, word, list or a parenthesised expression.
  private mutating func argument() throws -> Expression {
    let start = reader.position
    guard let current = reader.current, current != ";", !current.isWhitespace else {
      throw reader.error("a value is missing")
    }
    if current == "'" || current == "\"" {
      let text = try quoted()
      return .text(text, start)
    }
    if current == "(" { return try indexed(try parenthesised()) }
    if current == "[" { return try bracket() }
    let word = try bareWord()
    return try indexed(word)
  }

  /// A run of characters up to a blank; brackets directly behind a name belong to it.
  private mutating func bareWord() throws -> Expression {
    let start = reader.position
    var text = ""
    while let current = reader.current, !current.isWhitespace, !";()\"'".contains(current) {
      if current == "[" {
        // A file name keeps its brackets; a variable's index is parsed.
        guard text.contains(where: { "./~*?".contains($0) }) else { break }
        text += try bracketText()
        continue
      }
      if current == "," || current == "]" { break }
      text.append(current)
      reader.advance()
    }
    guard !text.isEmpty else {
      throw reader.error(
        "'\(reader.current.map(String.init) ?? "")' is not understood here", expected: "a value")
    }
    return Self.meaning(of: text, at: start)
  }

  /// What a bare word is by its looks.
  static func meaning(of text: String, at position: SourcePosition) -> Expression {
    if text.hasPrefix("$"), text.count > 1 { return .parameter(String(text.dropFirst()), position) }
    if let integer = Int(text), text != "+" { return .number(Double(integer), isInteger: true, position) }
    if text.contains(where: \.isNumber), let number = Double(text), number.isFinite,
      !text.contains(where: { "xXpP".contains($0) })
    {
      return .number(number, isInteger: false, position)
    }
    return .word(text, position)
  }

  /// The text of a bracket with all inside it.
  private mutating func bracketText() throws -> String {
    let start = reader.position
    var text = ""
    var open = 0
    repeat {
      guard let current = reader.current else {
        throw unfinished("the bracket is not closed", at: start, expected: "]")
      }
      if current == "[" { open += 1 }
      if current == "]" { open -= 1 }
      if !current.isNewline { text.append(current) }
      reader.advance()
    } while open > 0
    return text
  }

  /// Sections and pixels directly behind a value.
  private mutating func indexed(_ value: Expression) throws -> Expression {
    var value = value
    var count = 0
    while reader.current == "[", count < 4 {
      let start = reader.position
      value = .index(value, try bracket(), start)
      count += 1
    }
    return value
  }

  /// `[a, b]` a list, `[x1:x2, y1:y2]` a section.
  private mutating func bracket() throws -> Expression {
    depth += 1
    defer { depth -= 1 }
    let start = reader.position
    guard depth < Self.deepest else { throw reader.error("brackets are nested too deeply") }
    var ahead = reader
    var open = 0
    var hasColon = false
    repeat {
      guard let current = ahead.current else {
        throw unfinished("the bracket is not closed", at: start, expected: "]")
      }
      if current == "[" { open += 1 }
      if current == "]" { open -= 1 }
      if current == ":", open == 1 { hasColon = true }
      ahead.advance()
    } while open > 0
    if hasColon { return .section(try bracketText(), start) }
    reader.advance()
    var items: [Expression] = []
    while true {
      skipBlank(lines: true)
      if reader.current == "]" {
        reader.advance()
        return .list(items, start)
      }
      items.append(try listItem())
      skipBlank(lines: true)
      if reader.current == "," {
        reader.advance()
      } else if reader.current != "]" {
        throw reader.error("the list is not understood here", expected: ", or ]")
      }
    }
  }

  private mutating func listItem() throws -> Expression {
    if let current = reader.current, current.isLetter || "./~$'\"".contains(current) || current == "[" {
      return try argument()
    }
    return try expression()
  }

  // MARK: - Expressions

  private static let levels: [[String]] = [
    ["|"], ["&"], ["==", "!=", "<=", ">=", "<", ">"], ["+", "-"], ["*", "/"],
  ]

  private mutating func expression(_ level: Int = 0) throws -> Expression {
    guard level < Self.levels.count else { return try unary() }
    let first = try expression(level + 1)
    var links: [Expression.Link] = []
    while true {
      skipBlank(lines: false)
      let start = reader.position
      guard let symbol = symbol(among: Self.levels[level]) else { break }
      skipBlank(lines: true)
      links.append(Expression.Link(symbol: symbol, operand: try expression(level + 1), position: start))
    }
    return links.isEmpty ? first : .chain(first, links)
  }

  /// Consumes one of the operators when it stands here; `**` is not `*`.
  private mutating func symbol(among symbols: [String]) -> String? {
    for symbol in symbols {
      let letters = Array(symbol)
      guard reader.current == letters[0], letters.count == 1 || reader.peek() == letters[1] else { continue }
      if symbol == "*", reader.peek() == "*" { continue }
      for _ in letters { reader.advance() }
      return symbol
    }
    return nil
  }

  private mutating func unary() throws -> Expression {
    skipBlank(lines: false)
    let start = reader.position
    if let current = reader.current, "-+!".contains(current) {
      depth += 1
      defer { depth -= 1 }
      guard depth < Self.deepest else { throw reader.error("the expression is nested too deeply") }
      reader.advance()
      let operand = try unary()
      if current == "+" { return operand }
      if current == "-", case .number(let value, let isInteger, _) = operand {
        return .number(-value, isInteger: isInteger, start)
      }
      return .unary(String(current), operand, start)
    }
    return try power()
  }

  private mutating func power() throws -> Expression {
    let base = try primary()
    skipBlank(lines: false)
    let start = reader.position
    guard reader.current == "*", reader.peek() == "*" else { return base }
    reader.advance()
    reader.advance()
    skipBlank(lines: true)
    return .binary("**", base, try unary(), start)
  }

  private mutating func primary() throws -> Expression {
    skipBlank(lines: false)
    let start = reader.position
    guard let current = reader.current else {
      throw unfinished("a value is missing", at: start, expected: "a value")
    }
    if current == "(" { return try indexed(try parenthesised()) }
    if current == "[" { return try bracket() }
    if current == "'" || current == "\"" { return .text(try quoted(), start) }
    var text = ""
    // A number, a name, or a file name; operators end it, but the sign of an exponent does not.
    while let character = reader.current {
      let isExponentSign =
        (character == "-" || character == "+") && (text.last == "e" || text.last == "E")
        && (text.first.map { $0.isNumber || $0 == "." } ?? false)
      guard character.isLetter || character.isNumber || "_.$~".contains(character) || isExponentSign else {
        break
      }
      text.append(character)
      reader.advance()
    }
    guard !text.isEmpty else {
      throw reader.error("'\(current)' is not understood here", at: start, expected: "a value")
    }
    return try indexed(Self.meaning(of: text, at: start))
  }

  /// An expression or a whole command between parentheses.
  private mutating func parenthesised() throws -> Expression {
    depth += 1
    defer { depth -= 1 }
    let start = reader.position
    guard depth < Self.deepest else { throw reader.error("parentheses are nested too deeply") }
    reader.advance()
    skipBlank(lines: true)
    let inner: Expression
    if let word = peekName(), isCommand(word), ![".", "/", "["].contains(peekAfterName() ?? " ") {
      inner = .call(try call(), start)
    } else {
      inner = try expression()
    }
    skipBlank(lines: true)
    guard reader.current == ")" else {
      if reader.current == nil { throw unfinished("the parenthesis is not closed", at: start, expected: ")") }
      throw reader.error("'\(reader.current.map(String.init) ?? "")' is not understood here", expected: ")")
    }
    reader.advance()
    return inner
  }

  // MARK: - Words

  /// Text in quotes; in double quotes a backslash protects the next character.
  private mutating func quoted() throws -> String {
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

  private func peekName() -> String? {
    var copy = self
    return copy.name()?.text
  }

  private func peekAfterName() -> Character? {
    var copy = self
    _ = copy.name()
    return copy.reader.current
  }

  private mutating func skipName() { _ = name() }

  private mutating func name() -> Name? {
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
  private mutating func skipBlank(lines: Bool) {
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

  private func unfinished(_ message: String, at position: SourcePosition, expected: String) -> CRSError {
    var error = reader.error(message, at: position, expected: expected)
    error.hint = Parser.unfinishedHint
    return error
  }

  /// Marks errors that more lines could mend, for the prompt.
  static let unfinishedHint = "the input ends too early"
}
