/// First minus second exposure over their overlap, made a row at a time; NaN where a pixel of either does not count.
///
/// Planes and masks must be kept alive by the caller and have `stride` columns.
struct PairDifference<Scalar: SortableScalar>: PixelRows, @unchecked Sendable {
  let first: UnsafePointer<Scalar>
  let second: UnsafePointer<Scalar>
  let mask1: UnsafePointer<UInt8>?
  let mask2: UnsafePointer<UInt8>?
  /// Flux of the second exposure relative to the first one.
  let scale: Scalar
  let stride: Int
  /// Rows of the exposures, which have `stride` columns.
  let rows: Int
  let overlap: PairOverlap

  var width: Int { overlap.columns.count }
  var height: Int { overlap.rows.count }

  /// Where row `y` of the overlap begins in each exposure.
  @inline(__always) func start(_ y: Int) -> (Int, Int) {
    (
      (y + overlap.rows.lowerBound) * stride + overlap.columns.lowerBound,
      (y + overlap.rows2.lowerBound) * stride + overlap.columns2.lowerBound
    )
  }

  @inline(__always) func fill(_ y: Int, _ row: UnsafeMutablePointer<Scalar>) {
    let (i, j) = start(y)
    let (a, b) = (first + i, second + j)
    if scale == 1 {
      for x in 0..<width { row[x] = a[x] - b[x] }
    } else {
      for x in 0..<width { row[x] = a[x] - b[x] / scale }
    }
    if let mask1 { Self.blank(row, mask1 + i, width) }
    if let mask2 { Self.blank(row, mask2 + j, width) }
  }

  private static func blank(_ row: UnsafeMutablePointer<Scalar>, _ mask: UnsafePointer<UInt8>, _ count: Int) {
    for x in 0..<count where mask[x] != 0 { row[x] = .nan }
  }

  /// Whether a mask says that a pixel of the overlap does not count, in the first and in the second exposure.
  @inline(__always) func isMasked(_ x: Int, _ y: Int) -> (Bool, Bool) {
    let (i, j) = start(y)
    return (mask1.map { $0[i + x] != 0 } ?? false, mask2.map { $0[j + x] != 0 } ?? false)
  }

  /// Pixels of the overlap that a mask excludes in one exposure or the other.
  var masked: Int {
    guard mask1 != nil || mask2 != nil else { return 0 }
    var count = 0
    for y in 0..<height {
      for x in 0..<width {
        let (a, b) = isMasked(x, y)
        if a || b { count += 1 }
      }
    }
    return count
  }

  /// The difference as a plane in single precision.
  func plane() -> Plane<Float> {
    Plane(width: width, height: height) { out in
      withUnsafeTemporaryAllocation(of: Scalar.self, capacity: width) { row in
        guard let row = row.baseAddress else { return }
        for y in 0..<height {
          fill(y, row)
          for x in 0..<width { out[y * width + x] = Float(row[x]) }
        }
      }
    }
  }
}
