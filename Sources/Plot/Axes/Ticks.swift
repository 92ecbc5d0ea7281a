import Foundation

/// The marks of an axis: values with labels, and the small ones between them.
struct Ticks: Equatable {
  var major: [(value: Double, label: String)] = []
  var minor: [Double] = []
  /// A power of ten that all labels leave out, as `×10⁵`.
  var factor: String?

  static func == (a: Ticks, b: Ticks) -> Bool {
    a.major.map(\.value) == b.major.map(\.value) && a.major.map(\.label) == b.major.map(\.label)
      && a.minor == b.minor && a.factor == b.factor
  }

  /// - Parameter room: how many labelled ticks fit along the axis; asked with a label's length in characters.
  init(_ axis: Axis, room: (Int) -> Int) {
    switch axis.scale {
    case .linear: self = Ticks(linear: axis.lower, axis.upper, whole: false, room: room)
    case .pixel: self = Ticks(linear: axis.lower, axis.upper, whole: true, room: room)
    case .log: self = Ticks(log: axis.lower, axis.upper, room: room)
    case .asinh(let softening):
      self = Ticks(asinh: axis.lower, axis.upper, softening: softening, room: room)
    case .category(let labels):
      major = labels.indices.map { (Double($0 + 1), labels[$0]) }
    }
  }

  init(linear lower: Double, _ upper: Double, whole: Bool, room: (Int) -> Int) {
    let range = upper - lower
    var factorExponent = 0
    let largest = max(abs(lower), abs(upper))
    if !whole, largest >= 1e5 || largest < 1e-3, largest > 0 {
      factorExponent = Int(log10(largest).rounded(.down))
    }
    let unit = pow(10, Double(factorExponent))
    var exponent = Int(log10(range).rounded(.down)) - 2
    if whole { exponent = max(exponent, 0) }
    var best: (step: Double, mantissa: Int, exponent: Int)?
    search: for power in exponent...(exponent + 4) {
      for mantissa in [1, 2, 5] {
        let step = Double(mantissa) * pow(10, Double(power))
        let decimals = max(0, factorExponent - power)
        let length = Self.length(largest / unit, decimals: decimals)
        let allowed = min(9, max(2, room(length)))
        if range / step <= Double(allowed) {
          best = (step, mantissa, power)
          break search
        }
      }
    }
    let (step, mantissa, power) = best ?? (range, 1, exponent)
    let decimals = max(0, factorExponent - power)
    func multiples(of step: Double) -> [Double] {
      let first = (lower / step - 1e-9).rounded(.up)
      let count = min(200, max(0, Int(min(200, ((upper - first * step) / step + 1e-9).rounded(.down))) + 1))
      return (0..<count).map { (first + Double($0)) * step }
    }
    var places = multiples(of: step)
    if whole, step >= 5, lower <= 1, upper > step { places = [1] + places.filter { $0 > 1 } }
    major = places.map { ($0, NumberText.fixed($0 / unit, decimals: decimals)) }
    let parts = mantissa == 2 ? 4.0 : 5.0
    let small = step / parts
    minor =
      whole && small < 1
      ? (step > 1 ? multiples(of: 1) : [])
      : multiples(of: small).filter { value in !places.contains { abs($0 - value) < small * 0.1 } }
    if whole { minor = minor.filter { value in value >= 1 && !places.contains(value) } }
    factor = factorExponent == 0 ? nil : "×" + NumberText.power(factorExponent)
  }

  init(log lower: Double, _ upper: Double, room: (Int) -> Int) {
    let low = log10(lower)
    let high = log10(upper)
    let firstDecade = Int((low - 1e-9).rounded(.up))
    let lastDecade = Int((high + 1e-9).rounded(.down))
    let decades = max(0, lastDecade - firstDecade + 1)
    let allowed = max(2, room(4))
    if decades >= 2 {
      let every = max(1, (decades + allowed - 1) / allowed)
      for decade in firstDecade...lastDecade {
        if decade % every == 0 {
          major.append((pow(10, Double(decade)), NumberText.power(decade)))
        } else {
          minor.append(pow(10, Double(decade)))
        }
      }
      guard every == 1 else { return }
      for decade in (firstDecade - 1)...lastDecade {
        for digit in 2...9 { addMinor(Double(digit) * pow(10, Double(decade)), lower, upper) }
      }
    } else if high - low > 0.5 {
      for decade in (firstDecade - 1)...max(lastDecade, firstDecade) {
        for digit in 1...9 {
          let value = Double(digit) * pow(10, Double(decade))
          guard value >= lower * (1 - 1e-9), value <= upper * (1 + 1e-9) else { continue }
          if [1, 2, 5].contains(digit) {
            major.append((value, Self.plain(value, decade)))
          } else {
            minor.append(value)
          }
        }
      }
    } else {
      self = Ticks(linear: lower, upper, whole: false, room: room)
      minor = []
    }
  }

  /// Zero and powers of ten in both directions, from the first one above the softening.
  init(asinh lower: Double, _ upper: Double, softening: Double, room: (Int) -> Int) {
    guard softening > 0, softening.isFinite, max(abs(lower), abs(upper)) > 10 * softening else {
      self = Ticks(linear: lower, upper, whole: false, room: room)
      return
    }
    let first = Int(log10(softening).rounded(.up))
    let last = max(first, Int((log10(max(abs(lower), abs(upper))) + 1e-9).rounded(.down)))
    let sides: [Double] = lower < -pow(10, Double(first)) ? [-1, 1] : [1]
    let allowed = max(3, room(5))
    let every = max(1, ((last - first + 1) * sides.count + allowed) / allowed)
    if lower <= 0, upper >= 0 { major.append((0, "0")) }
    for side in sides {
      for decade in first...last {
        let value = side * pow(10, Double(decade))
        if value >= lower, value <= upper {
          if (decade - first) % every == 0 {
            let text = (-3...4).contains(decade) ? Self.plain(abs(value), decade) : NumberText.power(decade)
            major.append((value, side < 0 ? "−" + text : text))
          } else {
            minor.append(value)
          }
        }
        for digit in 2...9 { addMinor(Double(digit) * value, lower, upper) }
      }
    }
    major.sort { $0.value < $1.value }
  }

  private mutating func addMinor(_ value: Double, _ lower: Double, _ upper: Double) {
    if value >= lower, value <= upper { minor.append(value) }
  }

  private static func plain(_ value: Double, _ decade: Int) -> String {
    (-3...4).contains(decade)
      ? NumberText.fixed(value, decimals: max(0, -decade)) : NumberText.scientific(value, digits: 1)
  }

  private static func length(_ value: Double, decimals: Int) -> Int {
    let whole = value < 1 ? 1 : Int(min(18, log10(value))) + 1
    return whole + (decimals > 0 ? decimals + 1 : 0)
  }
}
