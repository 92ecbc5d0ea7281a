/// Groups of hits of one exposure whose charge has the shape of the source that they lie on: a star that varies, or light that
/// changed. Cosmic rays have shapes of their own.
struct VaryingSources {
  /// Pixels that are no hits, of each exposure.
  private(set) var masks: [Mask]
  /// nil where there are none.
  private(set) var findings: StackFindings.Varying?

  /// Pixels on a source from which on a group has a shape, and pixels of a group up to which it may be one.
  private static let (fewest, most) = (9, 4000)
  /// Pixels around a group beyond which the sky is, and up to which it is looked at.
  private static let (margin, ring) = (2, 6)
  /// Deviations from the sky from which on a pixel belongs to the source, and those of its peak.
  private static let (faint, bright): (Float, Float) = (3, 15)
  /// Mean squared deviation of a group that is a source, and the part of the one without a source that it is at most.
  private static let (alike, explained): (Float, Float) = (3, 0.35)
  /// Parts of its slopes and of its light that a source differs by beside its brightness.
  private static let (place, shape): (Float, Float) = (0.05, 0.02)
  /// By how much its light must change to be told.
  private static let least: Float = 0.03

  /// - Parameters:
  ///   - hits: of each exposure.
  ///   - exposures: the same, on one scale [ADU], at least 2; NaN where a value does not count.
  ///   - factors: relative fluxes that they were divided by.
  init(among hits: [Mask], in exposures: [Plane<Float>], factors: [Double], noise: StackNoise) {
    masks = hits.map { Mask(shape: $0.shape) }
    var (groups, pixels) = (0, 0)
    var largest: (size: Int, exposure: Int, place: Int, factor: Double)?
    let width = exposures[0].width
    withPixels(of: exposures) { planes in
      for (k, mask) in hits.enumerated() where mask.flagged >= Self.fewest {
        let runs = ConnectedRuns(of: mask.plane, connectivity: .eight)
        guard runs.sizes.contains(where: { $0 >= Self.fewest }) else { continue }
        var members = [[Int]](repeating: [], count: runs.count)
        for (run, group) in zip(runs.runs, runs.groups) where runs.sizes[Int(group)] >= Self.fewest {
          members[Int(group)] += run.columns.map { Int(run.row) * width + $0 }
        }
        let look = Look(
          planes: planes, exposure: k, shape: mask.shape, noise: noise[k], factor: Float(factors[k]))
        for group in members where !group.isEmpty && group.count <= Self.most {
          guard let source = look.source(under: group) else { continue }
          for i in source.pixels { masks[k].plane.pixels[i] = 1 }
          (groups, pixels) = (groups + 1, pixels + source.pixels.count)
          if source.pixels.count > largest?.size ?? 0 {
            largest = (source.pixels.count, k, source.peak, Double(source.factor))
          }
        }
      }
    }
    findings = largest.map {
      StackFindings.Varying(
        groups: groups, pixels: pixels, exposure: $0.exposure + 1, x: $0.place % width + 1,
        y: $0.place / width + 1,
        factor: $0.factor)
    }
  }

  /// Pixels that are hits of no exposure any more.
  ///
  /// - Parameter hits: of each exposure, without these.
  func gone(from hits: [Mask]) -> Mask {
    masks.dropFirst().reduce(masks[0]) { $0 | $1 } & !hits.dropFirst().reduce(hits[0]) { $0 | $1 }
  }

  /// One exposure beside the others.
  private struct Look {
    let planes: [UnsafeBufferPointer<Float>]
    let exposure: Int
    let shape: Shape
    let noise: PixelNoise
    let factor: Float

    /// What the others show of a pixel: the middle value, of an even number the lower one; NaN without any.
    private func others(_ i: Int) -> Float {
      var values: [Float] = []
      for k in planes.indices where k != exposure && planes[k][i].isFinite { values.append(planes[k][i]) }
      return lowMedian(values) ?? .nan
    }

