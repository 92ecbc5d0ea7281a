/// The range that a median-minimum diagram covers, from simulated noise.
struct DiagramLimits: Sendable, Equatable {
  var xMin: Double
  var xMax: Double
  var yMax: Double

  /// Sets of exposures that are drawn.
  private static let draws = 10000

  /// Limits before real pixels, fixed points and the factor for offsets widen them.
  ///
  /// - Parameters:
  ///   - exposures: at least 3.
  ///   - gain: median gain [electron/ADU].
  ///   - readoutNoise: median readout noise [ADU].
  ///   - largestMinimum: largest min2d of the real pixels [ADU].
  init(exposures: Int, gain: Double, readoutNoise: Double, largestMinimum: Double, seed: UInt64) {
    var random = RandomLanes(seed: seed, stream: .max)
    let level = max(0, largestMinimum)
    let photons = PoissonLanes(rate: SIMD8(repeating: Float(level * gain)))
    let noise = Float(readoutNoise)
    let scale = Float(1 / gain)
    var (darkLow, brightHigh, brightSpread) = (Float.infinity, -Float.infinity, Float(0))
    withUnsafeTemporaryAllocation(of: SIMD8<Float>.self, capacity: exposures) { values in
      for _ in 0..<(Self.draws + 7) / 8 {
        for i in 0..<exposures { values[i] = noise * random.normals().0 }
        let dark = LaneOrder.minimumAndMedian(values)
        darkLow = min(darkLow, dark.1.min())
        for i in 0..<exposures {
          let (a, b) = random.normals()
          values[i] = photons.draw(&random, normals: a) * scale + noise * b
        }
        let bright = LaneOrder.minimumAndMedian(values)
        brightHigh = max(brightHigh, bright.1.max())
        brightSpread = max(brightSpread, (bright.1 - bright.0).max())
      }
    }
    xMin = Double(darkLow)
    xMax = Double(brightHigh)
    yMax = Double(brightSpread)
  }

  /// The limits of the bins: with the real pixels' range of min2d, the largest fixed point, and room above.
  func widened(minimum: ClosedRange<Float>?, fixedPoints: [BoundaryPoint], shifted: Bool) -> DiagramLimits {
    var out = self
    if let minimum {
      out.xMin = min(out.xMin, Double(minimum.lowerBound))
      out.xMax = max(out.xMax, Double(minimum.upperBound))
    }
    if let highest = fixedPoints.map(\.y).max() { out.yMax = max(out.yMax, highest) }
    out.yMax *= shifted ? 4 : 2
    return out
  }
}
