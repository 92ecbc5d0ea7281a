/// Small neighbourhood filters of planes; every row is made on its own, rows are spread over the cores.
extension Plane where Element == Float {
  /// The mean of 3 x 3 pixels, the edge repeated outside.
  func mean3x3(work: Work) throws -> Plane<Float> {
    let (width, height) = (width, height)
    return try pixels.withUnsafeBufferPointer { source in
      nonisolated(unsafe) let source = source
      return try Plane.byRows(shape, work: work) { y, row in
        let above = max(0, y - 1) * width
        let here = y * width
        let below = min(height - 1, y + 1) * width
        func column(_ x: Int) -> Float { source[above + x] + source[here + x] + source[below + x] }
        for x in 0..<width {
          let sum = column(max(0, x - 1)) + column(x) + column(min(width - 1, x + 1))
          row[x] = sum / 9
        }
      }
    }
  }

  /// The largest of `size` x `size` pixels, those outside left out.
  func maximum(size: Int, work: Work) throws -> Plane<Float> {
    let (width, height) = (width, height)
    let reach = size / 2
    let across = try pixels.withUnsafeBufferPointer { source in
      nonisolated(unsafe) let source = source
      return try Plane.byRows(shape, work: work) { y, row in
        for x in 0..<width {
          var largest = source[y * width + x]
          for k in max(0, x - reach)...min(width - 1, x + reach) {
            largest = max(largest, source[y * width + k])
          }
          row[x] = largest
        }
      }
    }
    return try across.pixels.withUnsafeBufferPointer { source in
      nonisolated(unsafe) let source = source
      return try Plane.byRows(shape, work: work) { y, row in
        for x in 0..<width { row[x] = source[y * width + x] }
        for k in max(0, y - reach)...min(height - 1, y + reach) {
          for x in 0..<width { row[x] = max(row[x], source[k * width + x]) }
        }
      }
    }
  }

  /// The length of the gradient [ADU/pixel]: central differences, one-sided at the edges.
  func gradientLength(work: Work) throws -> Plane<Float> {
    try pixels.withUnsafeBufferPointer { source in
      nonisolated(unsafe) let gradient = Gradient(source: source, width: width, height: height)
      return try Plane.byRows(shape, work: work) { y, row in
        for x in 0..<width {
          let (gx, gy) = gradient(x, y)
          row[x] = (gx * gx + gy * gy).squareRoot()
        }
      }
    }
  }
}

/// Slopes of a plane at a pixel [ADU/pixel].
struct Gradient {
  let source: UnsafeBufferPointer<Float>
  let width: Int
  let height: Int

  @inline(__always) func callAsFunction(_ x: Int, _ y: Int) -> (x: Float, y: Float) {
    let (left, right) = (max(0, x - 1), min(width - 1, x + 1))
    let (below, above) = (max(0, y - 1), min(height - 1, y + 1))
    let gx = (source[y * width + right] - source[y * width + left]) / Float(max(1, right - left))
    let gy = (source[above * width + x] - source[below * width + x]) / Float(max(1, above - below))
    return (gx, gy)
  }
}
