import Calling
import Kernels

// Commands, pipes and arguments.
extension Parser {
  /// What stands on the right of `=`, or alone.
  mutating func rightSide() throws -> Call {
    var call = try firstCall()
    var count = 0
    while true {
      skipBlank()
      guard reader.current == "|" else { return call }
      let start = reader.position
      count += 1
      // Each part is run inside the next one.
      guard count <= 500 else {
        throw reader.error("the pipe is too long", at: start, expected: "at most 500 parts")
      }
      reader.advance()
      skipBlank()
      guard let word = peekName() else {
        throw reader.error("a command is missing behind |", expected: "the name of a command")
      }
      guard isCommand(word) else { throw notInPipes(word, start) }
      let written = reader.index
      skipName()
      call = .pipe(call, name: word, arguments: try arguments(of: (word, written)), position: start)
    }
  }

  func notInPipes(_ word: String, _ position: SourcePosition) -> CRSError {
    reader.error(
      "'\(word)' is not a command of crs: no other takes part in a pipe", at: position,
      hint: isVariable(word) ? "(a | b) joins masks" : nil)
  }

  /// A command with its arguments, or an expression.
  private mutating func firstCall() throws -> Call {
    let (start, written) = (reader.position, reader.index)
    if let word = peekName(), startsCommand(word) {
      skipName()
      return .command(name: word, arguments: try arguments(of: (word, written)), position: start)
    }
    return .expression(try expression())
  }

  /// Whether the word that stands here begins the call of a command, known, misspelt or yet to be defined.
  func startsCommand(_ word: String) -> Bool {
    let next = peekAfterName()
    if isCommand(word) { return !(next.map { "./[~(".unicodeScalars.contains($0) } ?? false) }
    guard next?.isBlank ?? false || isContinuedBehindName, !isVariable(word), !Words.reserved.contains(word)
    else { return false }
    // A name followed by another word can be nothing else.
    return ahead { ahead in
      ahead.skipName()
      while let current = ahead.reader.current, current == " " || current == "\t" || current == "\\" {
        ahead.reader.advance(ahead.reader.continuation ?? 1)
      }
      guard let next = ahead.reader.current else { return false }
      if let further = ahead.peekName() {
        // `x if` and `x in` are halves of what other languages write.
        return Habits.words[further] == nil && !["if", "in"].contains(further)
      }
      if next == "(", FunctionTable[word] != nil { return false }
      return next.isDigit || "'\"$~([".unicodeScalars.contains(next)
    }
  }

