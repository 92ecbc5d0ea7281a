import Glibc

extension ExposureDifference {
  /// The exposure that lies by half a pixel and more away from the others, and where, nil for none; whether exposures differ
  /// where the image is steep, and the mean squared deviation there of the one that differs most.
  ///
  /// - Parameters:
  ///   - exposures: on one scale [ADU], at least 2; NaN where a value does not count.
  ///   - median: of the same.
  ///   - factors: relative fluxes that they were divided by.
  /// - Throws: `CRSError.interrupted`.
  static func displaced(
    of exposures: [Plane<Float>], median: Plane<Float>, factors: [Double], noise: StackNoise, work: Work
  ) throws -> (difference: ExposureDifference?, isUnlike: Bool, misfit: Double) {
    let steep = try WholeDisplacement.largest(
      of: exposures, median: median, factors: factors, noise: noise, work: work)
    let misfit = steep.misfits.max() ?? 1
    guard let moved = steep.moved else { return (nil, steep.isUnlike, misfit) }
    var difference = try displaced(moved, of: exposures, factors: factors, noise: noise, work: work)
    let (perSignal, readout) = noise.typical.at(0)
    let level = max(0, Double(lowMedian(median.pixels.filter(\.isFinite)) ?? 0))
    let deviation = (level * Double(perSignal) + Double(readout)).squareRoot()
    let (sky, flux) = (difference?.moreSky ?? 0, difference?.otherFlux ?? 1)
    // A factor lowers the sky too.
    let isOfFlux =
      abs(sky) < 0.5 * abs(moved.sky)
      || (abs(flux - 1) > shownFlux && abs(moved.sky - (flux - 1) * level) < 0.3 * abs(moved.sky))
    difference?.moreSky = isOfFlux || abs(moved.sky) < shown * deviation ? 0 : moved.sky
    if abs(flux - 1) < shownFlux { difference?.otherFlux = 1 }
    return (difference, steep.isUnlike, misfit)
  }

  /// Another sky that is told [standard deviations of a pixel], and another flux.
  private static let (shown, shownFlux) = (0.5, 0.1)

  private static func displaced(
    _ found: WholeDisplacement, of exposures: [Plane<Float>], factors: [Double], noise: StackNoise, work: Work
  ) throws -> ExposureDifference? {
    let whole = ExposureDifference(
      exposure: found.exposure + 1, cause: .offset(x: Double(found.x), y: Double(found.y)),
      pixels: found.pixels)
    let pair = try whole.compared(in: exposures, work: work)
    func measured(from start: Offset) throws -> MeasuredDisplacement? {
      try MeasuredDisplacement(
        of: pair.own, from: pair.others, start: start, noise: noise[found.exposure],
        factor: Float(factors[found.exposure]), work: work)
    }
    func difference(_ measured: MeasuredDisplacement) throws -> ExposureDifference? {
      guard max(abs(measured.offset.x), abs(measured.offset.y)) >= 0.5 else { return nil }
      var flux = measured.flux
      if abs(flux - 1) >= shownFlux, exposures.count > 2 {
        // What others that lie beside each other have in common is fainter than each of them.
        for other in exposures.indices where other != found.exposure {
          let planes = try FilledExposures.filled([exposures[other], exposures[found.exposure]], work: work)
          let single = try MeasuredDisplacement(
            of: planes[1], from: planes[0], start: measured.offset, noise: noise[found.exposure],
            factor: Float(factors[found.exposure]), work: work)
          if let single, abs(single.flux - 1) < abs(flux - 1) { flux = single.flux }
        }
      }
      return ExposureDifference(
        exposure: whole.exposure, cause: .offset(x: measured.offset.x, y: measured.offset.y),
        pixels: found.pixels, moreSky: measured.sky, otherFlux: flux)
    }
    guard let far = try measured(from: Offset(x: Double(found.x), y: Double(found.y))) else { return whole }
    // Along a line that is not quite straight some pixels do what a small part of one does across it, and among many lines
    // the next one is as good.
    if let near = try measured(from: .zero), near.misfit < Self.alike * far.misfit,
      hypot(near.offset.x, near.offset.y) < hypot(far.offset.x, far.offset.y)
    {
      return try difference(near)
    }
    return far.misfit <= far.misfitOfSlopes ? try difference(far) : whole
  }

  /// By how much a smaller displacement may fit worse than a larger one, or a measured one than what slopes tell, and is taken
  /// instead: noise flattens the slopes.
  private static let alike = 1.2

  /// The same, with a displacement measured more exactly.
  ///
  /// - Parameter exposures: those that were compared.
  /// - Throws: `CRSError.interrupted`.
  func measured(
    in exposures: [Plane<Float>], factors: [Double], noise: StackNoise, work: Work
  ) throws -> ExposureDifference {
    guard case .offset(let x, let y) = cause else { return self }
    let pair = try compared(in: exposures, work: work)
    guard
      let found = try MeasuredDisplacement(
        of: pair.own, from: pair.others, start: Offset(x: x, y: y), noise: noise[exposure - 1],
        factor: Float(factors[exposure - 1]), work: work), found.misfit <= Self.alike * found.misfitOfSlopes
    else { return self }
    return ExposureDifference(
      exposure: exposure, cause: .offset(x: found.offset.x, y: found.offset.y), pixels: pixels)
  }

  /// The exposure and what the others show, finite.
  private func compared(
    in exposures: [Plane<Float>], work: Work
  ) throws -> (own: Plane<Float>, others: Plane<Float>) {
    let rest = exposures.indices.filter { $0 != exposure - 1 }.map { exposures[$0] }
    // The mean of two would keep the hits of both.
    let combined = rest.count == 1 ? nil : try StackPlanes(rest, work: work)
    let others = combined.map { rest.count == 2 ? $0.minimum : $0.median } ?? rest[0]
    let planes = try FilledExposures.filled([others, exposures[exposure - 1]], work: work)
    return (planes[1], planes[0])
  }
}
