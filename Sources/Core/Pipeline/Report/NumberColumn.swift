import Files
import Foundation

/// Numbers that stand below or beside each other: as many decimals for all as tell them apart, so that their points
/// are aligned. They can be typed back as they are printed.
package struct NumberColumn {
  /// nil where the numbers are of too different sizes for one number of decimals.
  private let decimals: Int?

  /// - Parameter numbers: those that are not finite do not count.
  package init(_ numbers: some Sequence<Double>) {
    let finite = Set(numbers.filter(\.isFinite))
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
    let areWritten = finite.contains { Double(Float($0)) != $0 }
    var decimals = areWritten && written <= Self.few ? written : min(written, wanted)
    while decimals < min(written, Self.most), Set(finite.map { $0.fixed(decimals) }).count < finite.count {
      decimals += 1
    }
    self.decimals = decimals
  }

  private static let most = 10
  private static let few = 5

  /// Decimals of the shortest text that reads back as the number, in single precision where that is exact.
  private static func writtenDecimals(_ number: Double) -> Int {
    let single = Float(number)
    let text = Double(single) == number ? "\(single)" : "\(number)"
    guard !text.contains("e") else { return most }
    let fraction = text.split(separator: ".").dropFirst().first ?? ""
    return fraction == "0" ? 0 : fraction.count
  }

  /// - Parameter keepsSign: whether a negative zero is told from a positive one.
  package func text(_ number: Double, keepsSign: Bool = false) -> String {
    guard number.isFinite else { return number.isNaN ? "nan" : number < 0 ? "-inf" : "inf" }
    // Divided by it, the sign makes a difference.
    if keepsSign, number == 0, number.sign == .minus {
      return decimals.map { $0 > 0 ? "-" + 0.0.fixed($0) : "-0.0" } ?? "-0.0"
    }
    guard let decimals else {
      let single = Float(number)
      return number == 0 ? "0" : Double(single) == number ? "\(single)" : "\(number)"
    }
    return number.fixed(decimals)
  }
}
