import Foundation

/// A unit as a product of units with their powers, and a number in front.
struct UnitProduct {
  /// Powers of names in their usual spelling; `adu`, `electron` and `s` for all their spellings, nothing for pixels.
  var powers: [String: Int] = [:]
  var scale = 1.0

  /// Understands `electron**2`, `(adu / s)^2`, `1 / electron2`, `10**-6 adu-2`; nil for anything else.
  init?(_ text: String) {
    let text = text.trimmingBlanks().lowercased()
    var rest = text[...]
    let (from, whole) = (rest.startIndex, rest)
    guard var scale = UnitFactors.scale(of: &rest) else { return nil }
    var sign = 1
    if rest.startIndex != from, rest.first == "/" {
      sign = -1
      rest = rest.dropFirst().drop { $0 == " " }
    } else if whole.first == "/" {
      return nil
    }
    if rest.first == "(" {
      guard let end = rest.lastIndex(where: { $0 == ")" }), let inner = UnitProduct.bracket(rest, end) else {
        return nil
      }
      var (powers, factor) = (inner.product.powers, inner.product.scale)
      powers = powers.mapValues { $0 * inner.power * sign }
      factor = pow(factor, Double(inner.power * sign))
      (self.powers, self.scale) = (powers, scale * factor)
      return
    }
    guard let factors = UnitFactors(rest) else { return nil }
    for (place, factor) in factors.factors.enumerated() {
      var name = factor.name
      // 1 / adu s: the stroke belongs to what follows it.
      let power = place == 0 ? sign * factor.power : factor.power
      switch PixelUnit.quantity(named: name) {
      case (.counts, let thousand)?: (name, scale) = ("adu", scale * pow(thousand, Double(power)))
      case (.electrons, let thousand)?: (name, scale) = ("electron", scale * pow(thousand, Double(power)))
      default: break
      }
      if PixelUnit.seconds.contains(name) { name = "s" }
      if PixelUnit.pixels.contains(name) { continue }
      powers[name, default: 0] += power
    }
    self.scale = scale
    powers = powers.filter { $0.value != 0 }
  }

  /// `(...)**2`, also `((...))` and a power inside: the first bracket that closes at its end.
  private static func bracket(
    _ text: Substring, _ last: Substring.Index
  ) -> (product: UnitProduct, power: Int)? {
    // The power itself may stand in brackets.
    var depth = 0
    for i in text.indices {
      if text[i] == "(" { depth += 1 }
      if text[i] == ")" { depth -= 1 }
      guard depth == 0 else { continue }
      var rest = text[text.index(after: i)...]
      guard let power = UnitFactors.power(&rest), rest.trimmingBlanks().isEmpty,
        let product = UnitProduct(String(text[text.index(after: text.startIndex)..<i]))
      else { return nil }
      return (product, power)
    }
    return nil
  }

  /// The root, or for a negative power its inverse; nil where that is no product of whole powers.
  func root(_ power: Int) -> UnitProduct? {
    var out = self
    for (name, own) in powers {
      guard own % power == 0 else { return nil }
      out.powers[name] = own / power
    }
    out.scale = pow(scale, 1 / Double(power))
    return out
  }
}

extension UnitProduct {
  static func * (a: UnitProduct, b: UnitProduct) -> UnitProduct {
    var out = a
    for (name, power) in b.powers { out.powers[name, default: 0] += power }
    out.powers = out.powers.filter { $0.value != 0 }
    out.scale = a.scale * b.scale
    return out
  }

  func raised(to power: Int) -> UnitProduct {
    var out = self
    out.powers = power == 0 ? [:] : powers.mapValues { $0 * power }
    out.scale = pow(scale, Double(power))
    return out
  }

  /// As FITS spells it: `adu**2`, `electron**2 s**-1`; empty for a pure number.
  var text: String {
    let names = powers.keys.sorted {
      ((powers[$0] ?? 0) < 0 ? 1 : 0, $0) < ((powers[$1] ?? 0) < 0 ? 1 : 0, $1)
    }
    let product = names.map { name in
      let power = powers[name] ?? 1
      return power == 1 ? name : power == -1 && name == "s" && names.count > 1 ? "s-1" : "\(name)**\(power)"
    }.joined(separator: " ")
    guard scale != 1 else { return product }
    let exponent = log10(scale).rounded()
    let factor = abs(scale / pow(10, exponent) - 1) < 1e-12 ? "10**\(Int(exponent))" : "\(scale)"
    return product.isEmpty ? factor : factor + " " + product
  }
}
