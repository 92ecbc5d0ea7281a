/// A point of the boundary between noise and coincident cosmic rays.
package struct BoundaryPoint: Sendable, Equatable {
  /// min2d [ADU].
  package var x: Double
  /// median2d - min2d [ADU].
  package var y: Double
  package var weight: Double
  /// A point that the user fixed rather than one found in the diagram.
  package var isFixed: Bool

  package init(x: Double, y: Double, weight: Double = 1, isFixed: Bool = false) {
    self.x = x
    self.y = y
    self.weight = weight
    self.isFixed = isFixed
  }
}
