/// A statement of the language (product page, section 4).
indirect enum Statement: Sendable {
  /// `command args` or an expression, its results bound to names.
  case run(names: [Name], Call, position: SourcePosition)
  case loop(variable: Name, items: [ArgumentSyntax], body: [Statement])
  case choice(condition: Expression, then: [Statement], otherwise: [Statement])
  /// `!` and the rest of the line.
  case shell(String, position: SourcePosition)
  /// `time STATEMENT`
  case timed(Statement)

  var position: SourcePosition {
    switch self {
    case .run(_, _, let position), .shell(_, let position): position
    case .loop(let variable, _, _): variable.position
    case .choice(let condition, _, _): condition.position
    case .timed(let statement): statement.position
    }
  }
}

/// A name with its place.
struct Name: Sendable {
  var text: String
  var position: SourcePosition
}

/// What stands on the right of an assignment or alone.
enum Call: Sendable {
  case command(name: String, arguments: [ArgumentSyntax], position: SourcePosition)
  case expression(Expression)
}

/// An argument as it is written.
struct ArgumentSyntax: Sendable {
  var name: String?
  var value: Expression
  var position: SourcePosition
}

/// An expression; the tree is shallow because the parser limits its depth.
indirect enum Expression: Sendable {
  case number(Double, isInteger: Bool, SourcePosition)
  /// Quoted text.
  case text(String, SourcePosition)
  /// A bare word: a variable, an enumerated word, or a file name.
  case word(String, SourcePosition)
  /// `$1`, `$name`
  case parameter(String, SourcePosition)
  case list([Expression], SourcePosition)
  /// A section inside brackets, as text.
  case section(String, SourcePosition)
  case index(Expression, Expression, SourcePosition)
  case unary(String, Expression, SourcePosition)
  case binary(String, Expression, Expression, SourcePosition)
  /// Operators of one rank from left to right; kept flat, so that long sums need no deep tree.
  case chain(Expression, [Link])
  /// A command in parentheses.
  case call(Call, SourcePosition)

  /// An operator and what stands on its right.
  struct Link: Sendable {
    var symbol: String
    var operand: Expression
    var position: SourcePosition
  }

  var position: SourcePosition {
    switch self {
    case .chain(let first, _): first.position
    case .number(_, _, let position), .text(_, let position), .word(_, let position),
      .parameter(_, let position),
      .list(_, let position), .section(_, let position), .index(_, _, let position),
      .unary(_, _, let position),
      .binary(_, _, _, let position), .call(_, let position):
      position
    }
  }
}
