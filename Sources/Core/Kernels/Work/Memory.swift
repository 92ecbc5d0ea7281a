internal import CRoom
import Glibc
import Synchronization

/// The memory that this process may take.
package enum Memory {
  /// Bytes that are left: of the machine, of `ulimit -v` and `-d`, and of the control groups that the process is in.
  /// CRS_MEMORY (bytes, or with K, M, G) sets an upper limit, for tests.
  package static var available: Int {
    let room = Int(clamping: crs_room())
    return most.map { min($0, room) } ?? room
  }

  /// Bytes of the whole machine, or of the smaller CRS_MEMORY.
  package static var machine: Int {
    let all = Int(clamping: crs_machine())
    return most.map { all > 0 ? min($0, all) : $0 } ?? all
  }

  private static let most: Int? = getenv("CRS_MEMORY").flatMap { bytes(String(cString: $0)) }

  /// Bytes as people write them: `800M`, `2.5G`, `1048576`; nil for anything else and for less than 1.
  package static func bytes(_ text: String) -> Int? {
    var digits = Substring(text)
    if digits.last == "B" || digits.last == "b" { digits = digits.dropLast() }
    var factor = 1.0
    if let unit = digits.last, let power = ["K", "M", "G", "T"].firstIndex(of: unit.uppercased()) {
      factor = pow(1024, Double(power + 1))
      digits = digits.dropLast()
    }
    guard let number = Double(digits), number.isFinite, number * factor >= 1, number * factor < 1e18 else {
      return nil
    }
    return Int(number * factor)
  }

  /// `1.5 GB`, `20 MB`: for messages.
  package static func text(_ bytes: Double) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB"]
    var (size, unit) = (max(0, bytes), 0)
    while size >= 999.5, unit < units.count - 1 { (size, unit) = (size / 1024, unit + 1) }
    if unit == 0 || size >= 99.95 { return "\(Int(size.rounded())) \(units[unit])" }
    let tenths = Int((size * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }

  /// Runs `body`, and gives the memory that it freed back to the system.
  package static func returningFreed<Result>(_ body: () throws -> Result) rethrows -> Result {
    let start = ContinuousClock.now
    defer {
      // What took no time held no planes.
      if ContinuousClock.now - start > .milliseconds(1) { crs_return_freed() }
    }
    return try body()
  }

  /// Beside the program: what is taken for the end of memory, and a thread.
  private static let (end, smallest) = (24 << 20, 32 << 20)

  /// Makes sure, before anything else, that a limit of the address space (`ulimit -v`) lets the program work.
  ///
  /// - Throws: `CRSError` (data) with the limit that is needed.
  package static func requireAddressSpace() throws {
    let (limit, used) = (Int(crs_address_limit()), Int(crs_address_space()))
    // An eighth is kept for an orderly end.
    guard limit > 0, limit - limit / 8 < used + smallest else { return }
    let needed = (used + smallest) / 7 * 8
    throw CRSError.data(
      "ulimit -v \(limit >> 10) leaves crs no memory to work with",
      expected: "at least \((needed >> 10) / 1000 * 1000 + 1000), or unlimited")
  }

  /// When it was last looked whether any is left [ns].
  private static let looked = Atomic<UInt64>(0)

  /// Whether nearly nothing is left; looks at most every 50 ms, and says no in between.
  static func isNearlyGone() -> Bool {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    let time = UInt64(now.tv_sec) &* 1_000_000_000 &+ UInt64(now.tv_nsec)
    let last = looked.load(ordering: .relaxed)
    guard time &- last > 50_000_000,
      looked.compareExchange(expected: last, desired: time, ordering: .relaxed).exchanged
    else { return false }
    return crs_room() < end
  }
}

extension Work {
  /// Makes sure that there is room for what is about to be done.
  ///
  /// - Parameters:
  ///   - bytes: an estimate of the most that it holds at one time, beside what is there already.
  ///   - what: the subject of the message: `20000x20000 pixels`.
  /// - Throws: `CRSError` (data) with the needed and the available amount.
  package func require(bytes: Double, for what: @autoclosure () -> String) throws {
    // Looking takes 50 microseconds; little fits anyway.
    guard bytes > 32e6 else { return }
    let available = Double(Memory.available)
    guard bytes > available else { return }
    throw CRSError.outOfMemory(
      "\(what()) need \(Memory.text(bytes)) of memory, \(Memory.text(available)) are available")
  }
}

extension CRSError {
  /// - Parameter message: what needs how much.
  static func outOfMemory(_ message: String) -> CRSError {
    CRSError.data(
      message, hint: "smaller sections, fewer exposures, or drop NAME for what is no longer needed")
  }

  /// Memory ended although the estimate allowed the calculation: how much more it needed nobody knows.
  package static var memoryEnded: CRSError {
    outOfMemory(
      "the memory has come to its end: more is needed than the \(Memory.text(Double(Memory.machine))) of this machine or "
        + "its limits, \(Memory.text(Double(Memory.available))) are left")
  }

  /// An allocation failed.
  ///
  /// - Parameter what: what needs the memory, in the plural: `the tiles of HDU 1`.
  package static func noMemory(for what: String, bytes: Double, file: String? = nil) -> CRSError {
    var error = outOfMemory(
      "\(what) need \(Memory.text(bytes)) of memory, \(Memory.text(Double(Memory.available))) are available")
    if let file { (error.kind, error.file) = (.file, file) }
    return error
  }
}
