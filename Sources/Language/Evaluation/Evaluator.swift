import Calling
import Files
import Kernels
import Pipeline

/// Finds the values of expressions and calls, and what they were made of.
struct Evaluator {
  let runner: CommandRunner
  var session: Session { runner.session }

  init(_ runner: CommandRunner) { self.runner = runner }

  /// A value and the tree that gives it again.
  struct Evaluation {
    var value: Value
    var tree: Resolved
  }

  /// What a statement gave.
  struct Outcome {
    var values: [Value]
    var tree: Resolved
    /// Whether a replay needs the statement even where it has no results.
    var isRecorded = false
    /// What the call changed.
    var effect = Effect.nothing
  }

  // MARK: - Calls

  func call(_ call: Call, wanted: Int = 0) throws -> Outcome {
    switch call {
    case .expression(let expression):
      let result = try value(expression)
      return Outcome(values: [result.value], tree: result.tree)
    case .command(let name, let arguments, let position):
      let entry = try session.registry.entry(named: name, at: position.place)
      guard wanted <= max(1, entry.manifest.results.count) || entry.manifest.results.isEmpty else {
        throw CRSError.usage(
          "\(wanted) names for the results of \(name)",
          expected: entry.manifest.results.map(\.name).joined(separator: ", "))
      }
      var given: [Argument] = []
      var resolved: [Resolved.Argument] = []
      /// Where arguments with a name stand in `resolved`, and whether they leave it to the command what is taken.
      var named: [String: (index: Int, isOpen: Bool)] = [:]
      /// What the first parameter, which is what is saved or drawn, was given.
      var first: [Resolved] = []
      var matcher = Matcher(entry.manifest)
      for argument in arguments {
        let place = argument.position.place
        let parameter = try matcher.parameter(named: argument.name, at: place)
        let parts = try self.arguments(argument.value, parameter)
        try matcher.took(parts.count, named: argument.name, at: place)
        for part in parts {
          if argument.name != nil, let parameter {
            named[parameter.name] = (resolved.count, part.value.isNone)
          }
          given.append(Argument(name: argument.name, value: part.value, place: place))
          resolved.append(Resolved.Argument(name: argument.name, value: part.tree))
          if let parameter, parameter == entry.manifest.parameters.first { first.append(part.tree) }
        }
      }
      let context = runner.context(call: ReplayPrinter.text(.call(name, resolved))) { [session, first] in
        Self.provenance(of: first, session)
      }
      let result = try runner.run(entry, given, context)
      // A command that came to its end before it looked: what was interrupted is not bound.
      if !entry.manifest.results.isEmpty { try context.work.checkCancelled() }
      for (key, value) in result.resolved.sorted(by: { $0.key < $1.key }) {
        guard let parameter = entry.manifest.parameter(named: key), let literal = value.literal else {
          continue
        }
        if let (index, isOpen) = named[key] {
          if isOpen { resolved[index].value = .word(literal) }
        } else if !matcher.isGiven(parameter) {
          resolved.append(Resolved.Argument(name: key, value: .word(literal)))
        }
      }
      return Outcome(
        values: result.values, tree: .call(name, resolved), isRecorded: entry.isRecorded(result),
        effect: entry.manifest.effect)
    }
  }

  /// The script that makes values which need not have names.
  private static func provenance(of trees: [Resolved], _ session: Session) -> [String] {
    let script = session.provenance(ofRecords: trees.reduce(into: []) { $0.formUnion($1.origins) })
    return script + trees.filter(\.isCalculated).map { ReplayPrinter.statement(["_"], $0) }
  }

  // MARK: - Expressions

  func value(_ expression: Expression) throws -> Evaluation {
    do {
      return try unplaced(expression)
    } catch var error as CRSError {
      if error.line == nil {
        (error.line, error.column) = (expression.position.line, expression.position.column)
      }
      throw error
    }
  }

