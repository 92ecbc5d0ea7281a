import Calling
import Kernels
import Pipeline

extension Interpreter {
  /// Takes a command of one's own.
  ///
  /// - Throws: `CRSError` (usage) for names that are taken and for names in the body that it does not see.
  func define(_ definition: Definition) throws {
    let (entry, called) = try checked(definition)
    session.define(
      entry, statement: definition.source, uses: Set(called.compactMap(session.definition)))
    noteHidden([definition.name.text])
    for name in OwnManifest(definition, registry: session.registry).describedStrangers {
      let names = definition.parameters.map(\.name.text)
      output.note(
        "\(definition.name.text) has no parameter '\(name)', which its comment describes"
          + (names.isEmpty ? "" : "; its parameters are \(names.joined(separator: ", "))"))
    }
  }

  /// - Returns: the command, and the names of those that its body calls. The registry is nobody else's when it ends:
  ///   it is changed next.
  private func checked(_ definition: Definition) throws -> (entry: Entry, called: Set<String>) {
    let name = definition.name.text
    let registry = session.registry
    guard registry[name] == nil || session.definition(of: name) != nil else {
      throw CRSError.usage("'\(name)' is a command and cannot be defined", hint: "try \(name)_1")
        .at(definition.name.position.place)
    }
    let called = OwnManifest(definition, registry: registry).called
    guard !called.contains(name) else {
      throw CRSError.usage("'\(name)' calls itself", hint: "for and if are the ways to repeat")
        .at(definition.name.position.place)
    }
    var checker = StatementChecker(registry: registry)
    checker.check(definition)
    if let error = checker.errors.first { throw error }
    return (
      OwnCommand(definition, script: sources.last, text: text, registry: registry).entry, called
    )
  }

  /// Runs the body of a definition.
  func results(of body: [Statement]) throws -> [Value] {
    _ = try block(body)
    return runner.scope.frame?.results ?? []
  }

  /// `return a, b`
  func giveBack(_ values: [Expression]) throws {
    let evaluator = Evaluator(runner)
    var results: [Value] = []
    for value in values {
      // A command gives all its results where it stands alone.
      if values.count == 1 {
        let call: Call = if case .call(let call, _) = value { call } else { .expression(value) }
        results += try evaluator.call(call).values
      } else {
        results.append(try evaluator.value(value).value)
      }
    }
    runner.scope.frame?.results = results
  }
}
