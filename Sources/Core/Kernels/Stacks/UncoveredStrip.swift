/// Columns or rows at a border of an exposure that hold one and the same number, or nothing but noise about 0, where other
/// exposures have values: what a shift left uncovered and another program filled with 0, or what no light reached.
package struct UncoveredStrip: Sendable, Equatable {
  package let section: Section
  /// What it holds: its number, or the middle of its values.
  package let value: Float
  /// The scatter of its values and the level of another exposure there; nil where it holds one number.
  package var noise: Noise?

  package struct Noise: Sendable, Equatable {
    package let scatter: Float
    package let level: Float
  }

  /// Shorter lines hold one number by chance.
  static let shortest = 16

  /// The strips of each exposure, none where there are none.
  ///
  /// - Parameter exposures: as read; values that are masked or not finite do not count. Exposures of unlike shapes are no
  ///   stack, and have no strips.
  package static func found(in exposures: [ExposurePlanes]) -> [[UncoveredStrip]] {
    guard exposures.allSatisfy({ $0.shape == exposures[0].shape }) else { return exposures.map { _ in [] } }
    return exposures.indices.map { k in
      let others = exposures.indices.filter { $0 != k }.map { exposures[$0] }
      return Side.allCases.compactMap {
        Self.found(at: $0, of: exposures[k], others: others)
          ?? DarkStrip(at: $0, of: exposures[k], others: others).found
      }
    }
  }

  enum Side: CaseIterable { case left, right, bottom, top }

  private static func found(at side: Side, of exposure: ExposurePlanes, others: [ExposurePlanes])
    -> UncoveredStrip?
  {
    let lines = lines(side, exposure.shape)
    guard lines > 2, let value = constant(in: exposure, side, 0) else { return nil }
    var end = 1
    while end < lines / 2, constant(in: exposure, side, end) == value { end += 1 }
    // Where most of the image holds this number, as counts of few photons do, a strip of it is nothing special.
    guard end < lines / 2, share(of: value, in: exposure, side, end) < 0.5 else { return nil }
    let covered = (0..<end).filter { line in
      others.contains { constant(in: $0, side, line) == nil && count(in: $0, side, line) >= shortest }
    }
    guard let first = covered.first, let last = covered.last else { return nil }
    return section(side, first, last, exposure.shape).map { UncoveredStrip(section: $0, value: value) }
  }

  /// How many lines there are from one border to the other.
  static func lines(_ side: Side, _ shape: Shape) -> Int {
    side == .left || side == .right ? shape.width : shape.height
  }

  /// The pixel of a line, counted from its border.
  private static func index(_ side: Side, _ line: Int, _ place: Int, _ shape: Shape) -> Int {
    switch side {
    case .left: place * shape.width + line
    case .right: place * shape.width + shape.width - 1 - line
    case .bottom: line * shape.width + place
    case .top: (shape.height - 1 - line) * shape.width + place
    }
  }

  static func values(_ exposure: ExposurePlanes, _ side: Side, _ line: Int) -> some Sequence<Float> {
    let shape = exposure.shape
    let length = side == .left || side == .right ? shape.height : shape.width
    return (0..<length).lazy.map { index(side, line, $0, shape) }
      .filter { exposure.pixels.pixels[$0].isFinite && exposure.mask?.plane.pixels[$0] ?? 0 == 0 }
      .map { exposure.pixels.pixels[$0] }
  }

  private static func count(in exposure: ExposurePlanes, _ side: Side, _ line: Int) -> Int {
    values(exposure, side, line).reduce(0) { count, _ in count + 1 }
  }

  /// The number that all values of a line are; nil where they differ or are few.
  private static func constant(in exposure: ExposurePlanes, _ side: Side, _ line: Int) -> Float? {
    var (first, count) = (Float?.none, 0)
    for value in values(exposure, side, line) {
      if let first, value != first { return nil }
      first = value
      count += 1
    }
    return count >= shortest ? first : nil
  }

  private static func share(of value: Float, in exposure: ExposurePlanes, _ side: Side, _ line: Int) -> Double
  {
    var (equal, count) = (0, 0)
    for other in values(exposure, side, line) {
      equal += other == value ? 1 : 0
      count += 1
    }
    return count > 0 ? Double(equal) / Double(count) : 0
  }

  static func section(_ side: Side, _ first: Int, _ last: Int, _ shape: Shape) -> Section? {
    let (width, height) = (shape.width, shape.height)
    return switch side {
    case .left: try? Section(x1: first + 1, x2: last + 1, y1: 1, y2: height)
    case .right: try? Section(x1: width - last, x2: width - first, y1: 1, y2: height)
    case .bottom: try? Section(x1: 1, x2: width, y1: first + 1, y2: last + 1)
    case .top: try? Section(x1: 1, x2: width, y1: height - last, y2: height - first)
    }
  }
}
