/// Flags pixels above the boundary of a median-minimum diagram (crmasks.md section 8.5).
public struct MMDetection: Sendable {
  public var boundary: Boundary
  /// Smallest height above min2d [ADU].
  public var threshold: Double
  /// Smallest max2d in units of the readout noise.
  public var minimumMaximum: Double
  /// Readout noise [ADU].
  public var readoutNoise: DetectorValue

  public init(
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
  ///   - targets: median2d, mean2d or single exposures [ADU], the shape of `planes`.
  ///   - toBeCleaned: pixels that may be flagged; nil for all.
  /// - Throws: `CRSError.interrupted`.
  public func masks(
    of targets: [Plane<Float>], planes: StackPlanes, toBeCleaned: Mask?, work: Work
  ) throws -> [Mask] {
    let curve = BoundaryCurve(boundary)
    let (minimum, maximum) = (planes.minimum, planes.maximum)
    let height = FloatRows(minimum.count)
    try work.forTiles(minimum.count, size: 16384) { tile in
      minimum.pixels.withUnsafeBufferPointer { minimum in
        for i in tile { height.base[i] = max(threshold, curve.value(at: Double(minimum[i]))) }
      }
    }
    return try targets.map { target in
      var mask = Mask(shape: minimum.shape)
      try mask.plane.pixels.withUnsafeMutableBufferPointer { out in
        nonisolated(unsafe) let out = out
        try work.forTiles(minimum.count, size: 32768) { tile in
          flag(tile, target, minimum, maximum, height, toBeCleaned, into: out)
        }
      }
      return mask
    }
  }

  private func flag(
    _ tile: Range<Int>, _ target: Plane<Float>, _ minimum: Plane<Float>, _ maximum: Plane<Float>,
    _ height: FloatRows, _ toBeCleaned: Mask?, into out: UnsafeMutableBufferPointer<UInt8>
  ) {
    target.pixels.withUnsafeBufferPointer { target in
      minimum.pixels.withUnsafeBufferPointer { minimum in
        for i in tile where Double(target[i] - minimum[i]) > height.base[i] {
          let bright = Double(maximum.pixels[i]) > minimumMaximum * readoutNoise.value(at: i)
          if bright, toBeCleaned?.plane.pixels[i] != 0 { out[i] = 1 }
        }
      }
    }
  }
}

/// Double-precision working memory that tiles share.
private final class FloatRows: @unchecked Sendable {
  let base: UnsafeMutablePointer<Double>
  init(_ count: Int) { base = .allocate(capacity: max(1, count)) }
  deinit { base.deallocate() }
}
