extension LineCourse {
  /// The plane with exactly straight lines, by polynomials through six pixels across them, none of whose values is lower than
  /// all of the six: beside hits polynomials swing low, and what both of two exposures show would not be the lower one.
  func interpolated(_ plane: Plane<Float>, work: Work) throws -> Plane<Float> {
    try moved(plane, by: places, isLimited: true, work: work)
  }

  /// The plane of which `plane` is the interpolated one.
  func uninterpolated(_ plane: Plane<Float>, work: Work) throws -> Plane<Float> {
    try moved(plane, by: places.map(-), isLimited: false, work: work)
  }

  private static let taps = 6

  /// The first of the pixels that a value lies among, and their weights: the polynomial of Lagrange.
  private static func taps(_ place: Double) -> (first: Int, weights: [Float]) {
    let whole = place.rounded(.down)
    let t = place - whole
    let weights = (0..<taps).map { j -> Float in
      let own = Double(j - 2)
      var weight = 1.0
      for k in 0..<taps where k != j {
        let other = Double(k - 2)
        weight *= (t - other) / (own - other)
      }
      return Float(weight)
    }
    return (Int(whole) - 2, weights)
  }

  /// Raises pixels of a row to the least of the six that they lie among.
  private func limit(
    _ row: UnsafeMutablePointer<Float>, _ places: Range<Int>, _ source: UnsafeBufferPointer<Float>,
    above first: Int, _ height: Int
  ) {
    let width = source.count / max(1, height)
    for x in places {
      var least = Float.infinity
      for j in 0..<Self.taps { least = min(least, source[Self.modulo(first + j, height) * width + x]) }
      if row[x] < least { row[x] = least }
    }
  }

  private func moved(
    _ plane: Plane<Float>, by places: [Double], isLimited: Bool, work: Work
  ) throws -> Plane<Float> {
    let (width, height, taps) = (plane.width, plane.height, Self.taps)
    let found = places.map(Self.taps)
    let firsts = found.map(\.first)
    // One tap after the other.
    let weights = (0..<taps).flatMap { j in found.map { $0.weights[j] } }
    return try withPixels(of: [plane]) { planes in
      nonisolated(unsafe) let source = planes[0]
      return try .byRows(plane.shape, work: work) { y, row in
        guard isAlongX else {
          for x in 0..<width {
            var (sum, least): (Float, Float) = (0, .infinity)
            for j in 0..<taps {
              let value = source[y * width + Self.modulo(x + firsts[y] + j, width)]
              sum += weights[j * height + y] * value
              least = min(least, value)
            }
            row[x] = isLimited && sum < least ? least : sum
          }
          return
        }
        var start = 0
        while start < width {
          var end = start + 1
          while end < width, firsts[end] == firsts[start] { end += 1 }
          for x in start..<end { row[x] = 0 }
          for j in 0..<taps {
            let line = Self.modulo(y + firsts[start] + j, height) * width
            for x in start..<end { row[x] += weights[j * width + x] * source[line + x] }
          }
          if isLimited { limit(row, start..<end, source, above: y + firsts[start], height) }
          start = end
        }
      }
    }
  }
}
