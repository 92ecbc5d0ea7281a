/// Flags pixels above the boundary of a median-minimum diagram.
package struct MMDetection: Sendable {
  package var boundary: Boundary
  /// Boundaries of pixels with another number of values than most; they are judged by `boundary` where there is none.
  package var others: [Int: Boundary]
  /// Smallest height above min2d [ADU].
  package var threshold: Double
  /// Smallest max2d in units of the readout noise.
  package var minimumMaximum: Double
  /// Readout noise of each exposure, or one for all [ADU].
  package var noises: [DetectorValue]

  package init(
    boundary: Boundary, others: [Int: Boundary] = [:], threshold: Double = 0, minimumMaximum: Double = 5,
    noises: [DetectorValue]
  ) {
    self.boundary = boundary
    self.others = others
    self.threshold = threshold
    self.minimumMaximum = minimumMaximum
    self.noises = noises
  }

  /// One mask for each target: its height above the minimum lies above boundary and threshold, and the
  /// maximum is bright enough; all inequalities are strict.
  ///
  /// - Parameters:
  ///   - targets: median2d, mean2d or single exposures [ADU], the shape of `exposures`.
  ///   - minimum: of the exposures; NaN where there is no value.
  ///   - used: how many values each pixel has; nil: all. A single value is never flagged.
  ///   - exposures: their largest value must be bright.
  ///   - toBeCleaned: pixels that may be flagged; nil for all.
  /// - Throws: `CRSError.interrupted`.
  package func masks(
    of targets: [Plane<Float>], minimum: Plane<Float>, used: Plane<Int16>? = nil, exposures: [Plane<Float>],
    toBeCleaned: Mask?, work: Work
  ) throws -> [Mask] {
    let curve = BoundaryCurve(boundary)
    let otherCurves = others.mapValues { BoundaryCurve($0) }
    let masks = SharedMasks(targets.count, shape: minimum.shape)
    try withPixels(of: targets + exposures + [minimum]) { planes in
      nonisolated(unsafe) let planes = planes
      try work.forTiles(minimum.count, size: 8192) { tile in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: tile.count) { height in
          let minimum = planes[planes.count - 1]
          for i in tile {
            let low = Double(minimum[i])
            guard let count = used?.pixels[i] else {
              // A minimum of raw exposures may still be NaN or infinite.
              height[i - tile.lowerBound] = low.isFinite ? max(threshold, curve.value(at: low)) : .infinity
              continue
            }
            height[i - tile.lowerBound] =
              count < 2 || !low.isFinite
              ? .infinity : max(threshold, (otherCurves[Int(count)] ?? curve).value(at: low))
          }
          for k in targets.indices {
            let target = planes[k]
            for i in tile where Double(target[i] - minimum[i]) > height[i - tile.lowerBound] {
              if let toBeCleaned, toBeCleaned.plane.pixels[i] == 0 { continue }
              for e in targets.count..<planes.count - 1 {
                let own = noises.count == 1 ? noises[0] : noises[e - targets.count]
                if Double(planes[e][i]) > minimumMaximum * own.value(at: i) {
                  masks.flag(i, in: k)
                  break
                }
              }
            }
          }
        }
      }
    }
    return masks.values
  }
}

/// Masks that tiles write side by side, each pixel from one tile only.
private final class SharedMasks: @unchecked Sendable {
  private let bytes: [UnsafeMutablePointer<UInt8>]
  private let shape: Shape

  init(_ count: Int, shape: Shape) {
    self.shape = shape
    bytes = (0..<count).map { _ in
      let base = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, shape.count))
      base.initialize(repeating: 0, count: max(1, shape.count))
      return base
    }
  }

  deinit { bytes.forEach { $0.deallocate() } }

  @inline(__always)
  func flag(_ pixel: Int, in mask: Int) { bytes[mask][pixel] = 1 }

  /// To be called when no tile writes any more.
  var values: [Mask] {
    bytes.map {
      Mask(
        plane: Plane(
          width: shape.width, height: shape.height,
          pixels: Array(UnsafeBufferPointer(start: $0, count: shape.count))))
    }
  }
}
