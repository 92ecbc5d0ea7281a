import Calling
import Foundation
import Glibc
import Kernels
import Language
import Synchronization

/// Takes what a session says and forgets it; the shell runs nothing. A text that runs for long is stopped, as Ctrl-C
/// would stop it.
final class FuzzFrontend: Frontend {
  let cancellation = Cancellation()
  /// Nanoseconds at which the text is stopped; 0 when none runs.
  private let deadline = Atomic<UInt64>(0)
  private let watches = Atomic<Bool>(false)

  /// Runs a text for a fifth of a second at most.
  func bounded(_ body: () throws -> Void) rethrows {
    if !watches.exchange(true, ordering: .relaxed) { Thread.detachNewThread { self.watch() } }
    cancellation.reset()
    deadline.store(now + 200_000_000, ordering: .relaxed)
    defer { deadline.store(0, ordering: .relaxed) }
    try body()
  }

  private var now: UInt64 { DispatchTime.now().uptimeNanoseconds }

  private func watch() {
    while true {
      usleep(20_000)
      let end = deadline.load(ordering: .relaxed)
      if end > 0, now > end { cancellation.raise() }
    }
  }

  func report(_ line: String) {}
  func note(_ line: String) {}
  func error(_ text: String) {}
  func display(_ shown: Shown) {}
  func ask(_ question: String) -> String? { nil }
  func during<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result { try body() }
  var progress: any ProgressSink { Silence() }
  func system(_ line: String) -> Int32? { 0 }
  func pictureTerminal() -> TerminalInfo? { nil }

  private struct Silence: ProgressSink {
    func report(stage: String, fraction: Double) {}
  }
}
