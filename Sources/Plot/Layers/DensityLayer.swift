import Core

/// Any number of points, drawn by how many fall on each spot.
public struct DensityLayer: Sendable {
  public var x: [Float]
  /// As many as `x`.
  public var y: [Float]
  /// Draws y - x instead of y, so that no difference has to be made beforehand.
  public var subtractsX: Bool
  /// Points to leave out: 1 in a mask of as many pixels.
  public var excluded: Mask?
  /// Colours from a single point to the densest spot.
  public var sparse: Color
  public var dense: Color
  public var label: String?

  public init(
    x: [Float], y: [Float], subtractsX: Bool = false, excluded: Mask? = nil,
    sparse: Color = Color(0x5AA2D6), dense: Color = Color(0x08306B), label: String? = nil
  ) {
    (self.x, self.y, self.subtractsX, self.excluded) = (x, y, subtractsX, excluded)
    (self.sparse, self.dense, self.label) = (sparse, dense, label)
  }
}
