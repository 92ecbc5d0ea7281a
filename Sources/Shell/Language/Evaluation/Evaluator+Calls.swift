import Calling
import Files
import Kernels
import Pipeline

// Commands and functions.
extension Evaluator {
  /// What a statement gave.
  struct Outcome {
    var values: [Value]
    var tree: Resolved
    /// Whether a replay needs the statement even where it has no results.
    var isRecorded = false
    /// What the call changed.
    var effect = Effect.nothing
    /// The first argument, which a pipe hands on where there is no result.
    var firstArgument: Value?
    /// How the results read, where the command says so.
    var lines: [String]?
  }

  /// - Parameter wanted: how many names wait for results.
  func call(_ call: Call, wanted: Int = 0) throws -> Outcome {
    switch call {
    case .expression(.function(let name, let arguments, let position)) where isCommand(name):
      return try command(name, arguments, position, wanted: wanted, isParenthesised: true)
    case .expression(.call(let inner, _)): return try self.call(inner, wanted: wanted)
    case .expression(.word(let word, let position)) where !runner.isVariable(word) && runner.isCommand(word):
      // Defined after the text was read.
      return try command(word, [], position, wanted: wanted)
    case .expression(let expression):
      let result = try value(expression)
      return Outcome(values: [result.value], tree: result.tree)
    case .command(let name, let arguments, let position):
      return try command(name, arguments, position, wanted: wanted)
    case .pipe(let first, let name, let arguments, let position):
      return try command(name, arguments, position, wanted: wanted, from: self.call(first))
    }
  }

  private func isCommand(_ name: String) -> Bool { FunctionTable[name] == nil && runner.isCommand(name) }