  private func unplaced(_ expression: Expression) throws -> Evaluation {
    switch expression {
    case .number(let number, let isInteger, _):
      let value = isInteger && abs(number) < 9e15 ? Value.integer(Int(number)) : .number(number)
      return Evaluation(value: value, tree: .literal(value))
    case .text(let text, _): return Evaluation(value: .text(text), tree: .literal(.text(text)))
    case .section(let text, _): return Evaluation(value: .text(text), tree: .section(text))
    case .parameter(let name, _):
      let value = Self.meaning(of: try scriptArgument(name))
      return Evaluation(value: value, tree: .literal(value))
    case .word(let word, _): return try self.word(word)
    case .list(let items, _):
      let parts = try items.map(listItem)
      return Evaluation(value: .list(parts.map(\.value)), tree: .list(parts.map(\.tree)))
    case .index(let base, let inside, _): return try index(base, inside)
    case .unary(let symbol, let operand, _):
      let a = try value(operand)
      return Evaluation(
        value: try ValueArithmetic.unary(symbol, a.value, work: runner.work), tree: .unary(symbol, a.tree))
    case .binary(let symbol, let left, let right, let position):
      return try chain(left, [Expression.Link(symbol: symbol, operand: right, position: position)])
    case .chain(let first, let links): return try chain(first, links)
    case .call(let call, _):
      let outcome = try self.call(call)
      guard let first = outcome.values.first else { throw CRSError.usage("the command gives no value") }
      return Evaluation(value: first, tree: outcome.tree)
    }
  }

  private func word(_ word: String) throws -> Evaluation {
    if let constant = Self.constant(word) { return Evaluation(value: constant, tree: .word(word)) }
    if let text = runner.scope.loops[word] {
      let value = Self.meaning(of: text)
      return Evaluation(value: value, tree: .literal(value))
    }
    if let binding = session[word] {
      return Evaluation(value: binding.value, tree: .variable(word, origin: binding.origin))
    }
    if isFile(word) {
      return Evaluation(value: try image(at: FileNames.home(word)), tree: .word(word))
    }
    throw session.unknown(word)
  }

  private func listItem(_ item: Expression) throws -> Evaluation {
    if case .word(let word, _) = item, !isKnown(word), Self.constant(word) == nil {
      return Evaluation(value: .text(word), tree: .literal(.text(word)))
    }
    return try value(item)
  }

  private func chain(_ first: Expression, _ links: [Expression.Link]) throws -> Evaluation {
    let start = try value(first)
    var value = start.value
    var resolved: [Resolved.Link] = []
    for link in links {
      let operand = try self.value(link.operand)
      do {
        value = try ValueArithmetic.binary(link.symbol, value, operand.value, work: runner.work)
      } catch var error as CRSError {
        (error.line, error.column) = (link.position.line, link.position.column)
        throw error
      }
      resolved.append(Resolved.Link(symbol: link.symbol, operand: operand.tree))
    }
    return Evaluation(value: value, tree: .chain(start.tree, resolved))
  }

  // MARK: - Names

  static func constant(_ word: String) -> Value? {
    switch word {
    case "yes", "True", "true": .bool(true)
    case "no", "False", "false": .bool(false)
    case "none", "None", "null": Value.none
    default: nil
    }
  }

  /// What a text from outside means: a number where it looks like one.
  static func meaning(of text: String) -> Value {
    if case .number(let value, let isInteger, _) = Parser.meaning(
      of: text, at: SourcePosition(line: 1, column: 1))
    {
      return isInteger ? .integer(Int(value)) : .number(value)
    }
    return .text(text)
  }

  /// Whether a word is a variable, of the session or of a loop.
  func isKnown(_ word: String) -> Bool { session[word] != nil || runner.scope.loops[word] != nil }

  /// Whether a word that is no variable is the name of a file.
  func isFile(_ word: String) -> Bool { !isKnown(word) && word.contains { "./~".contains($0) } }

  func scriptArgument(_ name: String) throws -> String {
    guard let text = runner.scope.arguments[name] ?? runner.scope.loops[name] else {
      throw CRSError.usage("$\(name) is not given", expected: "an argument of the script")
    }
    return text
  }

  func image(at path: String) throws -> Value { .image(try FITSReader.image(at: path, work: runner.work)) }
}
