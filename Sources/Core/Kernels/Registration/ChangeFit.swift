/// What lines of a difference follow, eight at a time: level by level of overlapping blocks, a constant and a multiple of
/// the image.
///
/// A sky line that became brighter changes a whole line along the slit, an object every pixel of the block by the same
/// part of what it adds. Cosmic rays are few pixels of a block, and none of them is on both sides of the comparison.
struct ChangeFit {
  /// Pixels of a block; blocks begin every half of it.
  static let length = 96
  /// Fewer pixels than this say nothing of a line.
  static let least = 24
  /// A level that varies by so many times its noise in a block may tell a multiple.
  private static let structure: Float = 300
  /// How well a multiple is known to be near 0 before the block is looked at.
  private static let doubt: Float = 11
  /// By how many times its noise a pixel lies below the block's reference that tells nothing of the block.
  private static let dark: Float = 4
  /// Part of the structure that the multiple need not explain.
  private static let tolerance: Float = 0.02
  /// A beginning is known to this part of the noise.
  private static let coarse: Float = 0.02

  /// Eight lines that lie side by side, a lane each.
  struct Lines {
    /// NaN where a pixel does not count.
    let difference: UnsafePointer<Lanes>
    /// What the exposures show without hits, finite.
    let level: UnsafePointer<Lanes>
    /// Variance of the difference, above 0.
    let variance: UnsafePointer<Lanes>
    let count: Int

    fileprivate func part(_ first: Int, _ count: Int) -> Lines {
      Lines(
        difference: difference + first, level: level + first, variance: variance + first, count: count)
    }
  }

  /// The change of a block at a level: `constant + multiple * (level - reference)`.
  private struct Block {
    var constant = Lanes.zero
    var multiple = Lanes.zero
    var reference = Lanes.zero

    /// The change of a pixel of some lines.
    ///
    /// What is much darker than the rest of a block, such as the edge of a slit, tells nothing of it, and may change as
    /// the block does, in proportion to its light, or as the multiple says: what comes nearest to its own difference.
    @inline(__always) func callAsFunction(_ lines: Lines, _ x: Int) -> Lanes {
      let (level, difference) = (lines.level[x], lines.difference[x])
      let l = level - reference
      let line = constant + multiple * l
      let isDark =
        (l .< 0) .& (l * l .> ChangeFit.dark * ChangeFit.dark * lines.variance[x])
        .& (difference .== difference)
      guard hasAny(isDark) else { return line }
      let part = constant * upper(level, .zero) / reference
      let low = lower(lower(line, constant), part)
      let high = upper(upper(line, constant), part)
      return line.replacing(with: lower(upper(difference, low), high), where: isDark .& (reference .> 0))
    }

    @inline(__always) mutating func take(_ other: Block, where lanes: SIMDMask<SIMD8<Int32>>) {
      constant.replace(with: other.constant, where: lanes)
      multiple.replace(with: other.multiple, where: lanes)
      reference.replace(with: other.reference, where: lanes)
    }
  }

  /// Room that `fit` needs [groups of eight values].
  static let room = 2 * length

  /// Fits lines.
  ///
  /// - Parameters:
  ///   - out: takes the change of each pixel.
  ///   - memory: `room` groups of values.
  static func fit(
    _ lines: Lines, into out: UnsafeMutablePointer<Lanes>, memory: UnsafeMutablePointer<Lanes>
  ) {
    let count = lines.count
    guard count >= least else {
      for x in 0..<count { out[x] = .zero }
      return
    }
    let length = min(length, count)
    let step = max(1, length / 2)
    let last = count - length
    let blocks = (last + step - 1) / step + 1
    func start(_ k: Int) -> Int { min(k * step, last) }
    var before = Block()
    for k in 0..<blocks {
      let first = start(k)
      let block = fitted(lines.part(first, length), memory, otherwise: before)
      // Between the middles of two blocks one takes over from the other.
      let middle = first + length / 2
      let from = k == 0 ? 0 : start(k - 1) + length / 2
      if k == 0 {
        for x in 0..<middle { out[x] = block(lines, x) }
      } else {
        let width = Float(max(1, middle - from))
        for x in from..<middle {
          let part = (Float(x - from) + 0.5) / width
          out[x] = (1 - part) * before(lines, x) + part * block(lines, x)
        }
      }
      if k == blocks - 1 {
        for x in middle..<count { out[x] = block(lines, x) }
      }
      before = block
    }
    for x in 0..<count { out[x].replace(with: 0, where: out[x] - out[x] .!= 0) }
  }

