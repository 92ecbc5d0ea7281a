// Medians as the steps take them.
extension DetectionTile {
  typealias Pixels = UnsafeMutablePointer<Float>

  /// Medians by rows and columns or of squares, without the pixels that take no part; the image's frame stays as it is.
  ///
  /// - Parameters:
  ///   - rows: takes medians along rows, which are there already in the cells of `known`.
  ///   - wider: room for cells.
  func median(
    of source: Pixels, into target: Pixels, at cells: TileBits, reach: Int, rows: Pixels,
    known: TileBits? = nil, leavingOut gaps: TileBits, _ wider: TileBits
  ) {
    if setup.sepmed {
      wider.spreadRows(cells, reach: reach)
      if known.map({ wider.missing(wider, in: $0, inside: inside) }) ?? true {
        medians.alongRows(source, rows, at: wider, reach: reach)
      }
      medians.alongColumns(rows, target, at: cells, reach: reach)
    } else {
      medians.ofSquare(source, target, at: cells, reach: reach)
    }
    leaveOut(gaps, source, target, at: cells, reach: reach, near: wider)
    keepFrame(source, target, at: cells, reach: reach)
  }

  /// Replaces medians whose window has pixels that take no part by the low median of the others.
  private func leaveOut(
    _ gaps: TileBits, _ source: Pixels, _ target: Pixels, at cells: TileBits, reach: Int, near: TileBits
  ) {
    guard hasGaps else { return }
    near.spread(gaps, rows: reach, columns: reach)
    near.intersectionWithCells(cells)
    near.difference(near, gaps, inside: inside)
    var values: [Float] = []
    values.reserveCapacity((2 * reach + 1) * (2 * reach + 1))
    near.forEachPixel { row, column in
      values.removeAll(keepingCapacity: true)
      for j in max(0, row - reach)...min(height - 1, row + reach) {
        for i in max(0, column - reach)...min(width - 1, column + reach)
        where inside.isSet(j, i) && !gaps.isSet(j, i) {
          values.append(source[j * width + i])
        }
      }
      guard !values.isEmpty else { return }
      target[row * width + column] = values.withUnsafeMutableBufferPointer { lowMedian(reordering: $0) }
    }
  }
}
