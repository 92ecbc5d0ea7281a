/// The values of single pixels of a stack, and how far noise lets them scatter.
///
/// One object for all pixels: a structure would be copied, array by array, wherever one of them is looked at.
final class StackValues: @unchecked Sendable {
  /// Exposures on one scale [ADU]; NaN where a value does not count.
  let sources: [UnsafeBufferPointer<Float>]
  /// Relative flux that they were divided by.
  let scales: [Float]
  let noise: StackNoise
  let shape: Shape

  init(sources: [UnsafeBufferPointer<Float>], scales: [Float], noise: StackNoise, shape: Shape) {
    (self.sources, self.scales, self.noise, self.shape) = (sources, scales, noise, shape)
  }

  @inline(__always) subscript(k: Int, i: Int) -> Float { sources[k][i] }

  /// The standard deviation of a value of exposure `k` at a level [ADU].
  func deviation(_ k: Int, _ i: Int, level: Float) -> Float {
    let (perSignal, readout) = noise[k].at(i)
    return (max(level, 0) * perSignal / scales[k] + readout / (scales[k] * scales[k])).squareRoot()
  }

  /// Hands on the exposures that have a value, the smallest first.
  @inline(__always)
  func withOrder<Result>(_ i: Int, _ body: (UnsafeBufferPointer<Int>) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: sources.count) { order in
      var n = 0
      for k in sources.indices where sources[k][i].isFinite {
        var place = n
        while place > 0, sources[order[place - 1]][i] > sources[k][i] {
          order[place] = order[place - 1]
          place -= 1
        }
        order[place] = k
        n += 1
      }
      return body(UnsafeBufferPointer(rebasing: order[..<n]))
    }
  }

  /// The two smallest values, infinite where there are fewer, and the exposure of the first.
  func lowest(_ i: Int) -> (low: Float, next: Float, exposure: Int) {
    var out = (low: Float.infinity, next: Float.infinity, exposure: 0)
    for k in sources.indices where sources[k][i].isFinite {
      let value = sources[k][i]
      if value < out.low {
        out = (value, out.low, k)
      } else if value < out.next {
        out.next = value
      }
    }
    return out
  }

  /// Whether a pixel's median lies far below those of nearly all its neighbours: all of its values dropped out, or the
  /// detector is dead there. Such a pixel tells nothing about its neighbours.
  ///
  /// - Parameter isOut: neighbours that are not looked at.
  func isPit(_ i: Int, _ median: UnsafeBufferPointer<Float>, isOut: (Int) -> Bool) -> Bool {
    let own = median[i]
    let (x, y) = (i % shape.width, i / shape.width)
    var (above, other) = (0, 0)
    for b in max(0, y - 1)...min(shape.height - 1, y + 1) {
      for a in max(0, x - 1)...min(shape.width - 1, x + 1) where a != x || b != y {
        let at = b * shape.width + a
        guard median[at].isFinite, !isOut(at) else { continue }
        if median[at] > own, own < median[at] - Self.evident * deviation(0, i, level: median[at]) {
          above += 1
        } else {
          // Two of eight are too many.
          other += 1
          if other > 1 { return false }
        }
      }
    }
    let count = above + other
    return count >= 3 && Double(above) > Self.nearlyAll * Double(count)
  }

  /// Deviations of what lies far below, and the part of the neighbours that nearly all are: beside a dark line of one pixel
  /// six of eight are brighter.
  private static let (evident, nearlyAll): (Float, Double) = (8, 0.8)

  /// The exposures below the widest gap between the values of a pixel whose highest value lies `deviations` above the
  /// middle one, of an even number above the lower of both, as bits.
  ///
  /// - Returns: nil where the values lie closer together; 0 where the gap lies below the middle one, or the exposures are too
  ///   many for bits.
  func split(_ i: Int, by deviations: Float) -> UInt64? {
    withUnsafeTemporaryAllocation(of: (value: Float, exposure: Int).self, capacity: sources.count) { sorted in
      var n = 0
      for k in sources.indices where sources[k][i].isFinite {
        let value = sources[k][i]
        var place = n
        while place > 0, sorted[place - 1].value > value {
          sorted[place] = sorted[place - 1]
          place -= 1
        }
        sorted[place] = (value, k)
        n += 1
      }
      guard n >= 2 else { return nil }
      let middle = sorted[(n - 1) / 2].value
      let last = sorted[n - 1]
      guard last.value - middle > deviations * deviation(last.exposure, i, level: middle) else { return nil }
      var (widest, cut): (Float, Int) = (0, 0)
      for place in 1..<n where sorted[place].value - sorted[place - 1].value > widest {
        (widest, cut) = (sorted[place].value - sorted[place - 1].value, place)
      }
      guard cut > (n - 1) / 2, sources.count <= 64 else { return 0 }
      return (0..<cut).reduce(0) { $0 | 1 << UInt64(sorted[$1].exposure) }
    }
  }
}
