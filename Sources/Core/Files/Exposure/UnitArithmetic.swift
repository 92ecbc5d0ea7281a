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

  /// The unit of a product; no unit is a pure number.
  package func times(_ other: PixelUnit) -> PixelUnit {
    if self == .none || other == .none { return self == .none ? other : self }
    if let a = product, let b = other.product { return PixelUnit(parsing: (a * b).text) }
    if self == other { return power(2) }
    return PixelUnit(parsing: "\(bracketed) * \(other.bracketed)")
  }

  /// The unit of a quotient.
  package func over(_ other: PixelUnit) -> PixelUnit {
    if other == .none { return self }
    if self == other { return .none }
    if self == .none { return other.power(-1) }
    if let a = product, let b = other.product { return PixelUnit(parsing: (a * b.raised(to: -1)).text) }
    return PixelUnit(parsing: "\(bracketed) / \(other.bracketed)")
  }

  /// The unit of a power; exponents that are no whole numbers have one as FITS spells them.
  package func power(_ exponent: Double) -> PixelUnit {
    if self == .none || exponent == 0 { return .none }
    if exponent == 1 { return self }
    if let whole = Int(exactly: exponent), abs(whole) < 10 {
      if let product { return PixelUnit(parsing: product.raised(to: whole).text) }
      return PixelUnit(parsing: raised(to: whole) ?? "")
    }
    if exponent == 0.5 {
      if let root = product?.root(2) { return PixelUnit(parsing: root.text) }
      return PixelUnit(parsing: "sqrt(\(description))")
    }
    return PixelUnit(parsing: "\(bracketed)**(\(exponent))")
  }

  /// In brackets where it has parts.
  private var bracketed: String {
    description.contains { "/ *.^-".contains($0) } ? "(\(description))" : description
  }
}
