/// What one line of a difference follows: level by level of overlapping blocks, a constant and a multiple of the image.
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
  /// Part of the structure that the multiple need not explain.
  private static let tolerance: Float = 0.02

  /// The change of a block at a level: `constant + multiple * (level - reference)`.
  private struct Block {
    var constant: Float = 0
    var multiple: Float = 0
    var reference: Float = 0

    @inline(__always) func callAsFunction(_ level: Float) -> Float {
      constant + multiple * (level - reference)
    }
  }

  /// Room that `fit` needs for a line [values].
  static func room(_ count: Int) -> Int { 3 * length + count }

  /// Fits a line.
  ///
  /// - Parameters:
  ///   - difference: NaN where it does not count.
  ///   - level: what the exposures show without hits, finite where the difference is.
  ///   - variance: of the difference, above 0.
  ///   - out: takes the change of each pixel.
  ///   - memory: `room(count)` values.
  static func fit(
    _ difference: UnsafePointer<Float>, _ level: UnsafePointer<Float>, _ variance: UnsafePointer<Float>,
    count: Int, into out: UnsafeMutablePointer<Float>, memory: UnsafeMutablePointer<Float>
  ) {
    guard count >= least else {
      for x in 0..<count { out[x] = 0 }
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
      let block = fitted(difference + first, level + first, variance + first, length, memory) ?? before
      // Between the middles of two blocks one takes over from the other.
      let middle = first + length / 2
      let from = k == 0 ? 0 : start(k - 1) + length / 2
      if k == 0 {
        for x in 0..<middle { out[x] = block(level[x]) }
      } else {
        let width = Float(max(1, middle - from))
        for x in from..<middle {
          let part = (Float(x - from) + 0.5) / width
          out[x] = (1 - part) * before(level[x]) + part * block(level[x])
        }
      }
      if k == blocks - 1 {
        for x in middle..<count { out[x] = block(level[x]) }
      }
      before = block
    }
    for x in 0..<count where !out[x].isFinite { out[x] = 0 }
  }

  private static func fitted(
    _ difference: UnsafePointer<Float>, _ level: UnsafePointer<Float>, _ variance: UnsafePointer<Float>,
    _ count: Int, _ memory: UnsafeMutablePointer<Float>
  ) -> Block? {
    var (there, sum): (Int, Float) = (0, 0)
    for x in 0..<count where difference[x].isFinite {
      memory[there] = difference[x]
      sum += level[x]
      there += 1
    }
    guard there >= least else { return nil }
    var block = Block()
    block.constant = Selection.middle(memory, there)
    block.reference = sum / Float(there)
    var spread: Float = 0
    for x in 0..<count where difference[x].isFinite {
      let l = level[x] - block.reference
      spread += l * l / variance[x]
    }
    guard spread > structure else {
      refine(&block, difference, variance, count)
      return block
    }
    there = 0
    for x in 0..<count where difference[x].isFinite {
      memory[there] = level[x]
      there += 1
    }
    block.reference = Selection.middle(memory, there)
    block.multiple = weightedRatio(block, difference, level, variance, count, memory)
    for _ in 0..<5 { improve(&block, difference, level, variance, count) }
    return block
  }

  /// The mean of the values near the median.
  private static func refine(
    _ block: inout Block, _ difference: UnsafePointer<Float>, _ variance: UnsafePointer<Float>, _ count: Int
  ) {
    var (sum, weights): (Float, Float) = (0, 0)
    for x in 0..<count {
      let rest = difference[x] - block.constant
      guard rest * rest < 6.25 * variance[x] else { continue }
      sum += rest / variance[x]
      weights += 1 / variance[x]
    }
    if weights > 0 { block.constant += sum / weights }
  }

  /// The multiple whose residuals have the smallest sum of sizes.
  private static func weightedRatio(
    _ block: Block, _ difference: UnsafePointer<Float>, _ level: UnsafePointer<Float>,
    _ variance: UnsafePointer<Float>, _ count: Int, _ memory: UnsafeMutablePointer<Float>
  ) -> Float {
    // Ratios of the pixels that stand out, in bins of their weight: a coarse median is a good beginning.
    var (there, total): (Int, Float) = (0, 0)
    for x in 0..<count where difference[x].isFinite {
      let l = level[x] - block.reference
      guard l * l > 25 * variance[x] else { continue }
      memory[there] = (difference[x] - block.constant) / l
      memory[length + there] = l.magnitude / variance[x].squareRoot()
      total += memory[length + there]
      there += 1
    }
    guard there > 2 else { return 0 }
    // Few values: ordered in place together with their weights.
    for k in 1..<there {
      let (ratio, weight) = (memory[k], memory[length + k])
      var place = k
      while place > 0, memory[place - 1] > ratio {
        memory[place] = memory[place - 1]
        memory[length + place] = memory[length + place - 1]
        place -= 1
      }
      memory[place] = ratio
      memory[length + place] = weight
    }
    var below: Float = 0
    for k in 0..<there {
      below += memory[length + k]
      if 2 * below >= total { return min(max(memory[k], -1), 1) }
    }
    return 0
  }

  /// A step of least squares in which far pixels count little.
  private static func improve(
    _ block: inout Block, _ difference: UnsafePointer<Float>, _ level: UnsafePointer<Float>,
    _ variance: UnsafePointer<Float>, _ count: Int
  ) {
    var (w, wl, wll, wd, wld): (Float, Float, Float, Float, Float) = (0, 0, doubt, 0, 0)
    for x in 0..<count where difference[x].isFinite {
      let l = level[x] - block.reference
      let spare = tolerance * l
      let spread = variance[x] + spare * spare
      let rest = difference[x] - block.constant - block.multiple * l
      let square = rest * rest / spread
      let weight = 1 / (spread * (1 + square * square * (1.0 / 81)))
      w += weight
      wl += weight * l
      wll += weight * l * l
      wd += weight * difference[x]
      wld += weight * l * difference[x]
    }
    let determinant = w * wll - wl * wl
    guard w > 0, determinant > 0 else { return }
    let multiple = (w * wld - wl * wd) / determinant
    guard multiple.isFinite, multiple.magnitude < 1 else { return }
    block.multiple = multiple
    block.constant = (wd - multiple * wl) / w
  }
}

/// Values in their order, of a few.
enum Selection {
  /// The lower middle of `count` values, which change places; 0 without any.
  static func middle(_ values: UnsafeMutablePointer<Float>, _ count: Int) -> Float {
    guard count > 0 else { return 0 }
    return value(values, count, at: (count - 1) / 2)
  }

  /// The value of a rank from 0, below `count`; the smaller ones come to lie before it.
  static func value(_ values: UnsafeMutablePointer<Float>, _ count: Int, at wanted: Int) -> Float {
    var (low, high) = (0, count - 1)
    while low < high {
      let pivot = values[(low + high) / 2]
      var (i, j) = (low, high)
      while i <= j {
        while values[i] < pivot { i += 1 }
        while pivot < values[j] { j -= 1 }
        if i <= j {
          (values[i], values[j]) = (values[j], values[i])
          i += 1
          j -= 1
        }
      }
      if wanted <= j { high = j } else if wanted >= i { low = i } else { break }
    }
    return values[wanted]
  }
}
