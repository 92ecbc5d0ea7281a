import Calling
import Foundation
import Kernels
import Pipeline

// Whether variables fit where values of their kind may stand: what a check would refuse is not offered.
extension Completer {
  /// Variables that a parameter takes behind the arguments before it.
  ///
  /// - Parameter isTaken: the kinds that are meant; those of the parameter where it is left out.
  func fitting(
    _ word: String, _ parameter: ParameterManifest, _ manifest: CommandManifest, _ before: [TypedWord.Given],
    where isTaken: ((Kind) -> Bool)? = nil
  ) -> [Candidate] {
    variables(word, where: isTaken ?? parameter.takes) { value in
      Self.hasFittingElements(value, for: parameter) && takes(value, parameter, manifest, before)
    }
  }

  /// Variables that an operator takes beside a value.
  func operands(_ word: String, _ kinds: Set<Kind>, beside behind: TypedWord.Behind) -> [Candidate] {
    guard let symbol = behind.symbol else { return variables(word, where: kinds.contains) }
    let place = SourcePosition(line: 1, column: 1)
    var checker = checker(knowing: [])
    var other = (kind: Kind.any, value: Value?.none)
    if case .expression(let expression)? = behind.call {
      checker = self.checker(knowing: expression.names)
      other.kind = checker.check(expression).kind
      if case .word(let word, _) = expression { other.value = session[word]?.value }
    }
    let wrong = checker.errors.count
    return variables(word, where: kinds.contains) { value in
      guard Self.areOperands(value, other, symbol) else { return false }
      var checker = checker
      let name = "_"
      checker.known[name] = KnownValue(of: value)
      if case .expression(let other)? = behind.call {
        let link = Expression.Link(symbol: symbol, operand: .word(name, place), position: place)
        _ = checker.check(.chain(other, [link]))
        // What is wrong with the other one is found twice.
        return checker.errors.count <= 2 * wrong
      }
      _ = checker.check(.unary(symbol, .word(name, place), place))
      return checker.errors.count <= wrong
    }
  }

  /// A checker that knows some variables: to look at all of them would take too long where there are thousands.
  func checker(knowing names: Set<String>) -> StatementChecker {
    var checker = StatementChecker(registry: session.registry)
    for name in names { checker.known[name] = session[name].map { KnownValue(of: $0.value) } }
    return checker
  }

  /// What the kinds alone do not tell: lists of numbers meet no image, lists of texts only texts, and masks compare with
  /// masks.
  private static func areOperands(
    _ value: Value, _ other: (kind: Kind, value: Value?), _ symbol: String
  ) -> Bool {
    guard symbol != "&", symbol != "|" else { return true }
    let compared: Set<Kind> = [.image, .stack, .number, .integer, .mask]
    if ["==", "!=", "<", "<=", ">", ">="].contains(symbol), compared.contains(other.kind),
      compared.contains(value.kind)
    {
      guard (value.kind == .mask) == (other.kind == .mask) else { return false }
      if value.kind == .mask, symbol != "==", symbol != "!=" { return false }
    }
    if case .list(let items) = value { return meet(items, other.kind) }
    if case .list(let items)? = other.value { return meet(items, value.kind) }
    return true
  }

  /// Whether the elements of a list meet a value that is none.
  private static func meet(_ items: [Value], _ kind: Kind) -> Bool {
    switch kind {
    case .image, .mask: items.allSatisfy { [.image, .mask].contains($0.kind) }
    case .text: items.allSatisfy { $0.kind == .text }
    default: true
    }
  }

  /// Variables of some kinds that fit, where values that are alike fit alike.
  private func variables(
    _ word: String, where isTaken: (Kind) -> Bool, fits: (Value) -> Bool
  ) -> [Candidate] {
    var known: [String: Bool] = [:]
    return session.names(beginning: word).compactMap { name in
      guard let value = session[name]?.value, isTaken(value.kind) else { return nil }
      let likeness = Self.likeness(value)
      // Of very many unlike ones the first decide.
      let isFitting = known[likeness] ?? (known.count < Self.mostUnlike ? fits(value) : true)
      known[likeness] = isFitting
      return isFitting ? Candidate(name, value.kindName, kind: value.kindName) : nil
    }
  }

  private static let mostUnlike = 40

