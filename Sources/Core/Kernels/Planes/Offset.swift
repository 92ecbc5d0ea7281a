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
  /// How far they lie apart along an axis, at most [pixel].
  var spread: Double { Swift.max(spread(\.x), spread(\.y)) }

  private func spread(_ path: KeyPath<Offset, Double>, with other: [Double] = []) -> Double {
    let values = map { $0[keyPath: path] } + other
    return (values.max() ?? 0) - (values.min() ?? 0)
  }

  /// Makes sure that exposures with these displacements have a pixel of the frame in common.
  ///
  /// - Throws: `CRSError` (usage) naming the parameter and the limits.
  func checkOverlap(_ shape: Shape, parameter: String) throws {
    let (x, y) = (spread(\.x, with: [0]), spread(\.y, with: [0]))
    // Written so that NaN fails too.
    guard x <= Double(shape.width - 1), y <= Double(shape.height - 1) else {
      throw CRSError.usage(
        "the exposures have no pixel in common", parameter: parameter,
        expected: "offsets within \(shape.width - 1) pixels in x and \(shape.height - 1) in y")
    }
  }
}
