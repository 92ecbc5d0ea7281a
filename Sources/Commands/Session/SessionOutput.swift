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

  /// The same without what takes memory.
  var asText: SessionOutput {
    if case .value(_, let lines) = self { .line(lines.joined(separator: "\n")) } else { self }
  }
}

extension Session {
  /// What one typed statement tells beyond this many lines and pages is left out of notebooks: loops may print
  /// millions of them.
  private static let mostOutputs = 10_000

  /// Keeps what the last recorded statement showed.
  package func keep(_ shown: [SessionOutput]) {
    guard !shown.isEmpty, let last = state.record.indices.last else { return }
    let dpi = settings.figures.dpi
    let room = Self.mostOutputs - state.outputs
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
  }
}
