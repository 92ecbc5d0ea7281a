import Files
import Kernels

/// Exposures with their bias subtracted, once for all that follows.
package struct CalibratedExposures: Sendable {
  package let names: [String]
  /// With pixels less the bias [ADU], headers as read.
  package let images: [Image]
  /// The bias is that which was subtracted.
  package let detector: Detector
  /// As read, where they are judged so.
  let raw: [Plane<Float>]?
  /// Of the pixels as read; nil where nobody asks.
  let identity: ContentHash?

  /// What the exposures are for.
  package enum Purpose: Sendable, Equatable {
    case masks(Compatibility?)
    case combinations
  }

  /// - Throws: `CRSError`: data for other shapes, interrupted.
  package init(
    _ group: consuming ExposureGroup, detector: Detector, for purpose: Purpose, work: Work
  ) throws {
    var images = group.images
    names = group.names
    // Defect D6: numina makes the masks of single exposures without subtracting the bias.
    raw = purpose == .masks(.numina036) ? images.map(\.pixels) : nil
    var identity = ContentHash()
    if purpose != .combinations {
      for image in images { identity.add(image.pixels) }
    }
    for k in images.indices {
      images[k] = images[k].replacing(
        try Calibration.calibrated(images[k].pixels, bias: detector.bias, work: work))
    }
    (self.images, self.detector) = (images, detector)
    self.identity = purpose == .combinations ? nil : identity
  }

  package var planes: [Plane<Float>] { images.map(\.pixels) }
  package var count: Int { images.count }
  package var first: Image { images[0] }
}
