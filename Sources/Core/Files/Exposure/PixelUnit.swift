/// The unit of pixel values, FITS BUNIT.
package enum PixelUnit: Hashable, Sendable, CustomStringConvertible {
  /// Analogue-digital units, the unit of raw exposures.
  case adu
  case electron
  /// No unit known or a pure number.
  case none
  /// Any other unit, kept as written.
  case other(String)

  /// Understands the usual spellings of BUNIT in any case.
  package init(parsing text: String) {
    switch text.trimmingBlanks().lowercased() {
    case "": self = .none
    case "adu", "adus", "counts", "count", "dn", "ct", "cts": self = .adu
    case "electron", "electrons", "e-", "e", "el", "elec": self = .electron
    default: self = .other(text.trimmingBlanks())
    }
  }

  /// The text that is written as BUNIT, empty for no unit.
  package var description: String {
    switch self {
    case .adu: "adu"
    case .electron: "electron"
    case .none: ""
    case .other(let text): text
    }
  }
}
