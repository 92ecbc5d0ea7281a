/// Plain combinations in double precision, for exposures whose numbers single precision cannot hold.
///
/// Values that are not finite count nowhere; a pixel without any value is NaN.
package enum ExactCombination: Sendable {
  case mean, median, minimum, maximum

  /// - Parameter exposures: at least one plane, equal shapes.
  /// - Throws: `CRSError.interrupted`.
  package func of(_ exposures: [Plane<Double>], work: Work) throws -> Plane<Double> {
    let (width, height) = (exposures[0].width, exposures[0].height)
    return try Plane(width: width, height: height) { out in
      guard let base = out.baseAddress else { return }
      let target = SharedPointer(base)
      try work.forTiles(height, size: 16) { tile in
        var values: [Double] = []
        values.reserveCapacity(exposures.count)
        for i in tile.lowerBound * width..<tile.upperBound * width {
          values.removeAll(keepingCapacity: true)
          for exposure in exposures where exposure.pixels[i].isFinite { values.append(exposure.pixels[i]) }
          target[i] = of(&values)
        }
      }
    }
  }

  /// Of the values of one pixel, all finite; they lose their order.
  func of(_ values: inout [Double]) -> Double {
    guard !values.isEmpty else { return .nan }
    let count = Double(values.count)
    switch self {
    case .mean:
      let sum = values.reduce(0, +)
      return sum.isFinite ? sum / count : values.reduce(0) { $0 + $1 / count }
    case .minimum: return values.min() ?? .nan
    case .maximum: return values.max() ?? .nan
    case .median:
      values.sort()
      let (below, above) = (values[(values.count - 1) / 2], values[values.count / 2])
      let middle = (below + above) / 2
      return middle.isFinite ? middle : below / 2 + above / 2
    }
  }
}
