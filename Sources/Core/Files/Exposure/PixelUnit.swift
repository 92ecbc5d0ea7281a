/// The unit of pixel values, FITS BUNIT: what it means, and its spelling.
///
/// Two units are equal when they mean the same, however they are spelt.
package struct PixelUnit: Sendable, CustomStringConvertible {
  /// What a pixel counts.
  package enum Quantity: Sendable, Hashable {
    /// Analogue-digital units, the unit of raw exposures.
    case counts
    /// Electrons; photons count as electrons.
    case electrons
    /// No unit known, or a pure number.
    case none
    /// Anything else, such as MJy/sr.
    case foreign
  }

  package let quantity: Quantity
  /// Whether it is the quantity in one second.
  package let isRate: Bool
  /// What a pixel is multiplied with to give counts or electrons: 1000 for `10**3 adu`.
  package let scale: Double
  /// As BUNIT spells it; empty for no unit.
  package let description: String

  private init(_ quantity: Quantity, isRate: Bool = false, scale: Double = 1, _ description: String) {
    (self.quantity, self.isRate, self.scale, self.description) = (quantity, isRate, scale, description)
  }

  package static let adu = PixelUnit(.counts, "adu")
  package static let electron = PixelUnit(.electrons, "electron")
  package static let none = PixelUnit(.none, "")

  /// Understands the usual spellings of BUNIT: in any case and number, with or without blanks, per pixel or not, per
  /// second, and with a power of ten in front.
  package init(parsing text: String) {
    let text = text.trimmingBlanks()
    guard !text.isEmpty else {
      self = .none
      return
    }
    var rest = text.lowercased()[...]
    let scale = UnitFactors.scale(of: &rest)
    guard let scale, let factors = UnitFactors(rest) else {
      self.init(.foreign, text)
      return
    }
    var quantity: Quantity?
    var seconds = 0
    for (name, power) in factors.factors {
      if let found = PixelUnit.quantities[name], power == 1, quantity == nil {
        quantity = found
      } else if PixelUnit.seconds.contains(name), power == -1, seconds == 0 {
        seconds = 1
      } else if !(PixelUnit.pixels.contains(name) && power == -1) {
        self.init(.foreign, text)
        return
      }
    }
    guard let quantity else {
      self.init(.foreign, text)
      return
    }
    self.init(quantity, isRate: seconds == 1, scale: scale, text)
  }

  /// Names of counts and electrons, in the singular.
  static let quantities: [String: Quantity] = [
    "adu": .counts, "dn": .counts, "count": .counts, "ct": .counts, "cnt": .counts, "electron": .electrons,
    "elec": .electrons, "el": .electrons, "e-": .electrons, "e": .electrons, "photon": .electrons,
    "ph": .electrons,
  ]
  private static let seconds: Set<String> = ["s", "sec", "second"]
  private static let pixels: Set<String> = ["pix", "pixel"]

  /// Whether pixels count photons, which stand for electrons.
  package var isPhotons: Bool {
    quantity == .electrons && description.lowercased().contains("ph")
  }

  /// Whether values of both units may be calculated with each other: no unit counts as ADU.
  package func isAlike(_ other: PixelUnit) -> Bool {
    func kind(_ unit: PixelUnit) -> PixelUnit { unit.quantity == .none ? .adu : unit }
    return kind(self) == kind(other)
  }

  /// As reports name it: ADU for counts and for no unit.
  package var name: String {
    switch quantity {
    case .none: "ADU"
    case .counts where !isRate && scale == 1: "ADU"
    case .electrons where !isRate && scale == 1: "electron"
    default: description
    }
  }
}

extension PixelUnit: Hashable {
  private var meaning: String { quantity == .foreign ? description.filter { $0 != " " }.lowercased() : "" }

  package static func == (a: PixelUnit, b: PixelUnit) -> Bool {
    a.quantity == b.quantity && a.isRate == b.isRate && a.scale == b.scale && a.meaning == b.meaning
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(quantity)
    hasher.combine(isRate)
    hasher.combine(meaning)
  }
}
