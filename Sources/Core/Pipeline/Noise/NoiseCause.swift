/// Why the noise in an image is not the one that gain, readout noise and level make expect.
package enum NoiseCause: Sendable, Equatable {
  /// A background of that many ADU was subtracted and left its noise.
  case skySubtracted(Double)
  /// A level of that many ADU is no light.
  case bias(Double)
  /// A level of up to that many ADU is no light, and the readout noise is at most the noise of the image [ADU].
  case biasAndReadout(level: Double, noise: Double)
  /// The image is the mean of so many frames, as a card says.
  case averaged(frames: Int, card: String)
  /// The image is the sum of so many frames, as a card says.
  case summed(frames: Int, card: String)
  /// Each pixel was read so many times, as a card says.
  case reads(Int, card: String)
  /// The pixels are counts of one second, of an exposure of so many seconds.
  case rate(seconds: Double)
  /// The pixels are electrons already.
  case electrons
  /// The card of the gain is a setting of the camera.
  case cameraSetting(card: String)
  /// The given gain is ADU per electron.
  case gainInverted(Double)
  /// All pixels were multiplied with a factor, or are the mean of about so many frames.
  case scaled(Double, frames: Double)
  /// Neighbouring pixels share their noise, of which so much is left among them.
  case smoothed(Double)
  /// Neighbouring pixels alternate, as those of a colour mosaic do.
  case alternating
  /// Nothing better is known: what gain [electron/ADU] or readout noise [ADU] would suit.
  case wrongNumbers(gain: Double?, readNoise: Double?)
  /// The given variance does not suit.
  case wrongVariance
  /// Pixels lie on a plateau at this level [ADU].
  case saturation(level: Double, pixels: Int)
  /// This fraction of the pixels has no positive variance.
  case noVariance(fraction: Double)
}

extension NoiseCause {
  /// Whether it says what the image is, and not only which numbers would suit it.
  var namesImage: Bool {
    switch self {
    case .bias, .biasAndReadout, .averaged, .summed, .reads, .rate, .electrons, .cameraSetting, .gainInverted,
      .scaled:
      true
    case .skySubtracted, .smoothed, .alternating, .wrongNumbers, .wrongVariance, .saturation, .noVariance:
      false
    }
  }
}
