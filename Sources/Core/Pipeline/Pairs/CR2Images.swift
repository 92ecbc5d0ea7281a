import Files
import Kernels

/// Removes cosmic rays from two equivalent exposures by their difference, or from one with the help of a
/// median filter.
package enum CR2Images {
  /// Cleans a pair, or the first exposure alone.
  ///
  /// Integers of up to 16 bits and float32 are compared in single precision, wider types in double; what is
  /// stored keeps its type. Pixels outside the masks are those of the input, bit by bit.
  /// - Parameters:
  ///   - first: the exposure in whose pixels regions and offsets are given.
  ///   - second: an exposure of the same shape, nil for single-image mode.
  /// - Throws: `CRSError`: usage or data as `CR2ImagesParameters.validate`, data when no pixel is finite or
  ///   a plane of an image has another shape or the units differ, `interrupted`.
  package static func run(
    first: Image, second: Image? = nil, parameters: CR2ImagesParameters = CR2ImagesParameters(),
    work: Work = Work()
  ) throws -> CR2ImagesResult {
    try parameters.validate(first: first.shape, second: second?.shape)
    try checkPlanes(of: first, "first")
    if let second {
      try checkPlanes(of: second, "second")
      try [first, second].checkUnits()
    }
    var parameters = parameters
    if let second, parameters.ioffx == nil || parameters.ioffy == nil {
      let found = try IntegerOffset.find(
        first.pixels, second.pixels, ioffx: parameters.ioffx, ioffy: parameters.ioffy, work: work)
      (parameters.ioffx, parameters.ioffy) = (found.ioffx, found.ioffy)
    }
    let isWide = first.exactPixels != nil || second?.exactPixels != nil
    if let second {
      let planes: PairPlanes =
        isWide ? .double(first.doubles, second.doubles) : .single(first.pixels, second.pixels)
      return try pair(first, second, planes, parameters, work)
    }
    guard let window = parameters.medianSize else { throw CRSError.usage("the second image is missing") }
    let planes: PairPlanes =
      isWide
      ? .double(first.doubles, try window.filtered(first.doubles.without(first.mask, .nan), work: work))
      : .single(first.pixels, try window.filtered(first.pixels.without(first.mask, .nan), work: work))
    let filtered = try first.replacingPixels(with: planes, window: window, work: work)
    return try single(first, filtered, planes, parameters, work)
  }

  private static func pair(
    _ first: Image, _ second: Image, _ planes: PairPlanes, _ parameters: CR2ImagesParameters, _ work: Work
  ) throws -> CR2ImagesResult {
    var (first, second) = (first, second)
    let masks = [first, second].masks(work, keepsBlocks: true)
    (first.mask, second.mask) = (masks[0], masks[1])
    var input = PairInput(planes, mask1: first.mask, mask2: second.mask, fills: parameters.fill)
    let overlap = try PairOverlap(
      of: first.shape, ioffx: parameters.ioffx ?? 0, ioffy: parameters.ioffy ?? 0)
    let scaling = try PairScaling(first, second, choice: parameters.scale, input: input, overlap: overlap)
    input.scale = scaling.factor
    let found = try PairComparison(input, parameters: parameters, work: work)
    let doubts = try PairDoubts(input, found: found, parameters: parameters, work: work)
    let findings = PairFindings(found: found, doubts: doubts, isFilling: parameters.fill)
    let shift = (overlap.ioffx, overlap.ioffy)
    return CR2ImagesResult(
      clean1: try PairRepair(found.first, shift: shift, factor: 1 / input.scale).repaired(
        first, uncertainty: second.uncertainty, work: work),
      clean2: try found.second.map {
        try PairRepair($0, shift: (-shift.0, -shift.1), factor: input.scale).repaired(
          second, uncertainty: first.uncertainty, work: work)
      } ?? second,
      mask1: found.first.mask, mask2: found.second?.mask ?? Mask(shape: first.shape), found: found,
      lines: scaling.lines + findings.lines,
      warnings: (first.hasPixels(of: second) ? [Self.same] : []) + scaling.warnings
        + (doubts.explanation == nil ? [scaling.unlike].compactMap { $0 } : [])
        + findings.warnings(first, second, isFiltered: false),
      report: PairOutcome(found).report(parameters), parameters: parameters)
  }

  private static let same =
    "both images hold the same pixels: their difference shows no cosmic ray, and those of one exposure need lacosmic"

  private static func single(
    _ first: Image, _ filtered: Image, _ planes: PairPlanes, _ parameters: CR2ImagesParameters, _ work: Work
  ) throws -> CR2ImagesResult {
    let input = PairInput(planes, mask1: first.mask, fills: parameters.fill)
    let found = try PairComparison(input, parameters: parameters, isFiltered: true, work: work)
    let findings = PairFindings(found: found, doubts: nil, isFilling: parameters.fill)
    return CR2ImagesResult(
      clean1: try PairRepair(found.first, shift: (0, 0)).repaired(
        first, uncertainty: filtered.uncertainty, work: work),
      clean2: filtered, mask1: found.first.mask, mask2: Mask(shape: first.shape), found: found,
      lines: findings.lines, warnings: findings.warnings(first, filtered, isFiltered: true),
      report: PairOutcome(found).report(parameters), parameters: parameters)
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

extension Plane where Element: Equatable {
  /// The plane with one value in all pixels of a mask.
  fileprivate func without(_ mask: Mask?, _ value: Element) -> Plane {
    guard let mask else { return self }
    var out = self
    for i in out.pixels.indices where mask.plane.pixels[i] != 0 { out.pixels[i] = value }
    return out
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
  fileprivate func replacingPixels(with planes: PairPlanes, window: MedianWindow, work: Work) throws -> Image
  {
    var image = self
    switch planes {
    case .single(_, let plane): image.pixels = plane
    case .double(_, let plane):
      image.pixels = plane.map { Float($0) }
      switch exactPixels {
      case .float64?: image.exactPixels = .float64(plane.pixels)
      case .int64?: image.exactPixels = .int64(plane.pixels.map { Int64(nearest: $0) })
      case .uint64?: image.exactPixels = .uint64(plane.pixels.map { UInt64(nearest: $0) })
      case nil: break
      }
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
