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

  /// - Parameters:
  ///   - exposures: on one scale [ADU], NaN where a value does not count.
  ///   - factors: relative flux that they were divided by.
  ///   - planes: minimum and median of the same.
  ///   - isUnlike: whether exposures differ where the image is steep.
  /// - Throws: `CRSError.interrupted`.
  package init(
    in exposures: [Plane<Float>], factors: [Double], noise: StackNoise, planes: StackPlanes,
    isUnlike: Bool = false, work: Work
  ) throws {
    let shape = exposures[0].shape
    let found = try Self.findings(
      in: exposures, factors: factors, noise: noise, planes: planes, isUnlike: isUnlike, work: work)
    guard ScatteredLows.areMany(found, shape: shape, count: exposures.count) else {
      self.init(found, shape: shape, count: exposures.count)
      return
    }
    // So many of them spoil the medians that the others are judged by.
    let scattered = try ScatteredLows(in: exposures, factors: factors, noise: noise, work: work)
    let (rest, around) = try Self.without(scattered.findings, exposures, work)
    let more = try Self.findings(
      in: rest, factors: factors, noise: noise, planes: around, isUnlike: isUnlike, work: work)
    let (good, _) = try Self.without(more, rest, work)
    let lone = try ScatteredLows.lone(in: good, factors: factors, noise: noise, work: work)
    self.init(scattered.findings + more + lone, shape: shape, count: exposures.count)
  }

  private static func findings(
    in exposures: [Plane<Float>], factors: [Double], noise: StackNoise, planes: StackPlanes, isUnlike: Bool,
    work: Work
  ) throws -> [Finding] {
    let shape = exposures[0].shape
    let size = 32
    let rows = OrderedResults<[Finding]>((shape.height + size - 1) / size)
    // What lies below everything needs no neighbours.
    let floor = try LowFloor(in: exposures, factors: factors, noise: noise, planes: planes, work: work)
    let (exposures, planes) =
      try floor.findings.isEmpty ? (exposures, planes) : without(floor.findings, exposures, work)
    // Blocks first: their medians would pass for the level of their neighbours.
    let blocks = try LowBlocks(
      in: exposures, factors: factors, noise: noise, planes: planes, isUnlike: isUnlike, work: work)
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

  /// What a pixel of a block may have of the light of another exposure: lines and traces change by less than the rest.
  private static let deep: Float = 0.75

  /// Those that stand in blocks, and no others: values so much lower than those of another exposure that no line or trace
  /// changes as much. What else is low shows once smooth changes are known.
  ///
  /// - Parameters: as above.
  /// - Throws: `CRSError.interrupted`.
  init(
    blocksOf exposures: [Plane<Float>], planes: StackPlanes? = nil, factors: [Double], noise: StackNoise,
    isUnlike: Bool = false, work: Work
  ) throws {
    let (shape, count) = (exposures[0].shape, exposures.count)
    func blocks(_ exposures: [Plane<Float>], _ planes: StackPlanes) throws -> [Finding] {
      try LowBlocks(
        in: exposures, factors: factors, noise: noise, planes: planes, isUnlike: isUnlike, work: work
      ).findings
        .filter { finding in
          let values = exposures.map { $0.pixels[finding.pixel] }.filter(\.isFinite)
          guard let highest = values.max(), highest > 0, let lowest = values.min() else { return true }
          let own = finding.exposure.map { exposures[$0].pixels[finding.pixel] } ?? lowest
          return !(own > Self.deep * highest)
        }
    }
    let found = try blocks(exposures, planes ?? StackPlanes(exposures, work: work))
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
}
