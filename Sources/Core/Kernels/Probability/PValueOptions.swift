/// Parameters of the detector that gives every pixel a probability (docs/detector.md).
package struct PValueOptions: Sendable, Equatable {
  package enum Prior: String, Sendable, CaseIterable { case local, flat }

  /// Expected false alarms an image; nil: 1, or 3 in a million pixels where that is more; of a pair 3 in each exposure.
  package var falseAlarms: Double?
  /// Largest probability at which a pixel is flagged on its own.
  package var largestProbability = 1e-3
  /// How much larger the probability of a flagged pixel's neighbours may be [dex]; 0: none are added.
  package var hysteresis = 1.5
  /// What is known of a pixel before it is looked at: its neighbourhood, or nothing.
  package var prior = Prior.local
  /// Side of the neighbourhood that chooses the prediction [pixel], odd.
  package var priorBox = 7
  /// Scatter of the exposures' positions [pixel] that adds noise where the image is steep; nil: measured.
  package var mismatch: Double?
  /// Whether detections of L.A.Cosmic need a small probability too.
  package var vetoesLacosmic = true

  package init() {}

  /// - Parameters:
  ///   - pixels: of the image.
  ///   - isPair: whether each of two exposures is judged by the other one; their hits are all that a pair tells, and its
  ///     neighbours of hits bring as many false ones again.
  func expectedFalseAlarms(pixels: Int, isPair: Bool) -> Double {
    falseAlarms ?? (isPair ? 3 : max(1, 3e-6 * Double(pixels)))
  }
}
