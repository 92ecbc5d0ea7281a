/// The pixels of two exposures of equal shape, in the precision that their number types need.
package enum PairPlanes: Sendable {
  /// Integers of up to 16 bits and float32.
  case single(Plane<Float>, Plane<Float>)
  /// Wider types.
  case double(Plane<Double>, Plane<Double>)

  package var shape: Shape {
    switch self {
    case .single(let first, _): first.shape
    case .double(let first, _): first.shape
    }
  }
}

/// Two exposures of equal shape as they are compared.
package struct PairInput: Sendable {
  package var planes: PairPlanes
  /// Pixels of the first exposure that do not count, beside those that are not finite.
  package var mask1: Mask?
  /// The same of the second one, in its own frame.
  package var mask2: Mask?
  /// Flux of the second exposure relative to the first one: its pixels are divided by it, above 0.
  package var scale: Double
  /// Whether pixels of one exposure that do not count are filled from the other.
  package var fills: Bool
  /// Values that are too low, which the masks hold as well and which are filled in any case.
  var low: PairLowValues?

  package init(
    _ planes: PairPlanes, mask1: Mask? = nil, mask2: Mask? = nil, scale: Double = 1, fills: Bool = false
  ) {
    (self.planes, self.mask1, self.mask2, self.scale, self.fills) = (planes, mask1, mask2, scale, fills)
  }
}

extension PairInput {
  /// The same without values that are too low.
  func without(_ low: PairLowValues) -> PairInput {
    var input = self
    input.mask1 = mask1.map { $0 | low.first } ?? low.first
    input.mask2 = mask2.map { $0 | low.second } ?? low.second
    input.low = low
    return input
  }

  /// Calls `body` with the difference of two planes of this input over their overlap.
  ///
  /// - Throws: `CRSError` (data) when the planes are empty, and what `body` throws.
  func withDifference<Scalar: SortableScalar, Result>(
    _ first: Plane<Scalar>, _ second: Plane<Scalar>, _ overlap: PairOverlap,
    _ body: (PairDifference<Scalar>) throws -> Result
  ) throws -> Result {
    try first.pixels.withUnsafeBufferPointer { pixels1 in
      try second.pixels.withUnsafeBufferPointer { pixels2 in
        try withOptional(mask1) { flags1 in
          try withOptional(mask2) { flags2 in
            guard let base1 = pixels1.baseAddress, let base2 = pixels2.baseAddress else {
              throw CRSError.data("the image is empty")
            }
            return try body(
              PairDifference(
                first: base1, second: base2, mask1: flags1, mask2: flags2, scale: Scalar(scale),
                stride: first.width, rows: first.height, overlap: overlap))
          }
        }
      }
    }
  }

  private func withOptional<Result>(
    _ mask: Mask?, _ body: (UnsafePointer<UInt8>?) throws -> Result
  ) rethrows -> Result {
    guard let mask else { return try body(nil) }
    return try mask.plane.pixels.withUnsafeBufferPointer { try body($0.baseAddress) }
  }
}