    private func variance(_ level: Float, _ i: Int) -> Float {
      let (perSignal, readout) = noise.at(i)
      return max(max(level, 0) * perSignal / factor + readout / (factor * factor), 1e-12)
    }

    /// A source whose shape the charge of a group has.
    struct Source {
      /// Those of the group on it; what touches it may be a track.
      let pixels: [Int]
      /// Its brightest one.
      let peak: Int
      /// How many times as bright the exposure shows it.
      let factor: Float
    }

    /// nil for a cosmic ray.
    func source(under group: [Int]) -> Source? {
      guard let sky = level(around: group) else { return nil }
      let lit = group.filter { i in
        let light = others(i) - sky
        return light > 0 && light * light > VaryingSources.faint * VaryingSources.faint * variance(sky, i)
      }
      guard lit.count >= VaryingSources.fewest, let peak = lit.max(by: { others($0) < others($1) }),
        case let light = others(peak) - sky,
        light * light > VaryingSources.bright * VaryingSources.bright * variance(sky, peak),
        let box = box(around: lit, VaryingSources.margin)
      else { return nil }
      let beside = Set(group).subtracting(lit)
      return fit(box, sky, without: beside).map { Source(pixels: lit, peak: peak, factor: 1 + $0) }
    }

    private typealias Box = (columns: ClosedRange<Int>, rows: ClosedRange<Int>)

    private func box(around pixels: [Int], _ margin: Int) -> Box? {
      let (xs, ys) = (pixels.map { $0 % shape.width }, pixels.map { $0 / shape.width })
      guard let left = xs.min(), let right = xs.max(), let bottom = ys.min(), let top = ys.max() else {
        return nil
      }
      return (
        max(0, left - margin)...min(shape.width - 1, right + margin),
        max(0, bottom - margin)...min(shape.height - 1, top + margin)
      )
    }

    /// The middle of the others around a group; nil where they have no values.
    private func level(around group: [Int]) -> Float? {
      guard let inner = box(around: group, VaryingSources.margin),
        let outer = box(around: group, VaryingSources.ring)
      else { return nil }
      var around: [Float] = []
      for y in outer.rows {
        for x in outer.columns where !(inner.rows.contains(y) && inner.columns.contains(x)) {
          let value = others(y * shape.width + x)
          if value.isFinite { around.append(value) }
        }
      }
      return lowMedian(around)
    }

    /// How much more of the light of the others explains what the exposure has more, within the noise; nil where it does not.
    private func fit(_ box: Box, _ sky: Float, without beside: Set<Int>) -> Float? {
      var rows: [(excess: Float, light: Float, variance: Float)] = []
      var (product, square): (Float, Float) = (0, 0)
      for y in box.rows {
        for x in box.columns where x > 0 && x < shape.width - 1 && y > 0 && y < shape.height - 1 {
          let i = y * shape.width + x
          let (own, light) = (planes[exposure][i], others(i))
          let (gx, gy) = (
            0.5 * (others(i + 1) - others(i - 1)), 0.5 * (others(i + shape.width) - others(i - shape.width))
          )
          let spare =
            VaryingSources.place * VaryingSources.place * (gx * gx + gy * gy)
            + VaryingSources.shape * VaryingSources.shape * (light - sky) * (light - sky)
          let variance = variance(own, i) + variance(light, i) + spare
          guard variance.isFinite, own.isFinite, !beside.contains(i) else { continue }
          rows.append((own - light, light - sky, variance))
          product += (own - light) * (light - sky) / variance
          square += (light - sky) * (light - sky) / variance
        }
      }
      guard square > 0, case let more = product / square, more > VaryingSources.least else { return nil }
      let left = rows.reduce(Float(0)) {
        $0 + ($1.excess - more * $1.light) * ($1.excess - more * $1.light) / $1.variance
      }
      let before = rows.reduce(Float(0)) { $0 + $1.excess * $1.excess / $1.variance }
      let isAlike =
        left < VaryingSources.alike * Float(rows.count) && left < VaryingSources.explained * before
      return isAlike ? more : nil
    }
  }
}
