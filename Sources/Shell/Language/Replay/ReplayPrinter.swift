import Kernels
import Pipeline

/// Writes what was evaluated so that the parser reads the same tree back.
enum ReplayPrinter {
  /// `a, b = command ...`, or the right side alone.
  static func statement(_ names: [String], _ tree: Resolved) -> String {
    (names.isEmpty ? "" : names.joined(separator: ", ") + " = ") + text(tree)
  }

  /// A part of a variable, as it stands before `=`.
  static func target(_ name: String, _ places: [[Resolved.Place]]) -> String {
    places.reduce(name) { $0 + section($1) }
  }

  /// What stands on the right of an assignment.
  static func text(_ tree: Resolved) -> String {
    switch tree {
    case .literal(let value): return literal(value)
    case .word(let word): return word
    case .variable(let name, _): return name
    case .list(let items): return "[" + items.map(argument).joined(separator: ", ") + "]"
    case .section(let places): return section(places)
    case .range(let ends): return "(" + ends.map { operand($0, above: .call) }.joined(separator: ":") + ")"
    case .index(let base, let places): return operand(base, above: .power) + section(places)
    case .group(let inner): return "(" + text(inner) + ")"
    case .unary(let symbol, let operand): return symbol + self.operand(operand, above: .product)
    case .chain(let first, let links):
      let rank = Rank(of: links.first?.symbol ?? "")
      let (left, right) = rank.neighbours
      return links.reduce(into: operand(first, above: left)) {
        $0 += " \($1.symbol) " + operand($1.operand, above: right)
      }
    case .function(let name, let arguments):
      return name + "("
        + arguments.map { key($0) + operand($0.value, above: .call) }.joined(separator: ", ") + ")"
    case .call(let name, let arguments, _):
      return ([name] + arguments.map { key($0) + argument($0.value) }).joined(separator: " ")
    case .pipe(let first, let then): return text(first) + " | " + text(then)
    }
  }

  /// How tightly the parts of an expression hold together.
  private enum Rank: Int, Comparable {
    case call, or, and, comparison, sum, product, unary, power, index, value

    static func < (a: Rank, b: Rank) -> Bool { a.rawValue < b.rawValue }

    /// What parts must exceed, on the left and on the right of an operator, to do without parentheses.
    var neighbours: (left: Rank, right: Rank) {
      switch self {
      case .power: (.power, .product)
      case .sum: (.comparison, .sum)
      case .product: (.sum, .product)
      // Comparisons are easily misread beside & and |.
      case .or, .and: (.comparison, .comparison)
      default: (self, self)
      }
    }

    init(of symbol: String) {
      switch symbol {
      case "|": self = .or
      case "&": self = .and
      case "+", "-": self = .sum
      case "*", "/", "//", "%": self = .product
      case "**": self = .power
      default: self = .comparison
      }
    }

    init(of tree: Resolved) {
      switch tree {
      case .call, .pipe: self = .call
      case .chain(_, let links): self = Rank(of: links.first?.symbol ?? "")
      case .unary: self = .unary
      case .index: self = .index
      // The sign of a number is an operator to the parser.
      case .literal(let value): self = (value.double ?? 0).sign == .minus ? .unary : .value
      default: self = .value
      }
    }
  }

  private static func key(_ argument: Resolved.Argument) -> String { argument.name.map { $0 + "=" } ?? "" }

  private static func section(_ places: [Resolved.Place]) -> String {
    let texts = places.map { place in
      switch place {
      case .at(let value): operand(value, above: .call)
      case .range(let first, let last):
        (first.map { operand($0, above: .call) } ?? "") + ":" + (last.map { operand($0, above: .call) } ?? "")
      }
    }
    return "[" + texts.joined(separator: ", ") + "]"
  }

  /// A part of an expression, in parentheses unless it holds together more tightly than `rank`.
  private static func operand(_ tree: Resolved, above rank: Rank) -> String {
    Rank(of: tree) > rank ? text(tree) : "(" + text(tree) + ")"
  }

  /// An argument, or an item of a list: operators and calls stand in parentheses.
  private static func argument(_ tree: Resolved) -> String {
    switch tree {
    case .literal: text(tree)
    default: operand(tree, above: .power)
    }
  }

  /// A number keeps its kind: 4.0 is no whole number.
  private static func literal(_ value: Value) -> String {
    switch value {
    case .number(let number) where number == number.rounded() && abs(number) < 1e15: "\(number)"
    case .list(let values): "[" + values.map(literal).joined(separator: ", ") + "]"
    default: value.literal ?? value.kindName
    }
  }
}
