/// A displacement in pixels; positive: features lie at larger x, y than in the reference frame.
package struct Offset: Sendable, Equatable {
  package var x: Double
  package var y: Double

  package init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }

  package static let zero = Offset(x: 0, y: 0)
}

extension [Offset] {
  /// Makes sure that exposures with these displacements have a pixel of the frame in common.
  ///
  /// - Throws: `CRSError` (usage) naming the parameter and the limits.
  func checkOverlap(_ shape: Shape, parameter: String) throws {
    func spread(_ path: KeyPath<Offset, Double>) -> Double {
      let values = map { $0[keyPath: path] } + [0]
      return (values.max() ?? 0) - (values.min() ?? 0)
    }
    let (x, y) = (spread(\.x), spread(\.y))
    // Written so that NaN fails too.
    guard x <= Double(shape.width - 1), y <= Double(shape.height - 1) else {
      throw CRSError.usage(
        "the exposures have no pixel in common", parameter: parameter,
        expected: "offsets within \(shape.width - 1) pixels in x and \(shape.height - 1) in y")
    }
  }
}
