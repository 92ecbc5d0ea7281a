/// One exposure as the kernels see it: its values, which of them count, and how noisy they are.
///
/// Kernels judge by the values that are there. A value that is masked, NaN or infinite counts nowhere: in no median,
/// no noise, no histogram, no combination.
package struct ExposurePlanes: Sendable {
  /// Values [ADU], as read: the bias is still in them.
  package var pixels: Plane<Float>
  /// Values that do not count (1), beside those that are not finite, which never do; nil: all finite ones count.
  package var mask: Mask?
  /// Standard deviation of each value [ADU]; 0, negative and not finite where it is unknown; nil: nobody gave one.
  package var deviation: Plane<Float>?
  /// Gain, readout noise and bias of this exposure.
  package var detector: Detector
  /// Whether gain and readout noise are known; otherwise only the bias of `detector` means anything.
  package var knowsNoise: Bool
  /// Whether gain and readout noise only stand for the errors: the gain is no number of electrons.
  package var isNoiseOfErrors = false
  /// What the values were multiplied with, a power of two.
  package var scale = 1.0
  /// Relative number of electrons that the same sky gives, once gains are matched: the exposure time where values are
  /// rates, 1 otherwise. Only ratios among exposures mean anything.
  package var level = 1.0
  /// How many exposures were combined to this one. The gain of a combination is that of its noise and says nothing of its
  /// level.
  package var combined = 1.0

  /// - Parameters:
  ///   - mask: the shape of `pixels`.
  ///   - deviation: the shape of `pixels`.
  package init(pixels: Plane<Float>, mask: Mask? = nil, deviation: Plane<Float>? = nil, detector: Detector) {
    (self.pixels, self.mask, self.deviation, self.detector) = (pixels, mask, deviation, detector)
    knowsNoise = true
  }

  /// An exposure whose noise nobody knows, unless `deviation` tells.
  package init(pixels: Plane<Float>, mask: Mask? = nil, deviation: Plane<Float>? = nil, bias: DetectorValue) {
    (self.pixels, self.mask, self.deviation) = (pixels, mask, deviation)
    detector = Detector(gain: .constant(1), readoutNoise: .constant(0), bias: bias)
    knowsNoise = false
  }

  package var shape: Shape { pixels.shape }
}

extension [ExposurePlanes] {
  /// Exposures without masks, of one detector.
  package init(_ planes: [Plane<Float>], detector: Detector) {
    self = planes.map { ExposurePlanes(pixels: $0, detector: detector) }
  }

  /// Whether all have the same gain and readout noise.
  package var haveOneDetector: Bool {
    dropFirst().allSatisfy {
      $0.detector.gain == self[0].detector.gain && $0.detector.readoutNoise == self[0].detector.readoutNoise
        && $0.knowsNoise == self[0].knowsNoise
    }
  }
}
