extension ExposureDifference {
  /// The exposure that lies by half a pixel and more away from the others, and where; nil for none.
  ///
  /// - Parameters:
  ///   - exposures: on one scale [ADU], at least 2; NaN where a value does not count.
  ///   - median: of the same.
  ///   - factors: relative fluxes that they were divided by.
  /// - Throws: `CRSError.interrupted`.
  static func displaced(
    of exposures: [Plane<Float>], median: Plane<Float>, factors: [Double], noise: StackNoise, work: Work
  ) throws -> ExposureDifference? {
    guard
      let found = try WholeDisplacement.largest(
        of: exposures, median: median, factors: factors, noise: noise, work: work)
    else { return nil }
    let whole = ExposureDifference(
      exposure: found.exposure + 1, cause: .offset(x: Double(found.x), y: Double(found.y)),
      pixels: found.pixels)
    let moved = try whole.measured(in: exposures, factors: factors, noise: noise, work: work)
    guard case .offset(let x, let y) = moved.cause, max(abs(x), abs(y)) >= 0.5 else { return nil }
    return moved
  }

  /// The same, with a displacement measured more exactly.
  ///
  /// - Parameter exposures: those that were compared.
  /// - Throws: `CRSError.interrupted`.
  func measured(
    in exposures: [Plane<Float>], factors: [Double], noise: StackNoise, work: Work
  ) throws -> ExposureDifference {
    guard case .offset(let x, let y) = cause else { return self }
    let k = exposure - 1
    let rest = exposures.indices.filter { $0 != k }.map { exposures[$0] }
    // The mean of two would keep the hits of both.
    let combined = rest.count == 1 ? nil : try StackPlanes(rest, work: work)
    let others = combined.map { rest.count == 2 ? $0.minimum : $0.median } ?? rest[0]
    let planes = try FilledExposures.filled([others, exposures[k]], work: work)
    guard
      let found = try MeasuredDisplacement(
        of: planes[1], from: planes[0], start: Offset(x: x, y: y), noise: noise[k], factor: Float(factors[k]),
        work: work), found.misfit <= found.misfitOfSlopes
    else { return self }
    return ExposureDifference(
      exposure: exposure, cause: .offset(x: found.offset.x, y: found.offset.y), pixels: pixels)
  }
}
