import Files

/// The numbers that a parameter takes.
package struct Limits: Sendable, Equatable {
  package var minimum: Double?
  package var maximum: Double?
  /// Every number above it is taken, itself not.
  package var exclusiveMinimum: Double?

  package init(minimum: Double? = nil, maximum: Double? = nil, exclusiveMinimum: Double? = nil) {
    (self.minimum, self.maximum, self.exclusiveMinimum) = (minimum, maximum, exclusiveMinimum)
  }

  package init(_ range: ClosedRange<Double>) {
    self.init(minimum: range.lowerBound, maximum: range.upperBound)
  }

  package var isEmpty: Bool { minimum == nil && maximum == nil && exclusiveMinimum == nil }

  /// NaN is outside of all limits.
  package func contains(_ number: Double) -> Bool {
    if number.isNaN { return isEmpty }
    return number >= minimum ?? -.infinity && number <= maximum ?? .infinity
      && exclusiveMinimum.map { number > $0 } ?? true
  }

  /// `2...50`, `above 0`, `at least 0`; empty without limits.
  package var text: String {
    if let minimum, let maximum, exclusiveMinimum == nil { return "\(minimum.plain)...\(maximum.plain)" }
    let parts = [
      exclusiveMinimum.map { "above \($0.plain)" }, minimum.map { "at least \($0.plain)" },
      maximum.map { "at most \($0.plain)" },
    ]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }

  /// The limits that tell a reader something: those that only keep the arithmetic finite are left out.
  package var informative: Limits {
    func kept(_ limit: Double?) -> Double? { limit.flatMap { abs($0) < Self.placeholder ? $0 : nil } }
    return Limits(
      minimum: kept(minimum), maximum: kept(maximum), exclusiveMinimum: kept(exclusiveMinimum))
  }

  /// Limits of this size or larger are far beyond anything that is measured.
  private static let placeholder = 1e5
}
