import Glibc

/// Threads that can be had beside the calling one.
///
/// Dispatch waits for a thread that the system does not give, for ever if need be: under `ulimit -u`, or where no address
/// space is left for its stack.
package enum SpareThreads {
  /// How many there were, and when they were last used [ns]. Dispatch keeps idle threads for some seconds.
  private static let known = Guarded<(count: Int, time: UInt64)>((0, 0))
  private static let kept: UInt64 = 1_000_000_000

  /// How many of the threads that are wanted can be started now.
  package static func available(_ wanted: Int) -> Int {
    known.withLock { known in
      var now = timespec()
      clock_gettime(CLOCK_MONOTONIC, &now)
      let time = UInt64(now.tv_sec) &* kept &+ UInt64(now.tv_nsec)
      guard known.count < wanted || time &- known.time > kept else {
        known.time = time
        return wanted
      }
      known = (started(wanted), time)
      return known.count
    }
  }

  /// Starts threads that do nothing, all at once; returns how many there were.
  private static func started(_ wanted: Int) -> Int {
    let gate = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    defer { gate.deallocate() }
    pthread_mutex_init(gate, nil)
    pthread_mutex_lock(gate)
    var threads: [pthread_t] = []
    while threads.count < wanted {
      var thread = pthread_t()
      let body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { gate in
        let gate = gate?.assumingMemoryBound(to: pthread_mutex_t.self)
        if let gate, pthread_mutex_lock(gate) == 0 { pthread_mutex_unlock(gate) }
        return nil
      }
      guard pthread_create(&thread, nil, body, gate) == 0 else { break }
      threads.append(thread)
    }
    pthread_mutex_unlock(gate)
    for thread in threads { pthread_join(thread, nil) }
    pthread_mutex_destroy(gate)
    return threads.count
  }
}
