import Foundation

/// The date of a run; SOURCE_DATE_EPOCH fixes it, so that products can be made again byte for byte.
package enum Timestamp {
  /// `2026-01-27T04:39:40`, UTC when fixed, local time otherwise.
  package static var iso: String { text(separator: "T") }
  /// `2026-01-27 04:39:40`
  package static var spaced: String { text(separator: " ") }

  private static func text(separator: String) -> String {
    var parts = tm()
    if let value = getenv("SOURCE_DATE_EPOCH"), var seconds = time_t(String(cString: value)), seconds >= 0 {
      gmtime_r(&seconds, &parts)
    } else {
      var seconds = time(nil)
      localtime_r(&seconds, &parts)
    }
    func two(_ number: Int32) -> String { "\(number)".leftPadded(to: 2, with: "0") }
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))" + separator
      + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
  }
}
