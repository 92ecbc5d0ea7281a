import Core
import Foundation
import Synchronization

/// A line that tells how far long work is, on terminals only, from one second on.
final class ProgressLine: ProgressSink {
  private struct State {
    var stage = ""
    var fraction = 0.0
    var started = ContinuousClock.now
    var written = ContinuousClock.now
    var isShown = false
  }
  private let state = Mutex(State())

  static let shared = ProgressLine()
  /// nil where nobody would see the line.
  static var visible: ProgressLine? { isatty(2) == 1 ? shared : nil }

  func report(stage: String, fraction: Double) {
    let now = ContinuousClock.now
    let line = state.withLock { state -> String? in
      if state.stage != stage || fraction < state.fraction - 0.5 {
        (state.stage, state.fraction, state.started) = (stage, 0, now)
      }
      state.fraction = max(state.fraction, fraction)
      let elapsed = Self.seconds(now - state.started)
      guard elapsed > 1, state.fraction < 1, Self.seconds(now - state.written) > 0.1 || !state.isShown else {
        return nil
      }
      (state.isShown, state.written) = (true, now)
      let rest = elapsed / max(state.fraction, 1e-3) * (1 - state.fraction)
      return "\r\u{1B}[K\(stage) \(Int(100 * state.fraction)) %, \(Self.text(rest)) left"
    }
    if let line { Output.raw(line) }
  }

  /// Removes the line.
  func clear() {
    let wasShown = state.withLock { state -> Bool in
      let wasShown = state.isShown
      state = State()
      return wasShown
    }
    if wasShown { Output.raw("\r\u{1B}[K") }
  }

  private static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }

  private static func text(_ seconds: Double) -> String {
    seconds < 90 ? "\(max(1, Int(seconds.rounded()))) s" : "\(Int((seconds / 60).rounded())) min"
  }
}
