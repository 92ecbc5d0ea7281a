/// Removes cosmic rays from two equivalent exposures by their difference, or from one with the help of a
/// median filter (cr2images.md).
public enum CR2Images {
  /// Cleans a pair, or the first exposure alone.
  ///
  /// Integers of up to 16 bits and float32 are compared in single precision, wider types in double; what is
  /// stored keeps its type. Pixels outside the masks are those of the input, bit by bit.
  /// - Parameters:
  ///   - first: the exposure in whose pixels regions and offsets are given.
  ///   - second: an exposure of the same shape, nil for single-image mode.
  /// - Throws: `CRSError`: usage or data as `CR2ImagesParameters.validate`, data when no pixel is finite or
  ///   a plane of an image has another shape, `interrupted`.
  public static func run(
    first: Image, second: Image? = nil, parameters: CR2ImagesParameters = CR2ImagesParameters(),
    work: Work = Work()
  ) throws -> CR2ImagesResult {
    try parameters.validate(first: first.shape, second: second?.shape)
    try checkPlanes(of: first, "first")
    if let second { try checkPlanes(of: second, "second") }
    var parameters = parameters
    if let second, parameters.ioffx == nil || parameters.ioffy == nil {
      let found = try IntegerOffset.find(
        first.pixels, second.pixels, ioffx: parameters.ioffx, ioffy: parameters.ioffy, work: work)
      (parameters.ioffx, parameters.ioffy) = (found.ioffx, found.ioffy)
    }
    let wide = first.exactPixels != nil || second?.exactPixels != nil
    return wide
      ? try run(first, first.doubles, second, second?.doubles, parameters, work)
      : try run(first, first.pixels, second, second?.pixels, parameters, work)
  }

  private static func run<Scalar: SortableScalar>(
    _ first: Image, _ data1: Plane<Scalar>, _ second: Image?, _ data2: Plane<Scalar>?,
    _ parameters: CR2ImagesParameters, _ work: Work
  ) throws -> CR2ImagesResult {
    guard let window = parameters.medianSize, data2 == nil else {
      guard let second, let data2 else { throw CRSError.usage("the second image is missing") }
      return try compare(first, data1, second, data2, parameters, work)
    }
    let filtered = try window.filtered(data1, work: work)
    return try compare(
      first, data1, try first.replacingPixels(with: filtered, window: window, work: work), filtered,
      parameters, work, onlyFirst: true)
  }

  private static func compare<Scalar: SortableScalar>(
    _ first: Image, _ data1: Plane<Scalar>, _ second: Image, _ data2: Plane<Scalar>,
    _ parameters: CR2ImagesParameters, _ work: Work, onlyFirst: Bool = false
  ) throws -> CR2ImagesResult {
    let overlap = try PairOverlap(
      of: first.shape, ioffx: parameters.ioffx ?? 0, ioffy: parameters.ioffy ?? 0)
    let isSingle = onlyFirst || parameters.singleMode
    return try data1.pixels.withUnsafeBufferPointer { pixels1 in
      try data2.pixels.withUnsafeBufferPointer { pixels2 in
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
        let repair1 = PairRepair(
          runs: found.positive.cleaned.moved(overlap.columns, overlap.rows),
          shift: (overlap.ioffx, overlap.ioffy), width: first.width, level: statistics.median)
        let repair2 = PairRepair(
          runs: (found.negative?.cleaned ?? []).moved(overlap.columns2, overlap.rows2),
          shift: (-overlap.ioffx, -overlap.ioffy), width: first.width, level: -statistics.median)
        let mask1 = repair1.mask(first.shape)
        let mask2 = repair2.mask(first.shape)
        var coincidences: [PairCoincidence] = []
        if !onlyFirst {
          let search = CoincidenceSearch(
            difference: difference, mask1: mask1, mask2: mask2,
            excess: parameters.tsigmaPeak * statistics.standardDeviation)
          coincidences = search.coincidences(of: found.positive.cleaned, exposure: 1)
          coincidences += search.coincidences(of: found.negative?.cleaned ?? [], exposure: 2)
        }
        let outcome = PairOutcome(
          overlap: overlap, median: Double(statistics.median),
          robustStandardDeviation: statistics.standardDeviation,
          counts1: .init(found.positive, repair1.runs),
          counts2: found.negative.map { .init($0, repair2.runs) },
          notFinite: overlap.shape.count - statistics.finite, coincidences: coincidences)
        return CR2ImagesResult(
          clean1: try repair1.repaired(
            first, from: pixels2, mask: mask1, uncertainty: second.uncertainty, work: work),
          clean2: isSingle
            ? second
            : try repair2.repaired(
              second, from: pixels1, mask: mask2, uncertainty: first.uncertainty, work: work),
          mask1: mask1, mask2: mask2, overlap: overlap, median: outcome.median,
          robustStandardDeviation: outcome.robustStandardDeviation, counts1: outcome.counts1,
          counts2: outcome.counts2, notFinite: outcome.notFinite, coincidences: coincidences,
          warnings: outcome.warnings(first, second), report: outcome.report(parameters),
          planes: parameters.keepsPlanes
            ? CR2ImagesPlanes(
              difference: difference.plane(), range: Double(statistics.minimum)...Double(statistics.maximum),
              positive: .init(found.positive, overlap: overlap, parameters: parameters),
              negative: found.negative.map { .init($0, overlap: overlap, parameters: parameters) }) : nil,
          parameters: parameters)
      }
    }
  }

