/// Values far below all that is around them where drop-outs are frequent in every exposure: pixels in which half of the values
/// or more are low, or all of them, and the neighbours of such pixels.
///
/// The level around a pixel is that of the neighbours whose values agree with each other. Up to a seventh of these may have
/// nothing but low values themselves. What lies below all others is no hit's doing, on a star as on the sky.
struct ScatteredLows {
  let findings: [LowValues.Finding]

  /// Groups of few pixels from which on drop-outs are frequent, and the pixels of a group up to which it is one of them.
  private static let (many, small) = (20, 6)
  /// The part of the pixels that these are at least.
  private static let share = 1e-4
  /// Deviations below a neighbour beyond which a value is far below it.
  private static let outlier: Float = 6
  /// Values that lie so far above the middle one tell nothing about the level [standard deviations].
  private static let split: Float = 4.5
  /// Pixels to each side, and how many of the neighbours must tell their level, where that is not enough farther out.
  private static let (near, far, fewest) = (2, 3, 6)
  /// The part of the neighbours that may be as low: not those of a dark line of one pixel, which are 4 of 24.
  private static let part = (near: 0.15, far: 0.1)
  /// Neighbours that must tell their level where all values of a pixel agree.
  private static let sure = 12
  private static let rounds = 4

  /// Whether low values lie scattered over the exposures, as drop-outs do and dead columns and lost blocks do not.
  static func areMany(_ found: [LowValues.Finding], shape: Shape, count: Int) -> Bool {
    let least = max(many, Int(share * Double(shape.count)))
    guard found.count >= least else { return false }
    var groups = 0
    for k in 0..<count {
      var low = Mask(shape: shape)
      for finding in found where finding.exposure == k { low.plane.pixels[finding.pixel] = 1 }
      groups += ConnectedRuns(of: low.plane, connectivity: .eight).sizes.count { $0 <= small }
    }
    return groups >= least
  }

  /// - Parameters: as `LowValues`.
  /// - Throws: `CRSError.interrupted`.
  init(in exposures: [Plane<Float>], factors: [Double], noise: StackNoise, work: Work) throws {
    let shape = exposures[0].shape
    var exposures = exposures
    var all: [LowValues.Finding] = []
    for _ in 0..<Self.rounds {
      let found = try Self.round(exposures, factors, noise, work)
      guard !found.isEmpty else { break }
      all += found
      for finding in found {
        for k in exposures.indices where finding.exposure == nil || finding.exposure == k {
          exposures[k].pixels[finding.pixel] = .nan
        }
      }
    }
    findings = Self.merged(all, shape, exposures)
  }

  /// Pixels that lost their values one after the other have none that fits.
  private static func merged(
    _ found: [LowValues.Finding], _ shape: Shape, _ rest: [Plane<Float>]
  ) -> [LowValues.Finding] {
    var seen = Set<Int>()
    return found.compactMap { finding in
      guard !rest.contains(where: { $0.pixels[finding.pixel].isFinite }) else { return finding }
      return seen.insert(finding.pixel).inserted ? .init(pixel: finding.pixel, exposure: nil) : nil
    }
  }

  private static func round(
    _ exposures: [Plane<Float>], _ factors: [Double], _ noise: StackNoise, _ work: Work
  ) throws -> [LowValues.Finding] {
    try scan(exposures, factors, noise, work) { look($0, $1, $2, $3, &$4) }
  }

  /// What is found pixel by pixel, in the order of the rows.
  ///
  /// - Parameter look: takes column, row, values and the levels of all pixels, and adds what it finds.
  private static func scan(
    _ exposures: [Plane<Float>], _ factors: [Double], _ noise: StackNoise, _ work: Work,
    _ look: @Sendable (Int, Int, StackValues, UnsafeBufferPointer<Float>, inout [LowValues.Finding]) -> Void
  ) throws -> [LowValues.Finding] {
    let shape = exposures[0].shape
    let size = 32
    let rows = OrderedResults<[LowValues.Finding]>((shape.height + size - 1) / size)
    return try withPixels(of: exposures) { sources in
      nonisolated(unsafe) let sources = sources
      let values = StackValues(
        sources: Array(sources), scales: factors.map { Float($0) }, noise: noise, shape: shape)
      let levels = try Plane<Float>.byRows(shape, work: work) { y, row in
        for x in 0..<shape.width { row[x] = level(values, y * shape.width + x) }
      }
      return try levels.pixels.withUnsafeBufferPointer { levels in
        nonisolated(unsafe) let levels = levels
        try work.forTiles(shape.height, size: size) { tile in
          var found: [LowValues.Finding] = []
          for y in tile { for x in 0..<shape.width { look(x, y, values, levels, &found) } }
          rows.set(tile.lowerBound / size, found)
        }
        return rows.values.flatMap { $0 }
      }
    }
  }

  /// The middle value of a pixel, of an even number the lower one; NaN where others lie far above it.
  private static func level(_ values: StackValues, _ i: Int) -> Float {
    values.withOrder(i) { order in
      guard let last = order.last else { return .nan }
      let middle = values[order[(order.count - 1) / 2], i]
      let isSplit = values[last, i] - middle > split * values.deviation(last, i, level: middle)
      return isSplit ? .nan : middle
    }
  }

