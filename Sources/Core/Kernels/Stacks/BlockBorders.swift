/// Judges whole blocks by their borders: where the exposures fall into low and high ones, those that continue the image from
/// outside are right.
///
/// This needs no opposite sides. It decides blocks that touch a corner of the image, those that are wider than any search
/// reaches, and those of any outline. Cosmic rays stand out of the image on all sides, and the other exposures continue it.
struct BlockBorders: @unchecked Sendable {
  let values: StackValues
  let median: UnsafeBufferPointer<Float>
  let sets: LowSets

  /// Blocks of fewer pixels are judged pixel by pixel; fewer places of a border decide nothing.
  static let (fewest, places) = (12, 8)
  /// So many places must speak for the high exposures for one that speaks for the low ones, and this part of all.
  private static let (clear, part) = (6, 0.1)
  /// Deviations from the level outside: beyond the first a value does not continue it, within the second it does.
  private static let (outlier, agreement): (Float, Float) = (5, 4)
  /// Deviations by which the low values of one block differ at most.
  private static let spread: Float = 8

  /// Parts of the image and of its edges from which on a set is no block: where a readout ended one side is whole.
  private static let (much, edges) = (0.3, 0.7)

  private static let neighbours = [(-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1)]

  /// What the places of a border say.
  private struct Votes {
    var (low, high, all) = (0, 0, 0)
    var isForHigh: Bool {
      high >= BlockBorders.places && high >= BlockBorders.clear * low
        && Double(high) >= BlockBorders.part * Double(all)
    }
  }

  /// Values that are too low in blocks whose high exposures continue the image.
  ///
  /// - Returns: the findings, and the pixels that they decide.
  /// - Throws: `CRSError.interrupted`.
  func findings(work: Work) throws -> (findings: [LowValues.Finding], decided: Mask)? {
    var pixels: [(pixel: Int, set: UInt8)] = []
    for number in 1..<(sets.sets.count + 1)
    where sets.pixels[number - 1].count >= Self.fewest && sets.sets[number - 1] != 0 {
      try work.checkCancelled()
      let set = UInt8(number)
      let low = sets.exposures(set, of: values.sources.count)
      guard !isEverywhere(set) else { continue }
      let groups = sets.groups(set)
      guard groups.sizes.contains(where: { $0 >= Self.fewest }) else { continue }
      let places = places(of: groups, low)
      let limits = limits(of: places, groups: groups.count, low)
      let dark = places.filter { $0.low <= limits[$0.group] }
      var votes = [Votes](repeating: Votes(), count: groups.count)
      for place in dark { look(place.x, place.y, low, into: &votes[place.group]) }
      for place in dark where votes[place.group].isForHigh {
        pixels.append((place.y * values.shape.width + place.x, set))
      }
    }
    guard !pixels.isEmpty else { return nil }
    var decided = Plane<UInt8>(width: values.shape.width, height: values.shape.height, repeating: 0)
    var findings: [LowValues.Finding] = []
    for (i, set) in pixels {
      decided.pixels[i] = set
      findings += sets.exposures(set, of: values.sources.count).map { .init(pixel: i, exposure: $0) }
    }
    findings += beside(pixels.map(\.pixel), &decided)
    return (findings, Mask(plane: decided.map { $0 == 0 ? 0 : 1 }))
  }

  /// Whether the exposures of a set are lower in much of the image and along most of its edges: less sky or light, and no
  /// block.
  private func isEverywhere(_ set: UInt8) -> Bool {
    let (width, height) = (values.shape.width, values.shape.height)
    guard Double(sets.pixels[Int(set) - 1].count) > Self.much * Double(values.shape.count) else {
      return false
    }
    var (split, known) = (0, 0)
    func look(_ i: Int) {
      guard median[i].isFinite else { return }
      known += 1
      if sets.numbers.pixels[i] == set { split += 1 }
    }
    for x in 0..<width {
      look(x)
      look((height - 1) * width + x)
    }
    for y in 0..<height {
      look(y * width)
      look(y * width + width - 1)
    }
    return Double(split) > Self.edges * Double(known)
  }

  /// A pixel of a block, with the middle of its low values.
  private struct Place {
    let (x, y, group): (Int, Int, Int)
    let low: Float
  }

  /// The pixels of large groups that have low values and others.
  private func places(of groups: ConnectedRuns, _ low: [Int]) -> [Place] {
    var places: [Place] = []
    for (run, group) in zip(groups.runs, groups.groups) where groups.sizes[Int(group)] >= Self.fewest {
      let start = Int(run.row) * values.shape.width
      for x in run.columns {
        guard let parts = parts(start + x, low) else { continue }
        places.append(Place(x: x, y: Int(run.row), group: Int(group), low: parts.low))
      }
    }
    return places
  }

