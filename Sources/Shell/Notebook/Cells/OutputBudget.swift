/// How much a cell may show, and how fast.
///
/// Clients get everything, so that what they have not read waits in memory: what writes without end is slowed down, and
/// what nobody can read any more is left out.
struct OutputBudget {
  /// Bytes that are not held back.
  static let burst = 16 << 20
  /// Bytes a second behind them.
  static let speed = 8 << 20
  /// Bytes that a cell shows.
  static let largest = 256 << 20

  private var shown = 0
  private(set) var leftOut = 0
  private let start = ContinuousClock.now

  /// What is to be done with some bytes.
  enum Decision: Equatable {
    case show(after: Duration)
    case leaveOut
  }

  /// - Parameter isInterrupted: whether nothing may wait any more.
  mutating func take(_ bytes: Int, isInterrupted: Bool, at now: ContinuousClock.Instant = .now) -> Decision {
    let passed = start.duration(to: now) / .seconds(1)
    let ahead = Double(shown + bytes - Self.burst) - passed * Double(Self.speed)
    guard shown + bytes <= Self.largest, !isInterrupted || ahead <= 0 else {
      leftOut += bytes
      return .leaveOut
    }
    shown += bytes
    return .show(after: .seconds(max(0, ahead / Double(Self.speed))))
  }

  /// What a user reads where something was left out.
  var note: String? {
    guard leftOut > 0 else { return nil }
    let megabytes = Double(leftOut) / 1e6
    return
      "\(megabytes < 0.1 ? "less than 0.1" : megabytes.fixed(1)) MB of the output are left out: a cell shows "
      + "\(Self.largest >> 20) MB at most, and nothing that waits at an interrupt (!COMMAND > FILE keeps everything)"
  }
}
