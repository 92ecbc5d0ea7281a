/// The values of single pixels of a stack, and how far noise lets them scatter.
struct StackValues: @unchecked Sendable {
  /// Exposures on one scale [ADU]; NaN where a value does not count.
  let sources: [UnsafeBufferPointer<Float>]
  /// Relative flux that they were divided by.
  let scales: [Float]
  let noise: StackNoise
  let shape: Shape

  @inline(__always) subscript(k: Int, i: Int) -> Float { sources[k][i] }

  /// The standard deviation of a value of exposure `k` at a level [ADU].
  func deviation(_ k: Int, _ i: Int, level: Float) -> Float {
    let (perSignal, readout) = noise[k].at(i)
    return (max(level, 0) * perSignal / scales[k] + readout / (scales[k] * scales[k])).squareRoot()
  }

  /// The exposures that have a value, the smallest first.
  func order(_ i: Int) -> [Int] {
    sources.indices.filter { sources[$0][i].isFinite }.sorted { sources[$0][i] < sources[$1][i] }
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

  /// Whether the highest value lies `deviations` above the middle one, of an even number above the lower of both.
  func isSplit(_ i: Int, by deviations: Float) -> Bool {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: sources.count) { sorted in
      var (n, last) = (0, 0)
      for k in sources.indices where sources[k][i].isFinite {
        let value = sources[k][i]
        var place = n
        while place > 0, sorted[place - 1] > value {
          sorted[place] = sorted[place - 1]
          place -= 1
        }
        sorted[place] = value
        if place == n { last = k }
        n += 1
      }
      guard n >= 2 else { return false }
      let middle = sorted[(n - 1) / 2]
      return sorted[n - 1] - middle > deviations * deviation(last, i, level: middle)
    }
  }
}
