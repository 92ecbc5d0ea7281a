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
    var checker = StatementChecker(session: session)
    if case .expression(let other)? = behind.call { _ = checker.check(other) }
    let wrong = checker.errors.count
    return variables(word, where: kinds.contains) { value in
      var checker = checker
      let name = "_"
      checker.known[name] = KnownValue(of: value)
      if case .expression(let other)? = behind.call {
        let link = Expression.Link(symbol: symbol, operand: .word(name, place), position: place)
        _ = checker.check(.chain(other, [link]))
        // What is wrong with the other one is found twice.
        return checker.errors.count <= 2 * wrong
          && Self.areOperands(value.kind, checker.check(other).kind, symbol)
      }
      _ = checker.check(.unary(symbol, .word(name, place), place))
      return checker.errors.count <= wrong
    }
  }

  /// Lists calculate with stacks, lists and numbers only.
  private static func areOperands(_ kind: Kind, _ other: Kind, _ symbol: String) -> Bool {
    guard symbol != "&", symbol != "|" else { return true }
    let single: Set<Kind> = [.image, .mask]
    return !(kind == .list && single.contains(other) || other == .list && single.contains(kind))
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
    case .text(let text): "text \(text.hasPrefix("["))"
    default: value.kindName
    }
  }

  /// Whether a list or text, whose kind says little, may be what a parameter takes.
  private static func hasFittingElements(_ value: Value, for parameter: ParameterManifest) -> Bool {
    switch (value, parameter.kind) {
    case (.list(let items), .stack):
      items.allSatisfy { [.image, .mask, .text].contains($0.kind) } && !items.isEmpty
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
    if case .text(let text) = value, checker.readsFile(parameter, of: manifest),
      !Words.looksLikeFile(text), !FileManager.default.fileExists(atPath: text)
    {
      return false
    }
    if ["save", "plot"].contains(manifest.name), parameter.name == "value" {
      switch value {
      case .text where manifest.name == "save": return false
      case .list(let items): return !items.isEmpty && items.allSatisfy { [.image, .mask].contains($0.kind) }
      default: break
      }
    }
    var given = GivenArguments()
    var matcher = Matcher(manifest)
    for argument in before {
      guard let other = try? matcher.parameter(named: argument.name) else { continue }
      given.add(other, known(argument), at: Place(line: 1, column: 1))
    }
    /// What a command has against a value; what it misses beside it, it misses with every other one too.
    func faults(_ value: KnownValue) -> [String] {
      var (checker, given) = (checker, given)
      given.add(parameter, value, at: Place(line: 1, column: 2))
      do {
        try checker.checkMeaning(of: manifest, given, SourcePosition(line: 1, column: 1), isCertain: true)
      } catch {
        return [(error as? CRSError)?.message ?? ""] + checker.errors.map(\.message)
      }
      return checker.errors.map(\.message)
    }
    return Set(faults(KnownValue(of: value))).isSubset(of: faults(.unknown))
  }

  /// What is known of an argument without looking at anything but variables.
  private func known(_ argument: TypedWord.Given) -> KnownValue {
    guard case .word(let word, _)? = argument.expression else {
      return argument.text.map { KnownValue(exact: .text($0)) } ?? .unknown
    }
    return session[word].map { KnownValue(of: $0.value) } ?? KnownValue(exact: .text(word))
  }
}
