import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// Checks statements without running them: commands and their arguments, operators, functions, conditions, places in
/// brackets, and variables that are never bound. What is not certain is not told.
struct StatementChecker {
  let registry: CommandRegistry
  /// The statements of a script that another one runs; nil where they cannot be read, an error where there is none.
  var sourced: (_ name: String) throws -> [Statement]? = { _ in nil }
  /// Whether pixels of files may be read to learn what they hold.
  var looksAtPixels = false
  /// The arguments of the script by their names and numbers; nil where nothing is known of them.
  var arguments: [String: String]?
  /// In the order of the statements.
  private(set) var errors: [CRSError] = []
  /// What is known of the names that are bound so far.
  var known: KnownNames
  /// Commands that the statements before define.
  var defined: [String: CommandManifest] = [:]
  /// The definition whose body is checked: nothing from outside is seen in it.
  private(set) var definition: Definition?
  /// Whether something has run that may bind and define any names.
  private(set) var isOpen = false
  /// How many scripts run each other.
  private var depth = 0
  /// How many loops, choices and definitions lie around the statement: it may never run.
  private var conditions = 0
  /// What statements before may have written.
  var written = WrittenFiles()
  /// What a call of a definition may write.
  private(set) var writtenBy: [String: WrittenFiles] = [:]
  /// Names that lines bind or define which could not be read: nothing is certain of them.
  var unread: Set<String> = []
  /// Whether `exit` has run.
  private var isOver = false
  /// Definitions by their names, and how many of them are looked into.
  private var bodies: [String: Definition] = [:]
  private var lookingInto = 0

  init(session: Session) {
    registry = session.registry
    known = KnownNames(session.names) { name in session[name].map { KnownValue(of: $0.value) } ?? .unknown }
  }

  /// For definitions, which see no names from outside.
  init(registry: CommandRegistry) {
    self.registry = registry
    known = KnownNames()
  }

  mutating func check(_ statements: some Sequence<Statement>) {
    for statement in statements where !isOver {
      check(statement)
      // What stands behind it in its block never runs.
      if statement.isLast {
        isOver = conditions == 0
        return
      }
    }
  }

  private mutating func check(_ statement: Statement) {
    switch statement {
    case .run(let targets, let call, _): check(targets, call)
    case .loop(let variable, let source, let body):
      let (item, isCertain) = self.item(of: source)
      known.beginBlock()
      // A further round meets what the one before has left.
      let whole = Statement.boundNames(in: body, ofParts: false)
      for name in Statement.boundNames(in: body) {
        guard let value = known[name] else { continue }
        known[name] = whole.contains(name) ? .unknown : value.withOtherParts
      }
      known[variable.text] = item
      if isCertain, !body.contains(where: \.mayLeave) {
        check(body)
      } else {
        conditionally { $0.check(body) }
      }
      known.merge(known.endBlock())
    case .choice(let condition, let then, let otherwise):
      let value = checkCondition(condition)
      known.beginBlock()
      conditionally { $0.check(then, isSkipped: value.isNo) }
      let before = known.endBlock()
      let after = known.takeBack(before)
      known.beginBlock()
      conditionally { $0.check(otherwise, isSkipped: value.isYes) }
      // What only the second way has changed meant on the first way what it meant before.
      known.merge(after.merging(known.endBlock()) { first, _ in first })
    case .timed(let inner): check(inner)
    case .definition(let definition): check(definition)
    case .giveBack(let values, _): for value in values { check(value) }
    case .shell(let parts, let position):
      check(parts, position, isShell: true)
      written.mayBeAny = true
    case .nextRound, .help: break
    }
  }

  private mutating func check(_ targets: [Target], _ call: Call) {
    let before = errors.count
    var results = check(call, wanted: targets.count)
    if errors.count == before { results = unpacked(results, for: targets) }
    for (k, target) in targets.enumerated() {
      if let value = known[target.name.text] {
        let before = errors.count
        checkPlaces(of: target, in: value)
        if errors.count == before, results.indices.contains(k) {
          checkContent(results[k], of: target, in: value)
        }
      } else {
        for place in target.places { check(place) }
      }
      if target.places.isEmpty {
        known[target.name.text] = results.indices.contains(k) ? results[k] : .unknown
      } else if known[target.name.text] == nil {
        unknown(target.name.text, target.name.position)
      } else if let first = target.places.first, first.count == 1, case .at(.word(let column, _)) = first[0] {
        // A new column.
        known[target.name.text]?.columns?.append(column)
      } else {
        known[target.name.text]?.exact = nil
        known[target.name.text]?.isNoisy = false
      }
    }
  }

