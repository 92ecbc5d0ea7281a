import Kernels

// Commands of one's own.
extension Parser {
  mutating func definition() throws -> Statement {
    guard depth == 1, !isInDefinition else {
      throw reader.error("'def' stands outside of loops, choices and other definitions")
    }
    let start = reader.index
    skipName()
    skipBlank()
    guard let name = name() else {
      throw reader.error("a definition needs a name", expected: "def NAME PARAMETER ... [PARAMETER=DEFAULT]")
    }
    try checkName(name)
    let outer = (bound, loops)
    isInDefinition = true
    bound = []
    loops = 0
    defer {
      (bound, loops) = outer
      isInDefinition = false
    }
    let parameters = try parameters(outer: outer.0)
    bound = Set(parameters.map(\.name.text))
    try endOfStatement()
    let comments = helpLines()
    let (body, _) = try block(until: ["end"])
    if !takesAnyName || !isTaken(name) { defined.insert(name.text) }
    return .definition(
      Definition(
        name: name, parameters: parameters, comments: comments, body: body, source: reader.text(from: start)))
  }

  /// Whether a name means something already.
  private func isTaken(_ name: Name) -> Bool {
    Words.reserved.contains(name.text) || FunctionTable[name.text] != nil || vocabulary.isCommand(name.text)
  }

  private func checkName(_ name: Name) throws {
    if takesAnyName { return }
    try checkAssignable(name)
    if FunctionTable[name.text] != nil {
      throw reader.error(
        "'\(name.text)' is a function and cannot be defined", at: name.position, hint: "try \(name.text)_1")
    }
  }

  /// - Parameter outer: names that the statements before have bound.
  private mutating func parameters(outer: Set<String>) throws -> [Definition.Parameter] {
    var out: [Definition.Parameter] = []
    while true {
      skipBlank()
      guard let name = name() else { return out }
      try checkAssignable(name)
      guard !out.contains(where: { $0.name.text == name.text }) else {
        throw reader.error("the parameter '\(name.text)' stands twice", at: name.position)
      }
      var parameter = Definition.Parameter(name: name)
      if reader.current == "=" {
        reader.advance()
        let value = try argument()
        guard value.isLiteral else {
          throw reader.error(
            "the default of '\(name.text)' is no literal", at: value.position,
            expected: "a number, a text, yes, no, none or a list of these")
        }
        for word in value.words where !Words.reserved.contains(word) {
          guard
            outer.contains(word) || vocabulary.isVariable(word)
              || out.contains(where: { $0.name.text == word })
          else { continue }
          throw reader.error(
            "the default of '\(name.text)' is a variable", at: value.position,
            expected: "a number, a text, yes, no, none or a list of these",
            hint: "defaults are literals; '\(word)' in quotes is a text")
        }
        parameter.fallback = value
      } else if let before = out.last, before.fallback != nil {
        throw reader.error(
          "'\(name.text)' without a default stands behind '\(before.name.text)' with one", at: name.position)
      }
      out.append(parameter)
    }
  }

  /// The comment lines that stand here, without their #.
  private mutating func helpLines() -> [String] {
    var lines: [String] = []
    while true {
      let isComment = ahead { ahead in
        while let current = ahead.reader.current, current.isBlank { ahead.reader.advance() }
        return ahead.reader.current == "#"
      }
      guard isComment else { return lines }
      let start = reader.index
      while let current = reader.current, !current.isLineEnd { reader.advance() }
      let text = reader.text(from: start).trimmingBlanks().drop { $0 == "#" }
      lines.append(String(text).trimmingBlanks())
      reader.advance()
    }
  }

  mutating func giveBack() throws -> Statement {
    let start = reader.position
    guard isInDefinition else { throw reader.error("'return' without a def around it") }
    skipName()
    var values: [Expression] = []
    while true {
      skipBlank()
      guard let current = reader.current, !current.isLineEnd, current != ";" else {
        guard values.isEmpty else { throw reader.error("a value is missing") }
        return .giveBack([], position: start)
      }
      let call = try rightSide()
      if case .expression(let expression) = call {
        values.append(expression)
      } else {
        values.append(.call(call, start))
      }
      skipBlank()
      guard reader.current == "," else { return .giveBack(values, position: start) }
      reader.advance()
    }
  }
}

extension Expression {
  /// The bare words of a literal.
  fileprivate var words: [String] {
    switch self {
    case .word(let word, _): [word]
    case .list(let items, _): items.flatMap(\.words)
    default: []
    }
  }

  /// A number, a text, a word, or a list of these.
  var isLiteral: Bool {
    switch self {
    case .number, .integer, .word: true
    case .text(let parts, _): parts.allSatisfy { if case .plain = $0 { true } else { false } }
    case .unary("-", let operand, _): operand.isLiteral
    case .list(let items, _): items.allSatisfy(\.isLiteral)
    default: false
    }
  }
}
