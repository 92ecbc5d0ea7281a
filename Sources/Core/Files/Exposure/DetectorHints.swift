import Kernels

/// Detector properties as far as they are known.
package struct DetectorHints: Sendable, Equatable {
  /// Gain [electron/ADU].
  package var gain: DetectorValue?
  /// Readout noise [ADU].
  package var readoutNoise: DetectorValue?
  /// Bias [ADU].
  package var bias: DetectorValue?

  package init(gain: DetectorValue? = nil, readoutNoise: DetectorValue? = nil, bias: DetectorValue? = nil) {
    self.gain = gain
    self.readoutNoise = readoutNoise
    self.bias = bias
  }
}
