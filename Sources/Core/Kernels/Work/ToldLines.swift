/// Lines that were told already: what holds for the same files in every command is told by the first one.
package final class ToldLines: Sendable {
  private let lines = Guarded<Set<String>>([])

  package init() {}

  /// Whether a line is told for the first time, which it counts as from now on.
  package func isNew(_ line: String) -> Bool { lines.withLock { $0.insert(line).inserted } }

  /// Forgets all of them: a file of the same name may hold something else.
  package func forget() { lines.withLock { $0.removeAll() } }
}

extension Work {
  /// Tells a line unless it was told before, as far as somebody keeps in mind what was.
  package func tellOnce(_ line: String) {
    if told?.isNew(line) ?? true { remark?(line) }
  }
}
