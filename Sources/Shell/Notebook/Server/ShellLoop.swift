import Kernels
import Pipeline

/// Runs cells and answers questions about code, one after another, in the main thread.
struct ShellLoop {
  private let channel: RequestChannel
  private let cells: Cells
  private let ending: Ending
  private let waker: Waker
  /// Requests that waited while a cell failed, and whether they are answered as aborted.
  private var waiting: [(message: Message, isAborted: Bool)] = []

  init(_ channel: RequestChannel, _ cells: Cells, _ ending: Ending, _ waker: Waker) {
    (self.channel, self.cells, self.ending, self.waker) = (channel, cells, ending, waker)
  }

  /// Returns when the kernel is to end.
  mutating func run() throws(Socket.Ended) {
    while !ending.isAsked {
      if !waiting.isEmpty {
        let next = waiting.removeFirst()
        handle(next.message, isAborted: next.isAborted)
      } else if let message = try channel.next() {
        handle(message, isAborted: false)
      } else {
        channel.wait(waker)
      }
    }
  }

  private mutating func handle(_ message: Message, isAborted: Bool) {
    channel.handle(message) { message in
      if isAborted { return ["status": "aborted", "execution_count": .integer(cells.count)] }
      if message.kind == "execute_request" {
        guard let request = ExecuteRequest(message) else {
          let reason = "the request has no code, or what is no text"
          return [
            "status": "error", "execution_count": .integer(cells.count), "ename": "UsageError",
            "evalue": .text(reason), "traceback": [.text("error: " + reason)],
          ]
        }
        let (reply, hasFailed) = cells.run(request)
        // Before the reply: who has read it sends the next cell.
        if hasFailed, request.stopsOnError, !request.isSilent { abortWaiting() }
        return reply
      }
      return answer(message)
    }
    if message.kind == "shutdown_request" { ending.ask() }
  }

  /// Cells that wait do not run after one that failed; other requests are answered.
  private mutating func abortWaiting() {
    waiting = waiting.map { ($0.message, $0.isAborted || $0.message.kind == "execute_request") }
    while let message = try? channel.next() {
      waiting.append((message, message.kind == "execute_request"))
    }
  }

  private func answer(_ message: Message) -> JSONValue? {
    let content = message.content
    let (code, cursor) = (content["code"]?.string ?? "", content["cursor_pos"]?.int)
    switch message.kind {
    case "kernel_info_request": return KernelInfo.reply
    case "complete_request": return cells.completions(of: code, cursor: cursor)
    case "inspect_request": return cells.inspection(of: code, cursor: cursor)
    case "is_complete_request": return cells.completeness(of: code)
    case "history_request": return cells.history.reply(content)
    case "comm_info_request": return ["status": "ok", "comms": [:]]
    case "comm_open":
      // Nobody is at the other end.
      let identifier = content["comm_id"] ?? ""
      channel.publisher.publish("comm_close", ["comm_id": identifier, "data": [:]], parent: message.header)
      return nil
    case "shutdown_request": return ControlThread.shutdown(message, channel.publisher)
    default: return nil
    }
  }
}
