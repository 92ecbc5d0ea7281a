/// Pixels of one exposure of a pair that do not count and get a value from the other one.
package struct PairFill: Sendable {
  /// In the exposure's own frame, in raster order.
  package private(set) var runs: [ConnectedRuns.Run] = []
  /// Pixel after pixel of the runs [unit of the exposure].
  package private(set) var values: [Double] = []
  /// Pixels of the overlap that stay as they are: the other exposure has no good value there either.
  package private(set) var left = 0

  package var count: Int { values.count }

  /// - Parameters:
  ///   - exposure: the one to fill, 1 or 2.
  ///   - companion: the other one's cosmic rays; they fill nothing, nor do the pixels that touch them, as a track goes
  ///     on where this exposure shows nothing.
  ///   - only: pixels of the exposure to fill; nil: all that do not count.
  ///   - value: what a pixel of the other exposure becomes in this one.
  init<Scalar: SortableScalar>(
    _ difference: PairDifference<Scalar>, of exposure: Int, companion: Mask?, only: Mask? = nil,
    value: (Scalar) -> Scalar
  ) {
    let overlap = difference.overlap
    let columns = exposure == 1 ? overlap.columns : overlap.columns2
    let rows = exposure == 1 ? overlap.rows : overlap.rows2
    func counts(_ x: Int, _ y: Int) -> (own: Bool, other: Bool) {
      let (i, j) = difference.start(y)
      let masked = difference.isMasked(x, y)
      let first = !masked.0 && difference.first[i + x].isFinite
      let second = !masked.1 && difference.second[j + x].isFinite
      return exposure == 1 ? (first, second) : (second, first)
    }
    for y in 0..<difference.height {
      for x in 0..<difference.width {
        let (own, other) = counts(x, y)
        guard !own, only?[x + columns.lowerBound, y + rows.lowerBound] != false else { continue }
        let (i, j) = difference.start(y)
        let place = (exposure == 1 ? j : i) + x
        guard other, !Self.touches(companion, place) else {
          left += 1
          continue
        }
        add(x + columns.lowerBound, y + rows.lowerBound)
        values.append(Double(value(exposure == 1 ? difference.second[place] : difference.first[place])))
      }
    }
  }

  private mutating func add(_ x: Int, _ y: Int) {
    let (column, row) = (Int32(truncatingIfNeeded: x), Int32(truncatingIfNeeded: y))
    let last = runs.count - 1
    if last >= 0, runs[last].row == row, runs[last].end == column {
      runs[last].end += 1
    } else {
      runs.append(.init(row: row, start: column, end: column + 1))
    }
  }

  /// Whether a pixel of a mask or one of its neighbours is flagged.
  private static func touches(_ mask: Mask?, _ place: Int) -> Bool {
    guard let mask else { return false }
    let (x, y) = (place % mask.width, place / mask.width)
    for j in max(0, y - 1)...min(mask.height - 1, y + 1) {
      for i in max(0, x - 1)...min(mask.width - 1, x + 1) where mask[i, j] { return true }
    }
    return false
  }
}
