import Commands
import Foundation
import Kernels
import Pipeline

/// Publishes what the cell that runs has to tell; silent cells tell nothing.
final class CellOutput: Sendable {
  private struct State {
    var request: ExecuteRequest?
    /// Names the display of the progress; nil while there is none.
    var progress: String?
    var displays = 0
    /// Whether anything but progress stands under the cell.
    var hasShown = false
    var budget = OutputBudget()
  }
  private let state = Guarded(State())
  let publisher: Publisher
  private let cancellation: Cancellation

  init(_ publisher: Publisher, _ cancellation: Cancellation) {
    (self.publisher, self.cancellation) = (publisher, cancellation)
  }

  /// The request whose cell runs.
  var request: ExecuteRequest? { state.withLock { $0.request } }

  /// A cell begins.
  func begin(_ request: ExecuteRequest) {
    state.withLock { state in
      (state.request, state.hasShown, state.budget) = (request, false, OutputBudget())
    }
  }

  /// The cell has told everything; says what was left out.
  func end() {
    if let note = state.withLock({ $0.budget.note }), let parent {
      publisher.write("note: \(note)\n", to: .stderr, parent: parent)
    }
    state.withLock { $0.request = nil }
  }

  private var parent: JSONValue? {
    state.withLock { state in state.request.flatMap { $0.isSilent ? nil : $0.message.header } }
  }

  func write(_ text: String, to stream: Publisher.Stream) {
    guard !text.isEmpty, let parent = parent(for: text.utf8.count) else { return }
    publisher.write(text, to: stream, parent: parent)
  }

  /// Something small that belongs to the cell.
  func publish(_ kind: String, _ content: JSONValue) {
    if let parent { publisher.publish(kind, content, parent: parent) }
  }

  func display(_ bundle: MimeBundle, as kind: String = "display_data", count: Int? = nil) {
    guard let parent = parent(for: bundle.size) else { return }
    var content = Self.content(bundle)
    if let count {
      content["execution_count"] = .integer(count)
      content["transient"] = nil
    }
    publisher.publish(kind, .object(content), parent: parent)
  }

  /// What `write` does for the cell that runs now, for programs that write after its end.
  func writer() -> @Sendable (String, Publisher.Stream) -> Void {
    guard let parent else { return { _, _ in } }
    let budget = Guarded(OutputBudget())
    return { [publisher] text, stream in
      switch budget.withLock({ $0.take(text.utf8.count, isInterrupted: false) }) {
      case .show(let wait):
        if wait > .zero { Thread.sleep(forTimeInterval: wait / .seconds(1)) }
        publisher.write(text, to: stream, parent: parent)
      case .leaveOut: break
      }
    }
  }

  /// The parent of what is to be shown, when its time has come; nil for what is left out.
  private func parent(for bytes: Int) -> JSONValue? {
    guard let parent else { return nil }
    let decision = state.withLock { state in
      state.hasShown = true
      return state.budget.take(bytes, isInterrupted: cancellation.isRaised)
    }
    guard case .show(let wait) = decision else { return nil }
    let start = ContinuousClock.now
    while start.duration(to: .now) < wait, !cancellation.isRaised { Thread.sleep(forTimeInterval: 0.01) }
    return parent
  }

  private static func content(_ bundle: MimeBundle, identifier: String? = nil) -> [String: JSONValue] {
    let transient: JSONValue = identifier.map { ["display_id": .text($0)] } ?? [:]
    return ["data": .object(bundle.data), "metadata": .object(bundle.metadata), "transient": transient]
  }

  /// Puts a line in the place of the one before; an empty one takes it away.
  func progress(_ line: String) {
    guard let parent else { return }
    let (identifier, isNew, isAlone) = state.withLock { state in
      if let open = state.progress {
        if line.isEmpty { state.progress = nil }
        return (open, false, !state.hasShown)
      }
      state.displays += 1
      let identifier = "progress-\(ProcessInfo.processInfo.processIdentifier)-\(state.displays)"
      if !line.isEmpty { state.progress = identifier }
      return (identifier, true, !state.hasShown)
    }
    if isNew, line.isEmpty { return }
    if line.isEmpty, isAlone {
      // Nothing of it stays in a notebook that is saved; a display that is made empty would.
      publisher.publish("clear_output", ["wait": false], parent: parent)
      return
    }
    publisher.publish(
      isNew ? "display_data" : "update_display_data",
      .object(Self.content(MimeBundle(text: line), identifier: identifier)), parent: parent)
  }
}
