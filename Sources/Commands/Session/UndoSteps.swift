/// What undo and redo go back and forth on.
struct UndoSteps {
  private static let deepest = 1000

  private(set) var past: [SessionState.Step] = []
  private(set) var future: [SessionState.Step] = []
  /// Where the step began that is being made; nil where each change is one.
  private var start: Int?

  /// A change of names begins.
  mutating func begin(from state: SessionState, names: [String]) {
    past.append(state.step(back: names + ["_"], to: state.record.count))
    // In one go now and then: taking the first of an array moves all others.
    if past.count > 2 * Self.deepest, start == nil { past.removeFirst(past.count - Self.deepest) }
    future = []
  }

  /// Goes a step back; `now` gives the step that leads forth again.
  mutating func back(_ now: (SessionState.Step) -> SessionState.Step) -> SessionState.Step? {
    guard let last = past.popLast() else { return nil }
    future.append(now(last))
    start = start.map { min($0, past.count) }
    return last
  }

  mutating func forth(_ now: (SessionState.Step) -> SessionState.Step) -> SessionState.Step? {
    guard let next = future.popLast() else { return nil }
    past.append(now(next))
    return next
  }

  /// Collects the changes that follow into one step.
  ///
  /// - Returns: what `close` takes to end it.
  mutating func open() -> Int? {
    let outer = start
    if outer == nil { start = past.count }
    return outer
  }

  mutating func close(_ outer: Int?) {
    guard outer == nil, let first = start else { return }
    start = nil
    // An undo in between may have gone further back.
    guard past.count > first + 1 else { return }
    var whole = past[first]
    for step in past[(first + 1)...] {
      // What a name meant before the first change of it.
      whole.bindings.merge(step.bindings) { first, _ in first }
      whole.commands.merge(step.commands) { first, _ in first }
    }
    past.removeSubrange(first...)
    past.append(whole)
  }
}
