import Commands
import Files
import Foundation
import Kernels
import Pipeline

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
      do {
        try check(arguments, of: entry, known)
      } catch var error as CRSError {
        error.line = error.line ?? position.line
        error.column = error.column ?? position.column
        throw error
      }
    }
  }

  private func check(
    _ arguments: [ArgumentSyntax], of entry: CommandRegistry.Entry, _ known: Set<String>
  ) throws {
    let positional = entry.manifest.parameters.filter(\.isPositional)
    var place = 0
    var bound: [(argument: Argument, isKnown: Bool)] = []
    for argument in arguments {
      let parameter =
        argument.name.map { entry.manifest.parameter(named: $0) }
        ?? (positional.indices.contains(place) ? positional[place] : positional.last { $0.isRest })
      if argument.name == nil { place += 1 }
      if let parameter { try check(argument.value, for: parameter, known) }
      let value = literal(argument.value, known)
      bound.append(
        (
          Argument(
            name: argument.name, value: value ?? .text(""), line: argument.position.line,
            column: argument.position.column), value != nil
        ))
    }
    // A glob may stand for any number of files.
    guard !arguments.contains(where: { $0.name == nil && isOpen($0.value) }) else { return }
    try entry.check(
      bound, CommandContext(work: Work(), session: session, report: { _ in }, note: { _ in }))
  }

  /// The value of an argument that can be told without running anything.
  private func literal(_ expression: Expression, _ known: Set<String>) -> Value? {
    switch expression {
    case .number(let value, let isInteger, _):
      isInteger ? Int(exactly: value).map { .integer($0) } ?? .number(value) : .number(value)
    case .text(let text, _): .text(text)
    case .word(let word, _):
      known.contains(word) || word == "_" || isPath(word) ? nil : Evaluator.constant(word) ?? .text(word)
    default: nil
    }
  }

  private func isPath(_ word: String) -> Bool { word.contains(where: { "./~*?$".contains($0) }) }

  private func isOpen(_ expression: Expression) -> Bool {
    switch expression {
    case .word(let word, _): word.contains(where: { "*?".contains($0) })
    case .parameter, .list: true
    default: false
    }
  }

  /// A bare word where a value is wanted is a variable or a file.
  private func check(_ expression: Expression, for parameter: ParameterManifest, _ known: Set<String>) throws
  {
    let values: Set<ParameterManifest.Kind> = [
      .image, .stack, .mask, .maskSet, .diagram, .boundary, .table, .number, .integer,
    ]
    guard values.contains(parameter.kind), case .word(let word, let position) = expression,
      !known.contains(word), word != "_", Evaluator.constant(word) == nil, !isPath(word),
      !parameter.choices.contains(word), !FileManager.default.fileExists(atPath: word)
    else { return }
    throw CRSError(
      .usage, "'\(word)' is not a variable", parameter: parameter.name, hint: didYouMean(word, among: known),
      line: position.line, column: position.column)
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