  private static func look(
    _ x: Int, _ y: Int, _ values: StackValues, _ levels: UnsafeBufferPointer<Float>,
    _ found: inout [LowValues.Finding]
  ) {
    let i = y * values.shape.width + x
    values.withOrder(i) { order in
      var low = 0
      let isOne = !levels[i].isNaN
      while low < order.count, isBelow(order[low], x, y, values, levels, least: isOne ? sure : fewest) {
        low += 1
      }
      guard low > 0 else { return }
      if low == order.count {
        found.append(.init(pixel: i, exposure: nil))
      } else {
        for place in 0..<low { found.append(.init(pixel: i, exposure: order[place])) }
      }
    }
  }

  /// Whether a value lies far below nearly all levels around it.
  private static func isBelow(
    _ k: Int, _ x: Int, _ y: Int, _ values: StackValues, _ levels: UnsafeBufferPointer<Float>,
    least: Int
  ) -> Bool {
    let shape = values.shape
    let value = values[k, y * shape.width + x]
    for reach in [near, far] {
      var (known, other) = (0, 0)
      // As many as all neighbours allow; nothing is below a sky that does not stand out of its noise.
      let part = reach == near ? part.near : part.far
      let most = Int(part * Double((2 * reach + 1) * (2 * reach + 1) - 1))
      for j in max(0, y - reach)...min(shape.height - 1, y + reach) {
        for i in max(0, x - reach)...min(shape.width - 1, x + reach) where i != x || j != y {
          let level = levels[j * shape.width + i]
          guard level.isFinite else { continue }
          known += 1
          if level <= value
            || value >= level - outlier * values.deviation(k, j * shape.width + i, level: level)
          {
            other += 1
            if other > most { return false }
          }
        }
      }
      if known >= least { return other <= Int(part * Double(known) - 0.2) }
    }
    return false
  }
}

extension ScatteredLows {
  /// Single values below others that agree with each other, on stars and beside them: hits would have to raise all of the others
  /// by the same.
  ///
  /// - Parameter exposures: without the low values that are known; drop-outs are frequent in them.
  /// - Throws: `CRSError.interrupted`.
  static func lone(
    in exposures: [Plane<Float>], factors: [Double], noise: StackNoise, work: Work
  ) throws -> [LowValues.Finding] {
    try scan(exposures, factors, noise, work) { x, y, values, levels, found in
      guard let k = lowest(x, y, values, levels) else { return }
      found.append(.init(pixel: y * values.shape.width + x, exposure: k))
    }
  }

  /// Others that agree with each other say enough from so many on. Fewer must agree with the level around within the second
  /// number of deviations, and the low value differ from it by the first one.
  private static let (enough, apart, close): (Int, Float, Float) = (3, 2.5, 1.5)
  /// The same where there is a single other one, which may be hit.
  private static let (farther, closer): (Float, Float) = (4, 1)

  /// The exposure whose value is too low; nil for none.
  private static func lowest(
    _ x: Int, _ y: Int, _ values: StackValues, _ levels: UnsafeBufferPointer<Float>
  ) -> Int? {
    let shape = values.shape
    let i = y * shape.width + x
    return values.withOrder(i) { order -> Int? in
      guard order.count >= 2 else { return nil }
      let (first, next, last) = (order[0], order[1], order[order.count - 1])
      let middle = values[order[1 + (order.count - 1) / 2], i]
      let noise = values.deviation(first, i, level: middle)
      guard values[first, i] < values[next, i] - outlier * noise,
        values[last, i] - values[next, i] < split * values.deviation(last, i, level: middle),
        agrees(first, x, y, values)
      else { return nil }
      if order.count > enough { return first }
      guard let around = LocalLevel(x: x, y: y, { at(levels, shape, $0, $1) }) else { return nil }
      let tolerance = (noise * noise + around.deviation * around.deviation).squareRoot()
      let (low, high) = ((values[first, i] - around.level) / tolerance, (middle - around.level) / tolerance)
      let (apart, close) = order.count > 2 ? (apart, close) : (farther, closer)
      return low < -apart && abs(high) < close && 3 * abs(high) < -low ? first : nil
    }
  }

  private static func at(_ levels: UnsafeBufferPointer<Float>, _ shape: Shape, _ x: Int, _ y: Int) -> Float {
    x >= 0 && x < shape.width && y >= 0 && y < shape.height ? levels[y * shape.width + x] : .nan
  }

  /// Whether an exposure agrees with the others all around a pixel, as one of other seeing or position does not beside a star.
  private static func agrees(_ k: Int, _ x: Int, _ y: Int, _ values: StackValues) -> Bool {
    let shape = values.shape
    var (known, other) = (0, 0)
    for j in max(0, y - 2)...min(shape.height - 1, y + 2) {
      for i in max(0, x - 2)...min(shape.width - 1, x + 2) where i != x || j != y {
        let at = j * shape.width + i
        let own = values[k, at]
        guard own.isFinite else { continue }
        let level = values.withOrder(at) { order -> Float? in
          let others = order.count - 1
          guard others > 0 else { return nil }
          var left = (others - 1) / 2
          for number in order where number != k {
            if left == 0 { return values[number, at] }
            left -= 1
          }
          return nil
        }
        guard let level else { continue }
        known += 1
        let square = 2 * values.deviation(k, at, level: level) * values.deviation(k, at, level: level)
        if (own - level) * (own - level) > 9 * square { other += 1 }
      }
    }
    return known >= fewest && 4 * other <= known
  }
}
