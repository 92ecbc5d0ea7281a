/// What changes smoothly between two exposures of one scene, though no one factor says it: sky lines along the slit, an
/// object along its trace, a sky that became brighter.
///
/// The difference is followed line by line along one axis and then along the other (`ChangeFit`); the axis that explains
/// more of it comes first.
package struct SmoothChanges: Sendable {
  /// Along which axes changes are followed.
  package enum Axes: String, Sendable, CaseIterable {
    /// Both, the better one first.
    case auto
    case none, x, y
  }

  /// What was found along one axis.
  package struct Step: Sendable, Equatable {
    /// Along x, else along y.
    package let isAlongX: Bool
    /// Mean square of the difference before and after, in units of its noise, values beyond 3 taken for 3.
    package let before: Double
    package let after: Double
  }

  /// First minus second exposure as they are expected to differ, finite everywhere [unit of the exposures].
  package let change: Plane<Float>
  package let steps: [Step]
  /// Part of the pixels whose exposures are expected to differ by more than the noise of their difference.
  package let changedPart: Double

  /// nil unless there are two exposures that lie on each other and an axis to follow changes along.
  ///
  /// - Parameters:
  ///   - exposures: on one scale [ADU], one shape; NaN where a value does not count.
  ///   - offsets: their displacements [pixel].
  ///   - factors: relative flux that they were divided by.
  ///   - noise: of the exposures before.
  /// - Throws: `CRSError.interrupted`.
  package init?(
    between exposures: [Plane<Float>], offsets: [Offset], factors: [Double], noise: StackNoise, axes: Axes,
    work: Work
  ) throws {
    guard exposures.count == 2, axes != .none, offsets.allSatisfy({ $0 == .zero }) else { return nil }
    let pair = try ComparedPair(exposures, factors: factors, noise: noise, work: work)
    var field = ChangeField(pair: pair, work: work)
    steps = try field.follow(axes)
    change = field.change
    changedPart = field.changedPart
  }

  /// The exposures without what tells them apart: each is moved by half of it.
  ///
  /// - Throws: `CRSError.interrupted`.
  package func without(_ exposures: [Plane<Float>], work: Work) throws -> [Plane<Float>] {
    try exposures.enumerated().map { k, exposure in
      let half: Float = k == 0 ? 0.5 : -0.5
      return try withPixels(of: [exposure, change]) { sources in
        nonisolated(unsafe) let sources = sources
        let width = exposure.width
        return try .byRows(exposure.shape, work: work) { y, row in
          for x in 0..<width { row[x] = sources[0][y * width + x] - half * sources[1][y * width + x] }
        }
      }
    }
  }
}

/// Two exposures as their changes are looked for.
private struct ComparedPair {
  /// First minus second.
  let difference: Plane<Float>
  /// What both show without hits, 0 where nothing counts.
  let level: Plane<Float>
  /// Variance of the difference.
  let variance: Plane<Float>

  init(difference: Plane<Float>, level: Plane<Float>, variance: Plane<Float>) {
    (self.difference, self.level, self.variance) = (difference, level, variance)
  }

  init(_ exposures: [Plane<Float>], factors: [Double], noise: StackNoise, work: Work) throws {
    let shape = exposures[0].shape
    let model = PairVariance(factors: factors, noise: noise)
    difference = try Self.made(exposures, shape, work) { _, a, b in a - b }
    level = try Self.made(exposures, shape, work) { i, a, b in model.level(i, a, b) }
    variance = try Self.made(exposures + [level], shape, work) { i, _, _, level in model.variance(i, level) }
  }

  @inline(__always)
  private static func made(
    _ exposures: [Plane<Float>], _ shape: Shape, _ work: Work,
    _ pixel: @Sendable (_ i: Int, _ a: Float, _ b: Float) -> Float
  ) throws -> Plane<Float> {
    try made(exposures + [exposures[0]], shape, work) { i, a, b, _ in pixel(i, a, b) }
  }

  @inline(__always)
  private static func made(
    _ planes: [Plane<Float>], _ shape: Shape, _ work: Work,
    _ pixel: @Sendable (_ i: Int, _ a: Float, _ b: Float, _ c: Float) -> Float
  ) throws -> Plane<Float> {
    try withPixels(of: planes) { sources in
      nonisolated(unsafe) let (a, b, c) = (sources[0], sources[1], sources[2])
      return try .byRows(shape, work: work) { y, row in
        let start = y * shape.width
        for x in 0..<shape.width { row[x] = pixel(start + x, a[start + x], b[start + x], c[start + x]) }
      }
    }
  }
}

/// Noise of the difference of two exposures.
private struct PairVariance: Sendable {
  let noise: (PixelNoise, PixelNoise)
  let factors: (Float, Float)

  init(factors: [Double], noise: StackNoise) {
    self.factors = (Float(factors[0]), Float(factors[1]))
    self.noise = (noise[0], noise[1])
  }

  /// Above 0, of exposures with this expected level.
  @inline(__always) func variance(_ i: Int, _ level: Float) -> Float {
    let (s1, r1) = noise.0.at(i)
    let (s2, r2) = noise.1.at(i)
    let readout = r1 / (factors.0 * factors.0) + r2 / (factors.1 * factors.1)
    return max(max(level, 0) * (s1 / factors.0 + s2 / factors.1) + readout, 1e-12)
  }

