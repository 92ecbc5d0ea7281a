/// How the flux of the second exposure of a pair is matched to that of the first.
package enum PairScale: Sendable, Equatable {
  /// By the exposure times and by what the pixels show.
  case auto
  /// Not at all.
  case off
  /// The second exposure has so many times the flux of the first one; above 0.
  case factor(Double)
}

/// The settings of `CR2Images`, with its defaults.
package struct CR2ImagesParameters: Sendable, Equatable {
  /// Whole pixels by which the second exposure is moved in x to fall on the first; nil to find them.
  package var ioffx: Int?
  /// The same in y.
  package var ioffy: Int?
  /// Threshold of a cosmic ray's peak [robust sigmas], >= 0.
  package var tsigmaPeak: Double
  /// Threshold of its tail [robust sigmas], >= 0.
  package var tsigmaTail: Double
  /// Cosmic rays with more pixels stay; nil for any size. At least 1.
  package var maxsize: Int?
  /// Sections of the first exposure in which no peak counts; nil for none. Excludes `imageRegion`.
  package var skippedRegions: [Section]?
  /// The only section of the first exposure in which peaks count.
  package var imageRegion: Section?
  /// Window of the median filter that stands for a missing second exposure.
  package var medianSize: MedianWindow?
  /// Cleans the first exposure only, also when there is a second one.
  package var singleMode: Bool
  /// Keeps the difference and the label planes for figures.
  package var keepsPlanes: Bool
  /// How the fluxes are matched; nil: `auto` where the exposure times differ and the unit is no rate, else `off`.
  package var scale: PairScale?
  /// Fills pixels that are masked or not finite from the other exposure, or from the filtered one.
  package var fill: Bool

  package init(
    ioffx: Int? = 0, ioffy: Int? = 0, tsigmaPeak: Double = 10, tsigmaTail: Double = 3, maxsize: Int? = nil,
    skippedRegions: [Section]? = nil, imageRegion: Section? = nil, medianSize: MedianWindow? = nil,
    singleMode: Bool = false, keepsPlanes: Bool = false, scale: PairScale? = nil, fill: Bool = false
  ) {
    self.ioffx = ioffx
    self.ioffy = ioffy
    self.tsigmaPeak = tsigmaPeak
    self.tsigmaTail = tsigmaTail
    self.maxsize = maxsize
    self.skippedRegions = skippedRegions
    self.imageRegion = imageRegion
    self.medianSize = medianSize
    self.singleMode = singleMode
    self.keepsPlanes = keepsPlanes
    (self.scale, self.fill) = (scale, fill)
  }

  /// Checks what does not depend on pixel values, in the order of the reference.
  ///
  /// - Throws: `CRSError` (usage or data) naming the parameter.
  package func validate(first: Shape, second: Shape?) throws {
    if second == nil {
      guard ioffx == 0, ioffy == 0 else {
        throw CRSError.usage(
          "ioffx=\(Self.text(ioffx)) and ioffy=\(Self.text(ioffy)) need two images",
          parameter: ioffx == 0 ? "ioffy" : "ioffx", expected: "0 when only one image is given")
      }
      guard medianSize != nil else {
        throw CRSError.usage(
          "median_size is missing", parameter: "median_size",
          expected: "[rows, columns] of the median filter when only one image is given")
      }
    }
    guard skippedRegions == nil || imageRegion == nil else {
      throw CRSError.usage(
        "skipped_regions and image_region exclude each other", parameter: "image_region",
        expected: "one of the two")
    }
    guard first.width > 0, first.height > 0 else {
      throw CRSError.data("the image is empty (\(first))", expected: "at least 1x1 pixels")
    }
    if let second, second != first {
      throw CRSError.data(
        "the images have different shapes: \(first) and \(second)", expected: "equal shapes")
    }
    _ = try PairOverlap(of: first, ioffx: ioffx ?? 0, ioffy: ioffy ?? 0)
    for region in skippedRegions ?? [] {
      _ = try region.validated(inside: first, parameter: "skipped_regions")
    }
    _ = try imageRegion?.validated(inside: first, parameter: "image_region")
    for (name, value) in [("tsigma_peak", tsigmaPeak), ("tsigma_tail", tsigmaTail)] {
      guard value.isFinite, value >= 0 else {
        throw CRSError.usage("\(value) is not a threshold", parameter: name, expected: "a number from 0 on")
      }
    }
    if case .factor(let factor)? = scale {
      guard factor > 0, factor.isFinite else {
        throw CRSError.usage("\(factor) is not a factor", parameter: "scale", expected: "a number above 0")
      }
    }
    if let maxsize, maxsize < 1 {
      throw CRSError.usage("\(maxsize) is not a size", parameter: "maxsize", expected: "1 pixel or more")
    }
  }

  private static func text(_ offset: Int?) -> String { offset.map(String.init) ?? "auto" }

  /// Whether a peak at that pixel of the first exposure counts; columns and rows from 0.
  func uses(x: Int, y: Int) -> Bool {
    if let imageRegion { return imageRegion.columns.contains(x) && imageRegion.rows.contains(y) }
    guard let skippedRegions else { return true }
    return !skippedRegions.contains { $0.columns.contains(x) && $0.rows.contains(y) }
  }
}
