import Synchronization

/// Minimum, median and mean over the exposures, pixel by pixel, in one pass.
///
/// Values that are not finite count nowhere; where none is left all three are NaN.
package struct StackPlanes: Sendable {
  package let minimum: Plane<Float>
  /// Even numbers of exposures: the mean of the two central values.
  package let median: Plane<Float>
  /// The float32 sum in the order of the exposures, divided by their number.
  package let mean: Plane<Float>
  /// How many values each pixel has; nil where every pixel has all of them.
  package let used: Plane<Int16>?

  /// - Parameter exposures: at least one plane, equal shapes.
  /// - Throws: `CRSError.interrupted`.
  package init(_ exposures: [Plane<Float>], work: Work) throws {
    let (width, height) = (exposures[0].width, exposures[0].height)
    var (median, mean) = (Plane<Float>?.none, Plane<Float>?.none)
    let gaps = Gaps()
    minimum = try Plane(width: width, height: height) { minimumPixels in
      median = try Plane(width: width, height: height) { medianPixels in
        mean = try Plane(width: width, height: height) { meanPixels in
          let target = Target(minimum: minimumPixels, median: medianPixels, mean: meanPixels)
          try work.forTiles(width * height, size: 16384) { tile in
            if StackPlanes.reduce(exposures, tile, into: target) {
              gaps.found.store(true, ordering: .relaxed)
            }
          }
        }
      }
    }
    let empty = Plane<Float>(width: 0, height: 0, pixels: [])
    (self.median, self.mean) = (median ?? empty, mean ?? empty)
    used = gaps.found.load(ordering: .relaxed) ? try Self.counts(exposures, work) : nil
  }

  /// How many values pixel `i` has, of `all` exposures.
  @inline(__always) func count(_ i: Int, of all: Int) -> Int { used.map { Int($0.pixels[i]) } ?? all }

  /// Whether a tile met a value that does not count.
  private final class Gaps: Sendable {
    let found = Atomic<Bool>(false)
  }

  /// How many finite values each pixel has.
  static func counts(_ exposures: [Plane<Float>], _ work: Work) throws -> Plane<Int16> {
    let shape = exposures[0].shape
    return try withPixels(of: exposures) { sources in
      nonisolated(unsafe) let sources = sources
      return try Plane(width: shape.width, height: shape.height) { out in
        nonisolated(unsafe) let out = out
        try work.forTiles(shape.count, size: 16384) { tile in
          for i in tile { out[i] = 0 }
          for source in sources { for i in tile { out[i] &+= source[i].isFinite ? 1 : 0 } }
        }
      }
    }
  }

  /// Pixels by the number of their finite values, from 0; nil where every pixel has all.
  ///
  /// - Throws: `CRSError.interrupted`.
  package static func numbersOfValues(_ exposures: [Plane<Float>], work: Work) throws -> [Int]? {
    guard try exposures.contains(where: { try !$0.isFinite(work: work) }) else { return nil }
    var numbers = [Int](repeating: 0, count: exposures.count + 1)
    for count in try counts(exposures, work).pixels { numbers[Int(count)] += 1 }
    return numbers
  }

  /// Where the tiles write; each only inside its own range.
  private struct Target: @unchecked Sendable {
    let minimum: UnsafeMutableBufferPointer<Float>
    let median: UnsafeMutableBufferPointer<Float>
    let mean: UnsafeMutableBufferPointer<Float>
  }

  /// - Returns: whether a value of the tile does not count.
  private static func reduce(_ exposures: [Plane<Float>], _ tile: Range<Int>, into target: Target) -> Bool {
    let n = exposures.count
    let divisor = Float(n)
    var hasGaps = false
    withUnsafeTemporaryAllocation(of: SIMD8<Float>.self, capacity: n) { values in
      withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: n) { sources in
        StackPlanes.withPointers(exposures, sources) {
          var first = tile.lowerBound
          while first < tile.upperBound {
            let lanes = min(8, tile.upperBound - first)
            var sum = SIMD8<Float>(repeating: 0)
            for k in 0..<n {
              let value = load(sources[k] + first, lanes)
              values[k] = value
              sum = k == 0 ? value : sum + value
            }
            // A sum that is not finite has a value that is not, or is too large for its type.
            let isPlain = !hasAny(sum - sum .!= 0)
            if !isPlain { hasGaps = true }
            let mean = isPlain ? sum / divisor : LaneOrder.meanOfFinite(values)
            let (minimum, median) =
              isPlain ? LaneOrder.minimumAndMedian(values) : LaneOrder.minimumAndMedianOfFinite(values)
            store(minimum, target.minimum, first, lanes)
            store(median, target.median, first, lanes)
            store(mean, target.mean, first, lanes)
            first += lanes
          }
        }
      }
    }
    return hasGaps
  }

  /// Fills `pointers` with the memory of all planes and calls `body` while they are valid.
  private static func withPointers(
    _ planes: [Plane<Float>], _ pointers: UnsafeMutableBufferPointer<UnsafePointer<Float>>,
    from index: Int = 0,
    _ body: () -> Void
  ) {
    guard index < planes.count else { return body() }
    planes[index].pixels.withUnsafeBufferPointer { buffer in
      if let base = buffer.baseAddress {
        pointers[index] = base
        withPointers(planes, pointers, from: index + 1, body)
      }
    }
  }

  @inline(__always)
  private static func load(_ source: UnsafePointer<Float>, _ lanes: Int) -> SIMD8<Float> {
    if lanes == 8 { return UnsafeRawPointer(source).loadUnaligned(as: SIMD8<Float>.self) }
    var value = SIMD8<Float>(repeating: 0)
    for lane in 0..<lanes { value[lane] = source[lane] }
    return value
  }

  @inline(__always)
  private static func store(
    _ value: SIMD8<Float>, _ target: UnsafeMutableBufferPointer<Float>, _ first: Int, _ lanes: Int
  ) {
    for lane in 0..<lanes { target[first + lane] = value[lane] }
  }
}

extension Plane<Float> {
  /// The largest finite value of each pixel over the exposures; NaN where there is none.
  ///
  /// - Parameter exposures: at least one plane, equal shapes.
  /// - Throws: `CRSError.interrupted`.
  package static func maximum(of exposures: [Plane<Float>], work: Work) throws -> Plane<Float> {
    let shape = exposures[0].shape
    return try withPixels(of: exposures) { sources in
      nonisolated(unsafe) let sources = sources
      return try .byRows(shape, work: work) { y, row in
        for x in 0..<shape.width {
          let i = y * shape.width + x
          var largest = -Float.infinity
          for k in 0..<sources.count where sources[k][i] > largest && sources[k][i] < .infinity {
            largest = sources[k][i]
          }
          row[x] = largest > -.infinity ? largest : .nan
        }
      }
    }
  }
}
