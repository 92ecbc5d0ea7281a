import Calling
import Files
import Foundation
import Glibc
import Kernels

/// How long a library that does not end is waited for after the user has asked it to.
struct LibraryPatience {
  let name: String
  let call: LibraryCall
  private var begun: ContinuousClock.Instant?
  /// Times that the user had asked when it was told that the library goes on.
  private var told: Int?

  /// Seconds after which it is told.
  private static let pause = 1.0
  /// Seconds after which crs ends when its driver has gone.
  private static let farewell = 4.0

  init(name: String, call: LibraryCall) { (self.name, self.call) = (name, call) }

  /// Looks whether it has been waited for long enough; ends crs when the user has asked once more, or has gone.
  mutating func look() {
    let cancellation = call.context.work.cancellation
    guard cancellation.isRaised else { return }
    let start = begun ?? ContinuousClock.now
    begun = start
    let session = call.context.host as? Session
    if session?.isDriverGone() == true, ContinuousClock.now - start > .seconds(Self.farewell) {
      call.note("the library of the plugin \(name) does not end: crs ends without it")
      session?.sayFarewell()
      leave(status: 0)
    }
    if let told {
      if cancellation.times > told {
        call.note("crs ends, and the library of the plugin \(name) with it")
        leave(status: 130)
      }
    } else if ContinuousClock.now - start > .seconds(Self.pause) {
      call.note(
        "the library of the plugin \(name) goes on and cannot be stopped: wait, or press Ctrl-C once more to end crs "
          + "(values that are not saved are lost)")
      told = cancellation.times
    }
  }

  private func leave(status: Int32) -> Never {
    // A front end that tells it on a thread of its own needs a moment.
    usleep(200_000)
    // Nothing that could wait for the library's thread.
    UnfinishedFiles.removeAll()
    fflush(nil)
    _exit(status)
  }
}
