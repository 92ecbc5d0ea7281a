/// What the difference of two exposures says of the cosmic rays in each.
package struct PairComparison: Sendable {
  /// What was found in one exposure.
  package struct Side: Sendable {
    /// Groups beyond the peak and the tail threshold in the whole overlap.
    package let peaks: Int
    package let tails: Int
    /// The pixels to repair, in the exposure's own frame, in raster order.
    package let runs: [ConnectedRuns.Run]
    /// What they are to be replaced by, pixel after pixel of the runs: the companion's value and the median
    /// difference [unit of the exposures].
    package let values: [Double]
    /// The same pixels as a mask.
    package let mask: Mask
    /// Pixels that did not count, or that lie too low, and have a value from the other exposure; nil for none.
    package fileprivate(set) var fill: PairFill?
    /// Values that lie too low; nil for none.
    package fileprivate(set) var low: Mask?
    /// Hits where the other exposure has no value, which nothing replaces; nil for none.
    package fileprivate(set) var lone: Mask?
    /// Labels for figures; nil unless asked for.
    package let labels: PairLabels?

    /// All hits, replaced or not.
    package var hits: Mask { lone.map { mask | $0 } ?? mask }
  }

  package let overlap: PairOverlap
  /// Median of the difference in the overlap.
  package let median: Double
  /// Its robust standard deviation.
  package let robustStandardDeviation: Double
  /// Flux of the second exposure relative to the first one that was used.
  package let scale: Double
  /// Values that lie too low for the other exposure: they replace nothing. nil for none.
  package let low: PairLowValues?
  /// Pixels of the overlap that are masked in one exposure or the other: neither flagged nor used.
  package let masked: Int
  /// Further ones that are not finite in one exposure or the other.
  package let notFinite: Int
  /// Extremes of the finite differences.
  package let range: ClosedRange<Double>
  package let first: Side
  /// nil when only the first exposure was to be searched.
  package let second: Side?
  package let coincidences: [PairCoincidence]
  /// First minus second exposure; nil unless asked for.
  package let difference: Plane<Float>?

  /// Pixels that were compared.
  package var compared: Int { overlap.shape.count - masked - notFinite - tooLow }
  private var tooLow: Int { low.map { $0.counts.first + $0.counts.second + $0.undecided } ?? 0 }
}

extension PairComparison {
  /// Compares two exposures.
  ///
  /// - Parameters:
  ///   - parameters: valid for the planes' shape, offsets known.
  ///   - isFiltered: the second plane is the first one filtered: only the first is searched, and nothing is a
  ///     coincidence.
  /// - Throws: `CRSError`: data when the exposures do not overlap or no pixel counts in both, `interrupted`.
  package init(
    _ input: PairInput, parameters: CR2ImagesParameters, isFiltered: Bool = false, work: Work
  ) throws {
    self =
      switch input.planes {
      case .single(let first, let second):
        try Self.compare(first, second, input, parameters, isFiltered, work)
      case .double(let first, let second):
        try Self.compare(first, second, input, parameters, isFiltered, work)
      }
  }

  /// A smaller part of values that are too low leaves the statistics of the difference as they are.
  private static let few = 0.01

