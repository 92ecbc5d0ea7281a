/// The pixels of two exposures of equal shape, in the precision that their number types need.
package enum PairPlanes: Sendable {
  /// Integers of up to 16 bits and float32.
  case single(Plane<Float>, Plane<Float>)
  /// Wider types.
  case double(Plane<Double>, Plane<Double>)
}

/// What the difference of two exposures says of the cosmic rays in each (cr2images.md sections 3 to 6).
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
    /// Labels for figures; nil unless asked for.
    package let labels: PairLabels?
  }

  package let overlap: PairOverlap
  /// Median of the difference in the overlap.
  package let median: Double
  /// Its robust standard deviation.
  package let robustStandardDeviation: Double
  /// Pixels of the overlap that are not finite in one exposure or the other: neither flagged nor used.
  package let notFinite: Int
  /// Extremes of the finite differences.
  package let range: ClosedRange<Double>
  package let first: Side
  /// nil when only the first exposure was to be searched.
  package let second: Side?
  package let coincidences: [PairCoincidence]
  /// First minus second exposure; nil unless asked for.
  package let difference: Plane<Float>?

  /// Compares two exposures.
  ///
  /// - Parameters:
  ///   - parameters: valid for the planes' shape, offsets known.
  ///   - isFiltered: the second plane is the first one filtered: only the first is searched, and nothing is a
  ///     coincidence.
  /// - Throws: `CRSError`: data when the exposures do not overlap or no pixel is finite, `interrupted`.
  package init(
    _ planes: PairPlanes, parameters: CR2ImagesParameters, isFiltered: Bool = false, work: Work
  ) throws {
    self =
      switch planes {
      case .single(let first, let second):
        try Self.compare(first, second, parameters, isFiltered, work)
      case .double(let first, let second):
        try Self.compare(first, second, parameters, isFiltered, work)
      }
  }

  private static func compare<Scalar: SortableScalar>(
    _ first: Plane<Scalar>, _ second: Plane<Scalar>, _ parameters: CR2ImagesParameters, _ isFiltered: Bool,
    _ work: Work
  ) throws -> PairComparison {
    let overlap = try PairOverlap(
      of: first.shape, ioffx: parameters.ioffx ?? 0, ioffy: parameters.ioffy ?? 0)
    let isSingle = isFiltered || parameters.singleMode
    return try first.pixels.withUnsafeBufferPointer { pixels1 in
      try second.pixels.withUnsafeBufferPointer { pixels2 in
        guard let base1 = pixels1.baseAddress, let base2 = pixels2.baseAddress else {
          throw CRSError.data("the image is empty")
        }
        let difference = PairDifference(first: base1, second: base2, stride: first.width, overlap: overlap)
        guard let statistics = try RobustStatistics(of: difference, work: work) else {
          throw CRSError.data(
            "no pixel of the overlap is finite in both images", expected: "at least one")
        }
        let found = try PairDetector(
          difference: difference, statistics: statistics, parameters: parameters
        ).detect(onlyFirst: isSingle, work: work)
        let side1 = side(
          found.positive, overlap, (overlap.columns, overlap.rows), first.shape, parameters
        ) { pixels2[$0 - overlap.ioffy * first.width - overlap.ioffx] + statistics.median }
        let side2 = found.negative.map { negative in
          side(negative, overlap, (overlap.columns2, overlap.rows2), first.shape, parameters) {
            pixels1[$0 + overlap.ioffy * first.width + overlap.ioffx] - statistics.median
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
        return PairComparison(
          overlap: overlap, median: Double(statistics.median),
          robustStandardDeviation: statistics.standardDeviation,
          notFinite: overlap.shape.count - statistics.finite,
          range: Double(statistics.minimum)...Double(statistics.maximum), first: side1, second: side2,
          coincidences: coincidences, difference: parameters.keepsPlanes ? difference.plane() : nil)
      }
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
      peaks: found.peaks.count, tails: found.tails.count, runs: runs, values: values, mask: mask,
      labels: parameters.keepsPlanes ? PairLabels(found, overlap: overlap, parameters: parameters) : nil)
  }

  private init(
    overlap: PairOverlap, median: Double, robustStandardDeviation: Double, notFinite: Int,
    range: ClosedRange<Double>, first: Side, second: Side?, coincidences: [PairCoincidence],
    difference: Plane<Float>?
  ) {
    (self.overlap, self.median, self.robustStandardDeviation) = (overlap, median, robustStandardDeviation)
    (self.notFinite, self.range, self.first, self.second) = (notFinite, range, first, second)
    (self.coincidences, self.difference) = (coincidences, difference)
  }
}

/// Labels of one side in the overlap's frame, numbered from 1 in raster order, 0 elsewhere
/// (cr2images.md section 9).
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

extension PairDifference {
  /// The difference as a plane in single precision.
  fileprivate func plane() -> Plane<Float> {
    Plane(width: width, height: height) { out in
      withUnsafeTemporaryAllocation(of: Scalar.self, capacity: width) { row in
        guard let row = row.baseAddress else { return }
        for y in 0..<height {
          fill(y, row)
          for x in 0..<width { out[y * width + x] = Float(row[x]) }
        }
      }
    }
  }
}
