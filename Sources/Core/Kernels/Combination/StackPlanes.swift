/// Minimum, median and mean over the exposures, pixel by pixel, in one pass
/// (crmasks.md section 3, step 6).
package struct StackPlanes: Sendable {
  package let minimum: Plane<Float>
  /// Even numbers of exposures: the mean of the two central values.
  package let median: Plane<Float>
  /// The float32 sum in the order of the exposures, divided by their number.
  package let mean: Plane<Float>

  /// - Parameter exposures: at least one plane, equal shapes.
  /// - Throws: `CRSError.interrupted`.
  package init(_ exposures: [Plane<Float>], work: Work) throws {
    let (width, height) = (exposures[0].width, exposures[0].height)
    var (median, mean) = (Plane<Float>?.none, Plane<Float>?.none)
    minimum = try Plane(width: width, height: height) { minimumPixels in
      median = try Plane(width: width, height: height) { medianPixels in
        mean = try Plane(width: width, height: height) { meanPixels in
          let target = Target(minimum: minimumPixels, median: medianPixels, mean: meanPixels)
          try work.forTiles(width * height, size: 16384) { tile in
            StackPlanes.reduce(exposures, tile, into: target)
          }
        }
      }
    }
    let empty = Plane<Float>(width: 0, height: 0, pixels: [])
    (self.median, self.mean) = (median ?? empty, mean ?? empty)
  }

  /// Where the tiles write; each only inside its own range.
  private struct Target: @unchecked Sendable {
    let minimum: UnsafeMutableBufferPointer<Float>
    let median: UnsafeMutableBufferPointer<Float>
    let mean: UnsafeMutableBufferPointer<Float>
  }

  private static func reduce(_ exposures: [Plane<Float>], _ tile: Range<Int>, into target: Target) {
    let n = exposures.count
    let divisor = Float(n)
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
            let mean = sum / divisor
            let (minimum, median) = LaneOrder.minimumAndMedian(values)
            store(minimum, target.minimum, first, lanes)
            store(median, target.median, first, lanes)
            store(mean, target.mean, first, lanes)
            first += lanes
          }
        }
      }
    }
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
  /// The largest value of each pixel over the exposures.
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
          var largest = sources[0][i]
          for k in 1..<sources.count where sources[k][i] > largest { largest = sources[k][i] }
          row[x] = largest
        }
      }
    }
  }
}
