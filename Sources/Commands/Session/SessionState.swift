import Kernels
import Pipeline

/// All that undo brings back.
struct SessionState {
  var variables: [String: Session.Binding] = [:]
  var registry: CommandRegistry
  /// The record of each command that was defined in the session.
  var definitions: [String: Int] = [:]
  var record: [Session.Recorded] = []
  var lastFolderChange: Int?
  /// Records since the session began, and typed statements.
  private(set) var recordings = 0
  private var step = 0
  /// What the typed statement that runs has told, lines and pages.
  var outputs = 0
  /// Records that hold the value they showed, and how much memory it takes, the oldest first.
  var heldOutputs: [(record: Int, bytes: Int)] = []
  /// Plugins that the statement that runs has called.
  var calledPlugins: Set<PluginUse> = []

  init(registry: CommandRegistry) { self.registry = registry }

  /// What leads from one state to another: meanings of the names that differ, and the record from a place on.
  struct Step {
    /// nil where the name has no meaning.
    var bindings: [String: Session.Binding?]
    var commands: [String: (entry: Entry, origin: Int)?]
    var recordCount: Int
    var recordEnd: [Session.Recorded]
    var lastFolderChange: Int?

    /// Adds a later step: what a name meant before its first change counts.
    mutating func merge(_ later: Step) {
      bindings.merge(later.bindings) { first, _ in first }
      commands.merge(later.commands) { first, _ in first }
    }

    var values: [Value] { bindings.values.compactMap { $0?.value } }

    /// Bytes that its values hold.
    var memory: Int {
      var memory = HeldMemory()
      values.forEach { memory.add($0) }
      return memory.bytes
    }
  }

  /// - Parameter inFolder: whether it depends on the folder it runs in.
  @discardableResult
  mutating func append(_ statement: String, uses: Set<Int>, inFolder: Bool = true) -> Int {
    var uses = uses
    if inFolder, let lastFolderChange { uses.insert(lastFolderChange) }
    record.append(Session.Recorded(text: statement, uses: uses, step: step, plugins: calledPlugins))
    recordings += 1
    return record.count - 1
  }

  /// A typed statement begins.
  mutating func beginStep() {
    step += 1
    outputs = 0
  }

  /// Forgets a command that was defined.
  mutating func forget(_ name: String) {
    definitions[name] = nil
    registry.remove(name)
  }

  /// The step that brings today's meanings of names, and the record from a place on, back.
  func step(back names: some Sequence<String>, to recordCount: Int) -> Step {
    var step = Step(
      bindings: [:], commands: [:], recordCount: recordCount, recordEnd: Array(record[recordCount...]),
      lastFolderChange: lastFolderChange)
    for name in names {
      step.bindings.updateValue(variables[name], forKey: name)
      guard let origin = definitions[name], let entry = registry[name] else {
        if registry[name] == nil { step.commands.updateValue(nil, forKey: name) }
        continue
      }
      step.commands.updateValue((entry, origin), forKey: name)
    }
    return step
  }

  func step(backFrom step: Step) -> Step { self.step(back: step.bindings.keys, to: step.recordCount) }

  /// - Returns: what it changed, `w (2 -> 1)`.
  mutating func apply(_ step: Step) -> String {
    var told: [String] = []
    for (name, binding) in step.bindings.sorted(by: { $0.key < $1.key }) {
      let before = variables[name]
      variables[name] = binding
      if name != "_", before != nil || binding != nil {
        told.append(Self.change(name, before?.value, binding?.value))
      }
    }
    for (name, command) in step.commands.sorted(by: { $0.key < $1.key }) {
      guard definitions[name] != command?.origin else { continue }
      if definitions[name] != nil { forget(name) }
      if let command {
        registry.define(command.entry)
        definitions[name] = command.origin
      }
      told.append("def \(name)")
    }
    record.removeSubrange(step.recordCount...)
    record += step.recordEnd
    lastFolderChange = step.lastFolderChange
    return Self.shortened(told)
  }

  /// A step of a whole script changes thousands of names: the first ones and the number of the others.
  private static func shortened(_ told: [String]) -> String {
    guard told.count > 12 else { return told.joined(separator: ", ") }
    return told.prefix(8).joined(separator: ", ") + " and \(told.count - 8) more"
  }

  private static func change(_ name: String, _ before: Value?, _ after: Value?) -> String {
    let (old, new) = (text(before), text(after))
    return old == new ? name : "\(name) (\(old) -> \(new))"
  }

  private static func text(_ value: Value?) -> String {
    guard let value else { return "not there" }
    guard let literal = value.literal, literal.count <= 30 else { return value.kindName }
    return literal
  }
}
