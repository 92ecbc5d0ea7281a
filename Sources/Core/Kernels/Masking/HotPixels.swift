/// Pixels that are bright and alone in every exposure, as hot pixels are: their dark current flickers and scatters more
/// than its photons do.
struct HotPixels {
  let mask: Mask
  /// How many there are, and how many of them look hit.
  let findings: StackFindings.HotPixels

  /// Deviations by which one stands out of the pixels around it.
  private static let bright: Float = 10
  /// Part of its excess that a neighbour may have, and deviations: stars reach farther. And the part that one beside a hot
  /// pixel has at least.
  private static let (lonely, chance, companion): (Float, Float, Float) = (0.15, 1.5, 0.2)
  /// How much brighter than in the faintest exposure it may be in the median: of three exposures and more, and of two, where
  /// chance seldom gives two hits charges so alike.
  private static func steady(_ count: Int) -> Float { count > 2 ? 2.5 : 1.25 }
  /// Part of the flagged ones of two exposures that must be so steady, for hits that meet are not.
  private static let alike = 0.7
  /// Flagged ones that show something is wrong, and how many times as often as other pixels.
  private static let (fewest, often) = (10, 5.0)

  /// Neighbours that are not hot, which tell the level, and steps by which a group of hot pixels may grow.
  private static let (around, steps): (Float, Int) = (5, 4)

  /// Fewer values than this, of more exposures, may all be hit.
  private static let values = 3

  /// nil unless many more of them look hit than other pixels do.
  ///
  /// - Parameters:
  ///   - planes: of exposures on one scale.
  ///   - count: number of exposures.
  ///   - noise: what stands for all of them.
  ///   - flagged: pixels that look hit.
  ///   - chance: how many pixels cosmic rays may hit in every exposure.
  init?(
    _ planes: StackPlanes, count: Int, noise: PixelNoise, flagged: Mask, chance: Double = 0, work: Work
  ) throws {
    let (low, median) = (planes.minimum, planes.median)
    let (width, height, shape) = (low.width, low.height, low.shape)
    guard width > 2, height > 2 else { return nil }
    let few = Int16(clamping: min(count, Self.values))
    let most = count > 2 ? Self.steady(count) : .infinity
    var found = try withPixels(of: [low, median]) { sources in
      nonisolated(unsafe) let (low, median) = (sources[0], sources[1])
      return try Mask.byTiles(shape, work: work) { tile, out in
        guard let base = low.baseAddress else { return }
        var i = tile.lowerBound - 1
        // Eight pixels at a time where none of them stands out of its neighbours.
        var checked = tile.lowerBound
        while i + 1 < tile.upperBound {
          i += 1
          if i == checked, i >= width, i + 8 + width <= shape.count, i + 8 <= tile.upperBound {
            let own = base.lanes(i)
            let across = (own .> base.lanes(i - 1)) .& (own .> base.lanes(i + 1))
            let along = (own .> base.lanes(i - width)) .& (own .> base.lanes(i + width))
            checked = i + 8
            guard hasAny(across .& along) else {
              for k in i..<i + 8 { out[k] = 0 }
              i += 7
              continue
            }
          }
          if i == checked { checked += 1 }
          out[i] = 0
          let (x, y) = (i % width, i / width)
          guard x > 0, x < width - 1, y > 0, y < height - 1 else { continue }
          let own = low[i]
          let (left, right, below, above) = (low[i - 1], low[i + 1], low[i - width], low[i + width])
          // Most pixels end here.
          guard own > left, own > right, own > below, own > above else { continue }
          if Self.isHot(i, width, low: base, median: median, noise, most: most, known: nil) { out[i] = 1 }
        }
      }
    }
    found.plane = Self.withCompanions(found.plane, of: low, median, noise, most: most)
    if let used = planes.used {
      for i in 0..<used.count where used.pixels[i] < few { found.plane.pixels[i] = 0 }
    }
    if count == 2 {
      let all = (found & flagged).flagged
      found = Self.steady(found, low: low, median: median, noise)
      guard Double((found & flagged).flagged) > Self.alike * Double(all) else { return nil }
    }
    mask = found
    let (hot, hit) = (mask.flagged, (mask & flagged).flagged)
    let usual = Double(flagged.flagged - hit) / Double(max(1, shape.count - hot))
    guard hit >= Self.fewest, Double(hit) > Self.often * (usual * Double(hot) + chance) else { return nil }
    findings = StackFindings.HotPixels(pixels: hot, flagged: hit)
  }

