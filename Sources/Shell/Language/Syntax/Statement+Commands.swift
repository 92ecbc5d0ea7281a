extension Statement {
  /// The names of all commands that statements call, those in their blocks, definitions and parentheses too.
  static func commands(in statements: some Sequence<Statement>) -> Set<String> {
    var found: Set<String> = []
    for statement in statements { statement.collect(&found) }
    return found
  }

  private func collect(_ found: inout Set<String>) {
    switch self {
    case .run(_, let call, _): call.collect(&found)
    case .loop(_, let source, let body):
      source.items.forEach { $0.collect(&found) }
      body.forEach { $0.collect(&found) }
    case .choice(let condition, let then, let otherwise):
      condition.collect(&found)
      (then + otherwise).forEach { $0.collect(&found) }
    case .timed(let inner): inner.collect(&found)
    case .definition(let definition): definition.body.forEach { $0.collect(&found) }
    case .giveBack(let values, _): values.forEach { $0.collect(&found) }
    case .shell, .nextRound, .help: break
    }
  }
}

extension Call {
  fileprivate func collect(_ found: inout Set<String>) {
    switch self {
    case .command(let name, let arguments, _):
      found.insert(name)
      arguments.forEach { $0.value.collect(&found) }
    case .expression(let expression): expression.collect(&found)
    case .pipe(let first, let name, let arguments, _):
      first.collect(&found)
      found.insert(name)
      arguments.forEach { $0.value.collect(&found) }
    }
  }
}

extension Expression {
  fileprivate func collect(_ found: inout Set<String>) {
    switch self {
    case .number, .integer, .text, .filledWord, .parameter: break
    // A word that is no variable may be a command without arguments.
    case .word(let word, _): found.insert(word)
    case .list(let parts, _): parts.forEach { $0.collect(&found) }
    case .section(let places, _): places.forEach { $0.collect(&found) }
    case .range(let first, let last, let step, _):
      [first, last, step].forEach { $0?.collect(&found) }
    case .index(let base, let places, _):
      base.collect(&found)
      places.forEach { $0.collect(&found) }
    case .unary(_, let operand, _): operand.collect(&found)
    case .chain(let first, let links):
      first.collect(&found)
      links.forEach { $0.operand.collect(&found) }
    case .call(let call, _): call.collect(&found)
    case .function(let name, let arguments, _):
      found.insert(name)
      arguments.forEach { $0.value.collect(&found) }
    }
  }
}

extension Subscript {
  fileprivate func collect(_ found: inout Set<String>) {
    switch self {
    case .at(let expression): expression.collect(&found)
    case .range(let first, let last, _): [first, last].forEach { $0?.collect(&found) }
    }
  }
}