  private var isContinuedBehindName: Bool {
    ahead { ahead in
      ahead.skipName()
      return ahead.reader.continuation != nil
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

  /// - Parameter command: its name, and where it begins.
  mutating func arguments(of command: (name: String, start: Int)? = nil) throws -> [ArgumentSyntax] {
    var out: [ArgumentSyntax] = []
    var keys: Set<String> = []
    // Where the value of the last argument begins and ends.
    var last = (start: reader.index, end: reader.index)
    while true {
      skipBlank()
      guard let current = reader.current, current != ";", !current.isLineEnd, current != ")", current != "|"
      else { return out }
      if let before = out.last {
        try checkOperators(behind: out, before.value, last, of: command)
      }
      let index = reader.index
      let found = try argument(&keys) { try $0.argument() }
      // The value of a named one stands behind its sign.
      let name = found.name == nil ? nil : reader.text(from: index).firstIndex(of: "=")
      let ahead = name.map { reader.text(from: index)[...$0].unicodeScalars.count } ?? 0
      last = (index + ahead, reader.index)
      out.append(found)
    }
  }

  // MARK: - Operators among arguments

  /// A word that is nothing but an operator.
  func loneOperator() -> String? {
    guard let first = reader.current, "+-*/%=!<>&^".unicodeScalars.contains(first) else { return nil }
    let word = ahead { ahead in
      let start = ahead.reader.index
      while let current = ahead.reader.current, !current.isBlank, !current.isLineEnd {
        ahead.reader.advance()
      }
      return ahead.reader.text(from: start)
    }
    let symbols = [
      "+", "-", "*", "/", "**", "//", "%", "==", "!=", "<", ">", "<=", ">=", "&", "&&", "^", "=",
    ]
    return symbols.contains(word) ? word : nil
  }

  /// `median s - 5`, `print 2 * mean a`, `median s -5`: as arguments of their own operators mean nothing.
  ///
  /// - Parameter value: the last one of the arguments.
  private func checkOperators(
    behind arguments: [ArgumentSyntax], _ value: Expression, _ last: (start: Int, end: Int),
    of command: (name: String, start: Int)?
  ) throws {
    let sign = reader.current.flatMap { "+-".unicodeScalars.contains($0) ? String($0) : nil }
    let isSigned = sign != nil && reader.peek()?.isDigit ?? false
    let lone = isSigned ? nil : loneOperator()
    // What is no command is told as such.
    guard isSigned || lone != nil, let command, isCommand(command.name) else { return }
    let manifest = vocabulary.manifest(command.name)
    var next: ParameterManifest?
    if let manifest {
      var matcher = Matcher(manifest)
      for argument in arguments { _ = try? matcher.parameter(named: argument.name) }
      next = matcher.next.positional
    }
    if let lone {
      // A text may be an operator.
      let takesText = next.map { $0.kind == .text && $0.choices.isEmpty && !$0.isRest } ?? false
      if takesText || manifest.map({ Words.searching.contains($0.name) }) ?? false { return }
      try checkOperator(lone, behind: arguments, value, last, of: command, manifest)
    } else if let sign, let manifest, next == nil {
      try checkOperator(sign, behind: arguments, value, last, of: command, manifest)
    }
  }

  private func checkOperator(
    _ symbol: String, behind arguments: [ArgumentSyntax], _ value: Expression, _ last: (start: Int, end: Int),
    of command: (name: String, start: Int), _ manifest: CommandManifest?
  ) throws {
    let right = ahead { $0.rightOperand(behind: symbol) }
    guard !right.isEmpty else { return }
    if symbol == "*" || symbol == "/" {
      // They are files where files are wanted.
      let isOfWord = if case .word(let word, _) = value { !isVariable(word) } else { false }
      let isOfNumber = right.first?.isNumber ?? false
      if isOfWord, !isOfNumber { return }
    }
    let left = reader.text(between: last.start, last.end)
    let meant = ["=": "==", "&&": "&", "^": "**"][symbol] ?? symbol
    let inner = "(\(left) \(meant) \(right))"
    var hint = "operators need parentheses: \(inner)"
    let isWord = if case .word(let word, _) = value { !isVariable(word) } else { false }
    let name = arguments.last?.name
    let parameter = name.flatMap { manifest?.parameter(named: $0) }
    if let name, parameter?.kind == .text || parameter?.kind == .file {
      let text = "\(left) \(symbol) \(right)".filter { $0 != "'" && $0 != "\"" }
      hint = "a text with blanks stands in quotes: \(name)='\(text)'"
    } else if let name, !isWord {
      hint = "operators need parentheses: \(name)=\(inner)"
    } else if let kind = manifest?.results.first?.kind,
      [.image, .stack, .mask, .number, .integer, .list, .any, .text].contains(kind)
    {
      let whole = "(\(reader.text(between: command.start, last.end))) \(meant) \(right)"
      hint = "operators need parentheses: \(whole)" + (isWord ? "" : ", or \(inner)")
    }
    throw reader.error("'\(symbol)' is no value", hint: hint)
  }

  /// What stands behind an operator as it would be written; a command there gets parentheses.
  private mutating func rightOperand(behind symbol: String) -> String {
    reader.advance(symbol.unicodeScalars.count)
    skipBlank()
    if let word = peekName(), isCommand(word), let call = writtenCall() { return call }
    let start = reader.index
    guard (try? argument()) != nil else { return "" }
    return reader.text(from: start)
  }

  /// The command that stands here in parentheses with what follows it, up to an operator: `(median s)`, and for a
  /// function `len(l)`; nil where it has no arguments.
  mutating func writtenCall() -> String? {
    let start = reader.index
    let name = peekName() ?? ""
    skipName()
    let behindName = reader.index
    var end = reader.index
    var keys: Set<String> = []
    var arguments: [String] = []
    while true {
      skipBlank()
      guard let current = reader.current, !current.isLineEnd, !";)],|".unicodeScalars.contains(current),
        arguments.isEmpty || loneOperator() == nil
      else { break }
      let from = reader.index
      guard let found = try? argument(&keys, { try $0.argument() }) else { break }
      end = reader.index
      // `m>1000`: the comparison is one of the result.
      if case .word(let word, _) = found.value, found.name == nil,
        let place = word.firstIndex(where: { "<>=!".contains($0) }), place > word.startIndex
      {
        end = from + word[..<place].unicodeScalars.count
        arguments.append(reader.text(between: from, end))
        break
      }
      arguments.append(reader.text(between: from, end))
    }
    guard !arguments.isEmpty, end > behindName else { return nil }
    if FunctionTable[name] != nil { return "\(name)(\(arguments.joined(separator: ", ")))" }
    return "(\(reader.text(between: start, end)))"
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
          parser.reader.goBack(to: parser.reader.index - 1)
          try parser.checkLine(of: "(", at: start)
          throw parser.reader.error(
            "'\(current)' is not understood here", expected: ", or )", hint: parser.valueHint(current))
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

  /// What stands directly behind a text: two texts that touch each other are one thing elsewhere, and would be two
  /// arguments here.
  private func checkEnd(ofText start: SourcePosition) throws {
    guard let next = reader.current, !next.isBlank, !next.isLineEnd, !";)],|".unicodeScalars.contains(next),
      reader.continuation == nil
    else { return }
    throw reader.error(
      "'\(next)' is not understood here", expected: "a blank",
      hint: Habits.behindText(next, reader.restOfLine))
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
    case "'", "\"":
      let text = Expression.text(try quoted(), start)
      try checkEnd(ofText: start)
      return text
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
}