  /// Values with the same text are taken in the same places.
  private static func likeness(_ value: Value) -> String {
    switch value {
    case .list(let items): "list of \(items.count) \(items.first?.kindName ?? "")"
    case .table(let table): "table \(table.isRow) \(table.columns)"
    case .image(let image): "image \(image.shape) \(image.unit)"
    case .stack(let stack): "stack \(stack.count) \(stack.exposures.first.map { "\($0.shape)" } ?? "")"
    case .mask(let mask): "mask \(mask.shape)"
    case .text(let text): "text \(text.hasPrefix("[")) \(isFile(text))"
    default: value.kind.rawValue
    }
  }

  /// Whether a list or text, whose kind says little, may be what a parameter takes.
  private static func hasFittingElements(_ value: Value, for parameter: ParameterManifest) -> Bool {
    switch (value, parameter.kind) {
    case (.list(let items), .stack):
      !items.isEmpty && items.allSatisfy { [.image, .mask].contains($0.kind) || isFile($0.text ?? "") }
    case (.list(let items), .section): items.allSatisfy { $0.double != nil || $0.kind == .list }
    case (.list(let items), .list) where !parameter.limits.isEmpty:
      items.allSatisfy { $0.double != nil || $0.kind == .list }
    case (.text(let text), .section): text.hasPrefix("[")
    default: true
    }
  }

  /// Whether a command has nothing against a value in one of its parameters.
  private func takes(
    _ value: Value, _ parameter: ParameterManifest, _ manifest: CommandManifest, _ before: [TypedWord.Given]
  ) -> Bool {
    let checker = StatementChecker(registry: session.registry)
    if checker.readsFile(parameter, of: manifest) || manifest.name == "maskof" {
      switch value {
      case .text(let text): guard Self.isFile(text) else { return false }
      case .list(let items):
        guard items.allSatisfy({ $0.kind != .text || Self.isFile($0.text ?? "") }) else { return false }
      default: break
      }
    }
    if ["save", "plot"].contains(manifest.name), parameter.name == "value" {
      switch value {
      case .text where manifest.name == "save": return false
      case .list(let items): return !items.isEmpty && items.allSatisfy { [.image, .mask].contains($0.kind) }
      default: break
      }
    }
    // What it misses beside the value it misses with every other one, too.
    let others = Set(faults(of: nil, parameter, manifest, before))
    return others.isSuperset(of: faults(of: value, parameter, manifest, before))
  }

  private static func isFile(_ text: String) -> Bool {
    Words.looksLikeFile(text) || FileManager.default.fileExists(atPath: text)
  }

  /// What a command has against a value behind the arguments before it.
  private func faults(
    of value: Value?, _ parameter: ParameterManifest, _ manifest: CommandManifest,
    _ before: [TypedWord.Given]
  ) -> [String] {
    var checker = StatementChecker(registry: session.registry)
    var given = GivenArguments()
    var bound = Bound()
    func add(_ parameter: ParameterManifest, _ known: KnownValue, _ value: Value?) {
      let place = Place(line: 1, column: 1)
      given.add(parameter, known, at: place)
      let value = parameter.isRest ? value.map { .list([$0]) } : value
      bound.set(
        parameter.name, to: value ?? .none, given: Argument(name: nil, value: value ?? .none, place: place))
    }
    var matcher = Matcher(manifest)
    for argument in before {
      guard let other = try? matcher.parameter(named: argument.name) else { continue }
      let value = self.value(argument)
      add(other, value.map { KnownValue(of: $0) } ?? .unknown, value)
    }
    add(parameter, value.map { KnownValue(of: $0) } ?? .unknown, value)
    var faults: [String] = []
    do {
      try session.registry[manifest.name]?.check(bound)
    } catch {
      faults.append((error as? CRSError)?.message ?? "")
    }
    do {
      try checker.checkMeaning(of: manifest, given, SourcePosition(line: 1, column: 1), isCertain: true)
    } catch {
      faults.append((error as? CRSError)?.message ?? "")
    }
    return faults + checker.errors.map(\.message)
  }

  /// The value of an argument that is a variable or a text; nil for what would have to be calculated.
  private func value(_ argument: TypedWord.Given) -> Value? {
    if case .word(let word, _)? = argument.expression, let binding = session[word] { return binding.value }
    return argument.text.map { .text($0) }
  }
}