  private static func fitted(
    _ lines: Lines, _ memory: UnsafeMutablePointer<Lanes>, otherwise before: Block
  ) -> Block {
    let (difference, level, variance, count) = (lines.difference, lines.level, lines.variance, lines.count)
    var (there, sum, noise) = (Lanes.zero, Lanes.zero, Lanes.zero)
    for x in 0..<count {
      let counts = difference[x] .== difference[x]
      there += Lanes.zero.replacing(with: 1, where: counts)
      sum += Lanes.zero.replacing(with: level[x], where: counts)
      noise += Lanes.zero.replacing(with: variance[x], where: counts)
    }
    let isKnown = there .>= Float(least)
    guard hasAny(isKnown) else { return before }
    let rank = ((there - 1) * 0.5).rounded(.down)
    var block = Block()
    block.constant = LaneRank.value(
      difference, count, at: rank, in: LaneRank.range(difference, count),
      tolerance: coarse * squareRoot(noise / upper(there, Lanes(repeating: 1))))
    block.reference = sum / upper(there, Lanes(repeating: 1))
    var spread = Lanes.zero
    for x in 0..<count {
      let l = level[x] - block.reference
      spread += Lanes.zero.replacing(with: l * l / variance[x], where: difference[x] .== difference[x])
    }
    let hasStructure = spread .> structure
    var plain = block
    refine(&plain, lines)
    if hasAny(hasStructure .& isKnown) {
      for x in 0..<count {
        memory[x] = level[x].replacing(with: .nan, where: difference[x] .!= difference[x])
      }
      block.reference = LaneRank.value(
        memory, count, at: rank, in: LaneRank.range(memory, count),
        tolerance: coarse * squareRoot(noise / upper(there, Lanes(repeating: 1))))
      block.multiple = weightedRatio(block, lines, memory)
      for _ in 0..<5 { improve(&block, lines) }
      plain.take(block, where: hasStructure)
    }
    plain.take(before, where: .!isKnown)
    return plain
  }

  /// The mean of the values near the median.
  private static func refine(_ block: inout Block, _ lines: Lines) {
    var (sum, weights) = (Lanes.zero, Lanes.zero)
    for x in 0..<lines.count {
      let rest = lines.difference[x] - block.constant
      // NaN is not near.
      let isNear = rest * rest .< 6.25 * lines.variance[x]
      let weight = Lanes.zero.replacing(with: 1 / lines.variance[x], where: isNear)
      sum += Lanes.zero.replacing(with: rest * weight, where: isNear)
      weights += weight
    }
    block.constant += Lanes.zero.replacing(with: sum / weights, where: weights .> 0)
  }

  /// The multiple, from -1 to 1, whose residuals have the smallest sum of sizes: half the weight of the ratios of the
  /// pixels that stand out lies below it.
  private static func weightedRatio(
    _ block: Block, _ lines: Lines, _ memory: UnsafeMutablePointer<Lanes>
  ) -> Lanes {
    let weights = memory + length
    var (there, total) = (Lanes.zero, Lanes.zero)
    for x in 0..<lines.count {
      let (l, variance) = (lines.level[x] - block.reference, lines.variance[x])
      let counts = (l * l .> 25 * variance) .& (lines.difference[x] .== lines.difference[x])
      let size = upper(l, -l)
      memory[x] = ((lines.difference[x] - block.constant) / l).replacing(with: .nan, where: .!counts)
      weights[x] = Lanes.zero.replacing(with: size / squareRoot(variance), where: counts)
      there += Lanes.zero.replacing(with: 1, where: counts)
      total += weights[x]
    }
    var (low, high) = (Lanes(repeating: -1), Lanes(repeating: 1))
    // To a thousandth, which the steps of least squares refine.
    for _ in 0..<11 {
      let middle = 0.5 * (low + high)
      var below = Lanes.zero
      for x in 0..<lines.count {
        below += Lanes.zero.replacing(with: weights[x], where: memory[x] .<= middle)
      }
      let isAbove = 2 * below .< total
      low.replace(with: middle, where: isAbove)
      high.replace(with: middle, where: .!isAbove)
    }
    return (0.5 * (low + high)).replacing(with: 0, where: there .<= 2)
  }

  /// A step of least squares in which far pixels count little.
  private static func improve(_ block: inout Block, _ lines: Lines) {
    var (w, wl, wll) = (Lanes.zero, Lanes.zero, Lanes(repeating: doubt))
    var (wd, wld) = (Lanes.zero, Lanes.zero)
    for x in 0..<lines.count {
      let difference = lines.difference[x]
      let l = lines.level[x] - block.reference
      let spare = tolerance * l
      let spread = lines.variance[x] + spare * spare
      let rest = difference - block.constant - block.multiple * l
      // 1 / (spread (1 + (rest^2 / 9 spread)^2)) with one division; 0 where a pixel does not count.
      let square = rest * rest * (1.0 / 9)
      let weight = spread / (spread * spread + square * square)
      let counts = difference .== difference
      let own = Lanes.zero.replacing(with: weight, where: counts)
      let d = Lanes.zero.replacing(with: difference, where: counts)
      let ownLevel = own * l
      w += own
      wl += ownLevel
      wll += ownLevel * l
      wd += own * d
      wld += ownLevel * d
    }
    let determinant = w * wll - wl * wl
    let multiple = (w * wld - wl * wd) / determinant
    let constant = (wd - multiple * wl) / w
    // NaN and infinities fail these comparisons.
    let isGood = (w .> 0) .& (determinant .> 0) .& (multiple * multiple .< 1) .& (constant - constant .== 0)
    block.multiple.replace(with: multiple, where: isGood)
    block.constant.replace(with: constant, where: isGood)
  }
}
