import Kernels

// Operators and their operands.
extension Parser {
  /// How tightly an operator binds; the power and signs bind more tightly than all of these.
  private static func rank(of symbol: String) -> Int {
    switch symbol {
    case "|": 0
    case "&": 1
    case "+", "-": 3
    case "*", "/", "//", "%": 4
    default: 2
    }
  }

  mutating func expression() throws -> Expression { try climbed(from: try unary(), lowest: 0) }

  /// Takes all operators that bind at least as tightly as a rank.
  private mutating func climbed(from first: Expression, lowest: Int) throws -> Expression {
    var left = first
    while let symbol = try nextOperator() {
      let rank = Self.rank(of: symbol)
      guard rank >= lowest else { break }
      var links: [Expression.Link] = []
      while let symbol = try nextOperator(), Self.rank(of: symbol) == rank {
        let start = reader.position
        reader.advance(symbol.unicodeScalars.count)
        skipToOperand()
        if let next = reader.current, symbol == "%", "),]".unicodeScalars.contains(next) {
          throw reader.error("a value is missing behind %", at: start, hint: "50 % is written 0.5")
        }
        let operand = try climbed(from: try unary(), lowest: rank + 1)
        links.append(Expression.Link(symbol: symbol, operand: operand, position: start))
      }
      left = .chain(left, links)
    }
    return left
  }

  /// The operator that stands here; nothing is consumed but blanks.
  private mutating func nextOperator() throws -> String? {
    skipBlank()
    guard let current = reader.current else { return nil }
    let next = reader.peek()
    switch current {
    case "|":
      if isPipe() { return nil }
      try checkForeignPipe()
      return "|"
    case "&", "+", "-": return String(current)
    case "%":
      try checkCompound("%")
      try checkPercent()
      return "%"
    case "*":
      if next == ".", reader.peek(2)?.isNameStart ?? false {
        throw reader.error(
          "a glob is no part of an expression",
          hint: "a command takes it without parentheses: s = load n_*.fits")
      }
      return next == "*" ? nil : "*"
    case "/":
      if next == "/" { try checkCompound("//") }
      return next == "/" ? "//" : "/"
    case "<", ">": return next == "=" ? String(current) + "=" : String(current)
    case "!": return next == "=" ? "!=" : nil
    case "=":
      if next == "=" { return "==" }
      throw reader.error("'=' is not understood here", hint: chained() ?? "a == b compares")
    case "^": throw reader.error("'^' is not an operator", hint: "a ** b is the power")
    default: return nil
    }
  }

  mutating func unary() throws -> Expression {
    skipBlank()
    let start = reader.position
    guard let current = reader.current, "-+!".unicodeScalars.contains(current) else { return try power() }
    return try nested("the expression is nested too deeply") { parser in
      parser.reader.advance()
      if current == "-", let least = parser.leastWhole(start) { return least }
      let operand = try parser.unary()
      switch (current, operand) {
      case ("+", _): return operand
      case ("-", .number(let value, let written, _)): return .number(-value, written: "-" + written, start)
      case ("-", .integer(let value, let written, _)) where value != .min:
        return .integer(-value, written: "-" + written, start)
      default: return .unary(String(current), operand, start)
      }
    }
  }

  /// The smallest whole number, whose digits alone are one too large.
  private mutating func leastWhole(_ start: SourcePosition) -> Expression? {
    let digits = "\(Int.min.magnitude)"
    guard reader.current == "9", reader.restOfLine.hasPrefix(digits) else { return nil }
    if let next = reader.peek(digits.unicodeScalars.count), next.isNamePart || next == "." { return nil }
    reader.advance(digits.unicodeScalars.count)
    return .integer(.min, written: "-" + digits, start)
  }

  private mutating func power() throws -> Expression {
    let base = try primary()
    skipBlank()
    let start = reader.position
    guard reader.current == "*", reader.peek() == "*" else { return base }
    try checkCompound("**")
    return try nested("the expression is nested too deeply") { parser in
      parser.reader.advance(2)
      parser.skipToOperand()
      let link = Expression.Link(symbol: "**", operand: try parser.unary(), position: start)
      return .chain(base, [link])
    }
  }

