import Kernels

/// Any number of points, drawn by how many fall on each spot.
package struct DensityLayer: Sendable {
  package var x: [Float]
  /// As many as `x`.
  package var y: [Float]
  /// Draws y - x instead of y, so that no difference has to be made beforehand.
  package var subtractsX: Bool
  /// Points to leave out: 1 in a mask of as many pixels.
  package var excluded: Mask?
  /// Colours from a single point to the densest spot.
  package var sparse: Color
  package var dense: Color
  package var label: String?

  package init(
    x: [Float], y: [Float], subtractsX: Bool = false, excluded: Mask? = nil,
    sparse: Color = Color(0x5AA2D6), dense: Color = Color(0x08306B), label: String? = nil
  ) {
    (self.x, self.y, self.subtractsX, self.excluded) = (x, y, subtractsX, excluded)
    (self.sparse, self.dense, self.label) = (sparse, dense, label)
  }
}
