import Kernels

/// Biases that were measured in exposures of one detector: they hardly differ, so that one that does was not measured right.
package enum MeasuredBiases {
  /// Biases that lie apart by less than so many readout noises, or by less than so many ADU, are alike.
  private static let (noises, levels) = (5.0, 5.0)

  /// - Parameters:
  ///   - biases: of each exposure [ADU].
  ///   - noise: largest readout noise [ADU].
  ///   - unit: of the exposures.
  /// - Returns: nil where they are alike.
  package static func note(_ biases: [Double], noise: Double, unit: String) -> String? {
    guard let low = biases.min(), let high = biases.max(),
      high - low > max(noises * noise, levels)
    else { return nil }
    return
      "bias=auto measures \(biases.map(\.short).joined(separator: ", ")) \(unit) in the exposures: the biases of one "
      + "detector hardly differ; give the right one with bias="
  }
}
