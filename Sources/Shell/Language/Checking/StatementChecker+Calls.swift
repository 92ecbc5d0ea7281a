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

  /// What a call gives where a value is wanted.
  mutating func value(of call: Call) -> KnownValue {
    let before = errors.count
    let results = check(call, wanted: 0)
    if errors.count == before, results.isEmpty, let (name, position) = last(of: call), manifest(name) != nil {
      report(CRSError.usage("the command gives no value", expected: "a command with a result"), position)
    }
    return results.first ?? .unknown
  }

  /// The command whose results a call has; nil for an expression.
  private func last(of call: Call) -> (name: String, position: SourcePosition)? {
    switch call {
    case .command(let name, _, let position), .pipe(_, let name, _, let position): (name, position)
    case .expression(.function(let name, _, let position)) where FunctionTable[name] == nil: (name, position)
    case .expression(.word(let word, let position)) where known[word] == nil && manifest(word) != nil:
      (word, position)
    case .expression(.call(let inner, _)): last(of: inner)
    case .expression: nil
    }
  }

  mutating func command(
    _ name: String, _ arguments: [ArgumentSyntax], _ position: SourcePosition, wanted: Int,
    piped: [KnownValue]? = nil
  ) -> [KnownValue] {
    guard let manifest = manifest(name) else {
      if !isOpen || definition != nil, !unread.contains(name) {
        report(
          CRSError.usage(
            "'\(name)' is not a command",
            hint: Words.leaving(name) ?? Habits.words[name] ?? Habits.function(name)
              ?? didYouMean(name, among: registry.names + defined.keys.sorted()) ?? "see: help"), position)
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
    if wanted > 0, kinds.isEmpty {
      report(CRSError.usage("the command gives no value", expected: "it without NAME ="), position)
    }
    var given = GivenArguments()
    do {
      given = try check(arguments, of: manifest, position, piped: piped)
    } catch let error as CRSError {
      report(error, position)
    } catch {}
    followEffect(of: manifest, arguments, position)
    let results = KnownResults(
      of: manifest, isBuiltIn: registry[name]?.origin == .builtin && defined[name] == nil,
      filesAreCertain: written.isEmpty, looksAtPixels: looksAtPixels, given
    ).values
    if results.isEmpty, !kinds.isEmpty, wanted > 0 {
      report(CRSError.usage("the command gives no value", expected: "it without NAME ="), position)
    }
    return inferred(results, of: name, given)
  }

  /// What a command does to the names of the session.
  private mutating func followEffect(
    of manifest: CommandManifest, _ arguments: [ArgumentSyntax], _ position: SourcePosition
  ) {
    checkNames(of: manifest, arguments)
    if manifest.name == "cd", let argument = arguments.first, let name = fileName(argument.value) {
      var isFolder: ObjCBool = false
      let isThere = FileManager.default.fileExists(atPath: FileNames.home(name), isDirectory: &isFolder)
      if !isThere || !isFolder.boolValue {
        reportFile(CRSError.file("is not a folder", file: name), argument.position)
      }
    }
    let isBuiltIn = defined[manifest.name] == nil && registry[manifest.name]?.origin == .builtin
    if let own = writtenBy[manifest.name], !isBuiltIn {
      written.add(own)
    } else if !isBuiltIn {
      // A plugin may do anything.
      written.mayBeAny = true
    } else {
      noteWritten(by: manifest, arguments)
    }
    guard manifest.effect == .session, definition == nil else { return }
    switch manifest.name {
    case "source":
      follow(script: arguments.first.flatMap { fileName($0.value) }, arguments.first?.position ?? position)
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
      given.add(parameter, checkPipe(piped, into: parameter, of: manifest, position), at: position.place)
    }
    let before = errors.count
    for argument in arguments {
      let place = argument.position.place
      guard let parameter = try matcher.parameter(named: argument.name, at: place) else {
        check(argument.value)
        continue
      }
      let before = errors.count
      let value = check(argument.value, for: parameter, takesText: parameter.takesText)
      given.add(parameter, told(value, argument.value, parameter), at: place, files: files(argument.value))
      if errors.count == before, !parameter.isName {
        checkFiles(argument.value, isPixels: readsFile(parameter, of: manifest))
        if readsFile(parameter, of: manifest), let name = fileName(argument.value), name.hasSuffix("]") {
          checkHDU(name, argument.value.position)
        }
        if parameter.name == "ext", let files = given.files, files.count == 1, let ext = value.exact {
          checkHDU("\(files[0])[\(ext.text ?? ext.literal ?? "")]", argument.value.position)
        }
        checkRegion(argument.value, of: parameter, in: given.first)
      }
      // One error an argument.
      guard errors.count == before else { continue }
      // Yes and no are no numbers, whichever of the two it is.
      let isFlag =
        value.kind == .flag && [.number, .integer].contains(parameter.kind) && !parameter.takes(.flag)
      if let value = literal(argument.value) ?? value.plain ?? (isFlag ? .bool(true) : nil) {
        try Binder.check(value, for: parameter, at: place)
      } else if argument.name == nil, isGlob(argument.value) {
        matcher.leaveOpen()
      }
    }
    try matcher.checkIsComplete()
    try checkEnding(arguments, of: manifest, given.first, isPiped: piped != nil)
    if errors.count == before {
      let isOpen = arguments.contains { $0.name == nil && isGlob($0.value) }
      try checkMeaning(of: manifest, given, position, isCertain: !isOpen)
    }
    return given
  }

  /// A value with what its argument says beside the kind: the name of a file, a word.
  private func told(
    _ value: KnownValue, _ expression: Expression, _ parameter: ParameterManifest
  ) -> KnownValue {
    guard value.kind == .text, value.exact == nil, let name = fileName(expression) else { return value }
    return KnownValue(exact: .text(name))
  }

  /// Whether a parameter reads the file that a word or text names.
  func readsFile(_ parameter: ParameterManifest, of manifest: CommandManifest) -> Bool {
    guard registry[manifest.name]?.origin == .builtin, defined[manifest.name] == nil else { return false }
    switch parameter.kind {
    case .image, .stack, .mask, .maskset: return true
    case .file: return manifest.name == "load"
    case .any:
      return parameter.name == "value" && parameter.isPositional
        && ["info", "header", "stats", "show", "plot", "pixels"].contains(manifest.name)
    default: return false
    }
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
    _ arguments: [ArgumentSyntax], of manifest: CommandManifest, _ first: KnownValue?, isPiped: Bool
  ) throws {
    guard ["save", "plot"].contains(manifest.name), let value = first else { return }
    let positional = arguments.filter { $0.name == nil }
    let named = arguments.first { $0.name == "file" }
    guard let argument = named ?? positional.last, positional.count > 0 || named != nil,
      let path = fileName(argument.value)
    else { return }
    let place = argument.position.place
    if manifest.name == "plot" {
      guard positional.count > 1 || named != nil || isPiped else { return }
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
    // A value that nobody knows yet may be of any of these kinds.
    let contents = content.map { [$0] } ?? [.pixels, .table, .boundary]
    var errors: [CRSError] = []
    for content in contents {
      do { try OutputName.check(path, for: content) } catch let error as CRSError { errors.append(error) }
    }
    guard let error = errors.first, errors.count == contents.count else { return }
    throw error.at(place)
  }

  /// The name of a file that is written down; nil for what has to be evaluated.
  func fileName(_ expression: Expression) -> String? {
    switch expression {
    case .text(let parts, _): parts.count == 1 ? parts[0].plain : nil
    case .word(let word, _): known[word] == nil && Evaluator.constant(word) == nil ? word : nil
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
      if let error = Evaluator.operatorError(
        word, parameter: parameter, takesText: takesText, isVariable: { known[$0] != nil })
      {
        report(error, position)
        return .unknown
      }
      if let error = Evaluator.attributeError(word, for: parameter, isVariable: { known[$0] != nil }) {
        reportFile(error, position, file: word)
        return .unknown
      }
      guard !takesText, !isPlainWord(word), !FileManager.default.fileExists(atPath: word) else {
        return KnownValue(.text)
      }
      unknown(word, position, parameter: parameter)
      return .unknown
    case .list(let items, let position):
      let values = items.map { check($0, for: parameter, takesText: takesText && parameter != nil) }
      checkKind(.list, "a list", parameter.flatMap { $0.isRest ? nil : $0 }, position)
      let numbers = values.compactMap { $0.wholeNumber == nil ? nil : $0.exact }
      return numbers.count == items.count ? KnownValue(exact: .list(numbers)) : KnownValue(.list)
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
    let isOfFile = ![.table, .diagram].contains(parameter.kind)
    if !isOfFile, kind == .text {
      report(
        CRSError.usage("\(name) is a text", parameter: parameter.name, expected: parameter.expectation),
        position)
      return
    }
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
