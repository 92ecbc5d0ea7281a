import Commands
import Files
import Foundation
import Kernels
import Pipeline

/// Checks statements without running them: commands, parameters, and variables that are never bound.
struct StatementChecker {
  let session: Session
  /// Commands that the statements before define.
  private var defined: Set<String> = []

  init(session: Session) { self.session = session }

  /// - Throws: `CRSError` (usage) with line and column.
  mutating func check(_ statements: [Statement]) throws {
    var known = Set(session.names)
    try check(statements, &known)
  }

  private mutating func check(_ statements: [Statement], _ known: inout Set<String>) throws {
    for statement in statements {
      switch statement {
      case .run(let targets, let call, _):
        try check(call, wanted: targets.count, known)
        known.formUnion(targets.map(\.name.text))
      case .loop(let variable, _, let body):
        known.insert(variable.text)
        try check(body, &known)
      case .choice(let condition, let then, let otherwise):
        try check(condition, known)
        try check(then, &known)
        try check(otherwise, &known)
      case .timed(let inner): try check([inner], &known)
      case .definition(let definition):
        var inner = Set(definition.parameters.map(\.name.text))
        try check(definition.body, &inner)
        defined.insert(definition.name.text)
      case .giveBack(let values, _): for value in values { try check(value, known) }
      case .shell, .nextRound, .help: break
      }
    }
  }

  private func check(_ call: Call, wanted: Int, _ known: Set<String>) throws {
    switch call {
    case .expression(let expression): try check(expression, known)
    case .pipe(let first, _, let arguments, _):
      try check(first, wanted: 0, known)
      for argument in arguments { try checkCalls(argument.value, known) }
    case .command(let name, _, _) where defined.contains(name): break
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
    case .number(let value, _, _): .number(value)
    case .integer(let value, _, _): .integer(value)
    case .text(let parts, _): plain(parts).map { .text($0) }
    case .word(let word, _):
      known.contains(word) || word == "_" || isPath(word) ? nil : Evaluator.constant(word) ?? .text(word)
    default: nil
    }
  }

  private func isPath(_ word: String) -> Bool { word.contains(where: { "./~*?$".contains($0) }) }

  private func isOpen(_ expression: Expression) -> Bool {
    switch expression {
    case .word(let word, _): word.contains(where: { "*?".contains($0) })
    case .parameter, .filledWord, .list: true
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

  /// The text of a literal; nil where values are filled in.
  private func plain(_ parts: [TextPart]) -> String? {
    switch parts.count {
    case 0: ""
    case 1: if case .plain(let text) = parts[0] { text } else { nil }
    default: nil
    }
  }

  private func check(_ expression: Expression, _ known: Set<String>) throws {
    switch expression {
    case .word(let word, let position):
      guard
        known.contains(word) || word == "_" || Evaluator.constant(word) != nil || Evaluator.number(word) != nil
          || Words.looksLikeFile(word) || defined.contains(word)
      else {
        throw CRSError(
          .usage, "'\(word)' is not a variable", hint: didYouMean(word, among: known), line: position.line,
          column: position.column)
      }
    case .index(let base, _, _), .unary(_, let base, _): try check(base, known)
    case .chain(let first, let links):
      try check(first, known)
      for link in links { try check(link.operand, known) }
    case .call(let call, _): try check(call, wanted: 0, known)
    case .function(let name, let arguments, let position):
      guard FunctionTable[name] != nil || session.registry[name] != nil || defined.contains(name) else {
        throw CRSError(
          .usage, "'\(name)' is neither a function nor a command",
          hint: didYouMean(name, among: Array(FunctionTable.names) + session.registry.names),
          line: position.line, column: position.column)
      }
      for argument in arguments { try checkCalls(argument.value, known) }
    case .number, .integer, .text, .parameter, .filledWord, .list, .section, .range: break
    }
  }

  /// Checks the calls inside an argument, whose words depend on the parameter.
  private func checkCalls(_ expression: Expression, _ known: Set<String>) throws {
    if case .word = expression { return }
    try check(expression, known)
  }
}
