/// Equivalent exposures of one field: equal shapes, one detector.
public struct Stack: Sendable {
  public private(set) var exposures: [Image]
  /// Detector properties as far as the user or the files gave them.
  public var detector: DetectorHints

  /// - Throws: `CRSError` (data) when there is no exposure or shapes differ.
  public init(exposures: [Image], detector: DetectorHints = DetectorHints()) throws {
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

  public var count: Int { exposures.count }
  public var shape: Shape { exposures[0].shape }
  public var width: Int { shape.width }
  public var height: Int { shape.height }
}