  private static func compare<Scalar: SortableScalar>(
    _ first: Plane<Scalar>, _ second: Plane<Scalar>, _ input: PairInput, _ parameters: CR2ImagesParameters,
    _ isFiltered: Bool, _ work: Work, known: RobustStatistics<Scalar>? = nil
  ) throws -> PairComparison {
    let overlap = try PairOverlap(
      of: first.shape, ioffx: parameters.ioffx ?? 0, ioffy: parameters.ioffy ?? 0)
    return try input.withDifference(first, second, overlap) { difference in
      guard let statistics = try known ?? RobustStatistics(of: difference, work: work) else {
        throw CRSError.data(
          "no pixel of the overlap is finite and unmasked in both images", expected: "at least one")
      }
      let found = try PairDetector(
        difference: difference, overlap: overlap, statistics: statistics, parameters: parameters
      ).detect(onlyFirst: isFiltered || parameters.singleMode, work: work)
      if !isFiltered, input.low == nil,
        let low = try PairLowValues(
          difference, flagged: (found.positive.cleaned, found.negative?.cleaned ?? []),
          statistics: statistics,
          work: work)
      {
        // Few of them leave median and scatter as they are.
        let isFew =
          Double(low.counts.first + low.counts.second + low.undecided) < few * Double(overlap.shape.count)
        return try compare(
          first, second, input.without(low), parameters, false, work, known: isFew ? statistics : nil)
      }
      let (scale, median, step) = (difference.scale, statistics.median, overlap.step(first.width))
      let frame1 = (overlap.columns, overlap.rows)
      let frame2 = (overlap.columns2, overlap.rows2)
      var side1 = side(found.positive, overlap, frame1, first.shape, parameters) {
        difference.second[$0 - step] / scale + median
      }
      var side2 = found.negative.map { negative in
        side(negative, overlap, frame2, first.shape, parameters) {
          (difference.first[$0 + step] - median) * scale
        }
      }
      var coincidences: [PairCoincidence] = []
      if !isFiltered {
        let search = CoincidenceSearch(
          difference: difference, mask1: side1.mask, mask2: side2?.mask ?? Mask(shape: first.shape),
          excess: parameters.tsigmaPeak * statistics.standardDeviation)
        coincidences = search.coincidences(of: found.positive.cleaned, exposure: 1)
        coincidences += search.coincidences(of: found.negative?.cleaned ?? [], exposure: 2)
      }
      if !isFiltered, statistics.finite < overlap.shape.count {
        let lone = try PairLoneHits(
          difference, onlyFirst: parameters.singleMode, low: input.low, statistics: statistics, work: work)
        side1.lone = lone?.masks[0]
        side2?.lone = lone?.masks[1]
      }
      if input.fills || input.low != nil {
        let masks = (side1.hits, side2?.hits)
        side1.low = input.low?.first
        side2?.low = input.low?.second
        side1.fill = PairFill(
          difference, of: 1, companion: masks.1, only: input.fills ? nil : input.low?.first
        ) { $0 / scale + median }
        side2?.fill = PairFill(
          difference, of: 2, companion: masks.0, only: input.fills ? nil : input.low?.second
        ) { ($0 - median) * scale }
      }
      let tooLow = input.low.map { $0.counts.first + $0.counts.second + $0.undecided } ?? 0
      let masked = difference.masked - tooLow
      let finite = known == nil ? statistics.finite : statistics.finite - tooLow
      return PairComparison(
        overlap: overlap, median: Double(median), robustStandardDeviation: statistics.standardDeviation,
        scale: input.scale, low: input.low, masked: masked,
        notFinite: overlap.shape.count - finite - masked - tooLow,
        range: Double(statistics.minimum)...Double(statistics.maximum), first: side1, second: side2,
        coincidences: coincidences, difference: parameters.keepsPlanes ? difference.plane() : nil)
    }
  }

  private static func side<Scalar: SortableScalar>(
    _ found: PairDetection, _ overlap: PairOverlap, _ frame: (columns: Range<Int>, rows: Range<Int>),
    _ shape: Shape, _ parameters: CR2ImagesParameters, value: (Int) -> Scalar
  ) -> Side {
    let runs = found.cleaned.moved(frame.columns, frame.rows)
    var mask = Mask(shape: shape)
    var values: [Double] = []
    mask.plane.pixels.withUnsafeMutableBufferPointer { pixels in
      for run in runs {
        let row = Int(run.row) * shape.width
        for x in run.columns {
          pixels[row + x] = 1
          values.append(Double(value(row + x)))
        }
      }
    }
    return Side(
      peaks: found.peaks.count, tails: found.tails.count, runs: runs, values: values, mask: mask, fill: nil,
      low: nil, lone: nil,
      labels: parameters.keepsPlanes ? PairLabels(found, overlap: overlap, parameters: parameters) : nil)
  }
}

/// Labels of one side in the overlap's frame, numbered from 1 in raster order, 0 elsewhere.
package struct PairLabels: Sendable {
  package let peak: Plane<Int32>
  package let tail: Plane<Int32>
  /// The tail's number at peak pixels that count, 0 elsewhere.
  package let tailInPeak: Plane<Int32>

  init(_ detection: PairDetection, overlap: PairOverlap, parameters: CR2ImagesParameters) {
    let shape = overlap.shape
    peak = Labelling(detection.peaks, shape: shape).labels
    tail = Labelling(detection.tails, shape: shape).labels
    var both = Plane<Int32>(width: shape.width, height: shape.height, repeating: 0)
    for run in detection.peaks.runs {
      let y = Int(run.row)
      for x in run.columns
      where parameters.uses(x: x + overlap.columns.lowerBound, y: y + overlap.rows.lowerBound) {
        both[x, y] = tail[x, y]
      }
    }
    tailInPeak = both
  }
}

extension [ConnectedRuns.Run] {
  /// From the overlap's frame into an exposure's.
  fileprivate func moved(_ columns: Range<Int>, _ rows: Range<Int>) -> Self {
    let dx = Int32(truncatingIfNeeded: columns.lowerBound)
    let dy = Int32(truncatingIfNeeded: rows.lowerBound)
    return map { .init(row: $0.row + dy, start: $0.start + dx, end: $0.end + dx) }
  }
}
