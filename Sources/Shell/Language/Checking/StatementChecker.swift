import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// Checks statements without running them: commands, their arguments, functions, and variables that are never bound.
struct StatementChecker {
  private let registry: CommandRegistry
  /// In the order of the statements.
  private(set) var errors: [CRSError] = []
  /// Names that are bound so far, with their kind where it is certain, else any.
  private var known: [String: Kind]
  /// Commands that the statements before define.
  private var defined: [String: CommandManifest] = [:]
  /// The definition whose body is checked: nothing from outside is seen in it.
  private var definition: Definition?

  init(session: Session) {
    registry = session.registry
    known = Dictionary(uniqueKeysWithValues: session.names.map { ($0, session[$0]?.value.kind ?? .any) })
    known["_"] = .any
  }

  mutating func check(_ statements: [Statement]) {
    for statement in statements { check(statement) }
  }

  private mutating func check(_ statement: Statement) {
    switch statement {
    case .run(let targets, let call, _):
      let kinds = check(call, wanted: targets.count)
      for (k, target) in targets.enumerated() {
        for place in target.places { check(place) }
        if target.places.isEmpty {
          known[target.name.text] = kinds.indices.contains(k) ? kinds[k] : .any
        } else if known[target.name.text] == nil {
          unknown(target.name.text, target.name.position)
        }
      }
    case .loop(let variable, let items, let body):
      for item in items { check(item, for: nil, takesText: true) }
      known[variable.text] = .any
      check(body)
    case .choice(let condition, let then, let otherwise):
      check(condition)
      check(then)
      check(otherwise)
    case .timed(let inner): check(inner)
    case .definition(let definition): check(definition)
    case .giveBack(let values, _): for value in values { check(value) }
    case .shell(let parts, let position): check(parts, position, isShell: true)
    case .nextRound, .help: break
    }
  }

  // MARK: - Definitions

  /// Checks a body, which sees its parameters and what it assigns, nothing else.
  mutating func check(_ definition: Definition) {
    let outer = known
    known = ["_": .any]
    for parameter in definition.parameters { known[parameter.name.text] = .any }
    self.definition = definition
    check(definition.body)
    self.definition = nil
    known = outer
    defined[definition.name.text] = OwnManifest(definition, registry: registry).manifest
  }

  private mutating func unknown(
    _ word: String, _ position: SourcePosition, parameter: ParameterManifest? = nil
  ) {
    var error = CRSError.usage(
      "'\(word)' is not a variable", parameter: parameter?.name,
      expected: parameter.flatMap { $0.choices.isEmpty ? nil : $0.expectation },
      hint: Words.foreign[word] ?? NumberWord.hint(for: word)
        ?? didYouMean(
          word,
          among: known.keys.sorted() + registry.names + FunctionTable.names.filter { $0.first == word.first })
    )
    if let definition {
      error.hint = "a definition sees its parameters only: def \(definition.name.text) \(word)"
    }
    errors.append(error.at(position.place))
  }

  // MARK: - Calls

  /// - Returns: the kinds of the results, as far as they are certain.
  @discardableResult
  private mutating func check(_ call: Call, wanted: Int) -> [Kind] {
    switch call {
    case .expression(.function(let name, let arguments, let position)) where FunctionTable[name] == nil:
      return command(name, arguments, position, wanted: wanted)
    case .expression(.word(let word, let position)) where known[word] == nil && manifest(word) != nil:
      return command(word, [], position, wanted: wanted)
    case .expression(let expression): return [check(expression)]
    case .command(let name, let arguments, let position):
      return command(name, arguments, position, wanted: wanted)
    case .pipe(let first, let name, let arguments, let position):
      check(first, wanted: 0)
      return command(name, arguments, position, wanted: wanted, isPiped: true)
    }
  }

  private func manifest(_ name: String) -> CommandManifest? { defined[name] ?? registry[name]?.manifest }

