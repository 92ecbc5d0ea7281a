import Foundation
import Kernels
import Synchronization

/// The end of the kernel, which any thread may ask for.
final class Ending: Sendable {
  private let asked = Atomic<Bool>(false)
  private let cancellation: Cancellation
  /// Woken when the end is asked for.
  let wakers: [Waker]
  /// How long the threads have before the process ends without them [s], more than sockets linger.
  private static let patience = 1.5

  init(_ cancellation: Cancellation, wakers: Int) {
    self.cancellation = cancellation
    self.wakers = (0..<wakers).map { _ in Waker() }
  }

  var isAsked: Bool { asked.load(ordering: .acquiring) }

  /// Interrupts the cell that runs and wakes the threads that wait.
  func ask() {
    guard !asked.exchange(true, ordering: .acquiringAndReleasing) else { return }
    Thread.detachNewThread {
      Thread.sleep(forTimeInterval: Self.patience)
      // Its own handler removes unfinished files.
      kill(getpid(), SIGTERM)
      Thread.sleep(forTimeInterval: 0.1)
      _exit(0)
    }
    cancellation.raise()
    wakers.forEach { $0.wake() }
  }
}
