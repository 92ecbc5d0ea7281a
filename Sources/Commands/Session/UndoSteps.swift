import Kernels
import Pipeline

/// What undo and redo go back and forth on: as many steps as fit the memory that the session keeps for them.
struct UndoSteps {
  private static let deepest = 1000

  private(set) var past: [SessionState.Step] = []
  private(set) var future: [SessionState.Step] = []
  /// Bytes that earlier values may hold beside those of today.
  var most = Session.Settings.usualUndoMemory
  /// Whether older steps were given up because their values were too large.
  private(set) var gaveUp = false
  /// Where the step began that is being made; nil where each change is one.
  private var start: Int?
  /// Whether the changes of the step that is being made can be taken back one by one before it ends.
  private var keepsParts = true
  /// Whether the step that is being made can no longer be taken back.
  private var isLost = false
  /// Bytes that the steps hold at most.
  private var held = 0

  /// Whether the step that is being made has what names meant before it, or will never be taken back.
  func keeps(_ names: [String]) -> Bool {
    if isLost { return true }
    guard let start, !keepsParts, past.count > start else { return false }
    return names.allSatisfy { past[start].bindings[$0] != nil }
  }

  /// A change of names begins.
  mutating func begin(from state: SessionState, names: [String]) {
    future = []
    guard !isLost, !keeps(names + ["_"]) else { return }
    let step = state.step(back: names + ["_"], to: state.record.count)
    if let start, !keepsParts, past.count > start {
      past[start].merge(step)
    } else {
      past.append(step)
    }
    held += step.memory
    // In one go now and then: taking the first of an array moves all others.
    if past.count > 2 * Self.deepest, start == nil { past.removeFirst(past.count - Self.deepest) }
    if held > most { bound(to: state) }
  }

  /// Gives up the oldest steps until the others fit. Values that have a name today cost nothing.
  private mutating func bound(to state: SessionState) {
    var memory = HeldMemory()
    state.variables.values.forEach { memory.add($0.value) }
    let today = memory.bytes
    var kept = 0
    held = 0
    // The newest first: a block that several steps share goes with the last of them.
    for step in past.reversed() {
      step.values.forEach { memory.add($0) }
      guard memory.bytes - today <= most else { break }
      held = memory.bytes - today
      kept += 1
    }
    let first = past.count - kept
    guard first > 0 else { return }
    if let start, first > start {
      // The step that is being made goes whole or not at all; what names meant in between is not needed.
      if past.count - start > 1 {
        join(from: start)
        keepsParts = false
        return bound(to: state)
      }
      past = []
      (self.start, isLost, held) = (0, true, 0)
    } else {
      past.removeFirst(first)
      start = start.map { $0 - first }
    }
    gaveUp = true
  }

  /// Makes one step of several.
  private mutating func join(from first: Int) {
    guard past.count > first + 1 else { return }
    var whole = past[first]
    for step in past[(first + 1)...] { whole.merge(step) }
    past.removeSubrange(first...)
    past.append(whole)
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

  /// Forgets all steps.
  mutating func forget() { (past, future, held) = ([], [], 0) }

  /// Collects the changes that follow into one step.
  ///
  /// - Parameter keepsParts: whether they can be taken back one by one until it ends.
  /// - Returns: what `close` takes to end it.
  mutating func open(keepsParts: Bool) -> Int? {
    let outer = start
    if outer == nil { (start, self.keepsParts) = (past.count, keepsParts) }
    return outer
  }

  mutating func close(_ outer: Int?) {
    guard outer == nil, let first = start else { return }
    (start, isLost, keepsParts) = (nil, false, true)
    // An undo in between may have gone further back.
    join(from: first)
  }
}
