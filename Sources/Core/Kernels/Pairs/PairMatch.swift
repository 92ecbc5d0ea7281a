/// The straight line between the levels of two exposures: what one counts where the other counts something.
///
/// Medians of small blocks are compared, which cosmic rays do not reach. The sky is one point of the line, the blocks
/// that stand out of it, in order of their level, make the others: noise alone never looks like a relation.
package struct PairMatch: Sendable, Equatable {
  /// Flux of the second exposure relative to the first one, and its standard deviation.
  package let factor: Double
  package let error: Double
  /// What the second exposure counts where the first one counts 0 [its unit].
  package let offset: Double

  /// Side of a block [pixel], and most blocks that are looked at.
  private static let (side, most) = (3, 40_000)
  /// Fewest blocks above the sky that make a relation.
  private static let fewest = 12

  /// nil where nothing stands out of the sky, or where the exposures do not follow each other.
  ///
  /// - Parameter guess: expected factor, above 0.
  package init?(_ input: PairInput, overlap: PairOverlap, guess: Double) throws {
    let levels =
      switch input.planes {
      case .single(let first, let second): try Self.levels(first, second, input, overlap)
      case .double(let first, let second): try Self.levels(first, second, input, overlap)
      }
    guard levels.count > 2 * Self.fewest else { return nil }
    var line = Line(factor: guess, error: .infinity, offset: 0)
    for _ in 0..<8 {
      guard let next = Self.improved(line, levels), next.factor > 0, next.factor.isFinite else { return nil }
      let isSettled = abs(next.factor - line.factor) < 1e-4 * line.factor
      line = next
      if isSettled { break }
    }
    guard line.error < 0.3 * line.factor else { return nil }
    (factor, error, offset) = (line.factor, line.error, line.offset)
  }

  private struct Line {
    var factor: Double
    var error: Double
    var offset: Double
  }

  /// One block: medians of both exposures, and whether the block before it touches it.
  private struct Level {
    var first: Double
    var second: Double
    var isNext: Bool
  }

  private static func levels<Scalar: SortableScalar>(
    _ first: Plane<Scalar>, _ second: Plane<Scalar>, _ input: PairInput, _ overlap: PairOverlap
  ) throws -> [Level] {
    try input.withDifference(first, second, overlap) { difference in
      let (width, height) = (min(side, difference.width), min(side, difference.height))
      let (across, down) = (difference.width / width, difference.height / height)
      // Whole rows of blocks are left out, so that neighbours stay neighbours.
      let step = max(1, across * down / most)
      var levels: [Level] = []
      var (a, b): ([Double], [Double]) = ([], [])
      for row in stride(from: 0, to: down, by: step) {
        var isNext = false
        for column in 0..<across {
          a.removeAll(keepingCapacity: true)
          b.removeAll(keepingCapacity: true)
          for y in row * height..<(row + 1) * height {
            let (i, j) = difference.start(y)
            for x in column * width..<(column + 1) * width {
              let (value1, value2) = (difference.first[i + x], difference.second[j + x])
              let masked = difference.isMasked(x, y)
              guard value1.isFinite, value2.isFinite, !masked.0, !masked.1 else { continue }
              a.append(Double(value1))
              b.append(Double(value2))
            }
          }
          guard 2 * a.count > width * height else {
            isNext = false
            continue
          }
          levels.append(Level(first: middle(&a), second: middle(&b), isNext: isNext))
          isNext = true
        }
      }
      return levels
    }
  }

  private static func improved(_ line: Line, _ levels: [Level]) -> Line? {
    let factor = line.factor
    // Steps between neighbours show the noise, whatever else differs.
    var steps: [Double] = []
    for k in levels.indices.dropFirst() where levels[k].isNext {
      let here = levels[k].second - factor * levels[k].first
      let before = levels[k - 1].second - factor * levels[k - 1].first
      steps.append(abs(here - before))
    }
    guard !steps.isEmpty else { return nil }
    let noise = middle(&steps) / 0.6745 / 2.0.squareRoot()
    var sums = levels.map { $0.first + $0.second / factor }
    let sky = middle(&sums)
    let limit = sky + 6 * noise / factor
    let above = levels.indices.filter { levels[$0].first + levels[$0].second / factor > limit }
    guard above.count >= fewest else { return nil }
    let isAbove = Set(above)
    var points: [Point] = []
    points.append(Point(levels.indices.filter { !isAbove.contains($0) }, levels, factor, noise))
    let order = above.sorted {
      levels[$0].first + levels[$0].second / factor < levels[$1].first + levels[$1].second / factor
    }
    let parts = min(32, max(2, order.count / fewest))
    for part in 0..<parts {
      let range = part * order.count / parts..<(part + 1) * order.count / parts
      points.append(Point(Array(order[range]), levels, factor, noise))
    }
    return fitted(points.filter { $0.weight > 0 })
  }

  /// Several blocks together.
  private struct Point {
    var x = 0.0
    var y = 0.0
    var weight = 0.0

    init(_ members: [Int], _ levels: [Level], _ factor: Double, _ noise: Double) {
      guard !members.isEmpty else { return }
      var (a, b) = (members.map { levels[$0].first }, members.map { levels[$0].second })
      (x, y) = (PairMatch.middle(&a), PairMatch.middle(&b))
      var misses = members.map { abs(levels[$0].second - y - factor * (levels[$0].first - x)) }
      let scatter = max(PairMatch.middle(&misses) / 0.6745, 0.5 * noise)
      weight = scatter > 0 ? Double(members.count) / (1.57 * scatter * scatter) : 0
      // Equal values everywhere: every block counts the same.
      if scatter == 0 { weight = Double(members.count) }
    }
  }

  /// A weighted line; points far from it are left out.
  private static func fitted(_ points: [Point]) -> Line? {
    var weights = points.map(\.weight)
    var result: Line?
    for _ in 0..<5 {
      let total = weights.reduce(0, +)
      guard total > 0 else { return nil }
      let x = zip(weights, points).reduce(0) { $0 + $1.0 * $1.1.x } / total
      let y = zip(weights, points).reduce(0) { $0 + $1.0 * $1.1.y } / total
      let xx = zip(weights, points).reduce(0) { $0 + $1.0 * ($1.1.x - x) * ($1.1.x - x) }
      let xy = zip(weights, points).reduce(0) { $0 + $1.0 * ($1.1.x - x) * ($1.1.y - y) }
      guard xx > 0 else { return nil }
      let factor = xy / xx
      let misses = points.map { ($0.y - y - factor * ($0.x - x)) * $0.weight.squareRoot() }
      var sizes = misses.map { abs($0) }
      let spread = max(1, 1.4826 * middle(&sizes))
      let used = weights.count { $0 > 0 }
      let square = zip(weights, misses).reduce(0) { $0 + ($1.0 > 0 ? $1.1 * $1.1 : 0) }
      let excess = max(1, (square / Double(max(1, used - 2))).squareRoot())
      result = Line(factor: factor, error: excess / xx.squareRoot(), offset: y - factor * x)
      weights = zip(points, misses).map { abs($1) < 4 * spread ? $0.weight : 0 }
    }
    return result
  }

  /// The lower middle of some values, which change places.
  private static func middle(_ values: inout [Double]) -> Double {
    values.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.map { Selection.middle($0, buffer.count) } ?? 0
    }
  }
}
