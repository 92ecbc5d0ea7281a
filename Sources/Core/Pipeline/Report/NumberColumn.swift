import Files
import Foundation

/// Numbers that stand below or beside each other: as many decimals for all as tell them apart, so that their points
/// are aligned. They can be typed back as they are printed.
package struct NumberColumn {
  /// nil where the numbers are of too different sizes for one number of decimals.
  private let decimals: Int?

  /// - Parameters:
  ///   - numbers: those that are not finite do not count.
  ///   - whole: whole numbers among them, which keep all digits.
  package init(_ numbers: some Sequence<Double>, whole: [Int] = []) {
    let finite = Set(numbers.filter(\.isFinite)).union(whole.map { Double($0) })
    let sizes = finite.map(abs).filter { $0 > 0 }
    guard let largest = sizes.max(), let smallest = sizes.min() else {
      decimals = 0
      return
    }
    guard largest < 1e15, smallest >= 1e-5, !finite.allSatisfy({ $0 == $0.rounded() }) else {
      decimals = finite.allSatisfy { $0 == $0.rounded() } && largest < 1e15 ? 0 : nil
      return
    }
    // Four digits of those of a middle size, one of the smallest, and what parts those that differ.
    let written = finite.map(Self.writtenDecimals).max() ?? 0
    func places(digits: Int, of size: Double) -> Int { digits - 1 - Int(log10(size).rounded(.down)) }
    let middle = sizes.sorted().upperMiddle ?? largest
    let wanted = min(8, max(2, places(digits: 4, of: middle), places(digits: 1, of: smallest)))
    // Numbers that somebody wrote down keep their decimals; those of pixels have as many as single precision gives.
    let areWritten =
      finite.contains { Double(Float($0)) != $0 } || finite.allSatisfy { Self.isShort("\($0)") }
    var decimals = areWritten && written <= Self.few ? written : min(written, wanted)
    while decimals < written, Set(finite.map { Self.text($0, decimals) }).count < finite.count {
      decimals += 1
    }
    self.decimals = decimals
  }

  private static let few = 5

  /// A number with so many decimals; none is made up where it has less.
  private static func text(_ number: Double, _ decimals: Int) -> String {
    let text = shortest(number)
    guard number != 0, !text.contains("e"), let point = text.firstIndex(of: ".") else {
      return number.fixed(decimals)
    }
    let places = text[point...].count - 1
    return places <= decimals
      ? text + String(repeating: "0", count: decimals - places) : number.fixed(decimals)
  }

  /// The shortest text that reads back as the number, in single precision where it is one of that.
  private static func shortest(_ number: Double) -> String {
    let (text, single) = ("\(number)", Float(number))
    // In single precision a whole number would lose digits that count.
    let isWhole = number == number.rounded() && abs(number) < 0x1p63
    return isShort(text) || isWhole || Double(single) != number ? text : "\(single)"
  }

  /// Whether somebody may have written so few digits: numbers of single precision have more of them in double precision.
  private static func isShort(_ text: String) -> Bool {
    text.prefix { $0 != "e" }.count(where: \.isNumber) <= 12
  }

  /// Decimals of the shortest text.
  private static func writtenDecimals(_ number: Double) -> Int {
    let parts = shortest(number).split(separator: "e")
    let fraction = parts.first?.split(separator: ".").dropFirst().first ?? ""
    let exponent = parts.dropFirst().first.flatMap { Int($0) } ?? 0
    return max(0, (fraction == "0" ? 0 : fraction.count) - exponent)
  }

  /// A whole number with all its digits.
  package func text(_ number: Int) -> String {
    guard let decimals, decimals > 0 else { return "\(number)" }
    return "\(number)." + String(repeating: "0", count: decimals)
  }

  /// - Parameter keepsSign: whether a negative zero is told from a positive one.
  package func text(_ number: Double, keepsSign: Bool = false) -> String {
    guard number.isFinite else { return number.isNaN ? "nan" : number < 0 ? "-inf" : "inf" }
    // Divided by it, the sign makes a difference.
    if keepsSign, number == 0, number.sign == .minus {
      return decimals.map { $0 > 0 ? "-" + 0.0.fixed($0) : "-0.0" } ?? "-0.0"
    }
    guard let decimals else { return number == 0 ? "0" : Self.shortest(number) }
    return Self.text(number, decimals)
  }
}
