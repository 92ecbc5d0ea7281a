import Kernels

// What a loop goes over.
extension Parser {
  /// An expression or a range that is all of it, or several arguments and ranges.
  mutating func loopItems() throws -> [Expression] {
    skipBlank()
    if let whole = try wholeItem() { return [whole] }
    var out: [Expression] = []
    while true {
      skipBlank()
      guard let current = reader.current, !current.endsItems, current != "|" else {
        try checkItems(out)
        return out
      }
      // `for i in l: print(i)`
      if case .word(let word, let position)? = out.last, word.hasSuffix(":"), word.count > 1 {
        throw reader.error(
          "':' is not understood here", at: position,
          hint: "no colon: the body begins on a line of its own, or behind ;")
      }
      try checkLoneOperator(behind: out)
      if let range = range() {
        out.append(range)
      } else {
        out.append(try argument())
      }
    }
  }

  // MARK: - One expression

  /// An expression with operators, or a range whose ends may have some; nil, and nothing consumed, for words.
  ///
  /// `a/b.fits` and `2026-11-26` are words as everywhere among arguments. What stands between blanks is an operator,
  /// and so is what joins variables.
  ///
  /// - Throws: `CRSError` (usage) for `l -1`, which may mean two items.
  private mutating func wholeItem() throws -> Expression? {
    var attempt = self
    guard let found = attempt.itemExpression() else { return nil }
    attempt.skipBlank()
    guard attempt.reader.current?.endsItems ?? true else { return nil }
    let pieces = Self.pieces(attempt.reader.text(from: reader.index))
    let operands = found.operands
    let isRange = if case .range = found { true } else { false }
    let isKnown = operands.allSatisfy { isKnownOperand($0, isRange: isRange) }
    let hasValue = isRange || operands.contains { !$0.isNumber }
    for (before, piece) in zip(pieces, pieces.dropFirst())
    where piece.isSignedNumber && !(before.last?.isOperator ?? false) {
      guard hasValue else { return nil }
      throw reader.error(
        "'\(piece)' behind a blank may be an item of its own or belong to what stands before it",
        expected: "a blank behind the sign, or parentheses",
        hint:
          "\(before) \(piece.prefix(1)) \(piece.dropFirst()) is one value, \(before) (\(piece)) are two items"
      )
    }
    let isSpaced = pieces.allSatisfy { $0.isLoneOperator || $0 == ":" || !$0.hasOperator }
    guard isSpaced || isKnown && hasValue else { return nil }
    self = attempt
    return found
  }

  /// Operands joined by operators, or a range of such; nil for what is neither.
  private mutating func itemExpression() -> Expression? {
    let start = reader.position
    guard let first = try? expression() else { return nil }
    skipBlank()
    guard reader.current == ":" else {
      switch first {
      case .chain, .unary: return first
      default: return nil
      }
    }
    guard !isColonOfBlock else { return nil }
    var ends = [first]
    while reader.current == ":", !isColonOfBlock, ends.count < 3 {
      reader.advance()
      guard let end = try? expression() else { return nil }
      ends.append(end)
      skipBlank()
    }
    return .range(ends[0], ends[1], step: ends.count > 2 ? ends[2] : nil, start)
  }

  /// `for i in l: print(i)`: a colon that only a blank follows parts a body off in other languages.
  private var isColonOfBlock: Bool {
    reader.current == ":" && !(reader.previous?.isBlank ?? true) && reader.peek()?.isBlank ?? true
  }

  /// Whether an operand is a value, and no word that only stands for itself.
  private func isKnownOperand(_ operand: Expression, isRange: Bool) -> Bool {
    switch operand {
    case .number, .integer, .text, .list, .section, .call: true
    case .word(let word, _):
      isVariable(word) || Words.constants.contains(word)
    case .index(let base, _, _): isKnownOperand(base, isRange: isRange)
    case .function(let name, _, _): FunctionTable[name] != nil || isCommand(name)
    case .parameter: isRange
    default: false
    }
  }

  /// What stands between blanks outside of brackets and quotes.
  private static func pieces(_ text: String) -> [String] {
    var out = [""]
    var depth = 0
    var quote: Character?
    for letter in text {
      if let open = quote {
        if letter == open { quote = nil }
      } else if letter == "'" || letter == "\"" {
        quote = letter
      } else if "([".contains(letter) {
        depth += 1
      } else if ")]".contains(letter) {
        depth -= 1
      }
      if letter.isWhitespace, depth == 0, quote == nil {
        out.append("")
      } else {
        out[out.count - 1].append(depth == 0 && quote == nil ? letter : "_")
      }
    }
    return out.filter { !$0.isEmpty }
  }

