extension ExposureDifference {
  /// A displacement leaves less than this part of what else was found for it.
  private static let better = 0.8

  /// The same, where it is a displacement with its size, or a displacement if that explains it better.
  ///
  /// - Parameter exposures: those that were compared.
  /// - Throws: `CRSError.interrupted`.
  func measured(
    in exposures: [Plane<Float>], factors: [Double], noise: StackNoise, work: Work
  ) throws -> ExposureDifference {
    let k = exposure - 1
    let rest = exposures.indices.filter { $0 != k }.map { exposures[$0] }
    // The mean of two would keep the hits of both.
    let combined = rest.count == 1 ? nil : try StackPlanes(rest, work: work)
    let others = combined.map { rest.count == 2 ? $0.minimum : $0.median } ?? rest[0]
    let planes = try FilledExposures.filled([others, exposures[k]], work: work)
    var (own, start) = (planes[1], Offset.zero)
    switch cause {
    case .offset(let x, let y): start = Offset(x: x, y: y)
    case .sky(let level): own = own.map { $0 - Float(level) }
    case .flux(let flux) where flux > 0: own = own.map { $0 / Float(flux) }
    case .flux, .seeing: break
    }
    guard
      let found = try MeasuredDisplacement(
        of: own, from: planes[0], start: start, noise: noise[k], factor: Float(factors[k]), work: work)
    else { return self }
    if case .offset = cause {
      guard found.misfit <= found.misfitOfSlopes else { return self }
    } else {
      guard max(abs(found.offset.x), abs(found.offset.y)) > 0.5,
        found.misfit < Self.better * found.misfitOfSlopes
      else { return self }
    }
    return ExposureDifference(
      exposure: exposure, cause: .offset(x: found.offset.x, y: found.offset.y), pixels: pixels)
  }
}
