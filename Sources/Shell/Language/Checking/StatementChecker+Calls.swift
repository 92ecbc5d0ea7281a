import Calling
import Files
import Foundation
import Kernels
import Pipeline

// Commands and their arguments.
extension StatementChecker {
  /// - Returns: the results, as far as they are certain.
  @discardableResult
  mutating func check(_ call: Call, wanted: Int) -> [KnownValue] {
    switch call {
    case .expression(.function(let name, let arguments, let position)) where FunctionTable[name] == nil:
      return command(name, arguments, position, wanted: wanted)
    case .expression(.word(let word, let position)) where known[word] == nil && manifest(word) != nil:
      return command(word, [], position, wanted: wanted)
    case .expression(.call(let inner, _)): return check(inner, wanted: wanted)
    case .expression(let expression): return [check(expression)]
    case .command(let name, let arguments, let position):
      return command(name, arguments, position, wanted: wanted)
    case .pipe(let first, let name, let arguments, let position):
      return command(name, arguments, position, wanted: wanted, piped: check(first, wanted: 0))
    }
  }

  mutating func command(
    _ name: String, _ arguments: [ArgumentSyntax], _ position: SourcePosition, wanted: Int,
    piped: [KnownValue]? = nil
  ) -> [KnownValue] {
    guard let manifest = manifest(name) else {
      if !isOpen || definition != nil {
        report(
          CRSError.usage(
            "'\(name)' is not a command",
            hint: Words.leaving(name) ?? Words.foreign[name] ?? didYouMean(
              name, among: registry.names + defined.keys.sorted()) ?? "see: help"), position)
      }
      return []
    }
    if definition != nil, manifest.effect == .session, !Words.insideDefinitions.contains(name) {
      report(
        CRSError.usage("'\(name)' works on the session and cannot stand in a definition"), position)
    }
    let kinds = manifest.results.map(\.kind)
    if wanted > 1, wanted > kinds.count, kinds != [.list], kinds != [.any] {
      report(
        CRSError.usage(
          "\(wanted) names for the results of \(name)",
          expected: manifest.results.map(\.name).joined(separator: ", ")), position)
    }
    var given = GivenArguments()
    do {
      given = try check(arguments, of: manifest, position, piped: piped)
    } catch let error as CRSError {
      report(error, position)
    } catch {}
    followEffect(of: manifest, arguments)
    return KnownResults(of: manifest, isBuiltIn: registry[name]?.origin == .builtin, given).values
  }

  /// What a command does to the names of the session.
  private mutating func followEffect(of manifest: CommandManifest, _ arguments: [ArgumentSyntax]) {
    guard manifest.effect == .session, definition == nil else { return }
    switch manifest.name {
    case "source": follow(script: arguments.first.flatMap { fileName($0.value) })
    case "undo", "redo": followUndo()
    case "drop": for case .word(let word, _) in arguments.map(\.value) { forget(word) }
    default: break
    }
  }

  private mutating func check(
    _ arguments: [ArgumentSyntax], of manifest: CommandManifest, _ position: SourcePosition,
    piped: [KnownValue]?
  ) throws -> GivenArguments {
    var given = GivenArguments()
    var matcher = Matcher(manifest)
    if let piped, let parameter = try matcher.parameter(named: nil, at: position.place) {
      given.add(parameter, checkPipe(piped, into: parameter, of: manifest, position))
    }
    for argument in arguments {
      let place = argument.position.place
      guard let parameter = try matcher.parameter(named: argument.name, at: place) else {
        check(argument.value)
        continue
      }
      let before = errors.count
      let value = check(argument.value, for: parameter, takesText: parameter.takesText)
      given.add(parameter, value, files: files(argument.value))
      // One error an argument.
      guard errors.count == before else { continue }
      if let value = literal(argument.value) {
        try Binder.check(value, for: parameter, at: place)
      } else if argument.name == nil, isGlob(argument.value) {
        matcher.leaveOpen()
      }
    }
    try matcher.checkIsComplete()
    try checkEnding(arguments, of: manifest, piped: given.first)
    return given
  }

  /// - Returns: what goes into the parameter.
  private mutating func checkPipe(
    _ results: [KnownValue], into parameter: ParameterManifest, of manifest: CommandManifest,
    _ position: SourcePosition
  ) -> KnownValue {
    guard !results.contains(where: { $0.kind == .any }), !results.isEmpty else { return .unknown }
    if let value = results.first(where: { $0.kind == parameter.kind })
      ?? results.first(where: { parameter.takes($0.kind) })
    {
      return value
    }
    report(
      CRSError.usage(
        "\(manifest.name) does not take " + results.map(\.kind.title).joined(separator: ", "),
        parameter: parameter.name, expected: parameter.expectation), position)
    return .unknown
  }