  mutating func primary() throws -> Expression {
    skipBlank()
    let start = reader.position
    guard let current = reader.current else {
      if open > 0 { throw unfinished("a value is missing", at: start, expected: "a value") }
      if let hint = increment() {
        throw reader.error("a value is missing", at: start, expected: "a value", hint: hint)
      }
      throw ended("a value is missing", at: start, expected: "a value")
    }
    switch current {
    case "(": return try indexed(try parenthesised())
    case "[": return try indexed(try bracket())
    case "'", "\"":
      let text = Expression.text(try quoted(), start)
      lastTextEnd = reader.index
      return text
    default: break
    }
    if let word = peekName(), let hint = Habits.words[word], !isVariable(word),
      word == "not" || word == "range"
    {
      throw reader.error("'\(word)' is not a word of the language", at: start, hint: hint)
    }
    return try indexed(try expressionWord())
  }

  /// An expression or a whole command between parentheses.
  mutating func parenthesised() throws -> Expression {
    let start = reader.position
    return try nested("parentheses are nested too deeply") { parser in
      parser.open += 1
      defer { parser.open -= 1 }
      parser.reader.advance()
      parser.skipBlank()
      let inner = try parser.pipeOrExpression()
      parser.skipBlank()
      guard let current = parser.reader.current else {
        throw parser.unfinished("the parenthesis is not closed", at: start, expected: ")")
      }
      if current == ",", let items = try parser.tuple(beginning: inner, at: start) { return items }
      guard current == ")" else {
        try parser.checkLine(of: "(", at: start)
        throw parser.reader.error(
          "'\(current)' is not understood here", expected: ")",
          hint: current == "," ? "[a, b] is a list" : parser.valueHint(current))
      }
      parser.reader.advance()
      // In the brackets of a table (v) is the variable's, v the column's.
      if case .word = inner { return .call(.expression(inner), start) }
      return inner
    }
  }

  /// `(9, 3)` is a list too, as Python writes it; nil behind what is no expression.
  private mutating func tuple(beginning first: Expression, at start: SourcePosition) throws -> Expression? {
    switch first {
    case .call, .range: return nil
    default: break
    }
    var items = [first]
    while reader.current == "," {
      reader.advance()
      skipBlank()
      if reader.current == ")" { break }
      items.append(try listItem())
      skipBlank()
    }
    guard let current = reader.current else {
      throw unfinished("the parenthesis is not closed", at: start, expected: ")")
    }
    guard current == ")" else {
      throw reader.error("'\(current)' is not understood here", expected: ", or )")
    }
    reader.advance()
    return .list(items, start)
  }

  /// What may stand in parentheses: a command, a pipe, a range or an expression.
  mutating func pipeOrExpression() throws -> Expression {
    let start = reader.position
    if let word = peekName(), startsCommand(word) { return .call(try rightSide(), start) }
    let call = try rightSide()
    guard case .expression(let first) = call else { return .call(call, start) }
    skipBlank()
    guard reader.current == ":" else { return first }
    reader.advance()
    let last = try expression()
    skipBlank()
    guard reader.current == ":" else { return .range(first, last, step: nil, start) }
    reader.advance()
    return .range(first, last, step: try expression(), start)
  }

  // MARK: - Brackets

  /// Elements, pixels and sections directly behind a value.
  mutating func indexed(_ value: Expression) throws -> Expression {
    var value = value
    var count = 0
    while reader.current == "[", count < 8 {
      let start = reader.position
      value = .index(value, try subscripts(), start)
      count += 1
    }
    return value
  }

  /// What stands in brackets behind a value: expressions and `a:b`.
  mutating func subscripts() throws -> [Subscript] {
    let start = reader.position
    return try nested("brackets are nested too deeply") { parser in
      parser.open += 1
      defer { parser.open -= 1 }
      parser.reader.advance()
      var out: [Subscript] = []
      while true {
        parser.skipBlank()
        if parser.reader.current == "]" {
          parser.reader.advance()
          return out
        }
        out.append(try parser.oneSubscript())
        parser.skipBlank()
        guard let current = parser.reader.current else {
          throw parser.unfinished("the bracket is not closed", at: start, expected: "]")
        }
        if current == "," {
          parser.reader.advance()
        } else if current != "]" {
          try parser.checkLine(of: "[", at: start)
          throw parser.reader.error(
            "the list is not understood here", expected: ", or ]", hint: parser.valueHint(current))
        }
      }
    }
  }

