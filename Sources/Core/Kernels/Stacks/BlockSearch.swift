/// Looks from a pixel of a block to where the block ends, and compares the pixel's values with what stands there.
struct BlockSearch: @unchecked Sendable {
  let values: StackValues
  let median: UnsafeBufferPointer<Float>
  /// Pixels of blocks.
  let isSplit: UnsafeBufferPointer<UInt8>

  /// Opposite directions stand beside each other.
  static let directions = [(-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (1, 1), (1, -1), (-1, 1)]

  /// Deviations from the level around: beyond the first a value is too low, within the second it agrees, and below
  /// everything around by the third it is low without a doubt.
  private static let (outlier, agreement, evident): (Float, Float, Float) = (5, 4, 8)
  /// What seeing and small displacements do: part of the differences around.
  private static let mismatch: Float = 0.1
  /// Pixels up to which the end of a block is looked for; those up to which a block may be cut by the image's border.
  private static let (reach, beside) = (64, 3)

  /// What is said of a pixel.
  struct Pixel {
    let index: Int
    /// From what stands around in all directions; nil where its values are not too low for that.
    let verdict: Verdict?
    /// Pairs of opposite directions whose ends fit, with the exposures that are too low; none in small blocks.
    let fits: [(direction: Int, low: [Int])]
    /// 1 for those pairs whose ends differ from all values.
    let differs: SIMD4<UInt8>

    /// The exposures that are too low between the ends of a pair of directions; nil where these do not fit.
    func low(along direction: Int) -> [Int]? { fits.first { $0.direction == direction }?.low }
  }

  struct Verdict {
    /// Exposures whose values are too low.
    let low: [Int]
    /// Whether another value agrees with what lies around.
    let isDecided: Bool
  }

  private enum Vote {
    /// Some values, of these exposures, are too low, and others agree with the ends.
    case fits(low: [Int])
    case differs
    case nothing
  }

  /// What stands at the end of a block in one direction.
  private struct End {
    let distance: Float
    let level: Float
    /// The smallest value, or the next one where that is one of a few values that are too low.
    let smallest: Float
  }

  private func end(_ x: Int, _ y: Int, _ direction: (Int, Int)) -> End? {
    let shape = values.shape
    var (i, j) = (x, y)
    for step in 1...Self.reach {
      i += direction.0
      j += direction.1
      guard i >= 0, i < shape.width, j >= 0, j < shape.height else { return nil }
      let at = j * shape.width + i
      guard isSplit[at] == 0, median[at].isFinite,
        !values.isPit(at, median, isOut: { isSplit[$0] != 0 })
      else { continue }
      let (low, next, exposure) = values.lowest(at)
      let isOut = next < .infinity && low < next - Self.evident * values.deviation(exposure, at, level: next)
      return End(distance: Float(step), level: median[at], smallest: isOut ? next : low)
    }
    return nil
  }

  /// - Parameter isLarge: whether the pixel's block has enough pixels to tell in which direction the image continues.
  /// - Returns: nil where nothing is too low.
  func pixel(_ x: Int, _ y: Int, isLarge: Bool) -> Pixel? {
    let i = y * values.shape.width + x
    return values.withOrder(i) { order in
      guard order.count >= 2 else { return nil }
      return withUnsafeTemporaryAllocation(of: End?.self, capacity: Self.directions.count) { ends in
        pixel(x, y, i, order, ends, isLarge: isLarge)
      }
    }
  }

  private func pixel(
    _ x: Int, _ y: Int, _ i: Int, _ order: UnsafeBufferPointer<Int>,
    _ ends: UnsafeMutableBufferPointer<End?>, isLarge: Bool
  ) -> Pixel? {
    let middle = values[order[(order.count - 1) / 2], i]
    let width = values.deviation(order[(order.count - 1) / 2], i, level: middle)
    var isLow = true
    for (d, direction) in Self.directions.enumerated() {
      let end = end(x, y, direction)
      ends.initializeElement(at: d, to: end)
      // Most split pixels are hit in few exposures: their middle value agrees with what lies around.
      guard let end, middle > end.level - 3 * width else { continue }
      guard isLarge else { return nil }
      isLow = false
    }
    let verdict = isLow ? Around(UnsafeBufferPointer(ends)).flatMap { judge(i, order, $0) } : nil
    var fits: [(direction: Int, low: [Int])] = []
    var differs = SIMD4<UInt8>.zero
    if isLarge {
      for d in 0..<Self.directions.count / 2 {
        switch vote(i, order, ends[2 * d], ends[2 * d + 1]) {
        case .fits(let low): fits.append((d, low))
        case .differs: differs[d] = 1
        case .nothing: break
        }
      }
    }
    guard verdict != nil || !fits.isEmpty || differs != .zero else { return nil }
    return Pixel(index: i, verdict: verdict, fits: fits, differs: differs)
  }

  private func tolerance(_ k: Int, _ i: Int, level: Float, range: Float, count: Int) -> Float {
    let own = values.deviation(k, i, level: level)
    let spare = Self.mismatch * range
    return (own * own * (1 + 1 / Float(count)) + spare * spare).squareRoot()
  }

  private func judge(_ i: Int, _ order: UnsafeBufferPointer<Int>, _ around: Around) -> Verdict? {
    let n = order.count
    func tolerance(_ k: Int) -> Float {
      self.tolerance(k, i, level: around.low, range: around.range, count: n)
    }
    let low = order.prefix { k in
      let (value, own) = (values[k, i], values.deviation(k, i, level: around.smallest))
      if value < around.smallest - Self.evident * own { return true }
      guard around.isSure, value < around.low - Self.outlier * tolerance(k) else { return false }
      return value < around.smallest - Self.agreement * own
        || value < around.lowSmallest - Self.outlier * tolerance(k)
    }
    // Where the middle value is none of them the medians around tell the level, as everywhere.
    guard low.count > (n - 1) / 2, low.count < n else { return nil }
    var (agreeing, high) = (0, 0)
    for k in order.dropFirst(low.count) {
      let (value, spare) = (values[k, i], Self.agreement * tolerance(k))
      if value > around.high + spare { high += 1 } else if value >= around.low - spare { agreeing += 1 }
    }
    return agreeing + high + low.count == n ? Verdict(low: Array(low), isDecided: agreeing > 0) : nil
  }

  /// What the two ends of one direction say of a pixel.
  private func vote(_ i: Int, _ order: UnsafeBufferPointer<Int>, _ a: End?, _ b: End?) -> Vote {
    guard let a, let b else { return .nothing }
    let n = order.count
    let level = a.level + a.distance / (a.distance + b.distance) * (b.level - a.level)
    func tolerance(_ k: Int) -> Float {
      self.tolerance(k, i, level: level, range: abs(a.level - b.level), count: n)
    }
    let low = order.prefix { values[$0, i] < level - Self.outlier * tolerance($0) }
    let rest = order.dropFirst(max(low.count, (n - 1) / 2 + 1))
    guard rest.contains(where: { abs(values[$0, i] - level) <= Self.agreement * tolerance($0) }) else {
      return .differs
    }
    return low.count > (n - 1) / 2 ? .fits(low: Array(low)) : .nothing
  }

  /// What the ends of a block make of the level inside it [ADU].
  private struct Around {
    /// The least and the largest prediction from two opposite ends.
    private(set) var low = Float.infinity
    private(set) var high = -Float.infinity
    /// The least prediction from the smallest values of opposite ends, and the smallest value of all.
    private(set) var lowSmallest = Float.infinity
    private(set) var smallest = Float.infinity
    /// Difference of the largest and smallest ends.
    let range: Float
    /// Whether any ends lie opposite each other.
    let isSure: Bool

    /// nil where the block ends nowhere near.
    init?(_ ends: UnsafeBufferPointer<End?>) {
      let known = ends.compactMap { $0 }
      guard known.count >= 2 else { return nil }
      var pairs = 0
      for k in stride(from: 0, to: ends.count, by: 2) {
        guard let a = ends[k], let b = ends[k + 1] else { continue }
        let share = a.distance / (a.distance + b.distance)
        let level = a.level + share * (b.level - a.level)
        let smallest = a.smallest + share * (b.smallest - a.smallest)
        (low, high) = (min(low, level), max(high, level))
        lowSmallest = min(lowSmallest, smallest)
        pairs += 1
      }
      isSure = pairs > 0
      for end in known {
        smallest = min(smallest, end.smallest)
        guard pairs == 0, end.distance <= Float(BlockSearch.beside) else { continue }
        (low, high) = (min(low, end.level), max(high, end.level))
      }
      guard low < .infinity else { return nil }
      let levels = known.map(\.level)
      range = (levels.max() ?? 0) - (levels.min() ?? 0)
    }
  }
}
