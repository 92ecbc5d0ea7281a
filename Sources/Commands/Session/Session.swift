import Files
import Foundation
import Kernels
import Pipeline

/// Named values and the record of the statements that made them.
///
/// Values never change, so undo keeps only which names a statement bound anew; that makes it cheap and exact.
/// One thread uses a session at a time.
package final class Session: @unchecked Sendable {
  /// A value and the statement that made it.
  package struct Binding: Sendable {
    package let value: Value
    /// Index into the record.
    package var origin: Int
    private let told = LazyText()

    init(value: Value, origin: Int) { (self.value, self.origin) = (value, origin) }

    /// The value in one line.
    package var summary: String { told.text { value.summary } }
  }

  /// A statement as it can be run again: numbers, seeds and file names written out.
  package struct Recorded: Sendable {
    package var text: String
    /// Records whose values it used.
    package var uses: Set<Int>
    /// The typed statement that it belongs to: a loop or script makes many records in one step.
    package var step = 0
    /// What it told and showed, the figures that it wrote among it.
    package var shown: [SessionOutput] = []
    /// Whether it only showed something: scripts leave it out.
    package var isLook = false
    /// Whether it is a value alone, of which a script needs `_` only.
    package var isAlone = false
    /// Whether a loop bound its variable.
    package var isRound = false
    /// Plugins whose commands it called.
    var plugins: Set<PluginUse> = []
  }

  var state: SessionState
  private var steps = UndoSteps()
  /// Settings by name; see the command set.
  package var settings = Settings() {
    didSet { steps.most = settings.undoMemory }
  }
  /// Whether the record keeps what statements showed, for notebooks that are written of it.
  package var keepsFigures = true
  /// Whether statements can be taken back; a script that never does keeps no earlier values.
  package var keepsUndo = true {
    didSet { if !keepsUndo { steps.forget() } }
  }
  /// Set by `exit`.
  package var isOver = false
  /// Status that `exit` asked for; nil where nobody did.
  package var exitStatus: Int32?
  /// Runs a script in this session; the language sets it.
  package var runScript: ((_ path: String, _ arguments: [Value]) throws -> Void)?
  /// Runs a line of the system's shell; the language sets it.
  package var runSystem: (@Sendable (String) -> Int32?)?
  /// Help on what is no command; the language sets it.
  package var topics: (names: [String], page: (String) -> [String]?) = ([], { _ in nil })
  /// Errors that did not end what runs, after `set on_error=continue`.
  package var passedOver: [CRSError] = []
  /// What commands have told of their files.
  package let toldLines = ToldLines()
  /// Whether commands that write replace files that exist, without being told so each.
  package var replacesFiles = false
  /// How many definitions run inside each other.
  package var calls = 0
  /// Whether somebody only asks for a value: nothing that runs may write files or change the session.
  package var onlyLooks = false
  /// Runs statements in a session of their own with the same commands, and gives the results of the last one;
  /// whoever looks for plugins sets it.
  package var evaluate: ((_ text: String, _ context: CommandContext) throws -> [Value])?
  /// Whether a word means something to the language, so that no plugin may have its name.
  package var isReserved: (String) -> Bool = { _ in false }
  /// Looks whether the plugins are there that a text says it needs, before anything of it runs; whoever looks for
  /// plugins sets it.
  package var checkNeeds: (_ text: String) throws -> Void = { _ in }
  /// Names of the plugins that are found; whoever looks for plugins sets it.
  package var pluginNames: () -> [String] = { [] }
  /// Adds the commands of the plugin in a folder and gives warnings; whoever looks for plugins sets it.
  package var loadPlugin: ((_ folder: String) -> [String])?
  /// Reads plugins again that have changed on the disk and gives what is to be told; whoever looks for them sets it.
  package var readChangedPlugins: () -> [String] = { [] }
  /// What is left out of plugins, and why, by their names.
  package var leftOut: [String: [String]] = [:]
  /// Whether the program that drives the session waits for nothing any more.
  package var isDriverGone: @Sendable () -> Bool = { false }
  /// Answers what waits before crs ends in the middle of a call.
  package var sayFarewell: @Sendable () -> Void = {}

  package init(registry: CommandRegistry) { state = SessionState(registry: registry) }

  /// The user's home folder, as the environment says.
  package static var home: String {
    let home = ProcessInfo.processInfo.environment["HOME"] ?? ""
    return home.isEmpty ? NSHomeDirectory() : home
  }

  /// All commands, those that were defined in the session among them.
  package var registry: CommandRegistry { state.registry }

  /// Takes commands of plugins.
  ///
  /// - Returns: what `change` gives.
  package func changeRegistry(_ change: (inout CommandRegistry) -> [String]) -> [String] {
    change(&state.registry)
  }

  /// Before statements run: plugins are as they lie on the disk.
  package func refreshPlugins(_ note: (String) -> Void) { readChangedPlugins().forEach(note) }

  package subscript(name: String) -> Binding? { state.variables[name] }

  /// Names in alphabetical order, without the last result.
  package var names: [String] {
    if let order { return order }
    let sorted = state.variables.keys.filter { $0 != "_" }.sorted()
    order = sorted
    return sorted
  }

  /// What `names` gives; nil after names have come or gone.
  private var order: [String]?

  /// Names that begin like a text, in alphabetical order, without the last result.
  package func names(beginning text: String) -> [String] {
    let all = names
    var (low, high) = (0, all.count)
    while low < high {
      let middle = (low + high) / 2
      if all[middle] < text { low = middle + 1 } else { high = middle }
    }
    return Array(all[low...].prefix { $0.hasPrefix(text) })
  }

  package var record: [Recorded] { state.record }

  /// Outermost statements as they were typed, those that failed too.
  package private(set) var typed: [String] = []

  package func remember(typed statement: String) { typed.append(statement) }

  // MARK: - Changes

  /// Binds the results of a statement and records it. `_` throws a result away.
  ///
  /// - Parameter isRound: whether a loop binds its variable.
  package func bind(
    _ names: [String], _ values: [Value], statement: String, uses: Set<Int>, isRound: Bool = false
  ) {
    let bound = names.filter { $0 != "_" }
    if !bound.isEmpty, keepsUndo { steps.begin(from: state, names: bound) }
    let origin = state.append(statement, uses: uses)
    state.record[origin].isRound = isRound
    for (name, value) in zip(names, values) where name != "_" {
      if order != nil, state.variables[name] == nil { order = nil }
      state.variables[name] = Binding(value: value, origin: origin)
    }
    if let first = values.first { state.variables["_"] = Binding(value: first, origin: origin) }
  }

  /// Whether a value may be changed where it is: nobody can ask for what it was before.
  package func mayChange(_ name: String) -> Bool { !keepsUndo || steps.keeps([name, "_"]) }

  /// Changes the value of a variable where it is, which has to be bound again at once; an error leaves all as it was.
  ///
  /// - Returns: the changed value, which nobody else holds.
  package func change(_ name: String, _ body: (inout Value) throws -> Void) throws -> Value {
    guard let origin = state.variables[name]?.origin else { throw unknown(name) }
    var value = state.variables[name]?.value ?? .none
    // The last result may be the same value.
    let isLast = state.variables["_"]?.origin == origin
    state.variables[name] = Binding(value: .none, origin: origin)
    if isLast { state.variables["_"] = Binding(value: .none, origin: origin) }
    do { try body(&value) } catch {
      state.variables[name] = Binding(value: value, origin: origin)
      if isLast { state.variables["_"] = Binding(value: value, origin: origin) }
      throw error
    }
    return value
  }

  /// Keeps the result of a statement without names as `_`, which a replay can use only through its record.
  package func keepLast(_ value: Value, statement: String, uses: Set<Int>) {
    bind([], [value], statement: statement, uses: uses)
    state.record[state.record.count - 1].isAlone = true
  }

  /// Makes a variable the last result; that is no step of its own, so that redo stays possible.
  package func look(at name: String) -> Value? {
    guard name != "_", let binding = state.variables[name] else { return nil }
    let origin = state.append("_ = " + name, uses: [binding.origin], inFolder: false)
    state.record[origin].isAlone = true
    state.variables["_"] = Binding(value: binding.value, origin: origin)
    return binding.value
  }

  /// Records a statement with an effect outside the session (save, cd, plot).
  package func recordEffect(_ statement: String, uses: Set<Int>, changesFolder: Bool = false) {
    let origin = state.append(statement, uses: uses)
    if changesFolder { state.lastFolderChange = origin }
  }

  /// Records a statement that showed something and changed nothing.
  ///
  /// - Parameter isAlone: whether it is a value alone.
  package func recordLook(_ statement: String, isAlone: Bool = false) {
    guard keepsFigures else { return }
    let origin = state.append(statement, uses: [], inFolder: false)
    state.record[origin].isLook = true
    state.record[origin].isAlone = isAlone
  }

  /// How many statements have been recorded since the session began, those among them that were undone.
  package var recordings: Int { state.recordings }

  /// Writes down a copy of a variable under a name that is free; the session itself gets none.
  ///
  /// - Returns: nil where there is no such variable.
  package func recordCopy(of name: String) -> (name: String, origin: Int)? {
    guard let binding = state.variables[name] else { return nil }
    var copy = name + "_"
    while state.variables[copy] != nil || state.registry[copy] != nil { copy += "_" }
    return (copy, state.append("\(copy) = \(name)", uses: [binding.origin], inFolder: false))
  }

  /// Writes down what a replay does not run.
  package func recordRemark(_ text: String) {
    state.append("# " + text.split(separator: "\n").joined(separator: "\n# "), uses: [], inFolder: false)
  }

  /// A command is about to run: where it comes from is part of the record of the statement.
  package func noteCall(of origin: Origin) {
    if let plugin = origin.plugin {
      state.calledPlugins.insert(PluginUse(name: plugin.name, version: plugin.version))
    }
  }

  /// What values have become since that was told last.
  package var lostNumbers = LostNumbers()

  /// A statement begins that is recorded by itself.
  package func beginStatement() { state.calledPlugins = [] }

  /// Statements that make sure of plugins.
  private func needs(of records: [Recorded], withCalled: Bool = false) -> [String] {
    let used = records.reduce(into: withCalled ? state.calledPlugins : []) { $0.formUnion($1.plugins) }
    return used.map(\.need).sorted()
  }

  /// Forgets variables, or commands that were defined.
  ///
  /// - Throws: `CRSError` (usage) for a name that is not there.
  package func drop(_ dropped: [String], statement: String) throws {
    for name in dropped where state.variables[name] == nil && state.definitions[name] == nil {
      throw unknown(name)
    }
    if keepsUndo { steps.begin(from: state, names: dropped) }
    order = nil
    var uses: Set<Int> = []
    for name in dropped {
      if let binding = state.variables.removeValue(forKey: name) {
        uses.insert(binding.origin)
      } else if let origin = state.definitions[name] {
        state.forget(name)
        uses.insert(origin)
      }
    }
    state.append(statement, uses: uses, inFolder: false)
  }

  /// Takes a command that is defined in the session.
  ///
  /// - Parameter uses: the definitions that it calls.
  package func define(_ entry: Entry, statement: String, uses: Set<Int>) {
    let name = entry.manifest.name
    if keepsUndo { steps.begin(from: state, names: [name]) }
    let origin = state.append(statement, uses: uses, inFolder: false)
    state.registry.define(entry)
    state.definitions[name] = origin
  }

  /// The record of a command that was defined in the session; nil for all others.
  package func definition(of name: String) -> Int? { state.definitions[name] }

  package func unknown(_ name: String) -> CRSError {
    CRSError.usage("'\(name)' is not a variable", hint: didYouMean(name, among: names + registry.names))
  }

  // MARK: - Undo

  /// Makes all that `body` changes one step.
  ///
  /// - Parameter keepsParts: whether changes can be taken back one by one before the step ends.
  package func asOneStep<Result>(keepsParts: Bool = true, _ body: () throws -> Result) rethrows -> Result {
    let outer = steps.open(keepsParts: keepsParts)
    if outer == nil { state.beginStep() }
    defer { steps.close(outer) }
    return try body()
  }

  /// Takes the last step back.
  ///
  /// - Returns: what was taken back, `w (2 -> 1)`.
  /// - Throws: `CRSError` (usage) when there is none.
  @discardableResult
  package func undo() throws -> String {
    guard let last = steps.back(state.step(backFrom:)) else {
      throw CRSError.usage(
        "there is nothing to undo",
        hint: steps.gaveUp
          ? "earlier values took more than \(Memory.text(Double(steps.most))): set undo_memory=" : nil)
    }
    order = nil
    return state.apply(last)
  }

  /// - Throws: `CRSError` (usage) when nothing was undone.
  @discardableResult
  package func redo() throws -> String {
    guard let next = steps.forth(state.step(backFrom:)) else {
      throw CRSError.usage("there is nothing to redo")
    }
    order = nil
    return state.apply(next)
  }

  // MARK: - Provenance

  /// Statements that make sure of the plugins that the session has used.
  package var needs: [String] { needs(of: state.record) }

  /// The whole session as a script that makes it again.
  package var script: [String] {
    needs + state.record.filter { !$0.isLook }.map(\.text)
  }

  /// The shortest script that makes a value again.
  ///
  /// - Throws: `CRSError` (usage) for a name that is not there.
  package func provenance(of name: String) throws -> [String] {
    guard let binding = state.variables[name] else { throw unknown(name) }
    return provenance(ofRecords: [binding.origin])
  }

  /// The statements that records need, in the order of the session; those that make sure of plugins come first.
  ///
  /// - Parameter isCalculated: whether the statement that runs makes a part of the value itself.
  package func provenance(ofRecords origins: Set<Int>, isCalculated: Bool = false) -> [String] {
    var needed: Set<Int> = []
    var open = Array(origins)
    while let next = open.popLast() {
      guard state.record.indices.contains(next), needed.insert(next).inserted else { continue }
      open += state.record[next].uses
    }
    let records = needed.sorted().map { state.record[$0] }
    return needs(of: records, withCalled: isCalculated) + records.map(\.text)
  }
}
