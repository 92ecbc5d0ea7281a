/// Convolution with a small kernel.
package enum Convolution {
  /// The true convolution (the kernel is mirrored) in single precision, 0 outside the plane.
  ///
  /// Each pixel sums in one order: rows of the window upwards, columns upwards inside, so that the result has
  /// the same bits on every machine and for any number of threads.
  /// - Throws: `CRSError` (usage) when the kernel has an even side, or when interrupted.
  package static func convolve(
    _ plane: Plane<Float>, kernel: Plane<Float>, work: Work = Work()
  ) throws -> Plane<Float> {
    guard kernel.width % 2 == 1, kernel.height % 2 == 1 else {
      throw CRSError.usage(
        "a kernel of \(kernel.shape) has no central pixel", parameter: "kernel", expected: "odd sides")
    }
    let (width, height) = (plane.width, plane.height)
    let (reachX, reachY) = (kernel.width / 2, kernel.height / 2)
    let mirrored = Array(kernel.pixels.reversed())
    let stride = (width + 7) / 8 * 8 + 2 * reachX
    let band = 32
    return try Plane(width: width, height: height) { target in
      guard let base = target.baseAddress else { return }
      let output = SharedPointer(base)
      try plane.pixels.withUnsafeBufferPointer { source in
        guard let from = source.baseAddress else { return }
        let input = SharedPointer(UnsafeMutablePointer(mutating: from))
        try work.forTiles(height, size: band) { rows in
          let count = (rows.count + 2 * reachY) * stride
          let scratch = UnsafeMutablePointer<Float>.allocate(capacity: count + stride)
          scratch.initialize(repeating: 0, count: count + stride)
          defer { scratch.deallocate() }
          for row in 0..<rows.count + 2 * reachY {
            let y = rows.lowerBound + row - reachY
            guard y >= 0, y < height else { continue }
            (scratch + row * stride + reachX).update(from: input.base + y * width, count: width)
          }
          let line = scratch + count
          for row in 0..<rows.count {
            for x in Swift.stride(from: 0, to: (width + 7) / 8 * 8, by: 8) {
              var sum = Lanes.zero
              var tap = 0
              for j in 0...2 * reachY {
                let start = (row &+ j) &* stride &+ x
                for i in 0...2 * reachX {
                  sum += Lanes(repeating: mirrored[tap]) * scratch.lanes(start &+ i)
                  tap &+= 1
                }
              }
              line.setLanes(x, sum)
            }
            (output.base + (rows.lowerBound + row) * width).update(from: line, count: width)
          }
        }
      }
    }
  }
}
