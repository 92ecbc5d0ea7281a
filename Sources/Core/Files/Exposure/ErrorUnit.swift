import Foundation
import Kernels

extension Uncertainty.Kind {
  /// The power of the image's unit that the numbers have.
  var power: Int {
    switch self {
    case .standardDeviation: 1
    case .variance: 2
    case .inverseVariance: -2
    }
  }

  /// As messages call the numbers.
  fileprivate var name: String {
    switch self {
    case .standardDeviation: "standard deviations"
    case .variance: "variances"
    case .inverseVariance: "inverse variances"
    }
  }
}

/// How the errors of a plane become those of an image in its own unit.
struct ErrorUnit {
  enum Reading {
    /// Standard deviations are multiplied by it to be in the unit of the image; a remark where that is worth one.
    case factor(DetectorValue, note: String?)
    /// The errors cannot be used, and why.
    case refused(String)
  }

  /// - Parameters:
  ///   - text: BUNIT of the plane; nil or blank where it has none: the unit of the image.
  ///   - kind: what the numbers are.
  ///   - image: with the cards of its detector.
  ///   - gain: what somebody gives instead of the cards [electron per unit of the image].
  static func reading(
    _ text: String?, _ kind: Uncertainty.Kind, of image: Image, gain: Double?
  ) -> Reading {
    let text = text?.trimmingBlanks() ?? ""
    let same = Reading.factor(.constant(1), note: nil)
    guard !text.isEmpty else { return same }
    let unit = image.unit
    let own = unit.quantity == .none ? UnitProduct("adu") : UnitProduct(unit.description)
    guard let written = UnitProduct(text), let own else {
      // Spelt in an unusual way: the same words are the same unit.
      func words(_ text: String) -> String { text.lowercased().filter { $0 != " " } }
      let spelt = words(unit.description)
      let powers =
        kind.power == 1 ? [""] : ["**\(kind.power)", "^\(kind.power)", "**(\(kind.power))", "\(kind.power)"]
      let isSame = powers.contains { [spelt + $0, "(\(spelt))" + $0].contains(words(text)) }
      return isSame ? same : .refused("its unit \(text) is not that of the image (\(unit.name))")
    }
    guard let deviation = written.root(kind.power), deviation.powers != own.powers else {
      if let deviation = written.root(kind.power) {
        return .factor(.constant(deviation.scale / own.scale), note: nil)
      }
      return misnamed(text, written, kind, unit, own)
    }
    if kind != .standardDeviation, written.powers == own.powers {
      return misnamed(text, written, kind, unit, own)
    }
    if kind == .standardDeviation,
      let variance = written.root(2) ?? written.root(-2), variance.powers == own.powers
    {
      return .refused(
        "its unit \(text) is that of variances, its name that of standard deviations: UTYPE tells which")
    }
    return converted(deviation, text, image, gain)
  }

  /// Whether a BUNIT means errors of that kind of an image in a unit.
  static func isUnit(_ text: String, of kind: Uncertainty.Kind, in unit: PixelUnit) -> Bool {
    let words = { (text: String) in text.lowercased().filter { $0 != " " } }
    if unit.raised(to: kind.power).map(words) == words(text) { return true }
    guard let written = UnitProduct(text)?.root(kind.power),
      let own = unit.quantity == .none ? UnitProduct("adu") : UnitProduct(unit.description)
    else { return false }
    return written.powers == own.powers && abs(written.scale / own.scale - 1) < 1e-9
  }

  /// The image's own unit where its square is meant, which many programs write.
  private static func misnamed(
    _ text: String, _ written: UnitProduct, _ kind: Uncertainty.Kind, _ unit: PixelUnit, _ own: UnitProduct
  ) -> Reading {
    if written.powers == own.powers, written.scale == own.scale {
      let meant = (unit.quantity == .none ? PixelUnit.adu : unit).raised(to: kind.power) ?? text
      return .factor(.constant(1), note: "is in \(text): it counts as \(kind.name) in \(meant)")
    }
    return .refused("its unit \(text) is none of \(kind.name) of an image in \(unit.name)")
  }

  /// Counts and electrons, with gain and exposure time.
  private static func converted(
    _ deviation: UnitProduct, _ text: String, _ image: Image, _ gain: Double?
  ) -> Reading {
    let unit = image.unit
    guard let quantity = ["adu", "electron"].first(where: { deviation.powers[$0] == 1 }),
      unit.quantity != .foreign
    else { return .refused("its unit \(text) is not that of the image (\(unit.name))") }
    var others = deviation.powers
    others[quantity] = nil
    let isRate = others == ["s": -1]
    guard others.isEmpty || isRate else {
      return .refused("its unit \(text) is not that of the image (\(unit.name))")
    }
    let detector = ExposureDetector(image, DetectorFacts(gain: gain, readoutNoise: nil, bias: nil))
    var factor = DetectorValue.constant(deviation.scale / unit.scale)
    if isRate != unit.isRate {
      guard let time = detector.facts.exposureTime?.value else {
        return .refused("its unit is \(text), the image's \(unit.name), and the exposure time is not known")
      }
      factor = factor.scaled(by: isRate ? time : 1 / time)
    }
    let isInElectrons = quantity == "electron"
    guard isInElectrons != (unit.quantity == .electrons) else { return .factor(factor, note: nil) }
    let perCount =
      unit.quantity == .electrons
      ? detector.rawGain : detector.facts.gain?.value.scaled(by: 1 / detector.rawFactor)
    guard let perCount else {
      return .refused(
        "its unit is \(text), the image's \(unit.name), and the gain is not known; load with gain= converts it"
      )
    }
    return .factor(factor.combined(with: perCount) { isInElectrons ? $0 / $1 : $0 * $1 }, note: nil)
  }
}

extension Uncertainty {
  /// Errors multiplied by a number, or by one for each pixel.
  func scaled(by factor: DetectorValue) -> Uncertainty {
    guard case .plane(let plane) = factor else { return scaled(by: factor.typical) }
    var out = self
    out.exactValues = nil
    let power = Double(kind.power)
    func product(_ i: Int) -> Double { number(i) * pow(Double(plane.pixels[i]), power) }
    var isLost = false
    for i in 0..<out.values.count {
      out.values.pixels[i] = Float(product(i))
      if !out.values.pixels[i].isNormal, number(i) != 0, number(i).isFinite { isLost = true }
    }
    if isLost { out.setExact(out.values.pixels.indices.map(product)) }
    return out
  }
}

extension Uncertainty {
  /// Makes BUNIT that of errors of an image in a unit.
  mutating func setUnit(of unit: PixelUnit) {
    if let text = unit.raised(to: kind.power) {
      header.set("BUNIT", .text(text))
    } else {
      header.remove("BUNIT")
    }
  }
}