  // MARK: - Several items

  /// `1:5`, `1:n`, `1:9:2`; nil, and nothing consumed, where none stands.
  private mutating func range() -> Expression? {
    let start = reader.position
    let saved = reader.mark
    var ends: [Expression] = []
    while let end = try? rangeEnd() {
      ends.append(end)
      guard reader.current == ":", !isColonOfBlock else { break }
      reader.advance()
    }
    let isComplete =
      reader.current.map { $0.isBlank || $0.endsItems || reader.continuation != nil } ?? true
    guard ends.count == 2 || ends.count == 3, isComplete else {
      reader.reset(to: saved)
      return nil
    }
    return .range(ends[0], ends[1], step: ends.count > 2 ? ends[2] : nil, start)
  }

  private mutating func rangeEnd() throws -> Expression {
    if reader.current == "-" || reader.current == "+" { return try unary() }
    return try primary()
  }

  /// `+` as an item: a loop that runs over it does not do what was meant.
  private func checkLoneOperator(behind items: [Expression]) throws {
    guard let symbol = loneOperator() else { return }
    // Alone, * and / are files.
    if symbol == "*" || symbol == "/" {
      guard !items.isEmpty, ahead({ $0.hasMore(behind: symbol) }) else { return }
    }
    throw reader.error(
      "'\(symbol)' is no value", hint: "operators need parentheses: (a \(symbol) b); quotes make a text of it"
    )
  }

  private mutating func hasMore(behind symbol: String) -> Bool {
    reader.advance(symbol.unicodeScalars.count)
    skipBlank()
    return !(reader.current?.endsItems ?? true)
  }

  /// Words that are no items but belong to the others.
  private func checkItems(_ items: [Expression]) throws {
    if case .word(let word, let position)? = items.last, word.hasSuffix(":") {
      throw reader.error(
        "':' is not understood here", at: position,
        hint: Habits.sign(":", behind: nil, isDefinition: false))
    }
    for case .word(":", let position) in items {
      throw reader.error(
        "':' is not understood here", at: position,
        hint: Habits.sign(":", behind: nil, isDefinition: false))
    }
    let hasRange = items.contains { if case .range = $0 { true } else { false } }
    for case .word(let word, let position) in items where hasRange && (word == "step" || word == "by") {
      throw reader.error("'\(word)' is not understood here", at: position, hint: "1:9:2 counts in steps of 2")
    }
    for case .word(let word, let position) in items.dropFirst() where hasRange && isCommand(word) {
      throw reader.error(
        "'\(word)' is a command", at: position, expected: "a range",
        hint: "the body of a loop begins on a line of its own, or behind ;")
    }
    guard case .word(let name, let position)? = items.first, isCommand(name), items.count > 1 else { return }
    let hasValue = items.dropFirst().contains { item in
      guard case .word(let word, _) = item else { return true }
      return isVariable(word) || Words.looksLikeFile(word)
    }
    if hasValue {
      throw reader.error(
        "'\(name)' is a command", at: position, expected: "a list, a stack, a table, files, words or a range",
        hint: "a command needs parentheses here: (\(name) ...)")
    }
  }
}

// MARK: -

extension Unicode.Scalar {
  /// What stands behind all that a loop goes over.
  fileprivate var endsItems: Bool { isLineEnd || ";{)".unicodeScalars.contains(self) }
}

extension Character {
  fileprivate var isOperator: Bool { "+-*/%<>=!&|^".contains(self) }
}

extension String {
  fileprivate var isLoneOperator: Bool { allSatisfy(\.isOperator) }

  /// Whether an operator stands in it that is no part of a number.
  fileprivate var hasOperator: Bool { contains(where: \.isOperator) && Double(self) == nil }

  /// `-1`, `+2.5`
  fileprivate var isSignedNumber: Bool { (first == "-" || first == "+") && Double(self) != nil }
}

extension Expression {
  /// What the operators and colons of an expression join.
  fileprivate var operands: [Expression] {
    switch self {
    case .chain(let first, let links): first.operands + links.flatMap(\.operand.operands)
    case .unary(_, let operand, _): operand.operands
    case .range(let first, let last, let step, _): [first, last, step].flatMap { $0?.operands ?? [] }
    default: [self]
    }
  }

  fileprivate var isNumber: Bool {
    switch self {
    case .number, .integer: true
    default: false
    }
  }
}
