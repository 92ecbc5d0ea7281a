/// Variance of a pixel's noise, the same everywhere or pixel by pixel.
struct PixelNoise: Sendable {
  private let uniform: (perSignal: Float, readout: Float)
  /// Where gain or readout noise differ from pixel to pixel.
  private let planes: Planes?

  /// In a box, so that a copy costs nothing.
  private final class Planes: Sendable {
    let gain: DetectorValue
    let readoutNoise: DetectorValue

    init(_ detector: Detector) { (gain, readoutNoise) = (detector.gain, detector.readoutNoise) }
  }

  init(_ detector: Detector) {
    if let gain = detector.gain.uniform, let r = detector.readoutNoise.uniform {
      (uniform, planes) = ((1 / Float(gain), Float(r) * Float(r)), nil)
    } else {
      (uniform, planes) = ((1, 1), Planes(detector))
    }
  }

  /// Whether all pixels have the same gain and readout noise.
  var isUniform: Bool { planes == nil }

  /// Variance [ADU^2] per ADU of signal, and variance of the readout [ADU^2], at pixel `i`.
  @inline(__always) func at(_ i: Int) -> (perSignal: Float, readout: Float) {
    if planes == nil { return uniform }
    return differing(at: i)
  }

  @inline(never) private func differing(at i: Int) -> (perSignal: Float, readout: Float) {
    guard let planes else { return uniform }
    let r = Float(planes.readoutNoise.value(at: i))
    return (1 / Float(planes.gain.value(at: i)), r * r)
  }
}
