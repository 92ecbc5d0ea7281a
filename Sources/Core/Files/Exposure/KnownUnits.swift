import Kernels

/// Names of physical units, so that a foreign unit is told from nonsense.
enum KnownUnits {
  private static let names: Set<String> = [
    "m", "s", "sec", "second", "g", "rad", "sr", "k", "a", "mol", "cd", "hz", "j", "w", "v", "n", "pa", "c",
    "ohm", "f",
    "wb", "t", "h", "hour", "hr", "lm", "lx", "yr", "year", "pc", "parsec", "ev", "erg", "ry", "solmass",
    "sollum", "solrad",
    "au", "ly", "lyr", "jy", "jansky", "mag", "abmag", "stmag", "vegamag", "maggy", "mgy", "nanomaggy", "r",
    "rayleigh",
    "gauss", "barn", "angstrom", "ang", "aa", "micron", "pix", "pixel", "beam", "chan", "channel", "bin",
    "voxel", "bit",
    "byte", "min", "minute", "d", "day", "deg", "degree", "arcmin", "arcsec", "mas", "uas", "dex", "sun",
    "percent",
    "fraction", "ratio", "unitles", "unitless", "dimensionless", "normalized", "normalised", "none", "1",
    "flam", "fnu",
    "watt", "joule", "meter", "kelvin", "celsius", "volt", "radian", "steradian", "photflam", "electron",
    "elec", "el",
    "e-", "e", "adu", "dn", "count", "ct", "cnt", "photon", "ph", "rate", "weight", "variance", "sigma",
  ]
  private static let prefixes = [
    "da", "y", "z", "a", "f", "p", "n", "u", "m", "c", "d", "h", "k", "g", "t", "e",
  ]

  /// Whether a name in lower case is a unit, with or without a prefix.
  static func contains(_ name: String) -> Bool {
    names.contains(name)
      || prefixes.contains {
        name.count > $0.count && name.hasPrefix($0) && names.contains(String(name.dropFirst($0.count)))
      }
  }
}

extension PixelUnit {
  /// Whether nothing is known that is spelt so; a physical unit or a percentage is known.
  package var isNonsense: Bool {
    guard quantity == .foreign else { return false }
    let text = description.lowercased().trimmingBlanks()
    if text == "%" { return false }
    var rest = text[...]
    let scale = UnitFactors.scale(of: &rest)
    // One over a unit.
    if rest.startIndex != text.startIndex, rest.first == "/" { rest = rest.dropFirst() }
    guard scale != nil, let factors = UnitFactors(rest) else {
      // Brackets, roots and functions are spelt in many ways.
      return !text.contains { $0 == "(" || $0 == "[" } || !text.contains(where: \.isLetter)
    }
    return !factors.factors.allSatisfy { KnownUnits.contains($0.name) }
  }
}
