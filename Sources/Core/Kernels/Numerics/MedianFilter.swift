/// Medians of small windows over a whole plane.
///
/// A frame as wide as half the window is copied from the input; a plane narrower than the window is copied
/// altogether.
package enum MedianFilter {
  /// Medians of `size` x `size` pixels.
  ///
  /// - Parameter size: 3, 5 or 7.
  /// - Throws: `CRSError` (usage) for another size, or when interrupted.
  package static func square(_ plane: Plane<Float>, size: Int, work: Work = Work()) throws -> Plane<Float> {
    guard [3, 5, 7].contains(size) else { throw unknown(size, "3, 5 or 7") }
    return try filter(plane, reach: size / 2, work) { rows, row in
      switch size {
      case 3:
        for x in stride(from: 0, to: rows.stride, by: 8) {
          rows.out.setLanes(x, medianOf3x3(rows.input, rows.at(row) &+ x, stride: rows.stride))
        }
      case 5:
        let top = rows.at(row &- 2)
        for x in stride(from: -8, to: rows.stride &+ 8, by: 8) {
          sort5(
            rows.input, top &+ x, step: rows.stride, into: rows.middle, rows.at(0) &+ x,
            rankStep: rows.stride &+ 64)
        }
        for x in stride(from: 0, to: rows.stride, by: 8) {
          rows.out.setLanes(
            x, medianOf25(ranks: rows.middle, stride: rows.stride &+ 64, x: rows.at(0) &+ x &- 2))
        }
      default:
        let top = rows.at(row &- 3)
        for x in stride(from: -8, to: rows.stride &+ 8, by: 8) {
          sort7(
            rows.input, top &+ x, step: rows.stride, into: rows.middle, rows.at(0) &+ x,
            rankStep: rows.stride &+ 64)
        }
        for x in stride(from: 0, to: rows.stride, by: 8) {
          rows.out.setLanes(
            x, medianOf49(ranks: rows.middle, stride: rows.stride &+ 64, x: rows.at(0) &+ x &- 3))
        }
      }
    }
  }

  /// Medians of `size` pixels along x, then of `size` of those along y.
  ///
  /// - Parameter size: 3, 5, 7 or 9.
  /// - Throws: `CRSError` (usage) for another size, or when interrupted.
  package static func separable(_ plane: Plane<Float>, size: Int, work: Work = Work()) throws -> Plane<Float>
  {
    guard [3, 5, 7, 9].contains(size) else { throw unknown(size, "3, 5, 7 or 9") }
    let reach = size / 2
    return try filter(plane, reach: reach, work) { rows, row in
      // The first row of a band needs all rows of the window, each further one only the newest.
      for line in (row == reach ? 0 : row + reach)...row + reach {
        for x in stride(from: 0, to: rows.stride, by: 8) {
          rows.middle.setLanes(
            rows.at(line) &+ x, median(rows.input, rows.at(line) &+ x &- reach, step: 1, size: size))
        }
      }
      for x in stride(from: 0, to: rows.stride, by: 8) {
        rows.out.setLanes(
          x, median(rows.middle, rows.at(row &- reach) &+ x, step: rows.stride, size: size))
      }
    }
  }

  @inline(__always)
  private static func median(_ p: UnsafeMutablePointer<Float>, _ at: Int, step: Int, size: Int) -> Lanes {
    switch size {
    case 3: medianOf3(p.lanes(at), p.lanes(at &+ step), p.lanes(at &+ 2 &* step))
    case 5: medianOf5(p, at, step: step)
    case 7: medianOf7(p, at, step: step)
    default: medianOf9(p, at, step: step)
    }
  }

  private static func unknown(_ size: Int, _ expected: String) -> CRSError {
    .usage("there is no median filter of \(size) pixels", parameter: "size", expected: expected)
  }

  /// A band of rows with those around it, widened to whole lanes.
  private struct Rows {
    let stride: Int
    let input: UnsafeMutablePointer<Float>
    let middle: UnsafeMutablePointer<Float>
    let out: UnsafeMutablePointer<Float>

    /// The first pixel of a row of the band, counted from the first row of the first window.
    @inline(__always) func at(_ row: Int) -> Int { 32 &+ row &* stride }
  }

  private static func filter(
    _ plane: Plane<Float>, reach: Int, _ work: Work, _ compute: @Sendable (Rows, Int) -> Void
  ) throws -> Plane<Float> {
    var result = plane
    let (width, height) = (plane.width, plane.height)
    guard width > 2 * reach, height > 2 * reach else { return result }
    let stride = (width + 7) / 8 * 8
    let band = 64
    try result.pixels.withUnsafeMutableBufferPointer { target in
      try plane.pixels.withUnsafeBufferPointer { source in
        guard let from = source.baseAddress, let base = target.baseAddress else { return }
        let input = SharedPointer(UnsafeMutablePointer(mutating: from))
        let output = SharedPointer(base)
        try work.forTiles(height - 2 * reach, size: band) { rows in
          let count = (band + 2 * reach) * stride + 128
          let middle = max(count, 7 * (stride + 64) + 128)
          let scratch = UnsafeMutablePointer<Float>.allocate(capacity: count + middle + stride)
          scratch.initialize(repeating: 0, count: count + middle + stride)
          defer { scratch.deallocate() }
          let here = Rows(
            stride: stride, input: scratch, middle: scratch + count, out: scratch + count + middle)
          for row in 0..<rows.count + 2 * reach {
            (here.input + here.at(row)).update(
              from: input.base + (rows.lowerBound + row) * width, count: width)
          }
          for row in 0..<rows.count {
            compute(here, row + reach)
            let y = rows.lowerBound + reach + row
            (output.base + y * width + reach).update(from: here.out + reach, count: width - 2 * reach)
          }
        }
      }
    }
    return result
  }
}
