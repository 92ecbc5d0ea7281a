/// Middles of numbers that stand in ascending order; nil where there are none.
///
/// Even counts have two middles: which one is meant changes results, so each rule has a name.
extension RandomAccessCollection where Element: BinaryFloatingPoint, Index == Int {
  /// The element of rank `(count - 1) / 2`.
  package var lowerMiddle: Element? { isEmpty ? nil : self[startIndex + (count - 1) / 2] }

  /// The element of rank `count / 2`.
  package var upperMiddle: Element? { isEmpty ? nil : self[startIndex + count / 2] }

  /// The mean of both, which is the median.
  package var middle: Element? {
    guard let lowerMiddle, let upperMiddle else { return nil }
    return (lowerMiddle + upperMiddle) / 2
  }
}
