import Calling
import Kernels
import Pipeline

/// Whole numbers at equal distances.
struct WholeNumbers: Sendable {
  let first: Int
  let step: Int
  let count: Int

  /// All lie between two numbers of 64 bits; the way from one to the other may be longer.
  subscript(k: Int) -> Int { first &+ k &* step }
}

/// What a loop goes over. Items are made when their turn comes, so that long loops begin at once and hold nothing.
struct LoopItems {
  typealias Item = Evaluator.Evaluation

  private enum Part {
    case single(Item)
    case numbers(WholeNumbers)
    /// Elements of a list, exposures of a stack, rows of a table, each with the text that gives it again.
    case elements(Item)
  }
  private var parts: [Part] = []
  /// Names that the loop binds anew, and the copies of their values that the record has.
  private var rebound: Set<String> = []
  private var copies: [String: Resolved] = [:]

  mutating func append(_ numbers: WholeNumbers) { parts.append(.numbers(numbers)) }

  /// - Parameter isAlone: whether the loop goes over nothing else, so that it goes through stacks and tables.
  mutating func append(_ item: Item, isAlone: Bool) {
    switch item.value {
    case .list: parts.append(.elements(item))
    case .stack where isAlone: parts.append(.elements(item))
    case .table(let table) where isAlone && !table.isRow: parts.append(.elements(item))
    default:
      // A word of a loop is a text, in the record too.
      if case .word = item.tree, case .text = item.value {
        parts.append(.single(Item(value: item.value, tree: .literal(item.value))))
      } else {
        parts.append(.single(item))
      }
    }
  }

  /// The error about a single value that has no items; nil for what a loop can go over.
  static func refusal(of value: Value) -> CRSError? {
    let hint: String
    switch value {
    case .image, .mask:
      hint = "for y in 1:n goes through rows: x[:, y], with n from info x ny; a stack gives its exposures"
    case .maskSet: hint = "its masks have names: masks[MEANCRT], masks[CRMASK1]"
    case .number, .integer:
      let end = value.wholeNumber.map { $0 > 1 ? "\($0)" : "n" } ?? "n"
      hint = "for i in 1:\(end) counts"
    case .diagram, .boundary, .bool, .none: hint = "for i in 1:n counts"
    case .table(let table):
      guard table.isRow else { return nil }
      hint = "t[3] is one row; for r in t goes through all, for r in t[3:3] through this one"
    case .list, .stack, .text: return nil
    }
    let kind = value.isNone ? "none" : "a value of kind \(value.kindName)"
    return CRSError.usage(
      "\(kind) cannot be looped over", expected: "a list, a stack, a table, files, words or a range",
      hint: hint)
  }

  /// Rounds that bind what is looped over anew must not change what the record says of the rounds behind them.
  ///
  /// - Parameter copy: writes down a copy of a variable.
  mutating func keepAsItWas(_ rebound: Set<String>, copy: (String) -> Resolved?) throws {
    self.rebound = rebound
    for part in parts {
      guard let name = try copied(in: part), copies[name] == nil else { continue }
      copies[name] = copy(name)
    }
  }

  /// The variable whose parts the rounds need and cannot write as literals.
  private func copied(in part: Part) throws -> String? {
    func name(_ item: Item) -> String? {
      guard case .index(.variable(let name, _), _) = item.tree, rebound.contains(name), !item.value.hasLiteral
      else { return nil }
      return name
    }
    switch part {
    case .numbers: return nil
    case .single(let item): return name(item)
    case .elements(let whole):
      for k in 0..<Self.count(whole.value) {
        if let found = name(try Self.element(k, of: whole)) { return found }
      }
      return nil
    }
  }

  /// - Parameter body: takes an item and says whether the loop goes on.
  /// - Throws: what `body` throws.
  func forEach(_ body: (Item) throws -> Bool) throws {
    for part in parts {
      switch part {
      case .single(let item): if try !body(kept(item)) { return }
      case .numbers(let numbers):
        for k in 0..<numbers.count {
          let value = Value.integer(numbers[k])
          if try !body(Item(value: value, tree: .literal(value))) { return }
        }
      case .elements(let whole):
        for k in 0..<Self.count(whole.value) where try !body(kept(Self.element(k, of: whole))) { return }
      }
    }
  }

  /// How many items there are.
  var count: Int {
    parts.reduce(0) { sum, part in
      let more =
        switch part {
        case .single: 1
        case .numbers(let numbers): numbers.count
        case .elements(let whole): Self.count(whole.value)
        }
      return sum.addingReportingOverflow(more).overflow ? .max : sum + more
    }
  }

  private func kept(_ item: Item) -> Item {
    guard case .index(.variable(let name, _), let places) = item.tree, rebound.contains(name) else {
      return item
    }
    if item.value.hasLiteral { return Item(value: item.value, tree: .literal(item.value)) }
    return copies[name].map { Item(value: item.value, tree: .index($0, places)) } ?? item
  }

  private static func count(_ value: Value) -> Int {
    switch value {
    case .list(let values): values.count
    case .stack(let stack): stack.count
    case .table(let table): table.rows.count
    default: 0
    }
  }

  private static func element(_ k: Int, of whole: Item) throws -> Item {
    let value: Value
    switch whole.value {
    case .list(let values):
      value = values[k]
      if case .range = whole.tree { return Item(value: value, tree: .literal(value)) }
    case .stack(let stack): value = .image(stack.exposures[k])
    default: value = try ValueElements.part(of: whole.value, at: [.number(k + 1)])
    }
    // A list that is written down has the elements themselves.
    if case .list(let items) = whole.tree, items.indices.contains(k) {
      return Item(value: value, tree: items[k])
    }
    return Item(value: value, tree: .index(whole.tree, [.at(.literal(.integer(k + 1)))]))
  }
}
