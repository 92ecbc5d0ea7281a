import Kernels

/// A statement of the language.
indirect enum Statement: Sendable {
  /// A call or expression; its results are bound to names or put into parts of them.
  case run(targets: [Target], Call, position: SourcePosition)
  case loop(variable: Name, items: LoopSource, body: [Statement])
  case choice(condition: Expression, then: [Statement], otherwise: [Statement])
  /// `!` and the rest of the line.
  case shell([TextPart], position: SourcePosition)
  /// `time STATEMENT`
  case timed(Statement)
  /// `def NAME ... end`
  case definition(Definition)
  /// `return a, b`
  case giveBack([Expression], position: SourcePosition)
  /// `next`
  case nextRound(position: SourcePosition)
  /// `NAME?`, and `NAME??` for all there is.
  case help(String, inFull: Bool, position: SourcePosition)

  var position: SourcePosition {
    switch self {
    case .run(_, _, let position), .shell(_, let position), .giveBack(_, let position),
      .nextRound(let position),
      .help(_, _, let position):
      position
    case .loop(let variable, _, _): variable.position
    case .choice(let condition, _, _): condition.position
    case .timed(let statement): statement.position
    case .definition(let definition): definition.name.position
    }
  }
}

extension Statement {
  /// A call or expression whose result gets no name.
  var isCall: Bool { if case .run(let targets, _, _) = self { targets.isEmpty } else { false } }

  /// The names that statements bind, drop or change.
  ///
  /// - Parameter ofParts: also those of which parts are changed.
  static func boundNames(in statements: [Statement], ofParts: Bool = true) -> Set<String> {
    func inside(_ statements: [Statement]) -> Set<String> { boundNames(in: statements, ofParts: ofParts) }
    return statements.reduce(into: []) { names, statement in
      switch statement {
      case .run(let targets, _, _):
        names.formUnion(targets.filter { ofParts || $0.places.isEmpty }.map(\.name.text))
      case .loop(let variable, _, let body):
        names.insert(variable.text)
        names.formUnion(inside(body))
      case .choice(_, let then, let otherwise): names.formUnion(inside(then + otherwise))
      case .timed(let inner): names.formUnion(inside([inner]))
      case .shell, .definition, .giveBack, .nextRound, .help: break
      }
    }
  }
}

/// What a loop goes over, as it is written.
struct LoopSource: Sendable {
  var items: [Expression]
  var written: String
  var position: SourcePosition
}

/// A name with its place.
struct Name: Sendable {
  var text: String
  var position: SourcePosition
}

/// What stands before `=`: a name, or a part of its value.
struct Target: Sendable {
  var name: Name
  /// Brackets behind the name, from left to right.
  var places: [[Subscript]] = []
}

/// A command of one's own.
struct Definition: Sendable {
  struct Parameter: Sendable {
    var name: Name
    /// A literal.
    var fallback: Expression?
  }
  var name: Name
  var parameters: [Parameter]
  /// The comment lines behind the first line, without their #.
  var comments: [String]
  var body: [Statement]
  /// The whole definition as it is written.
  var source: String
}

/// What stands on the right of an assignment or alone.
indirect enum Call: Sendable {
  case command(name: String, arguments: [ArgumentSyntax], position: SourcePosition)
  case expression(Expression)
  /// What the first part gives goes into the command behind it.
  case pipe(Call, name: String, arguments: [ArgumentSyntax], position: SourcePosition)
}

/// An argument as it is written.
struct ArgumentSyntax: Sendable {
  var name: String?
  var value: Expression
  var position: SourcePosition
}

/// A piece of a text.
enum TextPart: Sendable {
  case plain(String)
  /// `$name`, `${name:format}`
  case value(Filled)

  /// nil for what is to be filled in.
  var plain: String? { if case .plain(let text) = self { text } else { nil } }
}

/// `$name` or `${name:format}`.
struct Filled: Sendable {
  var name: String
  var format: String?
  /// As it is written.
  var written: String
}

/// What stands in brackets behind a value.
enum Subscript: Sendable {
  case at(Expression)
  /// `a:b`; an end that is left out is the first or last.
  case range(Expression?, Expression?, SourcePosition)

  var position: SourcePosition {
    switch self {
    case .at(let expression): expression.position
    case .range(_, _, let position): position
    }
  }
}

extension [Subscript] {
  /// Why brackets with a colon in them, that stand for themselves, are no section; nil for one.
  var sectionError: CRSError? {
    let isSection = count == 2 && allSatisfy { if case .range(_?, _?, _) = $0 { true } else { false } }
    guard !isSection else { return nil }
    let text = "[" + map(\.written).joined(separator: ", ") + "]"
    var error = CRSError.usage(
      "\(text) is neither a list nor a section", expected: "[x1:x2, y1:y2] for a section")
    if count == 1, case .range(_?, _?, _) = self[0] {
      error.hint = "(\(self[0].written)) is the list of the whole numbers"
    } else if contains(where: { if case .at = $0 { true } else { false } }), count != 2 {
      error.hint = "(a:b) is a list of whole numbers; append(l, v) puts a value behind a list"
    } else {
      error.hint = "all ends are written: only behind a value, as in x[:, 1:9], some may be left out"
    }
    return error
  }
}

extension Subscript {
  /// As it is written, where that is short.
  fileprivate var written: String {
    switch self {
    case .at(let expression): expression.written
    case .range(let first, let last, _): "\(first?.written ?? ""):\(last?.written ?? "")"
    }
  }
}

extension Expression {
  fileprivate var written: String {
    switch self {
    case .number(_, let written, _), .integer(_, let written, _): written
    case .word(let word, _): word
    case .parameter(let filled, _): filled.written
    default: "..."
    }
  }
}

/// An expression; the tree is shallow because the parser limits its depth.
indirect enum Expression: Sendable {
  /// A number with a fraction or an exponent.
  case number(Double, written: String, SourcePosition)
  case integer(Int, written: String, SourcePosition)
  /// Text in quotes.
  case text([TextPart], SourcePosition)
  /// A bare word: a variable, an enumerated word, or a file name.
  case word(String, SourcePosition)
  /// A bare word with `$name` in it.
  case filledWord([TextPart], SourcePosition)
  /// `$1`, `$name` alone.
  case parameter(Filled, SourcePosition)
  case list([Expression], SourcePosition)
  /// `[x1:x2, y1:y2]`
  case section([Subscript], SourcePosition)
  /// `1:9:2`, a list of whole numbers.
  case range(Expression, Expression, step: Expression?, SourcePosition)
  case index(Expression, [Subscript], SourcePosition)
  case unary(String, Expression, SourcePosition)
  /// Operators of one rank from left to right; kept flat, so that long sums need no deep tree.
  case chain(Expression, [Link])
  /// A command or pipe in parentheses.
  case call(Call, SourcePosition)
  /// `name(a, key=b)`
  case function(name: String, arguments: [ArgumentSyntax], SourcePosition)

  /// An operator and what stands on its right.
  struct Link: Sendable {
    var symbol: String
    var operand: Expression
    var position: SourcePosition
  }

  var position: SourcePosition {
    switch self {
    case .chain(let first, _): first.position
    case .number(_, _, let position), .integer(_, _, let position), .text(_, let position),
      .word(_, let position), .filledWord(_, let position), .parameter(_, let position),
      .list(_, let position), .section(_, let position), .range(_, _, _, let position),
      .index(_, _, let position), .unary(_, _, let position), .call(_, let position),
      .function(_, _, let position):
      position
    }
  }
}