  /// Up to which low values belong to the block of a group. Others are those of cosmic rays that touch it, where the low
  /// exposures are right, or of a block that follows the image; these are looked at beside the rest.
  private func limits(of places: [Place], groups: Int, _ low: [Int]) -> [Float] {
    var levels = [[Float]](repeating: [], count: groups)
    for place in places { levels[place.group].append(place.low) }
    return levels.map { levels in
      guard let middle = lowMedian(levels) else { return -.infinity }
      return middle + Self.spread * values.deviation(low[0], 0, level: middle)
    }
  }

  /// Compares low and high values of a pixel at the border of its block with what stands outside.
  private func look(_ x: Int, _ y: Int, _ low: [Int], into votes: inout Votes) {
    let (shape, numbers) = (values.shape, sets.numbers)
    func level(_ i: Int, _ j: Int) -> Float? {
      guard i >= 0, i < shape.width, j >= 0, j < shape.height else { return nil }
      let at = j * shape.width + i
      return numbers.pixels[at] == 0 && median[at].isFinite ? median[at] : nil
    }
    var parts: (low: Float, high: Float, exposure: Int, count: Float)?
    for (dx, dy) in Self.neighbours {
      guard let outside = level(x + dx, y + dy) else { continue }
      if parts == nil { parts = self.parts(y * shape.width + x, low) }
      guard let parts else { return }
      votes.all += 1
      let noise = values.deviation(parts.exposure, y * shape.width + x, level: outside)
      // What is steeper than noise continues, or not.
      let slope = level(x + 2 * dx, y + 2 * dy).map { max(0, abs(outside - $0) - 3 * noise) } ?? 0
      let tolerance = (noise * noise * (1 + 1 / parts.count) + slope * slope).squareRoot()
      let (a, b) = ((parts.low - outside) / tolerance, (parts.high - outside) / tolerance)
      if a < -Self.outlier, abs(b) <= Self.agreement { votes.high += 1 }
      if b > Self.outlier, abs(a) <= Self.agreement { votes.low += 1 }
    }
  }

  /// The middle values of the exposures that lie low and of the others, the exposure of the latter, and the number of values.
  private func parts(_ i: Int, _ low: [Int]) -> (low: Float, high: Float, exposure: Int, count: Float)? {
    values.withOrder(i) { order in
      let below = order.count { low.contains($0) }
      let above = order.count - below
      guard below > 0, above > 0 else { return nil }
      var (left, right) = ((below - 1) / 2, (above - 1) / 2)
      var (dark, exposure) = (order[0], order[0])
      for k in order {
        if low.contains(k) {
          if left == 0 { dark = k }
          left -= 1
        } else {
          if right == 0 { exposure = k }
          right -= 1
        }
      }
      return (values[dark, i], values[exposure, i], exposure, Float(order.count))
    }
  }

  /// The middle of the right values of a decided block within two pixels, some of which may be hit; nil for few.
  private func level(around x: Int, _ y: Int, set: UInt8, _ low: [Int], _ decided: Plane<UInt8>) -> Float? {
    let shape = values.shape
    var levels: [Float] = []
    for j in max(0, y - 2)...min(shape.height - 1, y + 2) {
      for i in max(0, x - 2)...min(shape.width - 1, x + 2) where decided[i, j] == set {
        if let here = parts(j * shape.width + i, low) { levels.append(here.high) }
      }
    }
    return levels.count >= 3 ? lowMedian(levels) : nil
  }

  /// Split pixels beside decided blocks, where one of the right exposures is hit: the same exposures are too low there.
  private func beside(_ pixels: [Int], _ decided: inout Plane<UInt8>) -> [LowValues.Finding] {
    let shape = values.shape
    var findings: [LowValues.Finding] = []
    var rim = pixels
    while !rim.isEmpty {
      var next: [Int] = []
      for i in rim {
        let (x, y) = (i % shape.width, i / shape.width)
        let low = sets.exposures(decided.pixels[i], of: values.sources.count)
        guard let level = level(around: x, y, set: decided.pixels[i], low, decided) else { continue }
        for (dx, dy) in Self.neighbours {
          guard x + dx >= 0, x + dx < shape.width, y + dy >= 0, y + dy < shape.height else { continue }
          let at = i + dy * shape.width + dx
          guard sets.numbers.pixels[at] != 0, decided.pixels[at] == 0 else { continue }
          let isLow = low.allSatisfy {
            let value = values[$0, at]
            return !value.isFinite
              || value < level - 2 * Self.outlier * values.deviation($0, at, level: level)
          }
          guard isLow else { continue }
          decided.pixels[at] = decided.pixels[i]
          findings += low.filter { values[$0, at].isFinite }.map { .init(pixel: at, exposure: $0) }
          next.append(at)
        }
      }
      rim = next
    }
    return findings
  }
}
