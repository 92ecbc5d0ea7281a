/// First minus second exposure over their overlap, made a row at a time.
///
/// Both planes must be kept alive by the caller and have `stride` columns.
struct PairDifference<Scalar: SortableScalar>: PixelRows, @unchecked Sendable {
  let first: UnsafePointer<Scalar>
  let second: UnsafePointer<Scalar>
  let stride: Int
  let overlap: PairOverlap

  var width: Int { overlap.columns.count }
  var height: Int { overlap.rows.count }

  @inline(__always) func fill(_ y: Int, _ row: UnsafeMutablePointer<Scalar>) {
    let a = first + (y + overlap.rows.lowerBound) * stride + overlap.columns.lowerBound
    let b = second + (y + overlap.rows2.lowerBound) * stride + overlap.columns2.lowerBound
    for x in 0..<width { row[x] = a[x] - b[x] }
  }
}
