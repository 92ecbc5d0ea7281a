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
