import Foundation
import Kernels

/// A line that tells how far long work is, from one second on, where somebody sees it.
///
/// It beats by itself, so that it shows also where the work has nothing to tell.
package final class ProgressLine: ProgressSink {
  /// A command that runs; commands run inside others.
  private struct Call {
    var name: String
    let started = ContinuousClock.now
    var stage = ""
    var fraction = 0.0
    var stageStarted = ContinuousClock.now
  }
  private struct State {
    var calls: [Call] = []
    var pauses = 0
    var written = ContinuousClock.now
    var isShown = false
  }
  private let state = Guarded(State())
  private let isVisible: Bool
  private let write: @Sendable (String) -> Void

  /// - Parameters:
  ///   - isVisible: whether anybody would see the line.
  ///   - write: puts the line in the place of the one before; an empty one takes it away.
  package init(isVisible: Bool, write: @escaping @Sendable (String) -> Void) {
    (self.isVisible, self.write) = (isVisible, write)
  }

  /// Runs a command of a name under the line.
  package func during<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
    // The timer waits for threads that cannot be had.
    guard isVisible, SpareThreads.available(2) == 2 else { return try body() }
    state.withLock { $0.calls.append(Call(name: name)) }
    let timer = DispatchSource.makeTimerSource(queue: Self.queue)
    timer.schedule(deadline: .now() + 1, repeating: 0.25)
    timer.setEventHandler { [self] in state.withLock { show(&$0, every: 0.2) } }
    timer.resume()
    defer {
      timer.cancel()
      state.withLock { state in
        erase(&state)
        state.calls.removeLast()
      }
    }
    return try body()
  }

  private static let queue = DispatchQueue(label: "progress", qos: .userInteractive)

  package func report(stage: String, fraction: Double) {
    guard isVisible else { return }
    state.withLock { state in
      guard var call = state.calls.popLast() else { return }
      if call.stage != stage || fraction < call.fraction - 0.5 {
        (call.stage, call.fraction, call.stageStarted) = (stage, 0, .now)
      }
      call.fraction = max(call.fraction, fraction)
      state.calls.append(call)
      show(&state, every: 0.1)
    }
  }

  /// Writes something else while the line is away.
  package func writing(_ body: () -> Void) {
    state.withLock { state in
      erase(&state)
      body()
    }
  }

  /// Keeps the line away while somebody else has the terminal.
  package func paused<Result>(_ body: () throws -> Result) rethrows -> Result {
    state.withLock { state in
      erase(&state)
      state.pauses += 1
    }
    defer { state.withLock { $0.pauses -= 1 } }
    return try body()
  }

  private func erase(_ state: inout State) {
    if state.isShown { write("") }
    state.isShown = false
  }

  private func show(_ state: inout State, every interval: Double) {
    let now = ContinuousClock.now
    guard let call = state.calls.last, state.pauses == 0, Self.seconds(now - call.started) >= 0.99,
      Self.seconds(now - state.written) > interval || !state.isShown
    else { return }
    (state.isShown, state.written) = (true, now)
    write(Self.text(call, now))
  }

  private static func text(_ call: Call, _ now: ContinuousClock.Instant) -> String {
    let inStage = seconds(now - call.stageStarted)
    guard !call.stage.isEmpty, call.fraction > 0, call.fraction < 1 else {
      return "\(call.name), \(duration(seconds(now - call.started)))"
    }
    let rest = inStage / max(call.fraction, 1e-3) * (1 - call.fraction)
    return "\(call.stage) \(Int(100 * call.fraction)) %" + (inStage > 0.5 ? ", \(duration(rest)) left" : "")
  }

  private static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }

  private static func duration(_ seconds: Double) -> String {
    seconds < 90 ? "\(max(1, Int(seconds.rounded()))) s" : "\(Int((seconds / 60).rounded())) min"
  }
}
