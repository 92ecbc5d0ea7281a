/// What speaks against a pair's "cosmic rays": too many of them, whole lines of them, and what would explain them better.
package struct PairDoubts: Sendable {
  /// Something else that makes the exposures differ, and how many pixels would be replaced without it.
  package struct Explanation: Sendable, Equatable {
    /// Flux of the second exposure relative to the first one, with its error; nil where it is the one that was used.
    package var factor: Double?
    package var factorError = 0.0
    /// Offsets that bring the second exposure on the first one, as ioffx and ioffy but of any part of a pixel; nil where
    /// they are those that were used.
    package var offsets: Offset?
    /// Pixels of each exposure that would still be replaced.
    package var left: (first: Int, second: Int) = (0, 0)

    package static func == (a: Self, b: Self) -> Bool {
      a.factor == b.factor && a.offsets == b.offsets && a.left == b.left
    }
  }

  /// Rows and columns of the first exposure, from 0, more than 30 % of whose pixels are replaced in one exposure.
  package private(set) var crowdedRows: [Int] = []
  package private(set) var crowdedColumns: [Int] = []
  /// The simplest explanation of most of the hits; nil without one, or where there are few hits.
  package private(set) var explanation: Explanation?

  /// A line is crowded when more than this part of its compared pixels is replaced.
  package static let crowdedPart = 0.3
  /// More than this part of the pixels is worth a look.
  private static let suspiciousPart = 0.005
  /// More than this part is worth a search for displacements of any size.
  private static let manyPart = 0.02
  /// An explanation leaves no more than this part of the hits.
  private static let largestLeft = 0.5

  /// - Parameters:
  ///   - found: what a comparison of `input` with `parameters` gave.
  /// - Throws: `CRSError.interrupted`.
  package init(
    _ input: PairInput, found: PairComparison, parameters: CR2ImagesParameters, work: Work
  ) throws {
    guard found.compared > 0 else { return }
    crowded(found)
    let replaced = max(found.first.values.count, found.second?.values.count ?? 0)
    guard replaced >= 20, Double(replaced) > Self.suspiciousPart * Double(found.compared) else { return }
    var parameters = parameters
    parameters.keepsPlanes = false
    explanation =
      switch input.planes {
      case .single(let first, let second):
        try Self.explanation(first, second, input, found, parameters, work)
      case .double(let first, let second):
        try Self.explanation(first, second, input, found, parameters, work)
      }
  }

  private mutating func crowded(_ found: PairComparison) {
    let overlap = found.overlap
    let sides =
      [(found.first, overlap.rows.lowerBound, overlap.columns.lowerBound)]
      + (found.second.map { [($0, overlap.rows2.lowerBound, overlap.columns2.lowerBound)] } ?? [])
    var rows = Set<Int>()
    var columns = Set<Int>()
    for (side, bottom, left) in sides {
      var inRow = [Int](repeating: 0, count: overlap.rows.count)
      var inColumn = [Int](repeating: 0, count: overlap.columns.count)
      for run in side.runs {
        inRow[Int(run.row) - bottom] += run.count
        for x in run.columns { inColumn[x - left] += 1 }
      }
      func isCrowded(_ count: Int, of length: Int) -> Bool {
        length >= 20 && Double(count) > Self.crowdedPart * Double(length)
      }
      for (y, count) in inRow.enumerated() where isCrowded(count, of: inColumn.count) {
        rows.insert(y + overlap.rows.lowerBound)
      }
      for (x, count) in inColumn.enumerated() where isCrowded(count, of: inRow.count) {
        columns.insert(x + overlap.columns.lowerBound)
      }
    }
    (crowdedRows, crowdedColumns) = (rows.sorted(), columns.sorted())
  }

  private static func explanation<Scalar: SortableScalar>(
    _ first: Plane<Scalar>, _ second: Plane<Scalar>, _ input: PairInput, _ found: PairComparison,
    _ parameters: CR2ImagesParameters, _ work: Work
  ) throws -> Explanation? {
    let now = found.first.values.count + (found.second?.values.count ?? 0)
    let limit = Int(largestLeft * Double(now))
    func total(_ one: Explanation) -> Int { one.left.first + one.left.second }
    func candidates(_ shift: (x: Int, y: Int)) throws -> [Explanation] {
      try [false, true].flatMap {
        try tried(first, second, input, found, parameters, shift, fits: $0, work) ?? []
      }
    }
    var known = try candidates((0, 0))
    if known.allSatisfy({ total($0) > limit }), Double(now) > Self.manyPart * Double(found.compared),
      let whole = try displacedPixels(first, second, found, work)
    {
      known += try candidates(whole)
    }
    // The simplest one that is nearly as good as the best.
    guard let best = known.map(total).min(), best <= limit else { return nil }
    return known.first { total($0) <= min(limit, best + max(20, (now - best) / 10)) }
  }

  /// Whole pixels by which the second exposure lies elsewhere than assumed; nil for none.
  private static func displacedPixels<Scalar: SortableScalar>(
    _ first: Plane<Scalar>, _ second: Plane<Scalar>, _ found: PairComparison, _ work: Work
  ) throws -> (x: Int, y: Int)? {
    guard let planes = (first, second) as? (Plane<Float>, Plane<Float>) else {
      return try displacedPixels(first.map { Float($0) }, second.map { Float($0) }, found, work)
    }
    let place: (ioffx: Int, ioffy: Int)
    do {
      place = try IntegerOffset.find(planes.0, planes.1, work: work)
    } catch let error as CRSError where error.kind == .data {
      return nil
    }
    let (x, y) = (place.ioffx - found.overlap.ioffx, place.ioffy - found.overlap.ioffy)
    return x == 0 && y == 0 ? nil : (x, y)
  }

  /// What is left with other offsets, a fitted factor, or a displacement of part of a pixel.
  private static func tried<Scalar: SortableScalar>(
    _ first: Plane<Scalar>, _ second: Plane<Scalar>, _ input: PairInput, _ found: PairComparison,
    _ parameters: CR2ImagesParameters, _ shift: (x: Int, y: Int), fits: Bool, _ work: Work
  ) throws -> [Explanation]? {
    let overlap = try PairOverlap(
      of: first.shape, ioffx: found.overlap.ioffx + shift.x, ioffy: found.overlap.ioffy + shift.y)
    var (input, one) = (input, Explanation())
    if fits {
      guard let match = try PairMatch(input, overlap: overlap, guess: input.scale),
        abs(match.factor / input.scale - 1) > 3 * match.error / input.scale
      else { return nil }
      (one.factor, one.factorError) = (match.factor, match.error)
      input.scale = match.factor
    }
    return try input.withDifference(first, second, overlap) { difference in
      var explanations: [Explanation] = []
      let isMoved = shift.x != 0 || shift.y != 0
      let slopes = try PairSlopes(difference, work: work)
      if isMoved { one.offsets = Offset(x: Double(overlap.ioffx), y: Double(overlap.ioffy)) }
      guard let (plain, statistics) = try left(slopes.difference, overlap, parameters, found, work) else {
        return nil
      }
      if fits || isMoved {
        one.left = plain
        explanations.append(one)
      }
      if let moved = slopes.displacement(
        median: Double(statistics.median), deviation: statistics.standardDeviation),
        max(abs(moved.x), abs(moved.y)) > 0.05, max(abs(moved.x), abs(moved.y)) < 3,
        let (rest, _) = try left(slopes.without(moved), overlap, parameters, found, work)
      {
        one.offsets = Offset(x: Double(overlap.ioffx) - moved.x, y: Double(overlap.ioffy) - moved.y)
        one.left = rest
        explanations.append(one)
      }
      return explanations
    }
  }

  /// Pixels that a difference would replace in each exposure.
  private static func left(
    _ difference: Plane<Float>, _ overlap: PairOverlap, _ parameters: CR2ImagesParameters,
    _ found: PairComparison, _ work: Work
  ) throws -> ((first: Int, second: Int), RobustStatistics<Float>)? {
    try difference.pixels.withUnsafeBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return nil }
      let rows = StoredRows(base: base, width: difference.width, height: difference.height)
      guard let statistics = try RobustStatistics(of: rows, work: work) else { return nil }
      let found = try PairDetector(
        difference: rows, overlap: overlap, statistics: statistics, parameters: parameters
      ).detect(onlyFirst: found.second == nil, work: work)
      func count(_ side: PairDetection?) -> Int { side?.cleaned.reduce(0) { $0 + $1.count } ?? 0 }
      return ((count(found.positive), count(found.negative)), statistics)
    }
  }
}
