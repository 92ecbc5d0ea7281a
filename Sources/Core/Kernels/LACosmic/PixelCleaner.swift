/// Finds the value that replaces a cosmic-ray pixel.
struct PixelCleaner: Sendable {
  /// The frame with the values of the cleaning before.
  let frame: LACosmicFrame
  /// All pixels flagged so far, the newest included.
  let cosmic: BitPlane
  let type: LACosmicParameters.CleanType

  /// 1 / distance of each pixel of the window from its centre.
  private static let inverseDistance: [Float] = {
    let byDistance: [Int: Float] = [1: 1, 2: 0.70710678, 4: 0.5, 5: 0.4472136, 8: 0.35355339, 0: 0]
    return (0..<25).map { k in
      let (dy, dx) = (k / 5 - 2, k % 5 - 2)
      return byDistance[dy * dy + dx * dx] ?? 0
    }
  }()

  /// Pixel and variance, or nil when there is no good pixel in the window.
  ///
  /// - Parameters: a flagged pixel at least 2 pixels away from every border.
  func replacement(_ x: Int, _ y: Int) -> SIMD2<Float>? {
    switch type {
    case .meanmask:
      var sum = SIMD2<Float>.zero
      var count: Float = 0
      forEachGood(x, y) { _, index in
        sum += values(index)
        count += 1
      }
      return count > 0 ? sum / count : nil
    case .idw:
      var sum = SIMD2<Float>.zero
      var weights: Float = 0
      Self.inverseDistance.withUnsafeBufferPointer { inverse in
        forEachGood(x, y) { k, index in
          sum += inverse[k] * values(index)
          weights += inverse[k]
        }
      }
      return weights >= 1e-6 ? sum / weights : nil
    case .medmask:
      return lowMedian { take in forEachGood(x, y) { _, index in take(values(index)) } }
    case .median:
      return lowMedian { take in
        for j in y - 2...y + 2 {
          for i in x - 2...x + 2 { take(frame.current(i, j)) }
        }
      }
    }
  }

  @inline(__always) private func values(_ index: Int) -> SIMD2<Float> {
    SIMD2(frame.electrons(index), frame.varianceElectrons(index))
  }

  /// The low medians of at most 25 pixels and variances.
  @inline(__always)
  private func lowMedian(_ visit: ((SIMD2<Float>) -> Void) -> Void) -> SIMD2<Float>? {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 50) { sorted in
      var count = 0
      visit { value in
        for plane in 0..<2 {
          // Sorted by insertion: the two lists are short.
          var place = plane * 25 + count
          while place > plane * 25, sorted[place - 1] > value[plane] {
            sorted[place] = sorted[place - 1]
            place -= 1
          }
          sorted[place] = value[plane]
        }
        count += 1
      }
      return count == 0 ? nil : SIMD2(sorted[(count - 1) / 2], sorted[25 + (count - 1) / 2])
    }
  }

  /// The good pixels of the window row by row, as the reference adds them up.
  @inline(__always)
  private func forEachGood(_ x: Int, _ y: Int, _ body: (Int, Int) -> Void) {
    for row in 0..<5 {
      let j = y &+ row &- 2
      var unusable = cosmic.five(from: x &- 2, row: j)
      if frame.hasMasked { unusable |= frame.masked.five(from: x &- 2, row: j) }
      var good = ~unusable & 31
      while good != 0 {
        let column = good.trailingZeroBitCount
        body(row &* 5 &+ column, j &* frame.width &+ x &- 2 &+ column)
        good &= good &- 1
      }
    }
  }
}
