/// Compares the scatter of dark pixels with gain and readout noise.
enum DarkNoise {
  /// Mean distance of the two smallest of n normal values [standard deviations].
  private static func spacing(_ n: Int) -> Double? {
    let known: [Int: Double] = [
      2: 1.128, 3: 0.846, 4: 0.732, 5: 0.668, 6: 0.625, 7: 0.595, 8: 0.571, 9: 0.553,
    ]
    return known[n]
  }

  /// Measured scatter over the expected one; nil without enough dark pixels, or where exposures differ.
  ///
  /// Cosmic rays hardly ever touch the distance of the two smallest values. Dark pixels are those with less
  /// photon noise than readout noise.
  /// - Throws: `CRSError.interrupted`.
  static func ratio(
    _ exposures: [Plane<Float>], factors: [Double], model: CleanModel, noise: StackNoise, hasMasked: Bool,
    work: Work
  ) throws -> Double? {
    let n = exposures.count
    guard !model.isMoved, noise.isCommon, factors.allSatisfy({ abs($0 - 1) < 0.05 }), let full = spacing(n)
    else { return nil }
    // Where values are missing, each pixel's distance counts in units of what its number of values makes expect.
    let expected = hasMasked ? 1 : full
    let units = hasMasked ? (0...n).map { Float(spacing($0) ?? 0) } : []
    let noise = noise[0]
    let shape = exposures[0].shape
    var sums = [Double](repeating: 0, count: 2 * shape.height)
    try sums.withUnsafeMutableBufferPointer { sums in
      guard let base = sums.baseAddress else { return }
      let rows = SharedPointer(base)
      try withPixels(of: exposures + [model.mean]) { sources in
        nonisolated(unsafe) let sources = sources
        try work.forTiles(shape.height, size: 16) { tile in
          for y in tile {
            var (sum, count) = (0.0, 0.0)
            for i in y * shape.width..<(y + 1) * shape.width {
              let (perSignal, readout) = noise.at(i)
              let photons = max(sources[n][i], 0) * perSignal
              guard photons < readout else { continue }
              var (low, next, there) = (Float.infinity, Float.infinity, 0)
              for k in 0..<n {
                let value = sources[k][i]
                if value.isFinite { there += 1 }
                if value < low {
                  next = low
                  low = value
                } else if value < next {
                  next = value
                }
              }
              var distance = (next - low) / (photons + readout).squareRoot()
              if hasMasked {
                guard there > 1, units[there] > 0 else { continue }
                distance /= units[there]
              }
              // Pixels hit in nearly all exposures say nothing about noise.
              guard distance < 6 else { continue }
              sum += Double(distance)
              count += 1
            }
            rows.base[2 * y] = sum
            rows.base[2 * y + 1] = count
          }
        }
      }
    }
    var (sum, count) = (0.0, 0.0)
    for y in 0..<shape.height {
      sum += sums[2 * y]
      count += sums[2 * y + 1]
    }
    // Some thousand pixels know their scatter to a per cent.
    return count >= 5000 ? sum / count / expected : nil
  }
}
