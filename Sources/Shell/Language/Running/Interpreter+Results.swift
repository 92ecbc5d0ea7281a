import Calling
import Files
import Kernels
import Pipeline

// What statements give: to names, to the last result, to whoever looks on.
extension Interpreter {
  func run(_ targets: [Target], _ call: Call) throws {
    if targets.isEmpty, case .expression(let expression) = call, let word = expression.firstWord,
      !runner.isVariable(word), let hint = Words.leaving(word)
    {
      throw CRSError.usage("'\(word)' is not a variable", hint: hint)
    }
    let evaluator = Evaluator(runner)
    let before = session.recordings
    if runner.scope.frame == nil {
      _ = output.takeShown()
      session.beginStatement()
    }
    let columns = runner.frontend.columns
    let outcome = try grown(targets, call, evaluator) ?? evaluator.call(call, wanted: targets.count)
    lastResults = outcome.values
    let uses = outcome.tree.origins
    defer { if runner.scope.frame == nil, session.recordings > before { session.keep(output.takeShown()) } }
    guard targets.isEmpty else { return try assign(targets, outcome, evaluator) }
    if case .expression(.word(let word, _)) = call, runner.isVariable(word) {
      if word == "_" {
        if let binding = session[word] {
          if runner.scope.frame == nil { session.recordLook(word, isAlone: true) }
          show(binding.value, isLast: isAtLast && depth == 1, isAlone: true) {
            ValueText.lines(binding.value, summary: binding.summary, width: columns)
          }
        }
      } else if runner.scope.frame == nil, let value = session.look(at: word) {
        let binding = session[word]
        show(value, isLast: isAtLast && depth == 1, isAlone: true) {
          ValueText.lines(value, summary: binding?.summary ?? value.summary, width: columns)
        }
      }
    } else if let value = outcome.values.first {
      if runner.scope.frame == nil {
        session.keepLast(value, statement: ReplayPrinter.statement(["_"], outcome.tree), uses: uses)
      } else {
        runner.scope.frame?.variables["_"] = value
      }
      let lines = outcome.lines
      show(value, isLast: isAtLast && depth == 1, isAlone: true) {
        lines ?? ValueText.lines(value, summary: value.summary, width: columns)
      }
    } else if outcome.isRecorded, runner.scope.frame == nil {
      session.recordEffect(
        ReplayPrinter.text(outcome.tree), uses: uses, changesFolder: outcome.effect == .folder)
    } else if runner.scope.frame == nil,
      output.hasFigures || (outcome.effect == .nothing && output.hasShown)
    {
      session.recordLook(ReplayPrinter.text(outcome.tree))
    }
  }

  private func assign(_ targets: [Target], _ outcome: Evaluator.Outcome, _ evaluator: Evaluator) throws {
    var values = outcome.values
    if targets.count > 1, values.count == 1, let elements = values[0].elements {
      guard elements.count == targets.count else {
        throw CRSError.usage(
          "\(targets.count) names for \(elements.count) elements", expected: "as many names as elements")
      }
      values = elements
    }
    guard targets.count <= values.count else {
      guard !values.isEmpty else {
        throw CRSError.usage("the command gives no value", expected: "it without NAME =")
      }
      throw CRSError.usage(
        "\(targets.count) names for \(values.count) result\(values.count == 1 ? "" : "s")",
        expected: "as many names as results at most")
    }
    var uses = outcome.tree.origins
    var written: [String] = []
    for (k, target) in targets.enumerated() {
      guard !target.places.isEmpty else {
        written.append(target.name.text)
        continue
      }
      if targets.count == 1 {
        // What was calculated is held here alone.
        let part = values[k]
        values = []
        if let changed = try changedInPlace(target, to: part, evaluator) {
          values = [changed.value]
          uses.formUnion(changed.uses)
          written.append(ReplayPrinter.target(target.name.text, [changed.places]))
          continue
        }
        values = [part]
      }
      guard let whole = runner.variable(target.name.text) else { throw runner.unknown(target.name.text) }
      let changed = try evaluator.changed(whole.value, target.places, to: values[k])
      values[k] = changed.value
      uses.formUnion(whole.tree.origins)
      for place in changed.places.joined() { uses.formUnion(place.origins) }
      written.append(ReplayPrinter.target(target.name.text, changed.places))
    }
    let names = targets.map(\.name.text)
    noteSwapped(names, outcome.tree)
    bind(names, values, ReplayPrinter.statement(written, outcome.tree), uses)
    for (name, value) in zip(names, values) where name != "_" {
      // The binding of now: a loop may bind the name anew before a timed statement ends.
      let binding = runner.scope.frame == nil ? session[name] : nil
      show(value) { [(name + ": " + Self.told(value) { binding?.summary ?? value.summary }).visible] }
    }
  }

  /// Binds names, in a definition those of its frame.
  ///
  /// - Parameter isRound: whether a loop binds its variable.
  func bind(
    _ names: [String], _ values: [Value], _ statement: String, _ uses: Set<Int>, isRound: Bool = false
  ) {
    if let frame = runner.scope.frame {
      for (name, value) in zip(names, values) where name != "_" { frame.variables[name] = value }
      if let first = values.first { frame.variables["_"] = first }
      return
    }
    session.bind(names, values, statement: statement, uses: uses, isRound: isRound)
    noteHidden(names)
  }

  /// Says once that a variable hides a command.
  func noteHidden(_ names: [String]) {
    for name in names
    where session[name] != nil && runner.isCommand(name) && hidden.insert(name).inserted {
      output.note("'\(name)' is a variable and no command; drop \(name) gives the command back")
    }
  }

  /// Says once for each command that names are those of its results in another order: `mask, clean = lacosmic x`.
  private func noteSwapped(_ names: [String], _ tree: Resolved) {
    guard runner.scope.frame == nil, let command = tree.command,
      let results = runner.entry(command)?.manifest.results,
      !swapped.contains(command)
    else { return }
    let known = results.map { $0.name.lowercased() }
    for (k, name) in names.enumerated() where results.indices.contains(k) {
      guard let place = known.firstIndex(of: name.lowercased()), place != k else { continue }
      swapped.insert(command)
      return output.note(
        "\(command) gives \(results.map(\.name).joined(separator: ", ")) in this order: the name '\(name)' "
          + "gets \(results[k].name)")
    }
  }

  /// Tells of a result, after the time when the statement is timed; inside a definition nothing is told.
  ///
  /// - Parameter isAlone: whether it got no name.
  private func show(
    _ value: Value, isLast: Bool = false, isAlone: Bool = false, _ lines: @escaping () -> [String]
  ) {
    guard runner.scope.frame == nil else { return }
    if delayed == nil {
      output.show(value, lines(), isLast: isLast, isAlone: isAlone)
    } else if !isAlone, value.mayGrow {
      // What it reads as waits, and not the value: held twice, it would be copied whenever it grows.
      let told = lines()
      delayed?.append { [output] in output.show(.none, told, isLast: false, isAlone: false) }
    } else {
      delayed?.append { [output] in output.show(value, lines(), isLast: false, isAlone: isAlone) }
    }
  }
}

extension Value {
  /// Whether it is one that loops fill.
  fileprivate var mayGrow: Bool {
    switch self {
    case .list, .table: true
    default: false
    }
  }
}

extension Expression {
  /// The bare word that it begins with.
  fileprivate var firstWord: String? {
    switch self {
    case .word(let word, _): word
    case .chain(let first, _): first.firstWord
    default: nil
    }
  }
}