  private static func checkPlanes(of image: Image, _ name: String) throws {
    if let mask = image.mask, mask.shape != image.shape {
      throw CRSError.data("the \(name) image's MASK is \(mask.shape)", expected: "\(image.shape)")
    }
    if let uncertainty = image.uncertainty, uncertainty.values.shape != image.shape {
      throw CRSError.data(
        "the \(name) image's UNCERT is \(uncertainty.values.shape)", expected: "\(image.shape)")
    }
  }
}

extension CR2ImagesResult.Counts {
  fileprivate init(_ detection: PairDetection, _ cleaned: [ConnectedRuns.Run]) {
    self.init(
      peaks: detection.peaks.count, tails: detection.tails.count,
      replaced: cleaned.reduce(0) { $0 + $1.count })
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

extension Image {
  /// The pixels in double precision, exact where `exactPixels` knows more than float32.
  fileprivate var doubles: Plane<Double> {
    switch exactPixels {
    case .float64(let values)?: Plane(width: width, height: height, pixels: values)
    case .int64(let values)?: Plane(width: width, height: height, pixels: values.map { Double($0) })
    case .uint64(let values)?: Plane(width: width, height: height, pixels: values.map { Double($0) })
    case nil: pixels.map { Double($0) }
    }
  }

  /// The median-filtered image that stands for the second exposure, with median-filtered uncertainties.
  fileprivate func replacingPixels<Scalar: SortableScalar>(
    with plane: Plane<Scalar>, window: MedianWindow, work: Work
  ) throws -> Image {
    var image = self
    image.pixels = (plane as? Plane<Float>) ?? plane.map { Float($0) }
    switch exactPixels {
    case .float64?: image.exactPixels = .float64(plane.pixels.map { Double($0) })
    case .int64?: image.exactPixels = .int64(plane.pixels.map { Int64(nearest: $0) })
    case .uint64?: image.exactPixels = .uint64(plane.pixels.map { UInt64(nearest: $0) })
    case nil: break
    }
    if let exact = uncertainty?.exactValues, exact.count == pixels.count {
      let filtered = try window.filtered(Plane(width: width, height: height, pixels: exact), work: work)
      image.uncertainty?.exactValues = filtered.pixels
      image.uncertainty?.values = filtered.map { Float($0) }
    } else if let values = uncertainty?.values {
      image.uncertainty?.values = try window.filtered(values, work: work)
    }
    return image
  }
}
