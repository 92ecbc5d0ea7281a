/// Columns or rows at a border of an exposure that saw no light, as prescan and overscan are: flat along both
/// directions, below what lies beside them.
package struct EdgeStrip: Sendable, Equatable {
  package enum Lines: Sendable { case columns, rows }

  /// What it is made of.
  package let lines: Lines
  package let section: Section
  /// Its median [ADU].
  package let level: Double
  /// How far its pixels scatter [ADU].
  package let noise: Double

  /// How many columns or rows it has.
  package var thickness: Int { lines == .columns ? section.width : section.height }

  /// Fewer columns or rows may be anything.
  static let thinnest = 5

  /// - Parameter section: inside the plane.
  init?(_ lines: Lines, _ section: Section, of plane: Plane<Float>) {
    var (values, differences): ([Float], [Float]) = ([], [])
    let count = section.width * section.height
    // A step that shares no divisor with usual widths, so that no column is favoured.
    let step = max(1, count / 20_000) | 1
    for k in stride(from: 0, to: count, by: step) {
      let x = section.columns.lowerBound + k % section.width
      let y = section.rows.lowerBound + k / section.width
      let value = plane[x, y]
      guard value.isFinite else { continue }
      values.append(value)
      // Neighbours along the lines share what drifts.
      let (nextX, nextY) = lines == .columns ? (x, y + 1) : (x + 1, y)
      guard section.columns.contains(nextX), section.rows.contains(nextY) else { continue }
      let difference = plane[nextX, nextY] - value
      if difference.isFinite { differences.append(difference) }
    }
    guard let level = lowMedian(values), let noise = Self.scatter(&differences) else { return nil }
    (self.lines, self.section) = (lines, section)
    // Whole numbers have no median between them; the mean of what lies near it does.
    let near = values.filter { abs(Double($0 - level)) <= 4 * max(noise, 0.5) }
    self.level = near.reduce(0) { $0 + Double($1) } / Double(max(1, near.count))
    self.noise = noise
  }

  /// Standard deviation of single values from their differences, hits left out; nil without values.
  private static func scatter(_ differences: inout [Float]) -> Double? {
    guard differences.count >= 50 else { return nil }
    let sizes = differences.map { abs($0) }.sorted()
    // Nine of ten differences of normal values lie within 1.645 standard deviations of them.
    var limit = 4 * Double(sizes[sizes.count * 9 / 10]) / 1.645
    var deviation = 0.0
    for _ in 0..<3 {
      let kept = differences.filter { abs(Double($0)) <= limit }
      deviation = (kept.reduce(0) { $0 + Double($1) * Double($1) } / Double(max(1, kept.count))).squareRoot()
      limit = 4 * deviation
    }
    return deviation / 2.0.squareRoot()
  }
}

extension EdgeStrip {
  /// The strips at all borders of an exposure whose header says nothing; columns first, from left to right.
  package static func found(in plane: Plane<Float>) -> [EdgeStrip] {
    [Lines.columns, .rows].flatMap { lines in
      let across = lines == .columns ? plane.width : plane.height
      let along = lines == .columns ? plane.height : plane.width
      guard across >= 64, along >= 64 else { return [EdgeStrip]() }
      let limit = min(300, across / 4)
      let low = EdgeWalk(plane, lines, isFromEnd: false, limit: limit).edge
      let high = EdgeWalk(plane, lines, isFromEnd: true, limit: limit).edge
      return (low + high.reversed()).compactMap { EdgeStrip(lines, $0, of: plane) }
    }
  }

  /// The flat parts of a section that the header calls overscan; all of it where no part is flat.
  ///
  /// - Parameter section: inside the plane.
  package static func measured(_ section: Section, _ lines: Lines, of plane: Plane<Float>) -> [EdgeStrip] {
    let parts = EdgeWalk(plane, lines, isFromEnd: false, limit: .max, within: section).plateaus
    let strips = parts.compactMap { EdgeStrip(lines, $0, of: plane) }
    return strips.isEmpty ? [EdgeStrip(lines, section, of: plane)].compactMap { $0 } : strips
  }
}
