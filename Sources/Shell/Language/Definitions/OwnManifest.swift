import Calling
import Files
import Kernels
import Pipeline

/// What a definition says of itself: its parameters, and the comment lines behind its first one.
struct OwnManifest {
  private let definition: Definition
  private let registry: CommandRegistry

  init(_ definition: Definition, registry: CommandRegistry) {
    (self.definition, self.registry) = (definition, registry)
  }

  static let family = "Own commands"

  /// Whether a command in the body draws numbers, so that a call has a seed.
  var drawsNumbers: Bool {
    guard !definition.parameters.contains(where: { $0.name.text == "seed" }) else { return false }
    return Commands(in: definition.body).calls.contains { call in
      guard registry[call.name]?.manifest.parameter(named: "seed") != nil else { return false }
      return !call.keys.contains("seed")
    }
  }

  /// Names of all commands that the body calls.
  var called: Set<String> { Set(Commands(in: definition.body).calls.map(\.name)) }

  /// Names that lines of the comment describe as parameters and that are none.
  var describedStrangers: [String] {
    let names = definition.parameters.map(\.name.text)
    return definition.comments.compactMap { line in
      guard let found = ParameterFacts(line), !names.contains(found.name), found.name != "example" else {
        return nil
      }
      return found.saysKind || didYouMean(found.name, among: names) != nil ? found.name : nil
    }
  }

  var manifest: CommandManifest {
    var summary = ""
    var discussion: [String] = []
    var facts: [String: ParameterFacts] = [:]
    var results: [ResultManifest] = []
    var examples: [String] = []
    for line in definition.comments {
      if let found = ParameterFacts(line),
        definition.parameters.contains(where: { $0.name.text == found.name })
      {
        facts[found.name] = found
      } else if let result = Self.result(line) {
        results.append(result)
      } else if line.hasPrefix("example:") {
        examples.append(line.dropFirst(8).trimmingBlanks())
      } else if summary.isEmpty {
        summary = line
      } else if !line.isEmpty {
        discussion.append(line)
      }
    }
    var parameters = definition.parameters.map { parameter in
      let known = facts[parameter.name.text]
      return ParameterManifest(
        name: parameter.name.text, kind: known?.kind ?? .any, unit: known?.unit ?? "",
        default: parameter.fallback.flatMap(Self.literal).flatMap { JSONValue($0) },
        limits: known?.limits ?? Limits(), choices: known?.choices ?? [], help: known?.help ?? "",
        isPositional: true)
    }
    if drawsNumbers {
      parameters.append(
        ParameterManifest(
          name: "seed", kind: .integer, default: .null, limits: Limits(0...Double(Int32.max)),
          help: "of the numbers drawn inside; drawn when left out"))
    }
    return CommandManifest(
      name: definition.name.text, summary: summary.isEmpty ? "defined in this session" : summary,
      family: Self.family, discussion: discussion, examples: examples, effect: effect,
      results: results.isEmpty ? plainResults : results, parameters: parameters)
  }

  /// What the commands of the body change; folders and settings end with the call.
  private var effect: Effect {
    called.contains { registry[$0]?.manifest.effect == .files } ? .files : .nothing
  }

  /// A result for each value of the first `return`.
  private var plainResults: [ResultManifest] {
    guard let values = Commands(in: definition.body).returned else { return [] }
    // A command alone gives all its results.
    if values.count == 1, let name = Self.calledCommand(values[0]), let manifest = registry[name]?.manifest {
      return manifest.results
    }
    return values.enumerated().map { k, value in
      let name =
        if case .word(let word, _) = value { word } else { values.count == 1 ? "result" : "result\(k + 1)" }
      return ResultManifest(name: name, kind: .any, help: "")
    }
  }

  private static func calledCommand(_ expression: Expression) -> String? {
    switch expression {
    case .call(.command(let name, _, _), _), .call(.pipe(_, let name, _, _), _): name
    case .function(let name, _, _): FunctionTable[name] == nil ? name : nil
    default: nil
    }
  }

  /// `returns: name Kind text`
  private static func result(_ line: String) -> ResultManifest? {
    guard line.hasPrefix("returns:") else { return nil }
    let words = line.dropFirst(8).split(separator: " ", maxSplits: 2).map(String.init)
    guard let name = words.first else { return nil }
    let kind = words.count > 1 ? Kind(rawValue: words[1].lowercased()) : nil
    let help = words.dropFirst(kind == nil ? 1 : 2).joined(separator: " ")
    return ResultManifest(name: name, kind: kind ?? .any, help: help)
  }

