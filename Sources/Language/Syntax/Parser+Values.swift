// Arguments and expressions.
extension Parser {
  mutating func arguments() throws -> [ArgumentSyntax] {
    var out: [ArgumentSyntax] = []
    var keys: Set<String> = []
    while true {
      skipBlank(lines: false)
      guard let current = reader.current, current != ";", !current.isNewline, current != ")" else {
        return out
      }
      let start = reader.position
      let saved = reader
      if let key = key() {
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

  /// The name of a parameter, whose parts may be joined by dots: plot.width
  private mutating func key() -> Name? {
    guard var key = name() else { return nil }
    while reader.current == "." {
      reader.advance()
      guard let part = name() else { return nil }
      key.text += "." + part.text
    }
    return key
  }

  /// One argument: text, number, word, list or a parenthesised expression.
  mutating func argument() throws -> Expression {
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
  mutating func bareWord() throws -> Expression {
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
  mutating func bracketText() throws -> String {
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
  mutating func indexed(_ value: Expression) throws -> Expression {
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
  mutating func bracket() throws -> Expression {
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

  mutating func listItem() throws -> Expression {
    if let current = reader.current, current.isLetter || "./~$'\"".contains(current) || current == "[" {
      return try argument()
    }
    return try expression()
  }

  // MARK: - Expressions

  static let levels: [[String]] = [
    ["|"], ["&"], ["==", "!=", "<=", ">=", "<", ">"], ["+", "-"], ["*", "/"],
  ]

  mutating func expression(_ level: Int = 0) throws -> Expression {
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
  mutating func symbol(among symbols: [String]) -> String? {
    for symbol in symbols {
      let letters = Array(symbol)
      guard reader.current == letters[0], letters.count == 1 || reader.peek() == letters[1] else { continue }
      if symbol == "*", reader.peek() == "*" { continue }
      for _ in letters { reader.advance() }
      return symbol
    }
    return nil
  }

  mutating func unary() throws -> Expression {
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

  mutating func power() throws -> Expression {
    let base = try primary()
    skipBlank(lines: false)
    let start = reader.position
    guard reader.current == "*", reader.peek() == "*" else { return base }
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.deepest else { throw reader.error("the expression is nested too deeply") }
    reader.advance()
    reader.advance()
    skipBlank(lines: true)
    return .binary("**", base, try unary(), start)
  }

  mutating func primary() throws -> Expression {
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
  mutating func parenthesised() throws -> Expression {
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
}
