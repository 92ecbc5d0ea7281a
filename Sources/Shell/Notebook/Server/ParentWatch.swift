import Foundation

/// Ends the kernel when the process that it belongs to has gone: nobody could shut it down any more.
enum ParentWatch {
  /// - Parameter parent: the variable JPY_PARENT_PID of the environment.
  static func start(_ parent: String?, _ ending: Ending) {
    // The first process of a container never goes.
    guard let parent = parent.flatMap({ pid_t($0) }), parent > 1 else { return }
    let isOwn = getppid() == parent
    Thread.detachNewThread {
      while !ending.isAsked {
        // A parent that has died but is not yet forgotten by its own parent still takes signals.
        if (isOwn && getppid() != parent) || (kill(parent, 0) != 0 && errno == ESRCH) { return ending.ask() }
        Thread.sleep(forTimeInterval: 0.3)
      }
    }
  }
}
