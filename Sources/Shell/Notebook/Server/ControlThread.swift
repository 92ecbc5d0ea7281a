import Foundation
import Kernels
import Pipeline

/// Answers what cannot wait for the cell that runs: interrupt, shutdown, and whether the kernel is there.
final class ControlThread: Sendable {
  private let channel: RequestChannel
  private let cancellation: Cancellation
  private let ending: Ending
  private let waker: Waker
  private let hasEnded = DispatchSemaphore(value: 0)

  init(_ channel: RequestChannel, _ cancellation: Cancellation, _ ending: Ending, _ waker: Waker) {
    (self.channel, self.cancellation, self.ending, self.waker) = (channel, cancellation, ending, waker)
  }

  func start() { Thread.detachNewThread { self.run() } }

  /// Waits until the thread has closed its socket.
  func join() { hasEnded.wait() }

  private func run() {
    defer {
      channel.close()
      hasEnded.signal()
    }
    do {
      while !ending.isAsked {
        guard let message = try channel.next() else {
          channel.wait(waker)
          continue
        }
        channel.handle(message, answer)
        if message.kind == "shutdown_request" { ending.ask() }
      }
    } catch {
      return
    }
  }

  private func answer(_ message: Message) -> JSONValue? {
    switch message.kind {
    case "kernel_info_request": return KernelInfo.reply
    case "interrupt_request":
      cancellation.raise()
      return ["status": "ok"]
    case "shutdown_request": return Self.shutdown(message, channel.publisher)
    case "debug_request":
      return [
        "type": "response", "success": false, "message": "crs has no debugger", "seq": 0,
        "request_seq": message.content["seq"] ?? 0, "command": message.content["command"] ?? "",
      ]
    default: return nil
    }
  }

  /// Tells all clients that the kernel ends.
  static func shutdown(_ message: Message, _ publisher: Publisher) -> JSONValue {
    let content: JSONValue = ["status": "ok", "restart": .bool(message.content["restart"]?.flag ?? false)]
    publisher.publish("shutdown_reply", content, parent: message.header)
    return content
  }
}