  private mutating func command(
    _ name: String, _ arguments: [ArgumentSyntax], _ position: SourcePosition, wanted: Int,
    isPiped: Bool = false
  ) -> [Kind] {
    guard let manifest = manifest(name) else {
      errors.append(
        CRSError.usage(
          "'\(name)' is not a command",
          hint: Words.leaving(name) ?? Words.foreign[name] ?? didYouMean(
            name, among: registry.names + defined.keys.sorted()) ?? "see: help"
        ).at(position.place))
      return []
    }
    if definition != nil, manifest.effect == .session, !Words.insideDefinitions.contains(name) {
      errors.append(
        CRSError.usage("'\(name)' works on the session and cannot stand in a definition").at(position.place))
    }
    let kinds = manifest.results.map(\.kind)
    if wanted > 1, wanted > kinds.count, kinds != [.list], kinds != [.any] {
      errors.append(
        CRSError.usage(
          "\(wanted) names for the results of \(name)",
          expected: manifest.results.map(\.name).joined(separator: ", ")
        ).at(position.place))
    }
    do {
      try check(arguments, of: manifest, position, isPiped: isPiped)
    } catch let error as CRSError {
      errors.append(error.line == nil ? error.at(position.place) : error)
    } catch {}
    return kinds
  }

  private mutating func check(
    _ arguments: [ArgumentSyntax], of manifest: CommandManifest, _ position: SourcePosition, isPiped: Bool
  ) throws {
    var matcher = Matcher(manifest)
    if isPiped { _ = try matcher.parameter(named: nil, at: position.place) }
    for argument in arguments {
      let place = argument.position.place
      guard let parameter = try matcher.parameter(named: argument.name, at: place) else { continue }
      let before = errors.count
      check(argument.value, for: parameter, takesText: parameter.takesText)
      // One error an argument.
      guard errors.count == before else { continue }
      if let value = literal(argument.value) {
        try Binder.check(value, for: parameter, at: place)
      } else if argument.name == nil, isGlob(argument.value) {
        matcher.leaveOpen()
      }
    }
    try matcher.checkIsComplete()
    try checkEnding(arguments, of: manifest)
  }

  /// Names of files whose ending says another kind than the value's.
  private func checkEnding(_ arguments: [ArgumentSyntax], of manifest: CommandManifest) throws {
    guard ["save", "plot"].contains(manifest.name) else { return }
    let positional = arguments.filter { $0.name == nil }
    guard positional.count > 1, let path = fileName(positional[1].value) else { return }
    let content: OutputName.Content?
    if manifest.name == "plot" {
      guard ["png", "pdf"].contains(path.split(separator: ".").last?.lowercased()) else {
        throw CRSError.usage("'\(path)' has no known ending", parameter: "file", expected: ".png or .pdf")
          .at(positional[1].position.place)
      }
      return
    }
    guard case .word(let word, _) = positional[0].value, let kind = known[word] else { return }
    switch kind {
    case .image, .stack, .mask, .maskset: content = .pixels
    case .table: content = .table
    case .boundary: content = .boundary
    default: content = nil
    }
    guard let content else { return }
    do { try OutputName.check(path, for: content) } catch let error as CRSError {
      throw error.at(positional[1].position.place)
    }
  }

  /// The name of a file that is written down; nil for what has to be evaluated.
  private func fileName(_ expression: Expression) -> String? {
    switch expression {
    case .text(let parts, _): parts.count == 1 ? parts[0].plain : nil
    case .word(let word, _): known[word] == nil ? word : nil
    default: nil
    }
  }

  /// The value of an argument that can be told without running anything.
  private func literal(_ expression: Expression) -> Value? {
    switch expression {
    case .number(let value, _, _): .number(value)
    case .integer(let value, _, _): .integer(value)
    case .text(let parts, _):
      parts.isEmpty ? .text("") : parts.count == 1 ? parts[0].plain.map { .text($0) } : nil
    case .word(let word, _):
      known[word] != nil || Words.looksLikeFile(word) ? nil : Evaluator.constant(word) ?? .text(word)
    default: nil
    }
  }

  /// A glob may stand for any number of files.
  private func isGlob(_ expression: Expression) -> Bool {
    switch expression {
    case .word(let word, _): Words.isGlob(word)
    case .filledWord: true
    default: false
    }
  }

  /// An argument, whose words mean what the parameter takes.
  private mutating func check(_ expression: Expression, for parameter: ParameterManifest?, takesText: Bool) {
    switch expression {
    case .word(let word, let position):
      if let parameter, parameter.isName || isChoice(word, parameter) { return }
      if let kind = known[word] {
        checkKind(kind, word, parameter, position)
        return
      }
      guard !takesText, !isPlainWord(word), !FileManager.default.fileExists(atPath: word) else { return }
      unknown(word, position, parameter: parameter)
    case .list(let items, _):
      for item in items { check(item, for: parameter, takesText: takesText && parameter != nil) }
    default: check(expression)
    }
  }