  private mutating func oneSubscript() throws -> Subscript {
    let start = reader.position
    var first: Expression?
    if reader.current != ":" {
      first = try expression()
      skipBlank()
      guard reader.current == ":" else { return .at(first ?? .word("", start)) }
    }
    reader.advance()
    skipBlank()
    if reader.current == ":" { throw noSteps }
    var last: Expression?
    if let current = reader.current, current != ",", current != "]" {
      last = try expression()
      skipBlank()
      if reader.current == ":" {
        throw noSteps
      }
    }
    return .range(first, last, start)
  }

  /// What begins a line behind a bracket that is open is more likely to be a statement than a part that is wrong.
  func checkLine(of bracket: String, at start: SourcePosition) throws {
    guard reader.position.line > start.line, reader.startOfLine.allSatisfy(\.isWhitespace) else { return }
    throw reader.error(
      "'\(bracket)' is not closed", at: start, expected: bracket == "[" ? "]" : ")",
      hint: "up to it, line ends are blanks")
  }

  /// `[::2]`
  private var noSteps: CRSError {
    reader.error(
      "sections have no steps", expected: "[x1:x2, y1:y2]",
      hint: "(1:9:2) is a list in steps of 2, for i in 1:9:2 counts so: x[:, i] is a row, l[i] an element")
  }

  /// `[a, b]` a list, `[x1:x2, y1:y2]` a section.
  mutating func bracket() throws -> Expression {
    let start = reader.position
    if try hasColon() { return .section(try subscripts(), start) }
    return try nested("brackets are nested too deeply") { parser in
      parser.open += 1
      defer { parser.open -= 1 }
      parser.reader.advance()
      var items: [Expression] = []
      while true {
        parser.skipBlank()
        if parser.reader.current == "]" {
          parser.reader.advance()
          return .list(items, start)
        }
        let item = parser.reader
        do { items.append(try parser.listItem()) } catch var error as CRSError {
          error.hint = Habits.comprehension(item.restOfLine) ?? error.hint
          throw error
        }
        parser.skipBlank()
        if parser.reader.current == "," {
          parser.reader.advance()
        } else if parser.reader.current == nil {
          throw parser.unfinished("the bracket is not closed", at: start, expected: "]")
        } else if let current = parser.reader.current, current != "]" {
          try parser.checkLine(of: "[", at: start)
          let isOperator = "+-*/%<>=!&|".unicodeScalars.contains(current)
          throw parser.reader.error(
            "the list is not understood here", expected: ", or ]",
            hint: Habits.comprehension(item.restOfLine)
              ?? (isOperator
                ? "operators in a list need parentheses: [(a \(current) b), c]" : parser.valueHint(current)))
        }
      }
    }
  }

  /// Whether a colon stands in the bracket itself, not in quotes or further brackets.
  private func hasColon() throws -> Bool {
    let start = reader.position
    return try ahead { ahead in
      var depth = 0
      var result = false
      repeat {
        guard let current = ahead.reader.current else {
          throw unfinished("the bracket is not closed", at: start, expected: "]")
        }
        if current == "'" || current == "\"" {
          _ = try ahead.quoted()
          continue
        }
        if "[({".unicodeScalars.contains(current) { depth += 1 }
        if "])}".unicodeScalars.contains(current) { depth -= 1 }
        if current == ":", depth == 1 { result = true }
        ahead.reader.advance()
      } while depth > 0
      return result
    }
  }

  private mutating func listItem() throws -> Expression {
    if let current = reader.current, current.isNameStart || "./~$'\"[*?".unicodeScalars.contains(current) {
      return try argument()
    }
    return try pipeOrExpression()
  }
}
