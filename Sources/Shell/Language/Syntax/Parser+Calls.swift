import Kernels

// Commands, pipes and arguments.
extension Parser {
  /// What stands on the right of `=`, or alone.
  mutating func rightSide() throws -> Call {
    var call = try firstCall()
    while true {
      skipBlank()
      guard reader.current == "|" else { return call }
      let start = reader.position
      reader.advance()
      skipBlank()
      guard let word = peekName() else {
        throw reader.error("a command is missing behind |", expected: "the name of a command")
      }
      guard isCommand(word) else { throw notInPipes(word, start) }
      skipName()
      call = .pipe(call, name: word, arguments: try arguments(), position: start)
    }
  }

  func notInPipes(_ word: String, _ position: SourcePosition) -> CRSError {
    reader.error(
      "'\(word)' is not a command of crs: no other takes part in a pipe", at: position,
      hint: isVariable(word) ? "(a | b) joins masks" : nil)
  }

  /// A command with its arguments, or an expression.
  private mutating func firstCall() throws -> Call {
    let start = reader.position
    if let word = peekName(), startsCommand(word) {
      skipName()
      return .command(name: word, arguments: try arguments(), position: start)
    }
    return .expression(try expression())
  }

  /// Whether the word that stands here begins the call of a command, known, misspelt or yet to be defined.
  func startsCommand(_ word: String) -> Bool {
    let next = peekAfterName()
    if isCommand(word) { return !(next.map { "./[~(".unicodeScalars.contains($0) } ?? false) }
    guard next?.isBlank ?? false, !isVariable(word), !Words.reserved.contains(word) else { return false }
    // A name followed by another word can be nothing else.
    return ahead { ahead in
      ahead.skipName()
      while let current = ahead.reader.current, current == " " || current == "\t" { ahead.reader.advance() }
      guard let next = ahead.reader.current else { return false }
      if let further = ahead.peekName() {
        // `x if` and `x in` are halves of what other languages write.
        return Habits.words[further] == nil && !["if", "in"].contains(further)
      }
      if next == "(", FunctionTable[word] != nil { return false }
      return next.isDigit || "'\"$~([".unicodeScalars.contains(next)
    }
  }

  /// Whether `|` stands here before a command, which makes a pipe of it.
  func isPipe() -> Bool {
    guard reader.current == "|" else { return false }
    return ahead { ahead in
      ahead.reader.advance()
      ahead.skipBlank()
      guard let word = ahead.peekName(), ahead.isCommand(word) else { return false }
      return !(ahead.peekAfterName().map { "./[~(".unicodeScalars.contains($0) } ?? false)
    }
  }

  // MARK: - Arguments

  mutating func arguments() throws -> [ArgumentSyntax] {
    var out: [ArgumentSyntax] = []
    var keys: Set<String> = []
    while true {
      skipBlank()
      guard let current = reader.current, current != ";", !current.isLineEnd, current != ")", current != "|"
      else { return out }
      out.append(try argument(&keys) { try $0.argument() })
    }
  }

  /// `key=value` or a value.
  private mutating func argument(
    _ keys: inout Set<String>, _ value: (inout Parser) throws -> Expression
  ) throws -> ArgumentSyntax {
    let start = reader.position
    let saved = reader.mark
    if let key = key(), reader.current == "=", reader.peek() != "=" {
      reader.advance()
      guard keys.insert(key.text).inserted else {
        throw reader.error("'\(key.text)' is given twice", at: start)
      }
      return ArgumentSyntax(name: key.text, value: try value(&self), position: start)
    }
    reader.reset(to: saved)
    return ArgumentSyntax(name: nil, value: try value(&self), position: start)
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

  /// `(a, key=b)` directly behind a name.
  mutating func parenthesisedArguments() throws -> [ArgumentSyntax] {
    let start = reader.position
    return try nested("parentheses are nested too deeply") { parser in
      parser.open += 1
      defer { parser.open -= 1 }
      parser.reader.advance()
      var out: [ArgumentSyntax] = []
      var keys: Set<String> = []
      while true {
        parser.skipBlank()
        if parser.reader.current == ")", out.isEmpty {
          parser.reader.advance()
          return out
        }
        out.append(
          try parser.argument(&keys) { inner in
            inner.skipBlank()
            if let word = inner.loneWord() { return word }
            return try inner.pipeOrExpression()
          })
        parser.skipBlank()
        guard let current = parser.reader.current else {
          throw parser.unfinished("the parenthesis is not closed", at: start, expected: ")")
        }
        parser.reader.advance()
        if current == ")" { return out }
        guard current == "," else {
          throw parser.reader.error("'\(current)' is not understood here", expected: ", or )")
        }
      }
    }
  }

  /// The name of a command that is a whole argument in parentheses: a word of the parameter, or text.
  private mutating func loneWord() -> Expression? {
    guard let word = peekName(), isCommand(word) else { return nil }
    let isAlone = ahead { ahead in
      ahead.skipName()
      ahead.skipBlank()
      return ahead.reader.current == "," || ahead.reader.current == ")"
    }
    guard isAlone else { return nil }
    let start = reader.position
    skipName()
    return .word(word, start)
  }

  /// One argument: text, number, word, list, call or a parenthesised expression.
  mutating func argument() throws -> Expression {
    let start = reader.position
    guard let current = reader.current, current != ";", !current.isBlank, !current.isLineEnd, current != "|"
    else {
      throw reader.error("a value is missing")
    }
    let value: Expression
    switch current {
    case "'", "\"": return .text(try quoted(), start)
    case "(": value = try indexed(try parenthesised())
    case "[": value = try indexed(try bracket())
    default: value = try indexed(try bareWord())
    }
    if reader.current == ".", case .index = value {
      throw reader.error(
        "'.' is not understood here", expected: "a blank",
        hint: "globs know * and ?, such as n_?.fits; names of files with brackets stand in quotes")
    }
    if let next = reader.current, "+-*/%<>=!&^".unicodeScalars.contains(next) {
      throw reader.error(
        "'\(next)' is not understood here", expected: "a blank",
        hint: "operators need parentheses: (a \(next) b)")
    }
    return value
  }

  /// What a loop goes over: arguments, and ranges of whole numbers.
  mutating func loopItems() throws -> [Expression] {
    var out: [Expression] = []
    while true {
      skipBlank()
      guard let current = reader.current, current != ";", !current.isLineEnd, current != ")", current != "|",
        current != "{"
      else { return out }
      if let range = try range() {
        out.append(range)
      } else {
        out.append(try argument())
      }
    }
  }

  /// `1:5`, `1:n`, `1:9:2`; nil where none stands.
  private mutating func range() throws -> Expression? {
    let start = reader.position
    let saved = reader.mark
    var ends: [Expression] = []
    while let end = try? rangeEnd() {
      ends.append(end)
      guard reader.current == ":" else { break }
      reader.advance()
    }
    let isComplete = reader.current.map { $0.isBlank || $0.isLineEnd || $0 == ";" || $0 == "{" } ?? true
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
}