  private func isChoice(_ word: String, _ parameter: ParameterManifest) -> Bool {
    parameter.choices.contains { $0.lowercased() == word.lowercased() }
  }

  private func isPlainWord(_ word: String) -> Bool {
    Evaluator.constant(word) != nil || Evaluator.number(word) != nil || Words.looksLikeFile(word)
  }

  /// A variable of a kind that the parameter never takes.
  private mutating func checkKind(
    _ kind: Kind, _ word: String, _ parameter: ParameterManifest?, _ position: SourcePosition
  ) {
    guard let parameter, !parameter.isRest, parameter.kind != .any, kind != .any else { return }
    let isText = kind == .text || kind == .word || kind == .file
    // Texts name files, numbers and lists are converted: only what never fits is told.
    guard !isText, ![.number, .integer, .flag, .list].contains(kind), !parameter.kind.takes(kind) else {
      return
    }
    errors.append(
      CRSError.usage(
        "'\(word)' is a value of kind \(kind.title)", parameter: parameter.name,
        expected: parameter.expectation
      ).at(position.place))
  }

  // MARK: - Expressions

  /// - Returns: its kind where it is certain, else any.
  @discardableResult
  private mutating func check(_ expression: Expression) -> Kind {
    switch expression {
    case .number: return .number
    case .integer: return .integer
    case .text(let parts, let position):
      check(parts, position)
      return .text
    case .filledWord(let parts, let position):
      check(parts, position)
      return .any
    case .parameter(let filled, let position):
      check([.value(filled)], position)
      return .any
    case .word(let word, let position):
      if let kind = known[word] { return kind }
      if !isPlainWord(word) { unknown(word, position) }
      return .any
    case .list(let items, _):
      for item in items { check(item, for: nil, takesText: false) }
      return .list
    case .section(let places, _):
      check(places)
      return .section
    case .range(let first, let last, let step, _):
      for end in [first, last, step].compactMap({ $0 }) { check(end) }
      return .list
    case .index(let base, let places, _):
      let kind = check(base)
      // Words may be columns and masks there.
      for case .at(let inside) in places where !isWord(inside) { check(inside) }
      for case .range(let first, let last, _) in places {
        for end in [first, last].compactMap({ $0 }) { check(end) }
      }
      _ = kind
      return .any
    case .unary(_, let operand, _): return check(operand)
    case .chain(let first, let links):
      check(first)
      for link in links { check(link.operand) }
      return .any
    case .call(let call, _): return check(call, wanted: 0).first ?? .any
    case .function(let name, let arguments, let position):
      guard let entry = FunctionTable[name] else {
        guard manifest(name) != nil else {
          errors.append(
            CRSError.usage(
              "'\(name)' is neither a function nor a command",
              hint: didYouMean(name, among: FunctionTable.names + registry.names)
            ).at(position.place))
          return .any
        }
        return command(name, arguments, position, wanted: 0).first ?? .any
      }
      for argument in arguments { check(argument.value) }
      if arguments.count < entry.required || arguments.count > entry.parameters.count {
        errors.append(
          CRSError.usage("\(name) has \(arguments.count) arguments", expected: entry.usage).at(position.place)
        )
      }
      return .any
    }
  }

  private mutating func check(_ places: [Subscript]) {
    for place in places {
      switch place {
      case .at(let inside): if !isWord(inside) { check(inside) }
      case .range(let first, let last, _): for end in [first, last].compactMap({ $0 }) { check(end) }
      }
    }
  }

  private func isWord(_ expression: Expression) -> Bool { if case .word = expression { true } else { false } }

  /// `$name` in a definition is a name of its own; elsewhere it may be an argument of the script.
  private mutating func check(_ parts: [TextPart], _ position: SourcePosition, isShell: Bool = false) {
    guard let definition else { return }
    for case .value(let filled) in parts where known[filled.name] == nil {
      if isShell, Int(filled.name) == nil { continue }
      errors.append(
        CRSError.usage(
          "$\(filled.name) is not given inside a definition", expected: "a parameter",
          hint: "def \(definition.name.text) \(Int(filled.name) == nil ? filled.name : "NAME")"
        ).at(position.place))
    }
  }
}
