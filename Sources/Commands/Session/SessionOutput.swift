import Kernels
import Pipeline
import Plot

/// What a statement told and showed, for a notebook of the session.
package enum SessionOutput: Sendable {
  case line(String)
  case note(String)
  case page(Page)
  /// - Parameter dpi: dots an inch, where the session says so.
  case figure(Figure, dpi: Double?)
  /// A result without a name, and how it reads.
  case value(Value, lines: [String])

  /// What one typed statement tells beyond this many lines and pages is left out of notebooks: loops may print
  /// millions of them.
  package static let most = 10_000

  /// The same without what takes memory.
  var asText: SessionOutput {
    if case .value(_, let lines) = self { .line(lines.joined(separator: "\n")) } else { self }
  }
}

extension Session {
  /// Keeps what the last recorded statement showed.
  package func keep(_ shown: [SessionOutput]) {
    guard keepsFigures, !shown.isEmpty, let last = state.record.indices.last else { return }
    let dpi = settings.figures.dpi
    let room = SessionOutput.most - state.outputs
    guard room > 0 else { return }
    state.outputs += shown.count
    state.record[last].shown += shown.prefix(room).map { output in
      if case .figure(let figure, nil) = output { .figure(figure, dpi: dpi) } else { output }
    }
    if shown.count >= room { state.record[last].shown.append(.note("further output is left out here")) }
    // Only the value at the end of a cell stands under it as a picture; those before it need not be held.
    if last > 0, state.record[last - 1].step == state.record[last].step {
      state.record[last - 1].shown = state.record[last - 1].shown.map(\.asText)
    }
    for case .value(let value, _) in shown { hold(value, at: last) }
  }

  /// The values of the oldest cells give way where all of them would hold more memory than undo may: these cells have
  /// their text then.
  private func hold(_ value: Value, at record: Int) {
    var memory = HeldMemory()
    memory.add(value)
    state.heldOutputs.append((record, memory.bytes))
    var bytes = state.heldOutputs.reduce(0) { $0 + $1.bytes }
    while bytes > settings.undoMemory, state.heldOutputs.count > 1 {
      let oldest = state.heldOutputs.removeFirst()
      bytes -= oldest.bytes
      guard state.record.indices.contains(oldest.record), oldest.record != record else { continue }
      state.record[oldest.record].shown = state.record[oldest.record].shown.map(\.asText)
    }
    // Small ones need no watch.
    if state.heldOutputs.count > 256 { state.heldOutputs.removeAll { $0.bytes < 1 << 16 } }
  }
}