  /// Whether the pixel stands out of those around it in the faintest exposure, and hardly more in the median. One of its eight
  /// neighbours may be hot as well: a star that is not narrower than a pixel reaches farther.
  ///
  /// - Parameters:
  ///   - most: how much brighter than in the faintest exposure it may be in the median.
  ///   - known: hot pixels, which count as no neighbours.
  private static func isHot(
    _ i: Int, _ width: Int, low: UnsafePointer<Float>, median: UnsafeBufferPointer<Float>,
    _ noise: PixelNoise,
    most: Float, known: UnsafePointer<UInt8>?
  ) -> Bool {
    var (first, second, sum, count) = (-Float.infinity, -Float.infinity, Float(0), Float(0))
    for dy in -1...1 {
      for dx in -1...1 where dx != 0 || dy != 0 {
        let j = i + dy * width + dx
        if let known, known[j] != 0 { continue }
        let value = low[j]
        sum += value
        count += 1
        if value > first { (first, second) = (value, first) } else if value > second { second = value }
      }
    }
    guard count >= Self.around else { return false }
    let level = (sum - first) / (count - 1)
    let excess = low[i] - level
    let (perSignal, readout) = noise.at(i)
    let deviation = (max(level, 0) * perSignal + readout).squareRoot()
    return excess > Self.bright * deviation && second - level < Self.lonely * excess + Self.chance * deviation
      && median[i] - level <= most * excess
  }

  /// The pixels of two exposures that are nearly as bright in both: their median is the mean.
  private static func steady(
    _ found: Mask, low: Plane<Float>, median: Plane<Float>, _ noise: PixelNoise
  ) -> Mask {
    var out = found
    let width = found.width
    for i in 0..<out.plane.count where out.plane.pixels[i] != 0 {
      // The level around, without what is hot.
      var around: [Float] = []
      for dy in -1...1 {
        for dx in -1...1 where found.plane.pixels[i + dy * width + dx] == 0 {
          around.append(low.pixels[i + dy * width + dx])
        }
      }
      let level = lowMedian(around) ?? low.pixels[i]
      let (perSignal, readout) = noise.at(i)
      let slack = 2 * (max(median.pixels[i], 0) * perSignal + readout).squareRoot()
      if median.pixels[i] - level > Self.steady(2) * (low.pixels[i] - level) + slack {
        out.plane.pixels[i] = 0
      }
    }
    return out
  }

  /// The hot pixels, and those beside them that are hot as well.
  private static func withCompanions(
    _ found: Plane<UInt8>, of low: Plane<Float>, _ median: Plane<Float>, _ noise: PixelNoise, most: Float
  ) -> Plane<UInt8> {
    let (width, height) = (found.width, found.height)
    var out = found
    withPixels(of: [low, median]) { sources in
      guard let base = sources[0].baseAddress else { return }
      var last = found.pixels.indices.filter { found.pixels[$0] != 0 }
      for _ in 0..<Self.steps where !last.isEmpty {
        let known = out.pixels
        var next: [Int] = []
        known.withUnsafeBufferPointer { known in
          for i in last {
            for dy in -1...1 {
              for dx in -1...1 {
                let (x, y) = (i % width + dx, i / width + dy)
                guard x > 0, x < width - 1, y > 0, y < height - 1 else { continue }
                let j = y * width + x
                // The light of a narrow star beside its brightest pixel is less.
                if out.pixels[j] == 0, base[j] > Self.companion * base[i],
                  isHot(j, width, low: base, median: sources[1], noise, most: most, known: known.baseAddress)
                {
                  out.pixels[j] = 1
                  next.append(j)
                }
              }
            }
          }
        }
        last = next
      }
    }
    return out
  }
}
