import Files
import Foundation
import Kernels
import Synchronization

/// The end of the kernel, which any thread may ask for.
final class Ending: Sendable {
  private let asked = Atomic<Bool>(false)
  private let cancellation: Cancellation
  /// Woken when the end is asked for.
  let wakers: [Waker]
  /// How long the threads have before the process ends without them, more than sockets linger.
  private static let patience = Duration.milliseconds(1500)

  init(_ cancellation: Cancellation, wakers: Int) {
    self.cancellation = cancellation
    self.wakers = (0..<wakers).map { _ in Waker() }
  }

  /// Asks for the end when a waker is woken.
  func watch(_ waker: Waker) {
    Thread.detachNewThread {
      waker.wait()
      self.ask()
    }
  }

  var isAsked: Bool { asked.load(ordering: .acquiring) }

  /// Interrupts the cell that runs and wakes the threads that wait.
  func ask() {
    guard !asked.exchange(true, ordering: .acquiringAndReleasing) else { return }
    Thread.detachNewThread {
      let start = ContinuousClock.now
      while start.duration(to: .now) < Self.patience {
        Thread.sleep(forTimeInterval: 0.1)
        // A cell that began at the same moment has not seen the first one.
        self.cancellation.raise()
      }
      ProgramGroups.shared.end()
      UnfinishedFiles.removeAll()
      _exit(0)
    }
    cancellation.raise()
    wakers.forEach { $0.wake() }
  }
}
