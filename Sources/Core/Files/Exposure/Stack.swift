import Kernels

/// Equivalent exposures of one field: equal shapes, units of one kind, each with its own detector.
package struct Stack: Sendable {
  package private(set) var exposures: [Image]

  /// - Throws: `CRSError` (data) when there is no exposure, or shapes or kinds of unit differ.
  package init(exposures: [Image]) throws {
    guard let first = exposures.first else {
      throw CRSError.data("a stack needs at least one exposure")
    }
    for (number, exposure) in exposures.enumerated() where exposure.shape != first.shape {
      throw CRSError.data(
        "exposure \(number + 1) is \(exposure.shape), exposure 1 is \(first.shape)", expected: "equal shapes")
    }
    try exposures.checkUnits()
    self.exposures = exposures
  }

  /// What is known of the detectors of all exposures when it is the same.
  package var commonFacts: DetectorFacts {
    func same<Value: Equatable>(_ path: KeyPath<DetectorFacts, Known<Value>?>) -> Known<Value>? {
      let first = exposures[0].detector[keyPath: path]
      return exposures.allSatisfy { $0.detector[keyPath: path]?.value == first?.value } ? first : nil
    }
    return DetectorFacts(
      gain: same(\.gain), readoutNoise: same(\.readoutNoise), bias: same(\.bias),
      saturation: same(\.saturation), exposureTime: same(\.exposureTime))
  }

  /// Pairs of exposures (from 0) of whose pixels at least 99.9 % are equal.
  package var equalExposures: [(Int, Int)] {
    var pairs: [(Int, Int)] = []
    for b in exposures.indices.dropFirst() {
      // An exposure that equals an earlier one needs no further comparison.
      if let a = exposures.indices.prefix(b).first(where: { exposures[$0].hasPixels(of: exposures[b]) }) {
        pairs.append((a, b))
      }
    }
    return pairs
  }

  /// A sentence for each pair of exposures with equal pixels.
  package var equalityNotes: [String] {
    equalExposures.map { a, b in
      "\(exposures[a].label(number: a + 1)) and \(exposures[b].label(number: b + 1)) hold the same pixels: every hit of "
        + "one counts as a coincidence"
    }
  }

  package var unit: PixelUnit { exposures[0].unit }
  package var count: Int { exposures.count }
  package var shape: Shape { exposures[0].shape }
  package var width: Int { shape.width }
  package var height: Int { shape.height }
}

extension Image {
  /// Whether at least 99.9 % of the pixels with a value in both are equal.
  package func hasPixels(of other: Image) -> Bool {
    let count = pixels.count
    guard count > 0, other.pixels.count == count else { return false }
    // Digits that single precision does not hold count too.
    switch (exactPixels, other.exactPixels) {
    case (.float64(let a)?, .float64(let b)?): return Self.areAlike(a, b) { $0.isFinite }
    case (.int64(let a)?, .int64(let b)?): return Self.areAlike(a, b) { _ in true }
    case (.uint64(let a)?, .uint64(let b)?): return Self.areAlike(a, b) { _ in true }
    default: return Self.areAlike(pixels.pixels, other.pixels.pixels) { $0.isFinite }
    }
  }

  private static func areAlike<Number: Equatable>(
    _ first: [Number], _ second: [Number], isThere: (Number) -> Bool
  ) -> Bool {
    first.withUnsafeBufferPointer { a in
      second.withUnsafeBufferPointer { b in
        let count = min(a.count, b.count)
        func counts(_ step: Int) -> (known: Int, differing: Int) {
          var (known, differing) = (0, 0)
          for i in stride(from: 0, to: count, by: step) where isThere(a[i]) && isThere(b[i]) {
            known += 1
            if a[i] != b[i] { differing += 1 }
          }
          return (known, differing)
        }
        // A look at some of the pixels tells nearly always.
        let step = max(1, count / 1000)
        let some = counts(step)
        guard 100 * some.differing <= some.known else { return false }
        let all = counts(1)
        return 2 * all.known >= count && 1000 * all.differing <= all.known
      }
    }
  }
}

extension [Image] {
  /// Makes sure that the values may be compared with each other.
  ///
  /// - Throws: `CRSError` (data) naming two exposures with different kinds of unit.
  package func checkUnits() throws {
    guard let first else { return }
    for (number, exposure) in enumerated() where !exposure.unit.isAlike(first.unit) {
      func said(_ image: Image, _ number: Int) -> String {
        "\(image.label(number: number)) is in \(image.unit == .none ? "no unit (ADU)" : image.unit.description)"
      }
      throw CRSError.data(
        "the exposures have different units: \(said(first, 1)), \(said(exposure, number + 1))",
        expected: "one unit")
    }
  }
}
