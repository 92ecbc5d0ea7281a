import Calling
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
      let entry = try session.registry.entry(named: name, at: position.place)
      guard wanted <= entry.manifest.results.count || wanted == 0 else {
        throw CRSError(
          .usage, "\(wanted) names for the results of \(name)",
          expected: entry.manifest.results.map(\.name).joined(separator: ", "), line: position.line,
          column: position.column)
      }
      do {
        try check(arguments, of: entry.manifest, known)
      } catch var error as CRSError {
        error.line = error.line ?? position.line
        error.column = error.column ?? position.column
        throw error
      }
    }
  }

  private func check(_ arguments: [ArgumentSyntax], of manifest: CommandManifest, _ known: Set<String>) throws
  {
    var matcher = Matcher(manifest)
    for argument in arguments {
      let place = argument.position.place
      guard let parameter = try matcher.parameter(named: argument.name, at: place) else { continue }
      try check(argument.value, for: parameter, known)
      if let value = literal(argument.value, known) {
        try Binder.check(value, for: parameter, at: place)
      } else if argument.name == nil, isGlob(argument.value) {
        matcher.leaveOpen()
      }
    }
    try matcher.checkIsComplete()
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

  /// A glob may stand for any number of files.
  private func isGlob(_ expression: Expression) -> Bool {
    if case .word(let word, _) = expression { word.contains { "*?".contains($0) } } else { false }
  }

  /// A bare word where a value is wanted is a variable or a file.
  private func check(_ expression: Expression, for parameter: ParameterManifest, _ known: Set<String>) throws
  {
    guard parameter.kind.wantsValue, case .word(let word, let position) = expression,
      !known.contains(word), word != "_", Evaluator.constant(word) == nil, !isPath(word),
      !parameter.choices.contains(where: { $0.lowercased() == word.lowercased() }),
      !FileManager.default.fileExists(atPath: word)
    else { return }
    throw CRSError.usage(
      "'\(word)' is not a variable", parameter: parameter.name,
      expected: parameter.choices.isEmpty ? nil : parameter.expectation, hint: didYouMean(word, among: known)
    ).at(position.place)
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
