/// What the sources of each exposure differ by from those of the others, all over the image: a little more or less seeing,
/// another place by a part of a pixel, some other transparency.
///
/// The difference of an exposure from what all show is taken for a sum of that image, its slopes, its curvatures and its
/// smoothed copies less itself (Alard and Lupton 1998, ApJ 503, 325, with these patterns in place of their kernels), by least
/// squares in which far pixels, such as hits, do not count. Where the sum stands out of the noise it is taken off; what it may
/// be wrong by becomes noise.
package struct SourceChanges: Sendable {
  /// The exposures without their changes [ADU].
  let exposures: [Plane<Float>]
  /// What is left of the changes [ADU^2].
  let variance: Plane<Float>
  /// How much more of the light each exposure has beside that; of two, the second one. NaN where nothing was followed.
  let light: [Double]
  /// Pixels that they change by more than 2 standard deviations, in any exposure.
  let pixels: Int

  /// Steep pixels that tell changes, at least.
  static let fewest = 200
  /// Pixels that change, at least.
  private static let least = 40
  /// Mean squared deviation from which on changes are looked for.
  static let quiet = 1.05
  /// Changes that are as large as this part of the light are no small ones.
  static let largest: Float = 0.5

  /// nil where the exposures are alike but for noise and hits.
  ///
  /// - Parameters:
  ///   - exposures: on one scale [ADU], at least 2; NaN where a value does not count.
  ///   - factors: relative fluxes that they were divided by.
  /// - Throws: `CRSError.interrupted`.
  init?(
    of exposures: [Plane<Float>], factors: [Double], noise: StackNoise, work: Work
  ) throws {
    let isPair = exposures.count == 2
    let shown = try ShownSources(exposures, noise: noise.typical, work: work).image()
    // What is saturated in one of two exposures only is not known.
    let saturated =
      isPair ? nil : try Self.saturated(shown, gain: noise.typicalDetector.gain.uniform, work)
    var places = try WholeDisplacement.Places(shown, noise: noise.typical, work: work)
    if let saturated { places.leaveOut(try saturated.dilated(times: Self.spoilt, work: work)) }
    guard places.all.count >= Self.fewest, !Self.areLines(shown, at: places) else { return nil }
    // Of two exposures each has half of what they differ by.
    let differences = (isPair ? [1] : Array(exposures.indices)).map { k in
      Difference(
        of: exposures[k], from: isPair ? exposures[0] : shown, shown: shown, at: places,
        noise: (noise[k], isPair ? noise[0] : nil), factor: Float(factors[k]))
    }
    guard differences.contains(where: { $0.misfit > Self.quiet }) else { return nil }
    let patterns = try Patterns(shown, work: work)
    let fits = differences.map { Fit($0, patterns, places) }
    guard fits.contains(where: \.isEvident) else { return nil }
    let parts: [(fit: Fit, part: Float)]
    parts =
      isPair ? [-0.5, 0.5].map { (fits[0], Float($0)) } : fits.map { ($0, Float($0.isEvident ? 1 : 0)) }
    var (out, variance) = (exposures, Plane<Float>(width: shown.width, height: shown.height, repeating: 0))
    let edges = try saturated?.dilated(times: Self.edge, work: work)
    var changed = Mask(shape: shown.shape)
    for (k, (fit, part)) in parts.enumerated() where part != 0 {
      let change = try patterns.change(
        fit.amounts, part: part, noise: noise[k], factor: Float(factors[k]), work: work)
      // Of two exposures both are wrong by half of it, in opposite ways.
      let left = Float(fit.left) * (isPair ? Float(2).squareRoot() : 1)
      withPixels(of: [change]) { planes in
        for i in 0..<change.count where planes[0][i] != 0 && edges?.plane.pixels[i] ?? 0 == 0 {
          let value = planes[0][i]
          let (perSignal, readout) = noise[k].at(i)
          out[k].pixels[i] -= value
          variance.pixels[i] = max(variance.pixels[i], left * left * value * value)
          if value * value > 4 * (max(shown.pixels[i], 0) * perSignal + readout) {
            changed.plane.pixels[i] = 1
          }
        }
      }
    }
    // Where hardly anything changes, more of the hits on sources would be lost than false ones.
    guard changed.flagged >= Self.least else { return nil }
    if let edges {
      let sky = WholeDisplacement.level(of: shown)
      for i in 0..<edges.plane.count where edges.plane.pixels[i] != 0 {
        let slack = Self.ofEdge * max(shown.pixels[i] - sky, 0)
        variance.pixels[i] = max(variance.pixels[i], slack * slack)
      }
    }
    (self.exposures, self.variance, pixels) = (out, variance, changed.flagged)
    light = fits.map { $0.isEvident ? $0.light : .nan }
  }

  /// Pixels around saturated ones that tell nothing, and that are not followed: the light of bleeding columns moves in steps.
  private static let (spoilt, edge) = (6, 2)
  /// Part of the light that they may differ by.
  private static let ofEdge: Float = 0.2

  /// Pixels that are saturated in all exposures; nil for none.
  private static func saturated(_ shown: Plane<Float>, gain: Double?, _ work: Work) throws -> Mask? {
    guard let level = try SaturatedValues.plateau(of: shown, gain: gain, work: work) else { return nil }
    return Mask(plane: shown.map { $0 >= level ? 1 : 0 })
  }

  /// Pixels on either side where a line goes on, the part of the light that it has there at least, and across itself at most.
  private static let (beside, along, across): (Int, Float, Float) = (8, 0.5, 0.3)
  /// Part of the steep pixels that lie on lines, at most.
  private static let lines = 0.2

  /// Whether much of what is steep goes on along an axis, as lines and traces of spectra do: those change each on its own,
  /// which is followed line by line (`SmoothChanges`, `ExpectedExposures`).
  private static func areLines(_ shown: Plane<Float>, at places: WholeDisplacement.Places) -> Bool {
    let sky = WholeDisplacement.level(of: shown)
    let (width, height) = (shown.width, shown.height)
    var (on, all) = (0, 0)
    withPixels(of: [shown]) { planes in
      let image = planes[0]
      for (x, y) in places.all {
        guard x >= beside, x + beside < width, y >= beside, y + beside < height else { continue }
        let i = y * width + x
        let own = image[i] - sky
        let alongX = min(image[i - beside], image[i + beside]) - sky
        let alongY = min(image[i - beside * width], image[i + beside * width]) - sky
        guard own > 0 else { continue }
        all += 1
        if max(alongX, alongY) > along * own, min(alongX, alongY) < across * own { on += 1 }
      }
    }
    return Double(on) > lines * Double(all)
  }
}