  /// What a loop binds its variable to.
  ///
  /// - Returns: also whether there is certainly a first round.
  private mutating func item(of source: LoopSource) -> (item: KnownValue, isCertain: Bool) {
    let items: [Expression]
    do {
      let now = self
      items = try source.items(
        Parser.Vocabulary(
          isCommand: { now.manifest($0) != nil }, isVariable: { now.known[$0] != nil },
          manifest: { now.manifest($0) }))
      let words = LoopWords(
        items: items, isVariable: { now.known[$0] != nil }, isCommand: { now.manifest($0) != nil },
        names: { now.known.sorted })
      // A name that is not known may have been bound by what cannot be followed.
      if !isOpen || definition != nil, let error = words.refusal() { throw error }
    } catch let error as CRSError {
      report(error, source.position)
      return (.unknown, false)
    } catch {
      return (.unknown, false)
    }
    let before = errors.count
    let values = items.map { check($0, for: nil, takesText: true) }
    for item in items { checkFiles(item, isPixels: false) }
    guard values.count == 1, let first = values.first else { return (.unknown, errors.count == before) }
    if first.kind != .table, let error = first.sample.flatMap(LoopItems.refusal) {
      report(error, items[0].position)
    }
    let isCertain = errors.count == before && first.count ?? 0 > 0
    switch first.kind {
    case .stack: return (first.part(.image, size: first.size), errors.count == before)
    case .table: return (KnownValue(.table, columns: first.columns), false)
    default:
      if case .range = items[0] { return (KnownValue(.integer), isCertain) }
      return (.unknown, isCertain)
    }
  }

  private mutating func checkCondition(_ condition: Expression) -> KnownValue {
    let value = check(condition)
    if value.kind != .any, value.kind != .flag { report(Condition.error(value.kind), condition.position) }
    return value
  }

  /// A way of a choice.
  ///
  /// - Parameter isSkipped: whether the condition, as it is written, never lets it run.
  private mutating func check(_ statements: [Statement], isSkipped: Bool) {
    let before = errors.count
    check(statements)
    guard isSkipped else { return }
    for k in before..<errors.count {
      errors[k].hint = [errors[k].hint, "the condition never lets this line run"].compactMap { $0 }
        .joined(separator: "; ")
    }
  }

  /// Nothing is certain of values any more.
  mutating func forgetValues() { known.forgetValues() }

  /// Names may have come back that are not known here.
  mutating func followUndo() {
    forgetValues()
    isOpen = true
  }

  mutating func forget(_ name: String) {
    known[name] = nil
    defined[name] = nil
  }

  /// A script that runs here binds and defines names.
  mutating func follow(script name: String?, _ position: SourcePosition) {
    forgetValues()
    var found: [Statement]?
    if depth < 20, let name {
      do { found = try sourced(name) } catch let error as CRSError { reportFile(error, position) } catch {}
    }
    guard let statements = found else {
      written.mayBeAny = true
      isOpen = true
      return
    }
    // What is wrong in it is told where it is checked itself.
    let outer = errors
    depth += 1
    check(statements)
    depth -= 1
    errors = outer
  }

  // MARK: - Definitions

  /// Checks a body, which sees its parameters and what it assigns, nothing else.
  mutating func check(_ definition: Definition) {
    // Its first line could not be read: what it takes is not known.
    guard !unread.contains(definition.name.text) else { return }
    let outer = known
    known = KnownNames()
    for parameter in definition.parameters { known[parameter.name.text] = .unknown }
    self.definition = definition
    let before = written
    written = WrittenFiles()
    conditionally { $0.check(definition.body) }
    writtenBy[definition.name.text] = written
    written = before
    self.definition = nil
    known = outer
    defined[definition.name.text] = OwnManifest(definition, registry: registry).manifest
    bodies[definition.name.text] = definition
  }

  /// What a call of one's own command gives, where its declaration leaves that open: what its body returns for these
  /// arguments.
  mutating func inferred(_ results: [KnownValue], of name: String, _ given: GivenArguments) -> [KnownValue] {
    guard results.count == 1, results[0].kind == .any, defined[name] != nil, let body = bodies[name],
      lookingInto < 4, case .giveBack(let values, _)? = body.body.last, values.count == 1,
      !body.body.dropLast().contains(where: \.mayLeave)
    else { return results }
    let outer = self
    known = KnownNames()
    for parameter in body.parameters {
      known[parameter.name.text] =
        given[parameter.name.text] ?? parameter.fallback.map { check($0) } ?? .unknown
    }
    definition = body
    lookingInto += 1
    conditionally { $0.check(body.body.dropLast()) }
    let value = check(values[0])
    // Whatever is wrong in it is told where it is defined.
    self = outer
    return [value]
  }

  func manifest(_ name: String) -> CommandManifest? { defined[name] ?? registry[name]?.manifest }

  // MARK: - Errors

