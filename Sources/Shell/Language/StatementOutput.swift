import Calling
import Synchronization

/// Takes the lines of statements: to the screen, into the transcript, and together where a pager shows them.
final class StatementOutput: Sendable {
  private struct State {
    var recorded: [String]?
    var listing: [String]?
  }
  private let state = Mutex(State())
  private let toScreen: @Sendable (String) -> Void
  private let noteToScreen: @Sendable (String) -> Void

  init(report: @escaping @Sendable (String) -> Void, note: @escaping @Sendable (String) -> Void) {
    (toScreen, noteToScreen) = (report, note)
  }

  func report(_ line: String) {
    let isListed = state.withLock { state in
      state.recorded?.append(line)
      state.listing?.append(line)
      return state.listing != nil
    }
    if !isListed { toScreen(line) }
  }

  func note(_ line: String) {
    state.withLock { $0.recorded?.append("note: " + line) }
    noteToScreen(line)
  }

  /// An error that a loop survives.
  func error(_ error: any Error) {
    let text = ErrorText.text(error)
    state.withLock { $0.recorded?.append(text) }
    Output.error(text)
  }

  /// Collects what follows for the transcript.
  func beginRecord() { state.withLock { $0.recorded = [] } }

  /// What was collected.
  func endRecord() -> [String] {
    state.withLock { state in
      defer { state.recorded = nil }
      return state.recorded ?? []
    }
  }

  /// Collects the lines of `body` and shows them together, also those before an error.
  func listing<Result>(_ show: ([String]) -> Bool, _ body: () throws -> Result) rethrows -> Result {
    state.withLock { $0.listing = [] }
    defer {
      let lines = state.withLock { state -> [String] in
        defer { state.listing = nil }
        return state.listing ?? []
      }
      if !show(lines) { lines.forEach(toScreen) }
    }
    return try body()
  }
}
