import Files
import Kernels

// Statements and what stands before `=`.
extension Parser {
  mutating func statement() throws -> Statement {
    try nested("statements are nested too deeply") { try $0.anyStatement() }
  }

  private mutating func anyStatement() throws -> Statement {
    let start = reader.position
    try checkHabits()
    switch reader.current {
    case "!":
      reader.advance()
      try checkOwnExpression(start)
      return .shell(shellLine(), position: start)
    case "?":
      reader.advance()
      skipBlank()
      return help(behind: start)
    default: break
    }
    guard let word = peekName() else { return try assignmentOrCall(start) }
    if let help = helpOnWord(word, start) { return help }
    let isAssigned = assignmentFollows()
    if !isAssigned {
      try checkForeign(word)
      if let leaving = try leaving(word, start) { return leaving }
    }
    if isAssigned, ["for", "if", "else", "end", "time"].contains(word) {
      throw reader.error(
        "'\(word)' is a word of the language and cannot be assigned", expected: "another name")
    }
    switch word {
    case "for": return try loop()
    case "if": return try choice()
    case "end", "else": throw reader.error("'\(word)' without a for or if before it")
    case "time" where isCommand("time"):
      skipName()
      skipBlank()
      guard let next = reader.current, !next.isLineEnd, next != ";" else {
        throw reader.error("a statement is missing", at: start, expected: "time STATEMENT")
      }
      return .timed(try statement())
    case "def" where !isAssigned: return try definition()
    case "return" where !isAssigned: return try giveBack()
    case "next" where !isAssigned:
      guard loops > 0 else { throw reader.error("'next' without a loop around it") }
      skipName()
      return .nextRound(position: start)
    default: return try assignmentOrCall(start)
    }
  }

  /// What is typed out of habit, or pasted from another session.
  private func checkHabits() throws {
    for prompt in ["crs> ", "...> "] where reader.hasPrefix(prompt) {
      throw reader.error("'\(prompt.trimmingBlanks())' is the prompt of a session", hint: "leave it out")
    }
    for prompt in ["In [", ">>> "] where reader.hasPrefix(prompt) {
      throw reader.error(
        "'\(prompt.trimmingBlanks())' is the prompt of Python",
        hint: "statements of crs are written without one")
    }
    if reader.hasPrefix("... "), !reader.hasPrefix("...>") {
      throw reader.error("'...' is the prompt of Python", hint: "statements of crs are written without one")
    }
    if reader.hasPrefix("%") {
      throw reader.error(
        "'%' begins no statement: magics are IPython's",
        hint: Habits.magic(reader.restOfLine))
    }
    if reader.hasPrefix(":q") { throw reader.error("':' is not understood here", hint: Words.leaving(":q")) }
    if let current = reader.current, current == "{" || current == "}" {
      throw reader.error("'\(current)' is not understood here", hint: Words.blocks)
    }
  }

  /// A statement of another language, also where it would never run: its block would be read as another one.
  private func checkForeign(_ word: String) throws {
    guard let hint = Habits.words[word], !isCommand(word), !isVariable(word), word != "range",
      FunctionTable[word] == nil
    else { return }
    let goesOn = ahead { ahead in
      ahead.skipName()
      let isBlank = ahead.reader.current?.isBlank ?? true
      ahead.skipBlank()
      return isBlank && !(ahead.reader.current.map { $0.isLineEnd || $0 == ";" } ?? true)
    }
    // A name alone may be a variable that a script has bound.
    guard goesOn || Habits.choices.contains(word) else { return }
    throw reader.error("'\(word)' is not a word of the language", hint: hint)
  }

  /// `{` behind a condition or what a loop goes over.
  func checkBrace() throws {
    guard let current = reader.current, current == "{" else { return }
    throw reader.error("'{' is not understood here", hint: Words.blocks)
  }