  private func command(
    _ name: String, _ arguments: [ArgumentSyntax], _ position: SourcePosition, wanted: Int = 0,
    from source: Outcome? = nil, isParenthesised: Bool = false
  ) throws -> Outcome {
    guard let entry = runner.entry(name) else { throw notACommand(name, position) }
    let results = entry.manifest.results
    guard
      wanted <= max(1, results.count) || results.isEmpty
        || results.count == 1 && [.list, .any].contains(results[0].kind)
    else {
      throw CRSError.usage(
        "\(wanted) names for the results of \(name)", expected: results.map(\.name).joined(separator: ", "))
    }
    if isParenthesised, ["max", "min"].contains(name), arguments.count == 2,
      arguments.allSatisfy({ $0.name == nil })
    {
      throw CRSError.usage(
        "\(name) combines the exposures of a stack",
        hint: "\(name)imum(a, b) takes the \(name == "max" ? "larger" : "smaller") of two")
    }
    var given: [Argument] = []
    var resolved: [Resolved.Argument] = []
    /// Where arguments with a name stand in `resolved`, and whether they leave it to the command what is taken.
    var named: [String: (index: Int, isOpen: Bool)] = [:]
    /// What the first parameter, which is what is saved or drawn, was given.
    var first: [Resolved] = []
    var matcher = Matcher(entry.manifest)
    if let source {
      guard let parameter = matcher.next.positional else {
        throw CRSError.usage("\(name) takes nothing from a pipe", expected: entry.manifest.usage)
      }
      _ = try matcher.parameter(named: nil, at: position.place)
      given.append(Argument(value: try piped(source, into: parameter, of: name), place: position.place))
      first.append(source.tree)
    }
    for argument in arguments {
      let place = argument.position.place
      let parameter = try matcher.parameter(named: argument.name, at: place)
      let parts = try self.arguments(argument.value, parameter.map { .parameter($0) } ?? .text)
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
    try checkMeaning(name, given)
    if let seed = entry.manifest.parameter(named: "seed"), !matcher.isGiven(seed),
      let drawn = runner.scope.frame?.nextSeed()
    {
      given.append(
        Argument(name: seed.name, value: .integer(drawn), place: position.place, isImplied: true))
    }
    if session.replacesFiles, let overwrite = entry.manifest.parameter(named: "overwrite"),
      !matcher.isGiven(overwrite)
    {
      given.append(
        Argument(name: overwrite.name, value: .bool(true), place: position.place, isImplied: true))
    }
    let definition = runner.definitionRecord(of: name)
    let context = runner.context(call: ReplayPrinter.text(.call(name, resolved, definition: nil))) {
      [session, first] in
      Self.provenance(of: first, session)
    }
    let result = try runner.run(entry, given, context)
    // A command that came to its end before it looked: what was interrupted is not bound.
    if !results.isEmpty { try context.work.checkCancelled() }
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
    let tree = Resolved.call(name, resolved, definition: definition)
    return Outcome(
      values: result.values, tree: source.map { .pipe($0.tree, tree) } ?? tree,
      isRecorded: entry.isRecorded(result), effect: entry.manifest.effect, firstArgument: given.first?.value,
      lines: result.lines)
  }

  /// The script that makes values which need not have names.
  private static func provenance(of trees: [Resolved], _ session: Session) -> [String] {
    let script = session.provenance(
      ofRecords: trees.reduce(into: []) { $0.formUnion($1.origins) },
      isCalculated: trees.contains(where: \.isCalculated))
    let statements = script + trees.filter(\.isCalculated).map { ReplayPrinter.statement(["_"], $0) }
    return statements.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
  }

  private func notACommand(_ name: String, _ position: SourcePosition) -> CRSError {
    if runner.isVariable(name) {
      return CRSError(
        .usage, "'\(name)' is a variable and takes no arguments", expected: "a command",
        hint: "an element is \(name)[1], without a blank; operators stand between values",
        line: position.line, column: position.column)
    }
    return CRSError(
      .usage, "'\(name)' is not a command",
      hint: runner.frontend.hint(about: name) ?? Words.leaving(name) ?? Habits.words[name]
        ?? FunctionTable[name].map { "a function: \($0.usage)" } ?? Habits.function(name)
        ?? session.topics.page(name).map { _ in "see: help \(name)" }
        ?? didYouMean(name, among: session.registry.names) ?? "see: help",
      line: position.line, column: position.column)
  }

  /// `median(IMAGE)` and `median IMAGE` mean something else elsewhere.
  private func checkMeaning(_ name: String, _ arguments: [Argument]) throws {
    guard ["median", "mean", "max", "min"].contains(name), arguments.count == 1 else { return }
    switch arguments[0].value {
    case .image, .mask:
      throw CRSError.usage(
        "\(name) combines the exposures of a stack",
        hint: "stats x \(name) is the \(name) of the pixels of an image")
    case .list(let items) where items.allSatisfy { $0.double != nil }:
      throw CRSError.usage(
        "\(name) combines the exposures of a stack",
        hint: "stats l \(name) is the \(name) of the numbers of a list")
    default: break
    }
  }

  // MARK: - Pipes

  /// The first result that a parameter takes; the first argument of a command without results.
  private func piped(_ source: Outcome, into parameter: ParameterManifest, of name: String) throws -> Value {
    let values = source.values.isEmpty ? [source.firstArgument].compactMap { $0 } : source.values
    // A mask goes into a mask, although an image of 0 and 1 may stand for one.
    if let value = values.first(where: { $0.kind == parameter.kind })
      ?? values.first(where: { parameter.takes($0.kind) })
    {
      return value
    }
    let kinds = values.map(\.kindName).joined(separator: ", ")
    throw CRSError.usage(
      values.isEmpty ? "nothing comes out of the pipe" : "\(name) does not take \(kinds)",
      parameter: parameter.name, expected: parameter.expectation)
  }

  // MARK: - Functions

  func function(_ name: String, _ arguments: [ArgumentSyntax], _ position: SourcePosition) throws
    -> Evaluation
  {
    guard let entry = FunctionTable[name] else {
      guard runner.isCommand(name) else {
        throw CRSError.usage(
          "'\(name)' is neither a function nor a command",
          hint: runner.isVariable(name)
            ? "an element is \(name)[1]"
            : Habits.function(name) ?? Habits.words[name]
              ?? didYouMean(name, among: FunctionTable.names + session.registry.names)
              ?? "see: help functions")
      }
      return try first(of: command(name, arguments, position, isParenthesised: true))
    }
    var values: [Evaluation?] = entry.parameters.map { _ in nil }
    for (place, argument) in zip(try entry.places(of: arguments), arguments) {
      values[place] = try value(argument.value)
    }
    let given = values.compactMap { $0 }
    let operands = try given.map { entry.takesPixels ? try pixels($0.value) : $0.value }
    let result = try entry.run(operands, runner.work)
    countLost(name, result, operands)
    return Evaluation(
      value: result,
      tree: .function(name, given.map { Resolved.Argument(name: nil, value: $0.tree) }))
  }
}
