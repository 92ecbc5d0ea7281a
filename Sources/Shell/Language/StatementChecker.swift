import Commands
import Core

/// Checks statements without running them: commands, parameters, and variables that are never bound.
struct StatementChecker {
  let session: Session

  /// - Throws: `CRSError` (usage) with line and column.
  func check(_ statements: [Statement]) throws {
    var known = Set(session.names)
    try check(statements, &known)
  }

  private func check(_ statements: [Statement], _ known: inout Set<String>) throws {
    for statement in statements {
      switch statement {
      case .run(let names, let call, _):
        try check(call, wanted: names.count, known)
        known.formUnion(names.map(\.text))
      case .loop(let variable, _, let body):
        known.insert(variable.text)
        try check(body, &known)
      case .choice(let condition, let then, let otherwise):
        try check(condition, known)
        try check(then, &known)
        try check(otherwise, &known)
      case .timed(let inner): try check([inner], &known)
      case .shell: break
      }
    }
  }

  private func check(_ call: Call, wanted: Int, _ known: Set<String>) throws {
    switch call {
    case .expression(let expression): try check(expression, known)
    case .command(let name, let arguments, let position):
      guard let entry = session.registry[name] else {
        throw CRSError(
          .usage, "'\(name)' is not a command",
          hint: didYouMean(name, among: session.registry.names) ?? "see: help", line: position.line,
          column: position.column)
      }
      guard wanted <= entry.manifest.results.count || wanted == 0 else {
        throw CRSError(
          .usage, "\(wanted) names for the results of \(name)",
          expected: entry.manifest.results.map(\.name).joined(separator: ", "), line: position.line,
          column: position.column)
      }
      for argument in arguments {
        guard let name = argument.name else { continue }
        guard let parameter = entry.manifest.parameter(named: name) else {
          throw CRSError(
            .usage, "'\(name)' is not a parameter of \(entry.manifest.name)",
            hint: didYouMean(name, among: entry.manifest.parameters.map(\.name)),
            line: argument.position.line,
            column: argument.position.column)
        }
        if parameter.kind == .number || parameter.kind == .integer, case .text = argument.value {
          throw CRSError(
            .usage, "text does not fit", parameter: name, expected: "a number", line: argument.position.line,
            column: argument.position.column)
        }
      }
    }
  }

  private func check(_ expression: Expression, _ known: Set<String>) throws {
    switch expression {
    case .word(let word, let position):
      guard
        known.contains(word) || word == "_" || Evaluator.constant(word) != nil
          || word.contains(where: { "./~*?".contains($0) })
      else {
        throw CRSError(
          .usage, "'\(word)' is not a variable", hint: didYouMean(word, among: known), line: position.line,
          column: position.column)
      }
    case .index(let base, _, _), .unary(_, let base, _): try check(base, known)
    case .binary(_, let a, let b, _):
      try check(a, known)
      try check(b, known)
    case .chain(let first, let links):
      try check(first, known)
      for link in links { try check(link.operand, known) }
    case .call(let call, _): try check(call, wanted: 0, known)
    case .number, .text, .parameter, .list, .section: break
    }
  }
}
