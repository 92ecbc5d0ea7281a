import Glibc

/// The time of a run. SOURCE_DATE_EPOCH fixes it, so that products can be made again byte for byte.
package enum Clock {
  /// `2026-01-27T04:39:40`, UTC when fixed, local time otherwise.
  package static var iso: String { text(separator: "T") }
  /// `2026-01-27 04:39:40`
  package static var spaced: String { text(separator: " ") }
  /// `2026-01-27T04:39:40Z`; nil when the time is not fixed.
  package static var fixed: String? { fixedSeconds == nil ? nil : text(separator: "T") + "Z" }

  /// nil when the variable is unset or cannot be used.
  private static var fixedSeconds: time_t? {
    getenv("SOURCE_DATE_EPOCH").flatMap { seconds(String(cString: $0)) }
  }

  /// A number of seconds up to the year 9999; nil for all else.
  package static func seconds(_ text: String) -> time_t? {
    guard let seconds = time_t(text), (0...253_402_300_799).contains(seconds) else { return nil }
    return seconds
  }

  private static func text(separator: String) -> String {
    var parts = tm()
    if var seconds = fixedSeconds {
      gmtime_r(&seconds, &parts)
    } else {
      var seconds = time(nil)
      localtime_r(&seconds, &parts)
    }
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let year = "\(Int(parts.tm_year) + 1900)"
    return String(repeating: "0", count: max(0, 4 - year.count)) + year
      + "-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))" + separator
      + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
  }
}