  /// Names of files whose ending says another kind than the value's.
  private mutating func checkEnding(
    _ arguments: [ArgumentSyntax], of manifest: CommandManifest, piped: KnownValue?
  ) throws {
    guard ["save", "plot"].contains(manifest.name), let value = piped else { return }
    let positional = arguments.filter { $0.name == nil }
    let named = arguments.first { $0.name == "file" }
    guard let argument = named ?? positional.last, positional.count > 0 || named != nil,
      let path = fileName(argument.value)
    else { return }
    let place = argument.position.place
    if manifest.name == "plot" {
      guard positional.count > 1 || named != nil else { return }
      guard ["png", "pdf"].contains(path.split(separator: ".").last?.lowercased()) else {
        throw CRSError.usage("'\(path)' has no known ending", parameter: "file", expected: ".png or .pdf").at(
          place)
      }
      return
    }
    let content: OutputName.Content? =
      switch value.kind {
      case .image, .stack, .mask, .maskset: .pixels
      case .table: .table
      case .boundary: .boundary
      default: nil
      }
    guard let content else { return }
    do { try OutputName.check(path, for: content) } catch let error as CRSError { throw error.at(place) }
  }

  /// The name of a file that is written down; nil for what has to be evaluated.
  func fileName(_ expression: Expression) -> String? {
    switch expression {
    case .text(let parts, _): parts.count == 1 ? parts[0].plain : nil
    case .word(let word, _): known[word] == nil ? word : nil
    default: nil
    }
  }

  /// The files that an argument names, as they are now; nil where they are not certain.
  private func files(_ expression: Expression) -> [String]? {
    guard let name = fileName(expression) else { return nil }
    if case .text = expression { return [name] }
    return Words.looksLikeFile(name) ? try? FileNames.expand(name) : nil
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

  // MARK: - Arguments

  /// An argument, whose words mean what the parameter takes.
  @discardableResult
  mutating func check(
    _ expression: Expression, for parameter: ParameterManifest?, takesText: Bool
  ) -> KnownValue {
    switch expression {
    case .word(let word, let position):
      if let parameter, parameter.isName || isChoice(word, parameter) {
        return KnownValue(exact: .text(word))
      }
      if let value = known[word] {
        checkKind(value.kind, "'\(word)'", parameter, position)
        return value
      }
      if let constant = Evaluator.constant(word) { return KnownValue(exact: constant) }
      if let number = Evaluator.number(word), !takesText { return KnownValue(exact: .number(number)) }
      guard !takesText, !isPlainWord(word), !FileManager.default.fileExists(atPath: word) else {
        return KnownValue(.text)
      }
      unknown(word, position, parameter: parameter)
      return .unknown
    case .list(let items, let position):
      for item in items { check(item, for: parameter, takesText: takesText && parameter != nil) }
      checkKind(.list, "a list", parameter.flatMap { $0.isRest ? nil : $0 }, position)
      return KnownValue(.list)
    default:
      let before = errors.count
      let value = check(expression)
      if errors.count == before { checkKind(value.kind, "the value", parameter, expression.position) }
      return value
    }
  }

  private func isChoice(_ word: String, _ parameter: ParameterManifest) -> Bool {
    parameter.choices.contains { $0.lowercased() == word.lowercased() }
  }

  func isPlainWord(_ word: String) -> Bool {
    Evaluator.constant(word) != nil || Evaluator.number(word) != nil || Words.looksLikeFile(word)
  }

  /// A value of a kind that the parameter never takes.
  private mutating func checkKind(
    _ kind: Kind, _ name: String, _ parameter: ParameterManifest?, _ position: SourcePosition
  ) {
    guard let parameter, parameter.kind != .any, kind != .any, !parameter.takes(kind) else { return }
    // Texts name files, or words of the parameter; a list may hold what is wanted.
    if [.text, .word, .file, .section].contains(kind) { return }
    if kind == .list {
      // Items are looked at one by one.
      guard [.image, .mask, .table, .diagram, .boundary].contains(parameter.kind), !parameter.isRest else {
        return
      }
    }
    if [.number, .integer, .flag].contains(kind) {
      guard [.image, .stack, .mask, .maskset, .table, .diagram, .boundary].contains(parameter.kind) else {
        return
      }
    }
    report(
      CRSError.usage(
        "\(name) is a value of kind \(kind.title)", parameter: parameter.name, expected: parameter.expectation
      ),
      position)
  }
}
