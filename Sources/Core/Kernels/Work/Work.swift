import Synchronization

/// What every kernel gets beside its data: how many threads, when to stop, whom to tell how far it is.
package struct Work: Sendable {
  /// Threads to use, at least 1. Results never depend on it.
  package var threads: Int
  /// Raised from outside (Ctrl-C) to stop the work within a few tiles.
  package let cancellation: Cancellation
  /// Told the fraction done; nil when nobody listens.
  package var progress: (any ProgressSink)?
  /// Told what was noticed on the way, a line each; nil when nobody listens.
  package var remark: (@Sendable (String) -> Void)?
  /// What earlier commands told; nil where nobody keeps it in mind.
  package var told: ToldLines?

  package init(
    threads: Int = Work.cores, cancellation: Cancellation = Cancellation(),
    progress: (any ProgressSink)? = nil, remark: (@Sendable (String) -> Void)? = nil, told: ToldLines? = nil
  ) {
    self.threads = max(1, threads)
    self.cancellation = cancellation
    self.progress = progress
    self.remark = remark
    self.told = told
  }

  /// - Throws: `CRSError.interrupted` once the cancellation has been raised, or that memory has come to its end.
  @inlinable package func checkCancelled() throws {
    if cancellation.isRaised { throw cancellation.error }
  }

  package func report(_ stage: String, _ fraction: Double) {
    progress?.report(stage: stage, fraction: fraction)
  }
}

/// A flag that is raised once and seen by all threads. Raising it is safe in a signal handler.
package final class Cancellation: Sendable {
  @usableFromInline let flag = Atomic<Bool>(false)
  private let shortage = Atomic<Bool>(false)
  private let count = Atomic<Int>(0)
  private let whenReset: (@Sendable () -> Void)?

  /// - Parameter whenReset: called whenever the flag is lowered behind a shortage of memory.
  package init(whenReset: (@Sendable () -> Void)? = nil) { self.whenReset = whenReset }

  package func raise() {
    count.add(1, ordering: .relaxed)
    flag.store(true, ordering: .relaxed)
  }

  /// Raises the flag because memory has come to its end.
  package func raiseForMemory() {
    shortage.store(true, ordering: .relaxed)
    flag.store(true, ordering: .relaxed)
  }

  package func reset() {
    flag.store(false, ordering: .relaxed)
    if shortage.exchange(false, ordering: .relaxed) { whenReset?() }
  }

  /// Lowers the flag if a shortage of memory raised it: what was asked for has ended, and the session goes on.
  package func endShortage() { if isShortOfMemory { reset() } }

  package var isShortOfMemory: Bool { shortage.load(ordering: .relaxed) }
  /// How often it was raised since the program began.
  package var times: Int { count.load(ordering: .relaxed) }
  @inlinable package var isRaised: Bool { flag.load(ordering: .relaxed) }

  /// What a raised flag means.
  package var error: CRSError { isShortOfMemory ? .memoryEnded : .interrupted }
}

/// Receives the progress of long work, from any thread.
package protocol ProgressSink: Sendable {
  /// - Parameter fraction: 0 to 1 of the stage.
  func report(stage: String, fraction: Double)
}
