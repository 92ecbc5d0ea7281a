import Files
import Foundation
import Kernels
import Pipeline
import Plot

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
  }

  private struct State {
    var variables: [String: Binding] = [:]
    var record: [Recorded] = []
    var lastFolderChange: Int?
  }

  /// What leads from one state to another: bindings of the names that differ, and the record from a place on.
  private struct Step {
    /// nil where the name is not there.
    var bindings: [String: Binding?]
    var recordCount: Int
    var recordEnd: [Recorded]
    var lastFolderChange: Int?
  }

  package let registry: CommandRegistry
  private var state = State()
  private var past: [Step] = []
  private var future: [Step] = []
  /// Settings by name; see the command set.
  package var settings = Settings()
  /// Set by `exit`.
  package var isOver = false
  /// Status that `exit` asked for.
  package var exitStatus: Int32 = 0
  /// Runs a script in this session; the language sets it.
  package var runScript: ((_ path: String, _ context: CommandContext) throws -> Void)?

  private static let deepestUndo = 1000

  package init(registry: CommandRegistry) { self.registry = registry }

  /// The user's home folder, as the environment says.
  package static var home: String {
    let home = ProcessInfo.processInfo.environment["HOME"] ?? ""
    return home.isEmpty ? NSHomeDirectory() : home
  }

  package subscript(name: String) -> Binding? { state.variables[name] }

  /// Names in alphabetical order, without the last result.
  package var names: [String] { state.variables.keys.filter { $0 != "_" }.sorted() }

  package var record: [Recorded] { state.record }

  /// Binds the results of a statement and records it.
  package func bind(_ names: [String], _ values: [Value], statement: String, uses: Set<Int>) {
    remember(names + ["_"])
    state.record.append(
      Recorded(text: statement, uses: uses.union(state.lastFolderChange.map { [$0] } ?? [])))
    let origin = state.record.count - 1
    for (name, value) in zip(names, values) { state.variables[name] = Binding(value: value, origin: origin) }
    if let first = values.first { state.variables["_"] = Binding(value: first, origin: origin) }
  }

  /// Keeps the result of a statement without names as `_`, which a replay can use only through its record.
  package func keepLast(_ value: Value, statement: String, uses: Set<Int>) {
    bind([], [value], statement: statement, uses: uses)
  }

  /// Makes a variable the last result; that is no step of its own, so that redo stays possible.
  package func look(at name: String) -> Value? {
    guard name != "_", let binding = state.variables[name] else { return nil }
    state.record.append(Recorded(text: "_ = " + name, uses: [binding.origin]))
    state.variables["_"] = Binding(value: binding.value, origin: state.record.count - 1)
    return binding.value
  }

  /// Records a statement with an effect outside the session (save, cd, plot).
  package func recordEffect(_ statement: String, uses: Set<Int>, changesFolder: Bool = false) {
    state.record.append(
      Recorded(text: statement, uses: uses.union(state.lastFolderChange.map { [$0] } ?? [])))
    if changesFolder { state.lastFolderChange = state.record.count - 1 }
  }

  /// - Throws: `CRSError` (usage) for a name that is not there.
  package func drop(_ dropped: [String], statement: String) throws {
    for name in dropped where state.variables[name] == nil { throw unknown(name) }
    remember(dropped)
    let uses = Set(dropped.compactMap { state.variables[$0]?.origin })
    for name in dropped { state.variables[name] = nil }
    state.record.append(Recorded(text: statement, uses: uses))
  }

  package func unknown(_ name: String) -> CRSError {
    CRSError.usage("'\(name)' is not a variable", hint: didYouMean(name, among: names + registry.names))
  }

  private func remember(_ names: [String]) {
    past.append(step(back: names, to: state.record.count))
    if past.count > Self.deepestUndo { past.removeFirst() }
    future = []
  }

  /// Takes the last assignment or drop back.
  ///
  /// - Throws: `CRSError` (usage) when there is none.
  package func undo() throws {
    guard let last = past.popLast() else { throw CRSError.usage("there is nothing to undo") }
    future.append(step(back: Array(last.bindings.keys), to: last.recordCount))
    apply(last)
  }

  /// - Throws: `CRSError` (usage) when nothing was undone.
  package func redo() throws {
    guard let next = future.popLast() else { throw CRSError.usage("there is nothing to redo") }
    past.append(step(back: Array(next.bindings.keys), to: next.recordCount))
    apply(next)
  }

  /// The step that brings today's bindings of names, and the record from a place on, back.
  private func step(back names: [String], to recordCount: Int) -> Step {
    var bindings: [String: Binding?] = [:]
    for name in names { bindings.updateValue(state.variables[name], forKey: name) }
    return Step(
      bindings: bindings, recordCount: recordCount, recordEnd: Array(state.record[recordCount...]),
      lastFolderChange: state.lastFolderChange)
  }

  private func apply(_ step: Step) {
    for (name, binding) in step.bindings { state.variables[name] = binding }
    state.record.removeSubrange(step.recordCount...)
    state.record += step.recordEnd
    state.lastFolderChange = step.lastFolderChange
  }

  /// The whole session as a script that makes it again.
  package var script: [String] { state.record.map(\.text) }

  /// The shortest script that makes a value again.
  ///
  /// - Throws: `CRSError` (usage) for a name that is not there.
  package func provenance(of name: String) throws -> [String] {
    guard let binding = state.variables[name] else { throw unknown(name) }
    return provenance(ofRecords: [binding.origin])
  }

  /// The statements that records need, in the order of the session.
  package func provenance(ofRecords origins: Set<Int>) -> [String] {
    var needed: Set<Int> = []
    var open = Array(origins)
    while let next = open.popLast() {
      guard state.record.indices.contains(next), needed.insert(next).inserted else { continue }
      open += state.record[next].uses
    }
    return needed.sorted().map { state.record[$0].text }
  }

  /// Options that `set` changes.
  package enum Editor: String, Sendable, CaseIterable { case emacs, vi }
  package enum Pager: String, Sendable, CaseIterable { case auto, off }

  package struct Settings: Sendable {
    package var threads = Work.cores
    /// Whether an error ends a script.
    package var stopsOnError = true
    /// Keys of the prompt.
    package var editor = Editor.emacs
    /// How figures look.
    package var figures = FigureStyle()
    /// Whether the prompt shows long listings a screenful at a time.
    package var pager = Pager.auto
    /// Where statements and their output are recorded.
    package var record: TranscriptFile?
  }
}
