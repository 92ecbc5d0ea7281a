/// Flags pixels above the boundary of a median-minimum diagram (crmasks.md section 8.5).
package struct MMDetection: Sendable {
  package var boundary: Boundary
  /// Smallest height above min2d [ADU].
  package var threshold: Double
  /// Smallest max2d in units of the readout noise.
  package var minimumMaximum: Double
  /// Readout noise [ADU].
  package var readoutNoise: DetectorValue

  package init(
    boundary: Boundary, threshold: Double = 0, minimumMaximum: Double = 5, readoutNoise: DetectorValue
  ) {
    self.boundary = boundary
    self.threshold = threshold
    self.minimumMaximum = minimumMaximum
    self.readoutNoise = readoutNoise
  }

  /// One mask for each target: its height above the minimum lies above boundary and threshold, and the
  /// maximum is bright enough; all inequalities are strict.
  ///
  /// - Parameters:
  ///   - targets: median2d, mean2d or single exposures [ADU], the shape of `exposures`.
  ///   - minimum: of the exposures.
  ///   - exposures: their largest value must be bright.
  ///   - toBeCleaned: pixels that may be flagged; nil for all.
  /// - Throws: `CRSError.interrupted`.
  package func masks(
    of targets: [Plane<Float>], minimum: Plane<Float>, exposures: [Plane<Float>], toBeCleaned: Mask?,
    work: Work
  ) throws -> [Mask] {
    let curve = BoundaryCurve(boundary)
    let masks = SharedMasks(targets.count, shape: minimum.shape)
    try withPixels(of: targets + exposures + [minimum]) { planes in
      nonisolated(unsafe) let planes = planes
      try work.forTiles(minimum.count, size: 8192) { tile in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: tile.count) { height in
          let minimum = planes[planes.count - 1]
          for i in tile {
            height[i - tile.lowerBound] = max(threshold, curve.value(at: Double(minimum[i])))
          }
          for k in targets.indices {
            let target = planes[k]
            for i in tile where Double(target[i] - minimum[i]) > height[i - tile.lowerBound] {
              if let toBeCleaned, toBeCleaned.plane.pixels[i] == 0 { continue }
              let least = minimumMaximum * readoutNoise.value(at: i)
              for e in targets.count..<planes.count - 1 where Double(planes[e][i]) > least {
                masks.flag(i, in: k)
                break
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
