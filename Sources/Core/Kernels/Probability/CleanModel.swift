/// What the exposures show without cosmic rays, on the scale of flux factor 1 [ADU].
struct CleanModel {
  /// Clean mean in the frame of zero offset.
  let mean: Plane<Float>
  /// The same seen by each exposure; one plane for all of them when they lie on each other.
  let references: [Plane<Float>]
  let isMoved: Bool

  /// The clean mean as exposure `k` sees it.
  func reference(_ k: Int) -> Plane<Float> { references.count == 1 ? references[0] : references[k] }

  /// Mean distance of the smallest of n normal values from their mean [standard deviations].
  private static func depth(_ n: Int) -> Float {
    switch n {
    case ...2: 0.564
    case 3: 0.846
    case 4: 1.029
    case 5: 1.163
    case 6: 1.267
    case 7: 1.352
    case 8: 1.424
    case 9: 1.485
    default: 1.55
    }
  }

  /// - Parameters:
  ///   - exposures: finite, divided by their flux factors [ADU].
  ///   - offsets: their displacements [pixel].
  /// - Throws: `CRSError.interrupted`.
  init(_ exposures: [Plane<Float>], offsets: [Offset], noise: PixelNoise, work: Work) throws {
    isMoved = offsets.contains { $0 != .zero }
    guard isMoved else {
      mean = try Self.mean(exposures, noise: noise, clip: 3.5, slack: nil, isShifted: false, work: work)
      references = [mean]
      return
    }
    // Interpolation would ring around cosmic rays, so they are cut off first.
    let capped = try CosmicRayCap.capped(exposures, noise: noise, reach: 1, sigmas: 1, work: work)
    let aligned = try zip(capped, offsets).map {
      try CubicShift.shifted($0, by: Offset(x: -$1.x, y: -$1.y), work: work)
    }
    let lowest = try Plane<Float>.byRows(aligned[0].shape, work: work) { y, row in
      let width = aligned[0].width
      for x in 0..<width {
        var low = aligned[0].pixels[y * width + x]
        for other in aligned.dropFirst() { low = min(low, other.pixels[y * width + x]) }
        row[x] = low
      }
    }
    let steep = try lowest.gradientLength(work: work)
    let common = try Self.mean(aligned, noise: noise, clip: 3.5, slack: steep, isShifted: true, work: work)
    mean = common
    references = try offsets.map { try CubicShift.shifted(common, by: $0, work: work) }
  }

  /// The mean of the values that are not far above what the smallest one makes likely.
  private static func mean(
    _ exposures: [Plane<Float>], noise: PixelNoise, clip: Float, slack: Plane<Float>?, isShifted: Bool,
    work: Work
  ) throws -> Plane<Float> {
    let shape = exposures[0].shape
    let depth = depth(exposures.count)
    return try withPixels(of: exposures) { sources in
      nonisolated(unsafe) let sources = sources
      return try .byRows(shape, work: work) { y, row in
        for x in 0..<shape.width {
          let i = y * shape.width + x
          let (perSignal, readout) = noise.at(i)
          func deviation(_ level: Float) -> Float { (max(level, 0) * perSignal + readout).squareRoot() }
          var low = sources[0][i]
          for k in 1..<sources.count { low = min(low, sources[k][i]) }
          let middle =
            isShifted
            ? low + depth * deviation(max(low, 0) + readout.squareRoot())
            : low + depth * deviation(low + depth * readout.squareRoot())
          let limit = middle + clip * deviation(middle) + (slack.map { 0.1 * $0.pixels[i] } ?? 0)
          var (sum, count): (Float, Float) = (0, 0)
          for k in 0..<sources.count where sources[k][i] < limit {
            sum += sources[k][i]
            count += 1
          }
          row[x] = count > 0 ? sum / count : low
        }
      }
    }
  }
}
