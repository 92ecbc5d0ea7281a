/// Exposures on the scale of their combination in double precision, and their combinations: what decides about a pixel is
/// decided in single precision, its value is not.
package struct ExactExposures: Sendable {
  /// NaN where a value does not count.
  let planes: [Plane<Double>]
  /// How far each value lies from the first one of its pixel: a number that keeps its digits in single precision.
  let distances: [Plane<Float>]

  /// - Parameters:
  ///   - read: the exposures as they were read.
  ///   - scaled: the same on the scale of the combination, NaN where a value does not count.
  ///   - exposures: with the bias of each.
  ///   - ratios: what matches the gains, `skies` and `factors`: what is taken off then, and what they are divided by.
  init(
    _ read: [Plane<Double>], as scaled: [Plane<Float>], of exposures: [ExposurePlanes],
    ratios: [DetectorValue], skies: [Double], factors: [Double], work: Work
  ) throws {
    let planes = try read.indices.map { k in
      let (bias, scale) = (exposures[k].detector.bias, exposures[k].scale)
      let sky = skies.indices.contains(k) ? skies[k] : 0
      return try Self.plane(like: read[k], work) { i in
        scaled[k].pixels[i].isNaN
          ? .nan
          : ((read[k].pixels[i] * scale - bias.value(at: i)) * ratios[k].value(at: i) - sky) / factors[k]
      }
    }
    let first = try Self.plane(like: read[0], work) { i in
      planes.first { $0.pixels[i].isFinite }?.pixels[i] ?? .nan
    }
    distances = try planes.map { plane in
      try Self.plane(like: plane, work) { Float(plane.pixels[$0] - first.pixels[$0]) }
    }
    (self.planes, self.first) = (planes, first)
  }

  /// The first value of each pixel that counts.
  private let first: Plane<Double>

  /// A combination as a distance from the first values.
  func distance(of image: Plane<Double>, work: Work) throws -> Plane<Float> {
    try Self.plane(like: image, work) { Float(image.pixels[$0] - first.pixels[$0]) }
  }

  func minimum(work: Work) throws -> Plane<Double> { try ExactCombination.minimum.of(planes, work: work) }

  /// The pixels of a combination whose pixels are of these kinds.
  func image(
    of result: MaskedCombination.Result, _ method: CombinationMethod, _ kinds: Plane<UInt8>, masks: MaskSet?,
    laMedian: Plane<Float>?, work: Work
  ) throws -> Plane<Double> {
    let base: ExactCombination =
      switch method {
      case .mediancr, .median: .median
      case .meancrt, .meancr, .mean: .mean
      case .min: .minimum
      }
    var out = try Self.plane(like: planes[0], work) { i -> Double in
      let single = result.image.pixels[i]
      // What has no value of its own is NaN, or what L.A.Cosmic puts there.
      guard single.isFinite, result.map.pixels[i] > 0 || kinds.pixels[i] != 0 else { return Double(single) }
      var values: [Double] = []
      let kind = MaskedCombination.PixelKind(rawValue: kinds.pixels[i]) ?? .plain
      for k in planes.indices where planes[k].pixels[i].isFinite {
        if kind == .unmasked, masks?.exposures[k].plane.pixels[i] ?? 0 != 0 { continue }
        values.append(planes[k].pixels[i])
      }
      switch kind {
      case .plain: return base.of(&values)
      case .median: return ExactCombination.median.of(&values)
      case .unmasked: return ExactCombination.mean.of(&values)
      case .replaced:
        return laMedian.map { Double($0.pixels[i]) } ?? ExactCombination.minimum.of(&values)
      }
    }
    if let masks, method.usesMasks {
      var empty: [LocalMedianPixel] = []
      LocalMedian.replace(masks.localMedians, in: &out, emptyBoxes: &empty)
    }
    return out
  }

  private static func plane<Value: Sendable, Element: Sendable>(
    like plane: Plane<Value>, _ work: Work, _ value: @Sendable (Int) -> Element
  ) throws -> Plane<Element> {
    try Plane(width: plane.width, height: plane.height) { out in
      guard let base = out.baseAddress else { return }
      let target = SharedPointer(base)
      try work.forTiles(plane.count, size: 16384) { tile in
        for i in tile { target[i] = value(i) }
      }
    }
  }
}
