import Files
import Kernels

/// Exposures made comparable, once for all that follows: bias subtracted, levels matched by the gains.
package struct CalibratedExposures: Sendable {
  package let names: [String]
  /// As read.
  package let images: [Image]
  /// As read, with masks, errors and the detector of each.
  package let planes: [ExposurePlanes]
  package private(set) var matched: MatchedExposures
  /// Whether prescan and overscan or bad pixels are NaN in the matched exposures.
  let isTrimmed: Bool
  /// Of the pixels as read; nil where nobody asks.
  let identity: ContentHash?

  /// What the exposures are for.
  package enum Purpose: Sendable, Equatable {
    case masks(Compatibility?)
    case combinations(Compatibility?)

    var compatibility: Compatibility? {
      switch self {
      case .masks(let program), .combinations(let program): program
      }
    }
  }

  /// - Parameters:
  ///   - planes: one for each exposure of the group.
  ///   - trims: whether prescan and overscan, where the headers tell them, count as masked in what is matched; not under
  ///     compatibility.
  ///   - badPixels: count as masked in what is matched too; nil for none.
  /// - Throws: `CRSError`: data for other shapes, interrupted.
  package init(
    _ group: consuming ExposureGroup, _ planes: [ExposurePlanes], trims: Bool = false, badPixels: Mask? = nil,
    for purpose: Purpose,
    work: Work
  ) throws {
    (images, names) = (group.images, group.names)
    // numina knows no masks and one detector.
    self.planes =
      purpose.compatibility == .numina036
      ? planes.map { ExposurePlanes(pixels: $0.pixels, detector: planes[0].detector) } : planes
    var trimmed =
      trims && purpose.compatibility == nil ? self.planes.trimmed(as: images) : self.planes
    if let badPixels { trimmed = try trimmed.without(badPixels) }
    isTrimmed = zip(trimmed, self.planes).contains { $0.mask != $1.mask }
    matched = try MatchedExposures(trimmed, work: work)
    var identity: ContentHash?
    if case .masks = purpose {
      var hash = ContentHash()
      for image in images { hash.add(image.pixels) }
      identity = hash
    }
    self.identity = identity
  }

  /// Takes off what each exposure has more of sky than the others.
  mutating func take(off skies: [Double], work: Work) throws {
    matched = try matched.without(skies: skies, work: work)
  }

  package var count: Int { images.count }
  /// That of the first exposure.
  package var detector: Detector { planes[0].detector }

}

extension [Image] {
  /// Exposure times that the numbers of hits follow [s]; nil where one is not known.
  package var timesOfHits: [Double]? {
    let times = compactMap { $0.knownDetector.exposureTime?.value }
    return times.count == count ? times : nil
  }

  /// Exposure times that levels follow [s]; nil for rates and where one is not known.
  package var timesOfLevels: [Double]? {
    let times = compactMap { $0.unit.isRate ? nil : $0.knownDetector.exposureTime?.value }
    return times.count == count ? times : nil
  }
}
