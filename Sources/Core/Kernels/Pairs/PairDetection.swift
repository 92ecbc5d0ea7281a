/// The cosmic rays of one exposure of a pair, as connected groups in the overlap's frame.
struct PairDetection: Sendable {
  /// Groups beyond the peak threshold, wherever they are.
  let peaks: ConnectedRuns
  /// Groups beyond the tail threshold, wherever they are.
  let tails: ConnectedRuns
  /// Whether each group of `tails` is a cosmic ray to clean.
  let isKept: [Bool]

  /// The runs to clean, in raster order.
  var cleaned: [ConnectedRuns.Run] {
    zip(tails.runs, tails.groups).compactMap { isKept[Int($1)] ? $0 : nil }
  }

  fileprivate init(_ found: SignRuns, maxsize: Int?) {
    peaks = ConnectedRuns(joining: found.peaks, connectivity: .four)
    tails = ConnectedRuns(joining: found.tails, connectivity: .four)
    var kept = [Bool](repeating: false, count: tails.count)
    for (run, hasPeak) in found.hasPeak.enumerated() where hasPeak { kept[Int(tails.groups[run])] = true }
    if let maxsize {
      for group in kept.indices where tails.sizes[group] > maxsize { kept[group] = false }
    }
    isKept = kept
  }
}

/// Finds what stands out of a pair's difference on either side.
struct PairDetector<Rows: PixelRows>: Sendable {
  /// The difference, in the overlap's frame.
  let difference: Rows
  let overlap: PairOverlap
  let statistics: RobustStatistics<Scalar>
  let parameters: CR2ImagesParameters

  typealias Scalar = Rows.Scalar

  /// The positive detections (cosmic rays of the first exposure) and, unless in single mode, the negative ones.
  ///
  /// - Throws: `CRSError.interrupted`.
  func detect(onlyFirst: Bool, work: Work) throws -> (positive: PairDetection, negative: PairDetection?) {
    let centre = Double(statistics.median)
    let peak = parameters.tsigmaPeak * statistics.standardDeviation
    let tail = parameters.tsigmaTail * statistics.standardDeviation
    let limits = Limits(
      peakAbove: (centre + peak).floor(), tailAbove: (centre + tail).floor(),
      peakBelow: onlyFirst ? -.infinity : (centre - peak).ceiling(),
      tailBelow: onlyFirst ? -.infinity : (centre - tail).ceiling())
    let size = max(1, (1 << 18) / max(1, difference.width))
    let tiles = (difference.height + size - 1) / size
    let found = Guarded([(SignRuns, SignRuns)?](repeating: nil, count: tiles))
    try work.forTiles(difference.height, size: size) { rows in
      let runs = search(rows, limits)
      found.withLock { $0[rows.lowerBound / size] = runs }
    }
    var positive = SignRuns()
    var negative = SignRuns()
    for case let (above, below)? in found.withLock({ $0 }) {
      positive.append(above)
      negative.append(below)
    }
    return (
      PairDetection(positive, maxsize: parameters.maxsize),
      onlyFirst ? nil : PairDetection(negative, maxsize: parameters.maxsize)
    )
  }

  /// Thresholds in the pixels' own precision, such that strict comparisons decide as they would in double.
  private struct Limits {
    let peakAbove: Scalar
    let tailAbove: Scalar
    let peakBelow: Scalar
    let tailBelow: Scalar
  }

  private func search(_ rows: Range<Int>, _ limits: Limits) -> (SignRuns, SignRuns) {
    var above = SignRuns()
    var below = SignRuns()
    let width = difference.width
    let high = min(limits.peakAbove, limits.tailAbove)
    let low = max(limits.peakBelow, limits.tailBelow)
    let (left, bottom) = (overlap.columns.lowerBound, overlap.rows.lowerBound)
    withUnsafeTemporaryAllocation(of: Scalar.self, capacity: width) { buffer in
      guard let row = buffer.baseAddress else { return }
      for y in rows {
        difference.fill(y, row)
        var start = 0
        while start < width {
          let end = min(start + 64, width)
          var hit: Scalar.Key = 0
          for x in start..<end { hit |= (row[x] > high ? 1 : 0) | (row[x] < low ? 1 : 0) }
          if hit != 0 {
            for x in start..<end where row[x] > high || row[x] < low {
              guard row[x].isFinite else { continue }
              let used = { parameters.uses(x: x + left, y: y + bottom) }
              above.add(
                x, y, isPeak: row[x] > limits.peakAbove, isTail: row[x] > limits.tailAbove, counts: used)
              below.add(
                x, y, isPeak: row[x] < limits.peakBelow, isTail: row[x] < limits.tailBelow, counts: used)
            }
          }
          start = end
        }
      }
    }
    return (above, below)
  }
}

/// Runs of pixels beyond the thresholds on one side of the median.
private struct SignRuns: Sendable {
  var peaks: [ConnectedRuns.Run] = []
  var tails: [ConnectedRuns.Run] = []
  /// Whether each run of `tails` holds a peak that counts.
  var hasPeak: [Bool] = []

  mutating func add(_ x: Int, _ y: Int, isPeak: Bool, isTail: Bool, counts: () -> Bool) {
    if isPeak { _ = Self.extend(&peaks, x, y) }
    guard isTail else { return }
    if Self.extend(&tails, x, y) { hasPeak.append(false) }
    if isPeak, !hasPeak[hasPeak.count - 1], counts() { hasPeak[hasPeak.count - 1] = true }
  }

  mutating func append(_ other: SignRuns) {
    peaks += other.peaks
    tails += other.tails
    hasPeak += other.hasPeak
  }

  /// Lengthens the last run or begins one, and says whether it began one.
  private static func extend(_ runs: inout [ConnectedRuns.Run], _ x: Int, _ y: Int) -> Bool {
    let column = Int32(truncatingIfNeeded: x)
    let row = Int32(truncatingIfNeeded: y)
    let last = runs.count - 1
    if last >= 0, runs[last].row == row, runs[last].end == column {
      runs[last].end += 1
      return false
    }
    runs.append(ConnectedRuns.Run(row: row, start: column, end: column + 1))
    return true
  }
}

extension Double {
  /// The largest value of the type that is not above this one.
  fileprivate func floor<Scalar: SortableScalar>() -> Scalar {
    let near = Scalar(self)
    return Double(near) > self ? near.nextDown : near
  }

  /// The smallest value of the type that is not below this one.
  fileprivate func ceiling<Scalar: SortableScalar>() -> Scalar {
    let near = Scalar(self)
    return Double(near) < self ? near.nextUp : near
  }
}
