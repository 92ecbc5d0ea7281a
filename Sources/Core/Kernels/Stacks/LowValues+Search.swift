extension LowValues {
  /// Deviations from the neighbourhood's level: beyond the first a value is too low, within the second it agrees.
  static let (outlier, agreement): (Float, Float) = (5, 4)
  /// The same for pixels that look hit in all exposures but that of their lowest value: there it is one of two, and such
  /// hits as high as the neighbourhood are none. The last is for the lowest values of the neighbours.
  static let (spoilt, fitting, beneath): (Float, Float, Float) = (3.5, 3, 2.5)
  /// Below the lowest value of all neighbours by so much a value is too low, however steep the neighbourhood is.
  static let evident: Float = 8
  /// Neighbours of a low value that may have one too.
  static let touching = 2
  /// Differences of values that are looked into [standard deviations].
  static let least: Float = 4.5
  /// What seeing and small displacements do: part of the differences between neighbours.
  static let mismatch: Float = 0.1
  /// The same where two exposures agree around: neighbours that must tell it, the deviations within which they agree, and the
  /// inverse of the part of them that may be hit.
  static let (steady, fewest, apart, hits): (Float, Int, Float, Int) = (0.01, 12, 3, 6)

  /// Judges the pixels whose values differ, one by one.
  struct Search: @unchecked Sendable {
    let values: StackValues
    let median: UnsafeBufferPointer<Float>
    let used: Plane<Int16>?
    /// Pixels without any good value, which tell nothing about their neighbours.
    let pits: Set<Int>

    private var sources: [UnsafeBufferPointer<Float>] { values.sources }
    private var shape: Shape { values.shape }
    private var count: Int { values.sources.count }

    func look(row y: Int, into found: inout [Finding]) {
      let start = y * shape.width
      guard let centre = median.baseAddress else { return }
      let (noise, scales) = (values.noise, values.scales)
      let constants = noise.isCommon && noise[0].isUniform ? noise[0].lanes(0, 8) : nil
      for x in stride(from: 0, to: shape.width, by: 8) {
        let (i, here) = (start + x, shape.width - x)
        let level = centre.lanes(i, here, filler: .nan)
        let signal = upper(level, .zero)
        var isLow = SIMDMask<SIMD8<Int32>>(repeating: false)
        var isHigh = isLow
        for k in 0..<count {
          guard let base = sources[k].baseAddress else { continue }
          let (perSignal, readout) = constants ?? noise[k].lanes(i, here)
          let square = signal * perSignal / scales[k] + readout / (scales[k] * scales[k])
          let difference = base.lanes(i, here, filler: .nan) - level
          let isFar = difference * difference .> LowValues.least * LowValues.least * square
          isLow = isLow .| (isFar .& (difference .< 0))
          isHigh = isHigh .| (isFar .& (difference .> 0))
        }
        var candidates = bits(isLow .| isHigh)
        let low = bits(isLow)
        while candidates != 0 {
          let lane = candidates.trailingZeroBitCount
          candidates &= candidates - 1
          if low & 1 << UInt8(lane) != 0 || isPit(x + lane, y) { judge(x + lane, y, into: &found) }
        }
        if let used {
          // Of two values the median is the mean, which lies half as far from either.
          for lane in 0..<min(8, here) where used.pixels[i + lane] == 2 && low & 1 << UInt8(lane) == 0 {
            judge(x + lane, y, into: &found)
          }
        }
      }
    }

    private func deviation(_ k: Int, _ i: Int, level: Float) -> Float {
      values.deviation(k, i, level: level)
    }

    /// Whether a pixel's median lies below those of all its neighbours.
    private func isPit(_ x: Int, _ y: Int) -> Bool {
      let own = median[y * shape.width + x]
      for j in max(0, y - 1)...min(shape.height - 1, y + 1) {
        for i in max(0, x - 1)...min(shape.width - 1, x + 1) where (i != x || j != y) {
          if median[j * shape.width + i] <= own { return false }
        }
      }
      return true
    }

    /// The combined value of a neighbour, NaN without any. Of two values that differ the lower one is taken.
    private func combined(_ x: Int, _ y: Int) -> Float {
      guard x >= 0, x < shape.width, y >= 0, y < shape.height else { return .nan }
      let i = y * shape.width + x
      if !pits.isEmpty, pits.contains(i) { return .nan }
      let value = median[i]
      guard let used, used.pixels[i] == 2 else { return value }
      var (low, high, exposure) = (Float.infinity, -Float.infinity, 0)
      for k in 0..<count where sources[k][i].isFinite {
        if sources[k][i] < low { (low, exposure) = (sources[k][i], k) }
        high = max(high, sources[k][i])
      }
      return high - low > 6 * deviation(exposure, i, level: low) ? low : value
    }

    /// The smallest value of a neighbour, NaN without any.
    private func smallest(_ x: Int, _ y: Int) -> Float {
      guard x >= 0, x < shape.width, y >= 0, y < shape.height,
        pits.isEmpty || !pits.contains(y * shape.width + x)
      else { return .nan }
      let low = values.lowest(y * shape.width + x).low
      return low < .infinity ? low : .nan
    }

    /// The two smallest values of a neighbour, infinite where there are fewer, and the exposure of the first.
    private func lowest(_ x: Int, _ y: Int) -> (low: Float, next: Float, exposure: Int) {
      guard x >= 0, x < shape.width, y >= 0, y < shape.height else { return (.infinity, .infinity, 0) }
      return values.lowest(y * shape.width + x)
    }

    private func judge(_ x: Int, _ y: Int, into found: inout [Finding]) {
      let i = y * shape.width + x
      values.withOrder(i) { order in
        let n = order.count
        guard n >= 2 else { return }
        let (first, last) = (order[0], order[n - 1])
        if n == 2 {
          let level = sources[first][i]
          let (a, b) = (deviation(first, i, level: level), deviation(last, i, level: level))
          guard sources[last][i] - level > LowValues.least * (a * a + b * b).squareRoot() else { return }
        }
        let deep = n > 2 ? pits(x, y, order) : 0
        if deep > 0 {
          for place in 0..<deep { found.append(Finding(pixel: i, exposure: order[place])) }
          return
        }
        guard let around = LocalLevel(x: x, y: y, { combined($0, $1) }) else {
          if n == 2 { found.append(Finding(pixel: i, exposure: nil, isSure: false)) }
          return
        }
        var low = 0
        while low < n, distance(order[low], i, around) < -LowValues.outlier { low += 1 }
        if n == 2 {
          judgePair(x, y, order, around, low, into: &found)
          return
        }
        guard low > 0, low < n else { return }
        var (agreeing, high) = (0, 0)
        for place in low..<n {
          let d = distance(order[place], i, around)
          if abs(d) <= LowValues.agreement { agreeing += 1 } else if d > 0 { high += 1 }
        }
        guard agreeing + high + low == n,
          agreeing > 0 || distance(first, i, around) < -1.6 * LowValues.outlier,
          isBelow(order[low - 1], x, y, around)
        else { return }
        if agreeing > 0 {
          for place in 0..<low { found.append(Finding(pixel: i, exposure: order[place])) }
        } else {
          found.append(Finding(pixel: i, exposure: nil))
        }
      }
    }

    /// A pixel that looks hit in all exposures but one: the lowest values are out where they lie below the level of the
    /// neighbourhood and another one has just that level. No value that is left may lie between.
    func judgeSpoilt(_ x: Int, _ y: Int, into found: inout [Finding]) {
      let i = y * shape.width + x
      values.withOrder(i) { order in
        let n = order.count
        guard n > 2, let around = LocalLevel(x: x, y: y, { combined($0, $1) }) else { return }
        var low = 0
        while low < n, distance(order[low], i, around) < -LowValues.spoilt { low += 1 }
        guard low > 0, low < n, 2 * low < n,
          (low..<n).contains(where: { abs(distance(order[$0], i, around)) <= LowValues.fitting }),
          let floor = LocalLevel(x: x, y: y, { smallest($0, $1) }),
          distance(order[low - 1], i, floor) < -LowValues.beneath
        else { return }
        for place in 0..<low { found.append(Finding(pixel: i, exposure: order[place])) }
      }
    }

    /// How many of the ordered values lie far below every value around, as on and beside stars no level of the
    /// neighbourhood could tell; 0 where all of them do. The exposure that coincident hits leave out is no such pit: its
    /// own neighbours are as low. One or two neighbours may have a value far below their others themselves: drop-outs
    /// that touch each other.
    private func pits(_ x: Int, _ y: Int, _ order: UnsafeBufferPointer<Int>) -> Int {
      let n = order.count
      var (plain, floor, touching) = (Float.infinity, Float.infinity, 0)
      for j in y - 1...y + 1 {
        for i in x - 1...x + 1 where i != x || j != y {
          let (low, next, exposure) = lowest(i, j)
          guard low < .infinity else { continue }
          plain = min(plain, low)
          let isOut =
            next < .infinity
            && low < next - LowValues.evident * deviation(exposure, j * shape.width + i, level: next)
          if isOut { touching += 1 }
          floor = min(floor, isOut ? next : low)
        }
      }
      if touching > LowValues.touching { floor = plain }
      guard floor > 0, floor < .infinity else { return 0 }
      let i = y * shape.width + x
      var count = 0
      while count < n {
        let k = order[count]
        guard sources[k][i] < floor - LowValues.evident * deviation(k, i, level: floor) else { break }
        count += 1
      }
      return count < n ? count : 0
    }

    /// How far a value lies above a level, in units of what noise and mismatch allow.
    private func distance(
      _ k: Int, _ i: Int, _ around: LocalLevel, mismatch: Float = LowValues.mismatch
    ) -> Float {
      let own = deviation(k, i, level: around.level)
      let spare = mismatch * around.range
      let tolerance = (own * own + around.deviation * around.deviation + spare * spare).squareRoot()
      return (sources[k][i] - around.level) / tolerance
    }

    /// Whether a value that lies below the neighbours' combined values is really too low. The neighbours of a
    /// coincidence may be hit as often as it is; what is lowest around it is not.
    private func isBelow(
      _ k: Int, _ x: Int, _ y: Int, _ around: LocalLevel, mismatch: Float = LowValues.mismatch
    ) -> Bool {
      let i = y * shape.width + x
      if sources[k][i] < around.lowest - LowValues.agreement * deviation(k, i, level: around.lowest) {
        return true
      }
      return LocalLevel(x: x, y: y, { smallest($0, $1) }).map {
        distance(k, i, $0, mismatch: mismatch) < -LowValues.outlier
      }
        ?? false
    }

    /// Whether two exposures agree all around within the noise, so that nothing moved or blurred one of them.
    private func isSteady(_ x: Int, _ y: Int) -> Bool {
      var (known, apart) = (0, 0)
      for j in max(0, y - 2)...min(shape.height - 1, y + 2) {
        for i in max(0, x - 2)...min(shape.width - 1, x + 2) where i != x || j != y {
          let at = j * shape.width + i
          let (low, next, exposure) = values.lowest(at)
          guard next < .infinity else { continue }
          known += 1
          // Of both values.
          let square = 2 * deviation(exposure, at, level: low) * deviation(exposure, at, level: low)
          if (next - low) * (next - low) > LowValues.apart * LowValues.apart * square { apart += 1 }
        }
      }
      return known >= LowValues.fewest && LowValues.hits * apart <= known
    }

    /// The higher of two values is a hit, unless the lower one lies below its neighbourhood, or nothing can tell.
    private func judgePair(
      _ x: Int, _ y: Int, _ order: UnsafeBufferPointer<Int>, _ around: LocalLevel, _ low: Int,
      into found: inout [Finding]
    ) {
      let i = y * shape.width + x
      let (first, last) = (order[0], order[1])
      let difference = sources[last][i] - sources[first][i]
      guard difference > 2 * LowValues.outlier * LowValues.mismatch * around.range else {
        if difference > 2 * LowValues.outlier * LowValues.steady * around.range {
          judgeSteady(x, y, order, around, into: &found)
        }
        return
      }
      let (a, b) = (distance(first, i, around), distance(last, i, around))
      if low == 1, isBelow(first, x, y, around) {
        found.append(Finding(pixel: i, exposure: abs(b) <= LowValues.agreement ? first : nil))
      } else if -a > b, low < 2 {
        let floor = LocalLevel(x: x, y: y) { smallest($0, $1) }
        if floor.map({ abs(distance(first, i, $0)) > LowValues.agreement }) ?? true {
          found.append(Finding(pixel: i, exposure: nil, isSure: false))
        }
      }
    }

    /// On a slope the lower of two values is out where nothing moved, and the higher one is what the level asks for.
    private func judgeSteady(
      _ x: Int, _ y: Int, _ order: UnsafeBufferPointer<Int>, _ around: LocalLevel,
      into found: inout [Finding]
    ) {
      guard isSteady(x, y) else { return }
      let (i, steady) = (y * shape.width + x, LowValues.steady)
      let a = distance(order[0], i, around, mismatch: steady)
      let b = distance(order[1], i, around, mismatch: steady)
      if a < -LowValues.outlier - 1, abs(b) <= LowValues.agreement - 1,
        isBelow(order[0], x, y, around, mismatch: steady)
      {
        found.append(Finding(pixel: i, exposure: order[0]))
      }
    }
  }
}