  /// `!(x > 5)`, `!k`: an expression of ours, which the system's shell would misread, and write into files.
  private func checkOwnExpression(_ start: SourcePosition) throws {
    guard let current = reader.current else { return }
    let isOfVariable = peekName().map(isVariable) ?? false
    guard current == "(" || isOfVariable else { return }
    let text = ahead { ahead -> String? in
      let first = ahead.reader.index
      guard (try? ahead.expression()) != nil else { return nil }
      ahead.skipBlank()
      guard ahead.reader.current.map({ $0.isLineEnd || $0 == ";" }) ?? true else { return nil }
      return ahead.reader.text(from: first).trimmingBlanks()
    }
    guard let text,
      isOfVariable
        || text.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" })
          .contains(where: { isVariable(String($0)) })
    else { return }
    throw reader.error(
      "a leading ! is the system's shell", at: start, expected: "(!\(text))",
      hint: "the mask or value stands in parentheses; a blank behind ! passes the line to the shell")
  }

  /// `quit`, `quit()`, `exit()`: they all leave.
  private mutating func leaving(_ word: String, _ start: SourcePosition) throws -> Statement? {
    let isOther = word == "quit" && !isCommand(word) && !isVariable(word)
    guard isOther || word == "exit" && peekAfterName() == "(" else { return nil }
    skipName()
    if reader.current == "(", reader.peek() == ")" {
      reader.advance(2)
      return .run(targets: [], .command(name: "exit", arguments: [], position: start), position: start)
    }
    let arguments = try reader.current == "(" ? parenthesisedArguments() : arguments()
    return .run(targets: [], .command(name: "exit", arguments: arguments, position: start), position: start)
  }

  /// `NAME?` and `NAME??` alone are help.
  private mutating func helpOnWord(_ word: String, _ start: SourcePosition) -> Statement? {
    guard peekAfterName() == "?" else { return nil }
    let marks = ahead { ahead -> Int? in
      ahead.skipName()
      let count = ahead.questionMarks()
      ahead.skipBlank()
      return ahead.reader.current.map { $0.isLineEnd || $0 == ";" } ?? true ? count : nil
    }
    guard let marks, marks <= 2 else { return nil }
    skipName()
    _ = questionMarks()
    return .help(word, inFull: marks > 1, position: start)
  }

  /// `?NAME`, `??NAME`, also with the marks on both sides.
  private mutating func help(behind start: SourcePosition) -> Statement {
    // The first one is taken.
    var marks = 1 + questionMarks()
    skipBlank()
    let word = name()?.text ?? ""
    if reader.current == "?" { marks = max(marks, questionMarks()) }
    return .help(word, inFull: marks > 1, position: start)
  }

  private mutating func questionMarks() -> Int {
    var count = 0
    while reader.current == "?" {
      count += 1
      reader.advance()
    }
    return count
  }

  /// Whether `=`, or an operator and `=`, follows the name that stands here.
  func assignmentFollows() -> Bool {
    ahead { ahead in
      ahead.skipName()
      ahead.skipBlank()
      return ahead.assignment() != nil
    }
  }

  /// `=`, `+=`, `-=`, `*=` or `/=`, as the operator before `=`.
  private func assignment() -> String? {
    guard let current = reader.current else { return nil }
    if current == "=" { return reader.peek() == "=" ? nil : "" }
    guard "+-*/".unicodeScalars.contains(current), reader.peek() == "=", reader.peek(2) != "=" else {
      return nil
    }
    return String(current)
  }

  // MARK: - Assignments

  private mutating func assignmentOrCall(_ start: SourcePosition) throws -> Statement {
    guard let (targets, operation) = try assigned() else {
      let call = try rightSide()
      noteDropped(call)
      return .run(targets: [], call, position: start)
    }
    var right = try rightSide()
    if !operation.isEmpty, let target = targets.first {
      let operand: Expression =
        if case .expression(let expression) = right { expression } else { .call(right, start) }
      let whole = target.places.reduce(Expression.word(target.name.text, target.name.position)) {
        .index($0, $1, target.name.position)
      }
      let link = Expression.Link(symbol: operation, operand: operand, position: start)
      right = .expression(.chain(whole, [link]))
    }
    bound.formUnion(targets.map(\.name.text))
    return .run(targets: targets, right, position: start)
  }