  mutating func report(_ error: CRSError, _ position: SourcePosition) {
    errors.append(error.line == nil ? error.at(position.place) : error)
  }

  /// Checks what may never run.
  private mutating func conditionally(_ body: (inout StatementChecker) -> Void) {
    conditions += 1
    body(&self)
    conditions -= 1
  }

  /// Reports what depends on values: statements that may never run can be made for other ones.
  mutating func reportValue(_ error: CRSError, _ position: SourcePosition) {
    if conditions == 0 { report(error, position) }
  }

  /// Reports that a file is not there, unless the script may make it.
  ///
  /// - Parameter file: nil for the one that the error names.
  mutating func reportFile(_ error: CRSError, _ position: SourcePosition, file: String? = nil) {
    if conditions == 0, !isOpen, !written.mayBe(file ?? error.file) { report(error, position) }
  }

  /// A word that means nothing.
  mutating func unknown(_ word: String, _ position: SourcePosition, parameter: ParameterManifest? = nil) {
    guard !isOpen || definition != nil, !unread.contains(word) else { return }
    var error = CRSError.usage(
      "'\(word)' is not a variable", parameter: parameter?.name,
      expected: parameter.flatMap { $0.choices.isEmpty ? nil : $0.expectation },
      hint: Habits.words[word] ?? NumberWord.hint(for: word)
        ?? Habits.signed(word, isVariable: { known[$0] != nil })
        ?? didYouMean(
          word,
          among: known.sorted + registry.names + FunctionTable.names.filter { $0.first == word.first })
    )
    if let definition {
      error.hint = "a definition sees its parameters only: def \(definition.name.text) \(word)"
    }
    report(error, position)
  }

  /// `$name` in a definition is a name of its own; elsewhere it may be an argument of the script.
  mutating func check(_ parts: [TextPart], _ position: SourcePosition, isShell: Bool = false) {
    for case .value(let filled) in parts { checkFilled(filled, position) }
    guard let definition else {
      if !isShell { checkGiven(parts, position) }
      return
    }
    for case .value(let filled) in parts where known[filled.name] == nil {
      if isShell, Int(filled.name) == nil { continue }
      report(
        CRSError.usage(
          "$\(filled.name) is not given inside a definition", expected: "a parameter",
          hint: "def \(definition.name.text) \(Int(filled.name) == nil ? filled.name : "NAME")"), position)
    }
  }

  /// `$name` that is neither a variable nor an argument. A number is an argument of which nobody says now what it will
  /// be, unless arguments are there.
  private mutating func checkGiven(_ parts: [TextPart], _ position: SourcePosition) {
    guard let arguments, !isOpen else { return }
    let hasNumbers = arguments.keys.contains { Int($0) != nil }
    for case .value(let filled) in parts
    where known[filled.name] == nil && arguments[filled.name] == nil && !unread.contains(filled.name)
      && (hasNumbers || Int(filled.name) == nil)
    {
      let isNumber = Int(filled.name) != nil
      var error = Evaluator.notGiven(filled.name, among: known.sorted)
      if error.hint == nil, !isNumber {
        error.hint = "an argument of the script is given for --check too: --set \(filled.name)=VALUE"
      }
      report(error, position)
    }
  }

  /// What is filled in: a number, a text, yes or no, in a format that fits.
  private mutating func checkFilled(_ filled: Filled, _ position: SourcePosition) {
    guard let value = known[filled.name] else { return }
    switch value.kind {
    case .number, .integer, .text, .flag:
      // A number whose value is not known may be whole or not.
      let samples = value.exact.map { [$0] } ?? [.integer(1), .number(1.5)]
      guard let format = filled.format, value.exact != nil || value.kind == .number || value.kind == .integer,
        !samples.contains(where: { Evaluator.formatted($0, format) != nil })
      else { return }
      report(Evaluator.unfit(format, value.exact?.literal ?? "a value of kind \(value.kind.title)"), position)
    case .image, .stack, .mask, .maskset, .table, .diagram, .boundary, .list:
      report(
        CRSError.usage(
          "$\(filled.name) is a value of kind \(value.kind.title)", expected: "a number, a text, yes or no"),
        position)
    default: break
    }
  }
}

extension Statement {
  /// Whether nothing behind it in its block ever runs.
  fileprivate var isLast: Bool {
    switch self {
    case .run(_, .command("exit", _, _), _), .run(_, .expression(.function("exit", _, _)), _), .nextRound,
      .giveBack:
      true
    case .timed(let inner): inner.isLast
    default: false
    }
  }

  /// Whether the statements behind it may never run.
  fileprivate var mayLeave: Bool {
    switch self {
    case .loop(_, _, let body): body.contains(where: \.mayLeave)
    case .choice(_, let then, let otherwise): (then + otherwise).contains(where: \.mayLeave)
    default: isLast
    }
  }
}
