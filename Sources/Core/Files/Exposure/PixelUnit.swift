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
    let text = text.trimmingBlanks().visibleLine
    guard !text.isEmpty else {
      self = .none
      return
    }
    var rest = PixelUnit.plain(text)[...]
    let scale = UnitFactors.scale(of: &rest)
    guard let scale, let factors = UnitFactors(rest) else {
      self.init(.foreign, text)
      return
    }
    var quantity: Quantity?
    var seconds = 0
    var prefix = 1.0
    for (name, power) in factors.factors {
      if let found = PixelUnit.quantity(named: name), power == 1, quantity == nil {
        (quantity, prefix) = found
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
    self.init(quantity, isRate: seconds == 1, scale: scale * prefix, text)
  }

  /// Names of counts and electrons, in the singular.
  private static let quantities: [String: Quantity] = [
    "adu": .counts, "dn": .counts, "count": .counts, "ct": .counts, "cnt": .counts, "electron": .electrons,
    "elec": .electrons, "el": .electrons, "e-": .electrons, "e": .electrons, "photon": .electrons,
    "ph": .electrons, "photoelectron": .electrons,
  ]
  static let seconds: Set<String> = ["s", "sec", "second"]
  static let pixels: Set<String> = ["pix", "pixel"]

  /// What a name in lower case and in the singular counts, and how many of it: 1000 for `kadu`, `ke-`.
  static func quantity(named name: String) -> (quantity: Quantity, factor: Double)? {
    if let found = quantities[name] { return (found, 1) }
    for prefix in ["kilo", "k"] where name.hasPrefix(prefix) {
      if let found = quantities[String(name.dropFirst(prefix.count))] { return (found, 1000) }
    }
    return nil
  }

  /// The text in lower case, with names of several words in one.
  private static func plain(_ text: String) -> String {
    let text = text.lowercased()
    if let rate = rates[text] { return rate }
    return names.reduce(text) { $0.replacing($1.written, with: $1.meant) }
  }

  /// Words for a rate.
  private static let rates = [
    "cps": "count/s", "counts_per_second": "count/s", "electrons_per_second": "electron/s",
  ]
  private static let names: [(written: String, meant: String)] = [
    ("photo-electron", "photoelectron"), ("data number", "dn"), ("analog-to-digital unit", "adu"),
    ("analogue-to-digital unit", "adu"), ("raw count", "count"),
  ]

  /// Whether pixels count photons, which stand for electrons.
  package var isPhotons: Bool {
    guard quantity == .electrons else { return false }
    let text = description.lowercased()
    return text.contains("ph") && !text.contains("photoe") && !text.contains("photo-e")
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
