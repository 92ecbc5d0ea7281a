import Pipeline

/// Values that a statement made infinite, NaN or 0, and by which operations, until they are told.
package struct LostNumbers: Sendable {
  private var nonFinite = (count: NonFinite.Count(), operations: [String]())
  private var underflow = (count: Underflow.Count(), operations: [String]())

  /// Counts what an operation made of numbers.
  package mutating func note(_ operation: String, _ result: Value, _ operands: [Value]) {
    guard NonFinite.operations.contains(operation) else { return }
    let count = NonFinite.arisen(in: result, by: operation, from: operands)
    if count.all > 0 {
      nonFinite.count += count
      if !nonFinite.operations.contains(operation) { nonFinite.operations.append(operation) }
    }
    let small = Underflow.arisen(in: result, by: operation, from: operands)
    if small != Underflow.Count() {
      underflow.count += small
      if !underflow.operations.contains(operation) { underflow.operations.append(operation) }
    }
  }

  /// The lines about them, which are then forgotten.
  package mutating func take() -> [String] {
    defer { self = LostNumbers() }
    return [nonFiniteLine, singleLine, doubleLine].compactMap { $0 }
  }

  private var nonFiniteLine: String? {
    let (all, beyond) = (nonFinite.count.all, nonFinite.count.beyondSingle)
    guard all > 0 else { return nil }
    let line = "\(all.values) became inf or nan in " + nonFinite.operations.joined(separator: ", ")
    guard beyond > 0 else { return line }
    return line + ": \(beyond == all ? "" : "\(beyond) of them ")beyond 3.4e38, where float32 ends"
      + " (save with bitpix=-64 and load calculate with float64; or scale the values down before)"
  }

  private var singleLine: String? {
    guard underflow.count.single > 0 else { return nil }
    return "\(underflow.count.single.values) became 0 or lost digits in "
      + underflow.operations.joined(separator: ", ") + ": below 1.2e-38, where float32 ends"
      + " (save with bitpix=-64 and load calculate with float64; or scale the values up before)"
  }

  private var doubleLine: String? {
    guard underflow.count.double > 0 else { return nil }
    return "\(underflow.count.double.values) became 0 in "
      + underflow.operations.joined(separator: ", ") + ": below 4.9e-324, where numbers end"
  }
}

extension Int {
  fileprivate var values: String { "\(self) value\(self == 1 ? "" : "s")" }
}