  /// The value of a literal; nil for what is none.
  static func literal(_ expression: Expression) -> Value? {
    switch expression {
    case .number(let number, _, _): return .number(number)
    case .integer(let number, _, _): return .integer(number)
    case .text(let parts, _): return .text(parts.compactMap(\.plain).joined())
    case .word(let word, _):
      return Evaluator.constant(word) ?? Evaluator.number(word).map { .number($0) } ?? .text(word)
    case .unary(_, let operand, _):
      switch literal(operand) {
      case .number(let number)?: return .number(-number)
      case .integer(let number)?: return .integer(0 &- number)
      default: return nil
      }
    case .list(let items, _):
      let values = items.compactMap(literal)
      return values.count == items.count ? .list(values) : nil
    default: return nil
    }
  }
}

/// `p (Kind, unit, low...high): text` or `p (a|b|c): text` or `p: text`.
private struct ParameterFacts {
  var name: String
  var kind = Kind.any
  var unit = ""
  var limits = Limits()
  var choices: [String] = []
  var help: String

  /// Whether the line is one of a parameter, whatever its name is.
  var saysKind: Bool { kind != .any || !choices.isEmpty || limits.minimum != nil || limits.maximum != nil }

  init?(_ line: String) {
    guard let colon = line.firstRange(of: "):") ?? line.firstRange(of: ":") else { return nil }
    let head = line[..<colon.upperBound].dropLast()
    name = String(head.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
    help = line[colon.upperBound...].trimmingBlanks()
    let rest = head.dropFirst(name.count).trimmingBlanks()
    guard !name.isEmpty, rest.isEmpty || (rest.hasPrefix("(") && rest.hasSuffix(")")) else { return nil }
    let facts = rest.dropFirst().dropLast().split(separator: ",").map { String($0).trimmingBlanks() }
    for (k, fact) in facts.enumerated() {
      if fact.contains("|") {
        choices = fact.split(separator: "|").map { String($0).trimmingBlanks() }
        if kind == .any { kind = .word }
      } else if k == 0, let found = Kind(rawValue: fact.lowercased()) {
        kind = found
      } else if let range = fact.firstRange(of: "...") {
        limits.minimum = Double(String(fact[..<range.lowerBound]))
        limits.maximum = Double(String(fact[range.upperBound...]))
      } else {
        unit = fact
      }
    }
  }
}

/// The commands that statements call, and what they give back.
private struct Commands {
  private(set) var calls: [(name: String, keys: Set<String>)] = []
  private(set) var returned: [Expression]?

  init(in statements: [Statement]) { for statement in statements { visit(statement) } }

  private mutating func visit(_ statement: Statement) {
    switch statement {
    case .run(let targets, let call, _):
      for place in targets.flatMap(\.places).joined() { visit(place) }
      visit(call)
    case .loop(_, let source, let body):
      for item in source.items { visit(item) }
      for inner in body { visit(inner) }
    case .choice(let condition, let then, let otherwise):
      visit(condition)
      for inner in then + otherwise { visit(inner) }
    case .timed(let inner): visit(inner)
    case .giveBack(let values, _):
      if returned == nil { returned = values }
      for value in values { visit(value) }
    case .definition, .shell, .nextRound, .help: break
    }
  }

  private mutating func visit(_ call: Call) {
    switch call {
    case .expression(let expression): visit(expression)
    case .command(let name, let arguments, _): visit(name, arguments)
    case .pipe(let first, let name, let arguments, _):
      visit(first)
      visit(name, arguments)
    }
  }

  private mutating func visit(_ name: String, _ arguments: [ArgumentSyntax]) {
    calls.append((name, Set(arguments.compactMap(\.name))))
    for argument in arguments { visit(argument.value) }
  }

  private mutating func visit(_ expression: Expression) {
    switch expression {
    case .list(let items, _): for item in items { visit(item) }
    case .range(let first, let last, let step, _):
      for end in [first, last, step].compactMap({ $0 }) { visit(end) }
    case .section(let places, _): for place in places { visit(place) }
    case .index(let base, let places, _):
      visit(base)
      for place in places { visit(place) }
    case .unary(_, let operand, _): visit(operand)
    case .chain(let first, let links):
      visit(first)
      for link in links { visit(link.operand) }
    case .call(let call, _): visit(call)
    case .function(let name, let arguments, _): visit(name, arguments)
    case .number, .integer, .text, .word, .filledWord, .parameter: break
    }
  }

  private mutating func visit(_ place: Subscript) {
    switch place {
    case .at(let inside): visit(inside)
    case .range(let first, let last, _): for end in [first, last].compactMap({ $0 }) { visit(end) }
    }
  }
}
