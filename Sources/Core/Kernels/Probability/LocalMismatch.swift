/// Noise that is there because something changes between two exposures along a line of the image: a trace whose centre or
/// width moves, an edge of a slit, a sky line.
///
/// In blocks of each row and of each column the difference of the two values is compared with what gain and readout noise
/// make expect; the largest quarter, which has the hits, is left out. Where it is significantly larger, in a block or in
/// several that follow each other, the variance of these pixels grows by as much, and that of the lines beside them: what
/// moves raises one flank of a trace where it lowers the other.
struct LocalMismatch {
  /// How many times the variance of the noise is to be added, row after row; nil where nothing changes.
  let excess: Plane<Float>?
  /// Part of the pixels where something is added.
  let part: Double

  static let none = LocalMismatch(excess: nil, part: 0)

  private init(excess: Plane<Float>?, part: Double) { (self.excess, self.part) = (excess, part) }

  /// Pixels of a block, and how many of them must count.
  private static let (length, least) = (64, 24)
  /// Lines on either side that change with one.
  private static let beside = 3
  /// A variance that exceeds the expected one by this, over the root of the number of blocks, is no chance.
  private static let evident: Float = 1.5
  /// Blocks on either side that belong to a stretch.
  private static let reach = 4
  /// Columns that are worked on together.
  private static let strip = 16

  /// Mean distance of two normal values, the largest quarter of the distances left out: hits are in it.
  private static let expected: Float = 0.735

  /// - Parameters:
  ///   - exposures: two, divided by their flux factors; NaN where a value does not count.
  ///   - mismatch: variance that is known already.
  /// - Throws: `CRSError.interrupted`.
  init(
    _ exposures: [Plane<Float>], model: CleanModel, factors: [Double], noise: StackNoise,
    mismatch: PositionMismatch, work: Work
  ) throws {
    let shape = exposures[0].shape
    var found: Plane<Float>?
    for isAlongX in [true, false] {
      let lines = isAlongX ? shape.height : shape.width
      let count = isAlongX ? shape.width : shape.height
      guard count >= 2 * Self.least else { continue }
      let look = Look(
        exposures: exposures, model: model, factors: factors, noise: noise, mismatch: mismatch,
        isAlongX: isAlongX)
      let stretches = OrderedResults<[[Float]]>((lines + Self.strip - 1) / Self.strip)
      try work.forTiles(lines, size: Self.strip) { tile in
        stretches.set(tile.lowerBound / Self.strip, look.stretches(tile))
      }
      let byLine = stretches.values.flatMap { $0 }
      for (line, own) in byLine.enumerated() where !own.isEmpty {
        var plane = found ?? Plane<Float>(width: shape.width, height: shape.height, repeating: 0)
        found = nil
        for other in max(0, line - Self.beside)...min(lines - 1, line + Self.beside) {
          for k in 0..<count {
            let value = own[min(k / Self.length, own.count - 1)]
            let i = isAlongX ? other * shape.width + k : k * shape.width + other
            if value > plane.pixels[i] { plane.pixels[i] = value }
          }
        }
        found = plane
      }
    }
    excess = found
    part =
      found.map { Double($0.pixels.reduce(0) { $0 + ($1 > 0 ? 1 : 0) }) / Double(max(1, shape.count)) } ?? 0
  }

  /// The lines of one direction.
  private struct Look: @unchecked Sendable {
    let exposures: [Plane<Float>]
    let model: CleanModel
    let factors: [Double]
    let noise: StackNoise
    let mismatch: PositionMismatch
    let isAlongX: Bool

    private var shape: Shape { exposures[0].shape }
    private var count: Int { isAlongX ? shape.width : shape.height }
    private var blocks: Int { max(1, count / LocalMismatch.length) }

    /// What is to be added in each block of some lines; empty for lines with nothing to add.
    func stretches(_ tile: Range<Int>) -> [[Float]] {
      var excess: [[Float]] = []
      withUnsafeTemporaryAllocation(of: Float.self, capacity: tile.count * count + LocalMismatch.length * 2) {
        memory in
        guard let base = memory.baseAddress else { return }
        distances(tile, into: base)
        for place in 0..<tile.count {
          let own = variances(base + place * count, base + tile.count * count)
          excess.append(own.contains { $0 > 0 } ? own : [])
        }
      }
      return excess
    }

    /// How far the two values lie from each other, in units of the noise of one exposure; -1 where one is missing.
    private func distances(_ tile: Range<Int>, into out: UnsafeMutablePointer<Float>) {
      let width = shape.width
      let steep = Float(mismatch.variance)
      let references = model.references
      withPixels(of: exposures + references) { sources in
        func distance(_ i: Int) -> Float {
          var variance: Float = 0
          var values: (Float, Float) = (0, 0)
          for k in 0..<2 {
            let level = sources[references.count == 1 ? 2 : 2 + k][i]
            let new = sources[k][i] - level
            guard new.isFinite else { return -1 }
            let factor = Float(factors[k])
            let (perSignal, readout) = noise[k].at(i)
            variance += max(level, 0) * perSignal / factor + readout / (factor * factor)
            if k == 0 { values.0 = new } else { values.1 = new }
          }
          variance /= 2
          if steep > 0 { variance += steep * mismatch.gradientSquared(at: i) }
          return abs(values.1 - values.0) / variance.squareRoot()
        }
        if isAlongX {
          for (place, y) in tile.enumerated() {
            for x in 0..<width { out[place * count + x] = distance(y * width + x) }
          }
        } else {
          for y in 0..<count {
            for (place, x) in tile.enumerated() { out[place * count + y] = distance(y * width + x) }
          }
        }
      }
    }

    /// What is to be added in each block, in units of the noise's variance.
    private func variances(
      _ line: UnsafePointer<Float>, _ memory: UnsafeMutablePointer<Float>
    ) -> [Float] {
      var ratios: [Float] = []
      ratios.reserveCapacity(blocks)
      for block in 0..<blocks {
        let first = block * LocalMismatch.length
        let end = block == blocks - 1 ? count : first + LocalMismatch.length
        var there = 0
        for x in first..<min(end, first + 2 * LocalMismatch.length) where line[x] >= 0 {
          memory[there] = line[x]
          there += 1
        }
        guard there >= LocalMismatch.least else {
          ratios.append(.nan)
          continue
        }
        let used = 3 * there / 4
        _ = Selection.value(memory, there, at: used)
        var sum: Float = 0
        for x in 0..<used { sum += memory[x] }
        let scale = sum / (Float(used) * LocalMismatch.expected)
        ratios.append(scale * scale)
      }
      return ratios.indices.map { block in
        let near = ratios[max(0, block - LocalMismatch.reach)...min(blocks - 1, block + LocalMismatch.reach)]
        let there = near.filter(\.isFinite)
        func excess(_ ratio: Float, of blocks: Int) -> Float {
          ratio > 1 + LocalMismatch.evident / Float(max(1, blocks)).squareRoot() ? ratio - 1 : 0
        }
        // One block that changes much says nothing of the others.
        let mean = there.reduce(0) { $0 + min($1, 10) } / Float(max(1, there.count))
        let own = ratios[block]
        return max(
          there.count > 1 ? excess(mean, of: there.count) : 0, own.isFinite ? excess(own, of: 1) : 0)
      }
    }
  }
}
