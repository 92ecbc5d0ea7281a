import Kernels

/// Equivalent exposures of one field: equal shapes, one detector.
package struct Stack: Sendable {
  package private(set) var exposures: [Image]
  /// Detector properties as far as the user or the files gave them.
  package var detector: DetectorHints

  /// - Throws: `CRSError` (data) when there is no exposure or shapes differ.
  package init(exposures: [Image], detector: DetectorHints = DetectorHints()) throws {
    guard let first = exposures.first else {
      throw CRSError.data("a stack needs at least one exposure")
    }
    for (number, exposure) in exposures.enumerated() where exposure.shape != first.shape {
      throw CRSError.data(
        "exposure \(number + 1) is \(exposure.shape), exposure 1 is \(first.shape)", expected: "equal shapes")
    }
    self.exposures = exposures
    self.detector = detector
  }

  package var count: Int { exposures.count }
  package var shape: Shape { exposures[0].shape }
  package var width: Int { shape.width }
  package var height: Int { shape.height }
}
