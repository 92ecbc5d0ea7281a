import Kernels

/// What is known of the detector behind an image, in the image's own unit (ADU below).
///
/// An image holds what somebody gave or what was calculated; everything else is in its header.
package struct DetectorFacts: Sendable, Equatable {
  /// Gain [electron/ADU].
  package var gain: Known<DetectorValue>?
  /// Readout noise [ADU].
  package var readoutNoise: Known<DetectorValue>?
  /// Bias that is still in the pixels [ADU].
  package var bias: Known<DetectorValue>?
  /// Level from which pixels are saturated [ADU].
  package var saturation: Known<Double>?
  /// Exposure time that fits the pixels [s].
  package var exposureTime: Known<Double>?
  /// Why gain and readout noise no longer hold, for example "a difference of two images"; nil while they do.
  package var lost: String?
  /// What held before values were limited or chosen, for pixels that are put back to where they come from.
  package var chosen: Chosen?

  package struct Chosen: Sendable, Equatable {
    package var gain: Known<DetectorValue>?
    package var readoutNoise: Known<DetectorValue>?
    package var bias: Known<DetectorValue>?
  }

  package init(
    gain: Known<DetectorValue>? = nil, readoutNoise: Known<DetectorValue>? = nil,
    bias: Known<DetectorValue>? = nil, saturation: Known<Double>? = nil, exposureTime: Known<Double>? = nil
  ) {
    (self.gain, self.readoutNoise, self.bias) = (gain, readoutNoise, bias)
    (self.saturation, self.exposureTime) = (saturation, exposureTime)
  }

  /// Numbers that somebody gave, with an image or as arguments.
  package init(gain: Double?, readoutNoise: Double?, bias: Double?, source: Source = .value) {
    self.init(
      gain: gain.map { Known(.constant($0), source) },
      readoutNoise: readoutNoise.map { Known(.constant($0), source) },
      bias: bias.map { Known(.constant($0), source) })
  }
}

extension DetectorFacts {
  /// Of limited or chosen values what held before, of all others what is known.
  var ofChosen: DetectorFacts {
    guard let chosen else { return self }
    var out = self
    (out.gain, out.readoutNoise, out.bias) = (chosen.gain, chosen.readoutNoise, chosen.bias)
    return out
  }
}
