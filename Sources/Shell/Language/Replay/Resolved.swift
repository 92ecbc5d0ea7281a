import Kernels
import Pipeline

/// An expression or call as it was evaluated: what depended on the moment (arguments of the script, globs, drawn
/// seeds) is written out, so that it gives the same value whenever it is run again.
indirect enum Resolved: Sendable {
  /// A number, a text, yes, none, or a list of these.
  case literal(Value)
  /// A word that is written as it is: a constant, a word of a parameter, a column, the name of a file or variable that
  /// is not looked up.
  case word(String)
  /// A variable, and the record that bound it; nil inside a definition.
  case variable(String, origin: Int?)
  case list([Resolved])
  /// `[x1:x2, y1:y2]`
  case section([Place])
  /// `(a:b:step)`
  case range([Resolved])
  case index(Resolved, [Place])
  /// `(a)`
  case group(Resolved)
  case unary(String, Resolved)
  /// Operators of one rank, from left to right.
  case chain(Resolved, [Link])
  case function(String, [Argument])
  case call(String, [Argument], definition: Int?)
  case pipe(Resolved, Resolved)

  struct Link: Sendable {
    var symbol: String
    var operand: Resolved
  }

  struct Argument: Sendable {
    var name: String?
    var value: Resolved
  }

  enum Place: Sendable {
    case at(Resolved)
    case range(Resolved?, Resolved?)

    fileprivate var parts: [Resolved] {
      switch self {
      case .at(let value): [value]
      case .range(let first, let last): [first, last].compactMap { $0 }
      }
    }
  }

  /// The command whose results it gives; nil for an expression.
  var command: String? {
    switch self {
    case .call(let name, _, _): name
    case .pipe(_, let last): last.command
    case .group(let inner): inner.command
    default: nil
    }
  }

  /// The records whose values it uses.
  var origins: Set<Int> {
    var found: Set<Int> = []
    collect(&found)
    return found
  }

  private func collect(_ found: inout Set<Int>) {
    switch self {
    case .literal, .word: break
    case .variable(_, let origin): if let origin { found.insert(origin) }
    case .list(let items), .range(let items): for item in items { item.collect(&found) }
    case .section(let places): for part in places.flatMap(\.parts) { part.collect(&found) }
    case .index(let base, let places):
      base.collect(&found)
      for part in places.flatMap(\.parts) { part.collect(&found) }
    case .unary(_, let operand), .group(let operand): operand.collect(&found)
    case .chain(let first, let links):
      first.collect(&found)
      for link in links { link.operand.collect(&found) }
    case .function(_, let arguments): for argument in arguments { argument.value.collect(&found) }
    case .call(_, let arguments, let definition):
      if let definition { found.insert(definition) }
      for argument in arguments { argument.value.collect(&found) }
    case .pipe(let first, let then):
      first.collect(&found)
      then.collect(&found)
    }
  }

  /// Whether it is more than a name or a literal.
  var isCalculated: Bool {
    switch self {
    case .literal, .word, .variable, .section, .range: false
    case .list(let items): items.contains(where: \.isCalculated)
    case .group(let inner): inner.isCalculated
    case .index, .unary, .chain, .function, .call, .pipe: true
    }
  }
}

extension Resolved.Place {
  var origins: Set<Int> { parts.reduce(into: []) { $0.formUnion($1.origins) } }
}