  /// `a, b[1] =` at the start of a statement; nothing is consumed when it is none.
  private mutating func assigned() throws -> (targets: [Target], operation: String)? {
    let saved = reader.mark
    var targets: [Target] = []
    while let next = name() {
      var target = Target(name: next)
      while reader.current == "[" {
        // What cannot be read as a place is told where the statement is read again as an expression.
        guard let place = try? subscripts() else {
          reader.reset(to: saved)
          return nil
        }
        target.places.append(place)
      }
      targets.append(target)
      skipBlank()
      if reader.current == "," {
        reader.advance()
        skipBlank()
        continue
      }
      guard let operation = assignment(), operation.isEmpty || targets.count == 1 else { break }
      reader.advance(operation.isEmpty ? 1 : 2)
      skipBlank()
      for target in targets { try checkAssignable(target.name) }
      let names = targets.map(\.name.text).filter { $0 != "_" }
      guard Set(names).count == names.count else {
        throw reader.error("a name stands twice before =", at: targets[0].name.position)
      }
      return (targets, operation)
    }
    reader.reset(to: saved)
    return nil
  }

  func checkAssignable(_ name: Name) throws {
    if let refusal = Words.refusal(name.text) {
      throw reader.error(refusal.message, at: name.position, hint: refusal.hint)
    }
    if vocabulary.isCommand(name.text), Words.commands.contains(name.text) {
      throw reader.error(
        "'\(name.text)' is a command and cannot be a variable", at: name.position, hint: "try \(name.text)_1")
    }
  }

  /// A later command that a variable hid is one again after `drop`.
  private mutating func noteDropped(_ call: Call) {
    guard case .command("drop", let arguments, _) = call else { return }
    for argument in arguments {
      guard case .word(let word, _) = argument.value else { continue }
      bound.remove(word)
      dropped.insert(word)
    }
  }

  // MARK: - Blocks

  private mutating func loop() throws -> Statement {
    skipName()
    skipBlank()
    guard let variable = name() else {
      throw reader.error(
        "a loop needs a variable", expected: "for NAME in ITEMS",
        hint: reader.current == "(" ? "no parentheses: for i in 1:n" : nil)
    }
    try checkAssignable(variable)
    skipBlank()
    guard peekName() == "in" else {
      throw reader.error(
        "'in' is missing", expected: "for NAME in ITEMS",
        hint: Habits.loop(variable.text, reader.restOfLine))
    }
    skipName()
    skipBlank()
    let (start, written) = (reader.position, reader.index)
    let items = try loopItems()
    if items.isEmpty, reader.current == "{" {
      throw reader.error(
        "'{' is not understood here", expected: "a list or a range", hint: "for i in 1:n counts")
    }
    try checkBrace()
    guard !items.isEmpty else {
      throw reader.error("a loop over nothing", expected: "names of files or a glob")
    }
    bound.insert(variable.text)
    let source = LoopSource(
      items: items, written: reader.text(from: written).trimmingBlanks(), position: start)
    try endOfStatement()
    loops += 1
    defer { loops -= 1 }
    return .loop(variable: variable, items: source, body: try block(until: ["end"]).0)
  }

  private mutating func choice() throws -> Statement {
    skipName()
    skipBlank()
    let condition = try expression()
    skipBlank()
    try checkBrace()
    try endOfStatement()
    let (then, ending) = try block(until: ["else", "end"])
    guard ending == "else" else { return .choice(condition: condition, then: then, otherwise: []) }
    skipBlank()
    if peekName() == "if" {
      // The end of the last one is the end of all.
      let further = try nested("statements are nested too deeply") { try $0.choice() }
      return .choice(condition: condition, then: then, otherwise: [further])
    }
    return .choice(condition: condition, then: then, otherwise: try block(until: ["end"]).0)
  }
}
