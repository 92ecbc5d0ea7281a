/// How exposures are combined.
package enum CombinationMethod: String, Sendable, CaseIterable {
  /// The median; spoilt pixels replaced by the minimum or LAMEDIAN.
  case mediancr
  /// The mean; pixels hit in any exposure replaced by the mediancr value.
  case meancrt
  /// The mean of the exposures not hit in each pixel.
  case meancr
  case median, mean, min

  /// Whether the method needs masks.
  package var usesMasks: Bool { self == .mediancr || self == .meancrt || self == .meancr }
}
