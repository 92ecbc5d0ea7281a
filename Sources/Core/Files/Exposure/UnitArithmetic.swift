import Kernels

extension PixelUnit {
  /// The unit of variances (2), inverse variances (-2) or of any other power of pixels in this unit, as BUNIT spells it;
  /// nil for pixels without a unit.
  package func raised(to power: Int) -> String? {
    guard self != .none else { return nil }
    if power == 1 { return description }
    let isCompound = description.contains { "/ *.^()-".contains($0) } || description.first?.isNumber == true
    return (isCompound ? "(\(description))" : description) + "**\(power)"
  }

  /// What can be multiplied out: a product of counts, electrons and seconds.
  private var product: UnitProduct? {
    guard let product = UnitProduct(description),
      product.powers.keys.allSatisfy({ ["adu", "electron", "s"].contains($0) })
    else { return nil }
    return product
  }

  /// The unit of a product; no unit is a pure number. What is no unit of pixels is dropped: in `x * (1 - 1e-6 * x)` the
  /// second factor is a number, although it was made from counts.
  package func times(_ other: PixelUnit) -> PixelUnit {
    if self == .none || other == .none { return self == .none ? other : self }
    guard let a = product, let b = other.product else { return .none }
    let unit = PixelUnit(parsing: (a * b).text)
    return unit.quantity == .foreign ? .none : unit
  }

  /// The unit of a quotient.
  package func over(_ other: PixelUnit) -> PixelUnit {
    if other == .none { return self }
    if self == other { return .none }
    if self == .none { return other.power(-1) }
    if let a = product, let b = other.product { return PixelUnit(parsing: (a * b.raised(to: -1)).text) }
    return PixelUnit(parsing: "\(bracketed) / \(other.bracketed)")
  }

  /// The unit of a power. That of squares is dropped as in products. The root of counts has none: it is their noise, which
  /// is compared with counts.
  package func power(_ exponent: Double) -> PixelUnit {
    if self == .none || exponent == 0 { return .none }
    if exponent == 1 { return self }
    if exponent == -1 { return PixelUnit(parsing: product?.raised(to: -1).text ?? raised(to: -1) ?? "") }
    if exponent == 0.5, let root = product?.root(2) { return PixelUnit(parsing: root.text) }
    return .none
  }

  /// In brackets where it has parts.
  private var bracketed: String {
    description.contains { "/ *.^-".contains($0) } ? "(\(description))" : description
  }
}
