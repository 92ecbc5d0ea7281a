extension Expression {
  /// All words that may be names of variables.
  var names: Set<String> {
    switch self {
    case .number, .integer: []
    case .word(let word, _): [word]
    case .text(let parts, _), .filledWord(let parts, _):
      Set(parts.compactMap { if case .value(let filled) = $0 { filled.name } else { nil } })
    case .parameter(let filled, _): [filled.name]
    case .list(let items, _): Self.names(items)
    case .section(let places, _): Self.names(places)
    case .range(let first, let last, let step, _): Self.names([first, last] + (step.map { [$0] } ?? []))
    case .index(let base, let places, _): base.names.union(Self.names(places))
    case .unary(_, let inner, _): inner.names
    case .chain(let first, let links): first.names.union(Self.names(links.map(\.operand)))
    case .call(let call, _): call.names
    case .function(_, let arguments, _): Self.names(arguments.map(\.value))
    }
  }

  fileprivate static func names(_ expressions: [Expression]) -> Set<String> {
    expressions.reduce(into: []) { $0.formUnion($1.names) }
  }

  private static func names(_ places: [Subscript]) -> Set<String> {
    names(
      places.flatMap { place -> [Expression] in
        switch place {
        case .at(let expression): [expression]
        case .range(let first, let last, _): [first, last].compactMap { $0 }
        }
      })
  }
}

extension Call {
  /// As of an expression.
  var names: Set<String> {
    switch self {
    case .command(_, let arguments, _): Expression.names(arguments.map(\.value))
    case .expression(let expression): expression.names
    case .pipe(let first, _, let arguments, _):
      first.names.union(Expression.names(arguments.map(\.value)))
    }
  }
}
