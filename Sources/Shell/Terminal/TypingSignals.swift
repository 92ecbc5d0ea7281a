import Foundation
import Synchronization

/// Signals that come while a line is typed: the window has changed, Ctrl-Z, and the end of a stop.
enum TypingSignals {
  private static let change = Atomic<Bool>(false)
  private static let stopping = Atomic<Bool>(false)
  private static let goingOn = Atomic<Bool>(false)

  /// Takes a change of the window; false when there was none.
  static func takeChange() -> Bool { change.exchange(false, ordering: .relaxed) }

  /// Whether the program shall stop, or was stopped by others and goes on.
  static var wantsStop: Bool {
    stopping.load(ordering: .relaxed) || goingOn.load(ordering: .relaxed)
  }

  static var waits: Bool { change.load(ordering: .relaxed) || wantsStop }

  /// Lets the signals end a wait for keys while `body` runs; nowhere else, so that no other wait ends early.
  static func watched<Result>(_ body: () -> Result) -> Result {
    change.store(false, ordering: .relaxed)
    stopping.store(false, ordering: .relaxed)
    goingOn.store(false, ordering: .relaxed)
    return taking(SIGWINCH, { _ in TypingSignals.change.store(true, ordering: .relaxed) }) {
      taking(SIGTSTP, { _ in TypingSignals.stopping.store(true, ordering: .relaxed) }) {
        taking(SIGCONT, { _ in TypingSignals.goingOn.store(true, ordering: .relaxed) }, body)
      }
    }
  }

  /// Handles a signal while `body` runs, unless whoever started the program has it ignored.
  private static func taking<Result>(
    _ signal: Int32, _ handler: @escaping @convention(c) (Int32) -> Void, _ body: () -> Result
  ) -> Result {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = handler
    var before = sigaction()
    sigaction(signal, nil, &before)
    let isIgnored = unsafeBitCast(before.__sigaction_handler.sa_handler, to: Int.self) == 1
    if !isIgnored { sigaction(signal, &action, nil) }
    defer { sigaction(signal, &before, nil) }
    return body()
  }

  /// Stops the program, where that was wished, until its shell lets it go on.
  ///
  /// - Returns: whether it was stopped: without a shell that would let it go on the system does not.
  static func stop() -> Bool {
    guard stopping.exchange(false, ordering: .relaxed) else {
      return goingOn.exchange(false, ordering: .relaxed)
    }
    goingOn.store(false, ordering: .relaxed)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = SIG_DFL
    var before = sigaction()
    sigaction(SIGTSTP, &action, &before)
    raise(SIGTSTP)
    sigaction(SIGTSTP, &before, nil)
    return goingOn.exchange(false, ordering: .relaxed)
  }
}
