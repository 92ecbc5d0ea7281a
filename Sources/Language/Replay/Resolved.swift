import Kernels
import Pipeline

/// An expression or call as it was evaluated: what depended on the moment (loop variables, arguments of the script,
/// globs, drawn seeds) is written out, so that it gives the same value whenever it is run again.
indirect enum Resolved: Sendable {
  /// A number, a text, yes, none, or a list of these.
  case literal(Value)
  /// A word that is written as it is: a constant, a word of a parameter, the name of a file or variable that is not
  /// looked up.
  case word(String)
  /// A variable, and the record that bound it.
  case variable(String, origin: Int)
  case list([Resolved])
  /// `[x1:x2, y1:y2]`, its brackets included.
  case section(String)
  case index(Resolved, Resolved)
  case unary(String, Resolved)
  /// Operators of one rank, from left to right.
  case chain(Resolved, [Link])
  case call(String, [Argument])

  struct Link: Sendable {
    var symbol: String
    var operand: Resolved
  }

  struct Argument: Sendable {
    var name: String?
    var value: Resolved
  }

  /// The records whose values it uses.
  var origins: Set<Int> {
    switch self {
    case .literal, .word, .section: []
    case .variable(_, let origin): [origin]
    case .list(let items): items.reduce(into: []) { $0.formUnion($1.origins) }
    case .index(let base, let inside): base.origins.union(inside.origins)
    case .unary(_, let operand): operand.origins
    case .chain(let first, let links): links.reduce(into: first.origins) { $0.formUnion($1.operand.origins) }
    case .call(_, let arguments): arguments.reduce(into: []) { $0.formUnion($1.value.origins) }
    }
  }

  /// Whether it is more than a name or a literal.
  var isCalculated: Bool {
    switch self {
    case .literal, .word, .variable, .section: false
    case .list(let items): items.contains(where: \.isCalculated)
    case .index, .unary, .chain, .call: true
    }
  }
}
