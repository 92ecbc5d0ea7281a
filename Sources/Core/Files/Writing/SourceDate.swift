import Foundation

/// The date that SOURCE_DATE_EPOCH fixes for reproducible documents.
package enum SourceDate {
  /// ISO 8601 in UTC; nil when the variable is unset or not a number of seconds.
  package static var text: String? {
    guard let value = getenv("SOURCE_DATE_EPOCH"), let seconds = Int(String(cString: value)),
      (0...253_402_300_799).contains(seconds)
    else { return nil }
    // Days to civil date (H. Hinnant's algorithm), free of locale and time zone.
    let days = seconds / 86400
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let time = seconds % 86400
    return
      "\(year)-\(two(month))-\(two(day))T\(two(time / 3600)):\(two(time / 60 % 60)):\(two(time % 60))Z"
  }
}
