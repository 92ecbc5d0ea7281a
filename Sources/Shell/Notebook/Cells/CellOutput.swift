import Foundation
import Pipeline
import Synchronization

/// Publishes what the cell that runs has to tell; silent cells tell nothing.
final class CellOutput: Sendable {
  private struct State {
    var request: ExecuteRequest?
    /// Names the display of the progress; nil while there is none.
    var progress: String?
    var displays = 0
  }
  private let state = Mutex(State())
  let publisher: Publisher

  init(_ publisher: Publisher) { self.publisher = publisher }

  /// The request whose cell runs.
  var request: ExecuteRequest? {
    get { state.withLock { $0.request } }
    set { state.withLock { $0.request = newValue } }
  }

  private var parent: JSONValue? {
    state.withLock { state in state.request.flatMap { $0.isSilent ? nil : $0.message.header } }
  }

  func write(_ text: String, to stream: Publisher.Stream) {
    if let parent { publisher.write(text, to: stream, parent: parent) }
  }

  func publish(_ kind: String, _ content: JSONValue) {
    if let parent { publisher.publish(kind, content, parent: parent) }
  }

  func display(_ bundle: MimeBundle) { publish("display_data", Self.content(bundle)) }

  private static func content(_ bundle: MimeBundle, identifier: String? = nil) -> JSONValue {
    let transient = identifier.map { ["display_id": JSONValue.text($0)] } ?? [:]
    return [
      "data": .object(bundle.data), "metadata": .object(bundle.metadata), "transient": .object(transient),
    ]
  }

  /// Puts a line in the place of the one before; an empty one takes it away.
  func progress(_ line: String) {
    guard let parent else { return }
    let (identifier, isNew) = state.withLock { state in
      if let open = state.progress {
        if line.isEmpty { state.progress = nil }
        return (open, false)
      }
      state.displays += 1
      let identifier = "progress-\(ProcessInfo.processInfo.processIdentifier)-\(state.displays)"
      if !line.isEmpty { state.progress = identifier }
      return (identifier, true)
    }
    if isNew, line.isEmpty { return }
    publisher.publish(
      isNew ? "display_data" : "update_display_data",
      Self.content(MimeBundle(text: line), identifier: identifier), parent: parent)
  }
}
