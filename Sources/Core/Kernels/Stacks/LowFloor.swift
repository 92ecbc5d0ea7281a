/// Values that lie below all that the image has anywhere, in few exposures of their pixel: lost packets, zeroed rows and
/// blocks. Where nothing is so faint a value needs no neighbours to be known as wrong, on a star as on the sky.
///
/// Where half of the exposures or more are low, or where the sky is too faint to stand out of its noise, `LowBlocks` and the
/// neighbourhood decide.
struct LowFloor {
  let findings: [LowValues.Finding]

  /// The part of the pixels of the median that may be darker than the floor: dead pixels, dust.
  private static let part = 0.005
  /// Deviations below the floor beyond which a value is none, and within which another one of its pixel must lie.
  private static let (outlier, agreement): (Float, Float) = (8, 4)
  /// Pixels that tell the floor, at most and at least.
  private static let (sample, fewest) = (20_000, 500)

  /// - Parameters: as `LowValues`.
  /// - Throws: `CRSError.interrupted`.
  init(
    in exposures: [Plane<Float>], factors: [Double], noise: StackNoise, planes: StackPlanes, work: Work
  ) throws {
    let shape = exposures[0].shape
    guard exposures.count > 2, let floor = Self.floor(planes.median) else {
      findings = []
      return
    }
    findings = try withPixels(of: exposures + [planes.minimum]) { sources in
      let values = StackValues(
        sources: Array(sources.dropLast()), scales: factors.map { Float($0) }, noise: noise, shape: shape)
      let minimum = sources[sources.count - 1]
      // Where the noise is the same everywhere the lowest value of a pixel tells most of them.
      let isUniform = exposures.indices.allSatisfy { noise[$0].isUniform }
      let deviation = exposures.indices.map { values.deviation($0, 0, level: floor) }.min() ?? 0
      let limit = isUniform ? floor - Self.outlier * deviation : floor
      var found: [LowValues.Finding] = []
      for y in 0..<shape.height {
        try work.checkCancelled()
        for i in y * shape.width..<(y + 1) * shape.width where minimum[i] < limit {
          Self.look(i, floor, values, &found)
        }
      }
      return found
    }
  }

  private static func floor(_ median: Plane<Float>) -> Float? {
    let step = max(1, median.count / sample) | 1
    let values = stride(from: 0, to: median.count, by: step).map { median.pixels[$0] }.filter(\.isFinite)
    guard values.count >= fewest else { return nil }
    return values.sorted()[Int(part * Double(values.count))]
  }

  private static func look(
    _ i: Int, _ floor: Float, _ values: StackValues, _ found: inout [LowValues.Finding]
  ) {
    let first = found.count
    var (count, isSeen) = (0, false)
    for k in values.sources.indices where values[k, i].isFinite {
      count += 1
      let deviation = values.deviation(k, i, level: floor)
      if values[k, i] < floor - outlier * deviation { found.append(LowValues.Finding(pixel: i, exposure: k)) }
      if values[k, i] >= floor - agreement * deviation { isSeen = true }
    }
    if !isSeen || 2 * (found.count - first) >= count { found.removeSubrange(first...) }
  }
}
