/// The noise of every exposure of a stack, in the unit of its first exposure.
package struct StackNoise: Sendable {
  /// One for all exposures, or one for each; without a bias. All have one gain, but for combinations beside exposures.
  package let detectors: [Detector]
  private let models: [PixelNoise]
  /// What stands for all exposures together: the harmonic mean of their variances, which is that of one detector
  /// where there is one.
  let typical: PixelNoise
  package let typicalDetector: Detector

  /// - Parameter detectors: one for all exposures or one for each.
  package init(_ detectors: [Detector]) {
    self.detectors = detectors
    models = detectors.map { PixelNoise($0) }
    guard let first = detectors.first, detectors.count > 1 else {
      typicalDetector = detectors.first ?? Detector(gain: 1, readoutNoise: 0)
      typical = models.first ?? PixelNoise(typicalDetector)
      return
    }
    var inverse = first.readoutNoise.combined(first.readoutNoise) { 1 / max($0 * $1, 1e-12) }
    for detector in detectors.dropFirst() {
      inverse = inverse.combined(detector.readoutNoise) { $0 + 1 / max($1 * $1, 1e-12) }
    }
    let count = Double(detectors.count)
    let mean = inverse.combined(inverse) { sum, _ in (count / sum).squareRoot() }
    typicalDetector = Detector(gain: first.gain, readoutNoise: mean)
    typical = PixelNoise(typicalDetector)
  }

  /// Whether all exposures have the same noise.
  package var isCommon: Bool { models.count == 1 }

  /// The noise of exposure `k`, from 0.
  @inline(__always) subscript(k: Int) -> PixelNoise { models.count == 1 ? models[0] : models[k] }

  /// Gain and readout noise of exposure `k`, from 0.
  package func detector(_ k: Int) -> Detector { detectors.count == 1 ? detectors[0] : detectors[k] }

  /// `factor` times the readout noise and `gain` times the gain.
  func scaled(by factor: Double, gain: Double = 1) -> StackNoise {
    StackNoise(
      detectors.map {
        Detector(
          gain: gain == 1 ? $0.gain : $0.gain.combined(.constant(gain), *),
          readoutNoise: $0.readoutNoise.combined(.constant(factor), *))
      })
  }

  /// The same noise in images with a rim.
  func reflected(by rim: Int) -> StackNoise {
    StackNoise(
      detectors.map {
        Detector(gain: $0.gain.reflected(by: rim), readoutNoise: $0.readoutNoise.reflected(by: rim))
      })
  }

  /// The same noise inside a section of the image.
  func inside(_ section: Section) -> StackNoise {
    StackNoise(
      detectors.map {
        Detector(gain: $0.gain.inside(section), readoutNoise: $0.readoutNoise.inside(section))
      })
  }
}
