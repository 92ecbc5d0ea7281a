/// Values that lie too low for the others of their pixel and for its neighbourhood: drop-outs, dead columns, negative
/// hits. The minimum is the truth only where nothing but cosmic rays tells the exposures apart.
///
/// A low value is left out where the other values agree with the neighbourhood, and a whole pixel where none does.
/// Hits only raise values, so that a pixel that is hit in all but one exposure keeps its lowest value: it agrees with
/// its neighbours.
package struct LowValues: Sendable {
  /// Values that count nowhere, a mask for each exposure; empty where there is none.
  package let masks: [Mask]
  /// How many values of each exposure are too low.
  package let low: [Int]
  /// Pixels none of whose values fits, or whose two values cannot be told apart: none of them counts.
  package let undecided: Int
  /// One by one.
  let findings: [Finding]

  package var total: Int { low.reduce(0, +) }

  /// The exposures with NaN where a value is left out.
  package func without(_ exposures: [Plane<Float>]) -> [Plane<Float>] {
    guard !masks.isEmpty else { return exposures }
    return zip(exposures, masks).map { plane, mask in
      var out = plane
      out.leaveOut(mask)
      return out
    }
  }

  /// Deviations from the neighbourhood's level: beyond the first a value is too low, within the second it agrees.
  private static let (outlier, agreement): (Float, Float) = (5, 4)
  /// The same for pixels that look hit in all exposures but that of their lowest value: there it is one of two, and such
  /// hits as high as the neighbourhood are none. The last is for the lowest values of the neighbours.
  private static let (spoilt, fitting, beneath): (Float, Float, Float) = (3.5, 3, 2.5)
  /// Below the lowest value of all neighbours by so much a value is too low, however steep the neighbourhood is.
  private static let evident: Float = 8
  /// Neighbours of a low value that may have one too.
  private static let touching = 2
  /// Differences of values that are looked into [standard deviations].
  private static let least: Float = 4.5
  /// What seeing and small displacements do: part of the differences between neighbours.
  private static let mismatch: Float = 0.1
  /// The same where two exposures agree around: neighbours that must tell it, the deviations within which they agree, and the
  /// inverse of the part of them that may be hit.
  private static let (steady, fewest, apart, hits): (Float, Int, Float, Int) = (0.01, 12, 3, 6)

  /// - Parameters:
  ///   - exposures: on one scale [ADU], NaN where a value does not count.
  ///   - factors: relative flux that they were divided by.
  ///   - planes: minimum and median of the same.
  /// - Throws: `CRSError.interrupted`.
  package init(
    in exposures: [Plane<Float>], factors: [Double], noise: StackNoise, planes: StackPlanes, work: Work
  ) throws {
    let shape = exposures[0].shape
    let found = try Self.findings(in: exposures, factors: factors, noise: noise, planes: planes, work: work)
    guard ScatteredLows.areMany(found, shape: shape, count: exposures.count) else {
      self.init(found, shape: shape, count: exposures.count)
      return
    }
    // So many of them spoil the medians that the others are judged by.
    let scattered = try ScatteredLows(in: exposures, factors: factors, noise: noise, work: work)
    let (rest, around) = try Self.without(scattered.findings, exposures, work)
    let more = try Self.findings(in: rest, factors: factors, noise: noise, planes: around, work: work)
    let (good, _) = try Self.without(more, rest, work)
    let lone = try ScatteredLows.lone(in: good, factors: factors, noise: noise, work: work)
    self.init(scattered.findings + more + lone, shape: shape, count: exposures.count)
  }

  private static func findings(
    in exposures: [Plane<Float>], factors: [Double], noise: StackNoise, planes: StackPlanes, work: Work
  ) throws -> [Finding] {
    let shape = exposures[0].shape
    let size = 32
    let rows = OrderedResults<[Finding]>((shape.height + size - 1) / size)
    // What lies below everything needs no neighbours.
    let floor = try LowFloor(in: exposures, factors: factors, noise: noise, planes: planes, work: work)
    let (exposures, planes) =
      try floor.findings.isEmpty ? (exposures, planes) : without(floor.findings, exposures, work)
    // Blocks first: their medians would pass for the level of their neighbours.
    let blocks = try LowBlocks(in: exposures, factors: factors, noise: noise, planes: planes, work: work)
    let (plain, around) =
      try blocks.findings.isEmpty ? (exposures, planes) : without(blocks.findings, exposures, work)
    var pits = Set<Int>()
    try withPixels(of: plain + [around.median]) { sources in
      nonisolated(unsafe) let sources = sources
      let values = StackValues(
        sources: Array(sources.dropLast()), scales: factors.map { Float($0) }, noise: noise, shape: shape)
      let median = sources[sources.count - 1]
      let isMany = floor.findings.count + blocks.findings.count >= many
      pits = isMany ? Self.pits(values, median) : []
      let search = Search(values: values, median: median, used: around.used, pits: pits)
      try work.forTiles(shape.height, size: size) { tile in
        var found: [Finding] = []
        for y in tile { search.look(row: y, into: &found) }
        rows.set(tile.lowerBound / size, found)
      }
    }
    let found = floor.findings + blocks.findings + rows.values.flatMap { $0 }
    return found + shared(pits, among: found, of: exposures.count, pixels: shape.count)
  }

  /// From so many low values in blocks on, drop-outs are frequent, and all exposures of a pixel may have one.
  private static let many = 20

  /// Pixels all of whose values are far below those around.
  private static func pits(_ values: StackValues, _ median: UnsafeBufferPointer<Float>) -> Set<Int> {
    var found = Set<Int>()
    let width = values.shape.width
    for y in 0..<values.shape.height {
      for x in 0..<width {
        let i = y * width + x
        // Most pixels are not darker than the ones beside them.
        guard median[i].isFinite, x == 0 || !(median[i - 1] <= median[i]),
          x + 1 == width || !(median[i + 1] <= median[i])
        else { continue }
        if values.isPit(i, median, isOut: { _ in false }) { found.insert(i) }
      }
    }
    return found
  }

  /// Pixels that dropped out of all exposures, where chance makes as many as there are: none of their values counts. Dead
  /// pixels of the detector are more.
  private static func shared(
    _ pits: Set<Int>, among found: [Finding], of exposures: Int, pixels: Int
  ) -> [Finding] {
    guard !pits.isEmpty else { return [] }
    var counts = [Double](repeating: 0, count: exposures)
    for finding in found { if let k = finding.exposure { counts[k] += 1 } }
    let expected = counts.reduce(Double(pixels)) { $0 * $1 / Double(pixels) }
    guard Double(pits.count) <= chance * expected + 3 * expected.squareRoot() + 1 else { return [] }
    let known = Set(found.map(\.pixel))
    return pits.subtracting(known).sorted().map { Finding(pixel: $0, exposure: nil) }
  }

  /// So many times what chance makes is still chance: drop-outs are not found where they lie close together.
  private static let chance = 1.5

  /// Low values that make pixels look hit in all the other exposures.
  ///
  /// - Parameters:
  ///   - hits: pixels whose medians look spoilt; only these are judged, where they have three values or more.
  /// - Throws: `CRSError.interrupted`.
  init(
    among hits: Mask, in exposures: [Plane<Float>], factors: [Double], noise: StackNoise, work: Work
  ) throws {
    let shape = exposures[0].shape
    let around = try StackPlanes(exposures, work: work)
    var found: [Finding] = []
    withPixels(of: exposures + [around.median]) { sources in
      let values = StackValues(
        sources: Array(sources.dropLast()), scales: factors.map { Float($0) }, noise: noise, shape: shape)
      let search = Search(
        values: values, median: sources[sources.count - 1], used: around.used, pits: [])
      for y in 0..<shape.height {
        for x in 0..<shape.width where hits[x, y] { search.judgeSpoilt(x, y, into: &found) }
      }
    }
    self.init(found, shape: shape, count: exposures.count)
  }

  /// Those that stand in blocks, and no others.
  ///
  /// - Parameters: as above.
  /// - Throws: `CRSError.interrupted`.
  init(blocksOf exposures: [Plane<Float>], factors: [Double], noise: StackNoise, work: Work) throws {
    let (shape, count) = (exposures[0].shape, exposures.count)
    func blocks(_ exposures: [Plane<Float>], _ planes: StackPlanes) throws -> [Finding] {
      try LowBlocks(in: exposures, factors: factors, noise: noise, planes: planes, work: work).findings
    }
    let found = try blocks(exposures, StackPlanes(exposures, work: work))
    guard ScatteredLows.areMany(found, shape: shape, count: count) else {
      self.init(found, shape: shape, count: count)
      return
    }
    let scattered = try ScatteredLows(in: exposures, factors: factors, noise: noise, work: work)
    let (rest, around) = try Self.without(scattered.findings, exposures, work)
    self.init(scattered.findings + (try blocks(rest, around)), shape: shape, count: count)
  }

  /// All values of some exposures.
  init(whole exposures: [Int], of planes: [Plane<Float>]) {
    var counts = planes.map { _ in 0 }
    for k in exposures { counts[k] = planes[k].pixels.count { $0.isFinite } }
    masks =
      exposures.isEmpty
      ? []
      : planes.indices.map { k in
        Mask(
          plane: Plane(
            width: planes[k].width, height: planes[k].height, repeating: exposures.contains(k) ? 1 : 0))
      }
    (low, undecided, findings) = (counts, 0, [])
  }

  private init(_ findings: [Finding], shape: Shape, count: Int) {
    var counts = [Int](repeating: 0, count: count)
    var flags: [Mask] = findings.isEmpty ? [] : counts.map { _ in Mask(shape: shape) }
    var open = 0
    for finding in findings {
      switch finding.exposure {
      case .some(let k):
        counts[k] += 1
        flags[k].plane.pixels[finding.pixel] = 1
      case .none:
        open += 1
        for k in flags.indices { flags[k].plane.pixels[finding.pixel] = 1 }
      }
    }
    (masks, low, undecided, self.findings) = (flags, counts, open, findings)
  }

  /// These and others, which were looked for without them.
  package func joined(with others: LowValues?) -> LowValues {
    guard let others, !others.masks.isEmpty else { return self }
    return LowValues(
      masks: masks.isEmpty ? others.masks : zip(masks, others.masks).map { $0 | $1 },
      low: zip(low, others.low).map { $0 + $1 }, undecided: undecided + others.undecided,
      findings: findings + others.findings)
  }

  private init(masks: [Mask], low: [Int], undecided: Int, findings: [Finding]) {
    (self.masks, self.low, self.undecided, self.findings) = (masks, low, undecided, findings)
  }

  /// A value to be left out; all values of the pixel without an exposure.
  struct Finding {
    let pixel: Int
    let exposure: Int?
    /// Whether a value is too low, and not only which of two is wrong unknown.
    var isSure = true
  }

  /// The exposures without some of their values.
  private static func without(
    _ findings: [Finding], _ exposures: [Plane<Float>], _ work: Work
  ) throws -> ([Plane<Float>], StackPlanes) {
    var out = exposures
    for finding in findings {
      for k in out.indices where finding.exposure == nil || finding.exposure == k {
        out[k].pixels[finding.pixel] = .nan
      }
    }
    return (out, try StackPlanes(out, work: work))
  }

  private struct Search: @unchecked Sendable {
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