  /// Their mean where they agree within 4 standard deviations, else the smaller one; 0 where one does not count.
  @inline(__always) func level(_ i: Int, _ a: Float, _ b: Float) -> Float {
    let low = min(a, b)
    let d = a - b
    guard d.isFinite else { return 0 }
    return d * d < 16 * variance(i, low) ? 0.5 * (a + b) : low
  }
}

/// What is expected of the difference so far.
private struct ChangeField {
  let pair: ComparedPair
  let work: Work
  private(set) var change: Plane<Float>
  private let shape: Shape
  /// Lines that are looked at to compare axes: one of so many.
  private static let sample = 8
  /// Columns that are worked on together.
  private static let strip = 16

  init(pair: ComparedPair, work: Work) {
    (self.pair, self.work, shape) = (pair, work, pair.difference.shape)
    change = Plane(width: shape.width, height: shape.height, repeating: 0)
  }

  /// Part of the pixels whose change exceeds the noise of their difference.
  var changedPart: Double {
    var count = 0
    for i in 0..<change.count where change.pixels[i] * change.pixels[i] > pair.variance.pixels[i] {
      count += 1
    }
    return Double(count) / Double(max(1, change.count))
  }

  /// Mean square of the difference that some lines leave when they are followed along an axis; nil: as it is.
  func sampled(_ isAlongX: Bool?) throws -> Double {
    let lines = isAlongX ?? true ? shape.height : shape.width
    let length = isAlongX ?? true ? shape.width : shape.height
    let count = (lines + Self.sample - 1) / Self.sample
    let sums = OrderedResults<(Double, Int)>(count)
    try lineByLine(isAlongX ?? true, step: Self.sample, fits: isAlongX != nil) { line, rest, variance, fit in
      var (sum, there) = (0.0, 0)
      for x in 0..<length where rest[x].isFinite {
        let r = rest[x] - fit[x]
        sum += Double(min(r * r / variance[x], 9))
        there += 1
      }
      sums.set(line / Self.sample, (sum, there))
    }
    let total = sums.values.reduce((0.0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
    return total.0 / Double(max(1, total.1))
  }

  /// Adds what lines along each of the axes show.
  ///
  /// - Parameter axes: anything but `none`.
  mutating func follow(_ axes: SmoothChanges.Axes) throws -> [SmoothChanges.Step] {
    var found: [SmoothChanges.Step] = []
    var order = axes == .y ? [false] : axes == .x ? [true] : [true, false]
    if order.count == 2, try sampled(true) > sampled(false) { order = [false, true] }
    for isAlongX in order {
      let before = try sampled(nil)
      try follow(isAlongX: isAlongX)
      found.append(SmoothChanges.Step(isAlongX: isAlongX, before: before, after: try sampled(nil)))
    }
    return found
  }

  /// Adds what lines along an axis show.
  private mutating func follow(isAlongX: Bool) throws {
    let length = isAlongX ? shape.width : shape.height
    let width = shape.width
    var next = change
    try next.pixels.withUnsafeMutableBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return }
      let target = SharedPointer(base)
      try lineByLine(isAlongX, step: 1, fits: true) { line, _, _, fit in
        if isAlongX {
          for x in 0..<length { target.base[line * width + x] += fit[x] }
        } else {
          for y in 0..<length { target.base[y * width + line] += fit[y] }
        }
      }
    }
    change = next
  }

  /// Calls `body` with what is left of the difference along each line, its variance, and what the line shows.
  private func lineByLine(
    _ isAlongX: Bool, step: Int, fits: Bool,
    _ body:
      @Sendable (
        _ line: Int, _ rest: UnsafePointer<Float>, _ variance: UnsafePointer<Float>,
        _ fit: UnsafePointer<Float>
      ) -> Void
  ) throws {
    let lines = isAlongX ? shape.height : shape.width
    let length = isAlongX ? shape.width : shape.height
    let width = shape.width
    try withPixels(of: [pair.difference, change, pair.level, pair.variance]) { sources in
      nonisolated(unsafe) let sources = sources
      try work.forTiles(lines, size: Self.strip) { tile in
        let together = isAlongX ? 1 : tile.count
        let room = 4 * length * together + ChangeFit.room(length)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: room) { memory in
          guard let base = memory.baseAddress else { return }
          let size = length * together
          let (rest, level, variance) = (base, base + size, base + 2 * size)
          let (out, spare) = (base + 3 * size, base + 4 * size)
          func look(_ line: Int, _ place: Int) {
            if fits {
              ChangeFit.fit(
                rest + place, level + place, variance + place, count: length, into: out, memory: spare)
            } else {
              for x in 0..<length { out[x] = 0 }
            }
            body(line, rest + place, variance + place, out)
          }
          if isAlongX {
            for line in tile where line % step == 0 {
              for x in 0..<length {
                let i = line * width + x
                rest[x] = sources[0][i] - sources[1][i]
                (level[x], variance[x]) = (sources[2][i], sources[3][i])
              }
              look(line, 0)
            }
            return
          }
          // Several columns at a time, as pixels lie in rows.
          let wanted = tile.filter { $0 % step == 0 }
          for y in 0..<length {
            for (k, line) in wanted.enumerated() {
              let (i, place) = (y * width + line, k * length + y)
              rest[place] = sources[0][i] - sources[1][i]
              (level[place], variance[place]) = (sources[2][i], sources[3][i])
            }
          }
          for (k, line) in wanted.enumerated() { look(line, k * length) }
        }
      }
    }
  }
}
