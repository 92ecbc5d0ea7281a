/// What a check knows of the names that are bound so far.
///
/// What a block changes is written down, so that going back costs as much as the block and not as much as the script.
struct KnownNames {
  private var values: [String: KnownValue] = ["_": .unknown]
  /// What names meant before the blocks that are open changed them, the innermost block last; nil for nothing.
  private var before: [[String: KnownValue?]] = []

  init() {}

  init(_ names: [String], _ value: (String) -> KnownValue) {
    values.reserveCapacity(names.count + 1)
    for name in names { values[name] = value(name) }
  }

  subscript(name: String) -> KnownValue? {
    get { values[name] }
    set {
      if let last = before.indices.last, before[last][name] == nil {
        before[last].updateValue(values[name], forKey: name)
      }
      values[name] = newValue
    }
  }

  /// Names in alphabetical order.
  var sorted: [String] { values.keys.sorted() }

  /// Nothing is certain of any value.
  mutating func forgetValues() {
    for name in Array(values.keys) { self[name] = .unknown }
  }

  // MARK: - Blocks

  /// A block begins that may never run.
  mutating func beginBlock() { before.append([:]) }

  /// A block ends, whose changes stay.
  ///
  /// - Returns: what the names meant before that it has changed.
  mutating func endBlock() -> [String: KnownValue?] {
    guard let changed = before.popLast() else { return [:] }
    // For the block around it, what came first counts.
    if let last = before.indices.last {
      if before[last].isEmpty {
        before[last] = changed
      } else {
        before[last].merge(changed) { first, _ in first }
      }
    }
    return changed
  }

  /// Changes are taken back.
  ///
  /// - Returns: what the names mean with the changes.
  mutating func takeBack(_ changed: [String: KnownValue?]) -> [String: KnownValue?] {
    var after: [String: KnownValue?] = [:]
    for (name, value) in changed {
      after.updateValue(values[name], forKey: name)
      self[name] = value
    }
    return after
  }

  /// Goes on with what is certain whether the other way was taken or not.
  mutating func merge(_ others: [String: KnownValue?]) {
    for (name, other) in others {
      let mine = values[name]
      guard mine != nil || other != nil else { continue }
      self[name] = if let mine, let other { mine.merged(with: other) } else { .unknown }
    }
  }
}
