/// The discrete Fourier transform of real planes of one shape, in double precision.
///
/// A spectrum has `width / 2 + 1` columns (frequencies 0 to width / 2 along x; the others are conjugates) and
/// `height` rows (frequencies 0, 1, ..., then the negative ones). `inverse(forward(p))` is `p`.
package struct FFT2D: Sendable {
  package let width: Int
  package let height: Int
  /// Columns of a spectrum.
  package var columns: Int { width / 2 + 1 }
  private let rowForward: LineTransform
  private let rowInverse: LineTransform
  private let columnForward: LineTransform
  private let columnInverse: LineTransform

  /// Plans transforms of any shape; lengths of the form 2^a 3^b 5^c are the fastest.
  ///
  /// - Throws: `CRSError` (data) when a side is not in 1...1048576 or memory runs out.
  package init(width: Int, height: Int) throws {
    guard (1...1 << 20).contains(width), (1...1 << 20).contains(height) else {
      throw CRSError.data(
        "no Fourier transform of \(width)x\(height) pixels", expected: "sides of 1 to 1048576")
    }
    (self.width, self.height) = (width, height)
    rowForward = try LineTransform(count: width, inverse: false)
    rowInverse = try LineTransform(count: width, inverse: true)
    columnForward = try LineTransform(count: height, inverse: false)
    columnInverse = try LineTransform(count: height, inverse: true)
  }

  /// The next length without prime factors above 5.
  package static func fastLength(atLeast count: Int) -> Int {
    var length = max(1, count)
    while true {
      var rest = length
      for prime in [2, 3, 5] { while rest % prime == 0 { rest /= prime } }
      if rest == 1 { return length }
      length += 1
    }
  }

  /// The spectrum of a plane of `width` x `height` finite values, not scaled.
  ///
  /// - Throws: `CRSError`: data when the shape differs, `interrupted`.
  package func forward(_ plane: Plane<Double>, work: Work = Work()) throws -> Plane<ComplexPair> {
    try check(plane.shape, Shape(width: width, height: height))
    var spectrum = try plane.pixels.withUnsafeBufferPointer { source in
      try Plane<ComplexPair>(width: columns, height: height) { out in
        guard let source = source.baseAddress, let target = out.baseAddress else { return }
        let input = SharedPointer(UnsafeMutablePointer(mutating: source))
        let output = SharedPointer(target)
        try forRowPairs(rowForward, work) { y, isPair, line, result, transform in
          let first = input.base + y * width
          let second = isPair ? first + width : first
          for x in 0..<width { line[x] = ComplexPair(first[x], isPair ? second[x] : 0) }
          transform()
          for k in 0..<columns {
            let a = result[k]
            let b = result[k == 0 ? 0 : width - k].conjugate
            output[y * columns + k] = (a + b) * 0.5
            let half = (a - b) * 0.5
            if isPair { output[(y + 1) * columns + k] = ComplexPair(half.y, -half.x) }
          }
        }
      }
    }
    try transformColumns(&spectrum, columnForward, work)
    return spectrum
  }

  /// The plane that has this spectrum, scaled by 1 / (width * height).
  ///
  /// - Throws: `CRSError`: data when the shape differs, `interrupted`.
  package func inverse(_ spectrum: Plane<ComplexPair>, work: Work = Work()) throws -> Plane<Double> {
    try check(spectrum.shape, Shape(width: columns, height: height))
    var spectrum = spectrum
    try transformColumns(&spectrum, columnInverse, work)
    let scale = 1 / (Double(width) * Double(height))
    return try spectrum.pixels.withUnsafeMutableBufferPointer { source in
      try Plane<Double>(width: width, height: height) { out in
        guard let source = source.baseAddress, let target = out.baseAddress else { return }
        let input = SharedPointer(source)
        let output = SharedPointer(target)
        try forRowPairs(rowInverse, work) { y, isPair, line, result, transform in
          let first = input.base + y * columns
          for x in 0..<width {
            let k = x < columns ? x : width - x
            let a = x < columns ? first[k] : first[k].conjugate
            guard isPair else {
              line[x] = a
              continue
            }
            let b = x < columns ? first[columns + k] : first[columns + k].conjugate
            line[x] = ComplexPair(a.x - b.y, a.y + b.x)
          }
          transform()
          for x in 0..<width {
            output[y * width + x] = result[x].x * scale
            if isPair { output[(y + 1) * width + x] = result[x].y * scale }
          }
        }
      }
    }
  }

  private func check(_ shape: Shape, _ expected: Shape) throws {
    guard shape == expected else {
      throw CRSError.data("a plane of \(shape) for a Fourier transform", expected: "\(expected)")
    }
  }

  /// Two real rows travel as one complex line; the last of an odd number goes alone.
  private func forRowPairs(
    _ transform: LineTransform, _ work: Work,
    _ body:
      @Sendable (
        _ y: Int, _ isPair: Bool, _ line: UnsafeMutablePointer<ComplexPair>,
        _ result: UnsafeMutablePointer<ComplexPair>, _ transform: () -> Void
      ) -> Void
  ) throws {
    let size = max(1, (1 << 16) / width)
    try work.forTiles((height + 1) / 2, size: size) { pairs in
      withUnsafeTemporaryAllocation(
        of: ComplexPair.self, capacity: 2 * width + transform.scratchCount
      ) { memory in
        guard let line = memory.baseAddress else { return }
        for pair in pairs {
          body(2 * pair, 2 * pair + 1 < height, line, line + width) {
            transform.run(line, line + width, scratch: line + 2 * width)
          }
        }
      }
    }
  }

  /// Eight columns at a time, so that every cache line that is fetched is used.
  private func transformColumns(
    _ spectrum: inout Plane<ComplexPair>, _ transform: LineTransform, _ work: Work
  ) throws {
    let (columns, height) = (columns, height)
    try spectrum.pixels.withUnsafeMutableBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return }
      let shared = SharedPointer(base)
      try work.forTiles(columns, size: 8) { block in
        withUnsafeTemporaryAllocation(
          of: ComplexPair.self, capacity: 9 * height + transform.scratchCount
        ) { memory in
          guard let lines = memory.baseAddress else { return }
          let result = lines + 8 * height
          for y in 0..<height {
            for x in block { lines[(x - block.lowerBound) * height + y] = shared[y * columns + x] }
          }
          for i in 0..<block.count {
            let line = lines + i * height
            transform.run(line, result, scratch: result + height)
            line.update(from: result, count: height)
          }
          for y in 0..<height {
            for x in block { shared[y * columns + x] = lines[(x - block.lowerBound) * height + y] }
          }
        }
      }
    }
  }
}
