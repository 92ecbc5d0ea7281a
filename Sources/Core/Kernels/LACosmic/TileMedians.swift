/// Medians on the cells of a tile.
struct TileMedians {
  typealias Pixels = UnsafeMutablePointer<Float>

  /// Numbers of scratch memory, for the sorted columns of one run.
  static let scratchCount = 8 * rankStride
  private static let rankStride = 80

  /// Of the tile [pixel].
  private let width: Int
  private let ranks: Pixels

  /// - Parameter scratch: `scratchCount` numbers that nobody else uses.
  init(width: Int, scratch: Pixels) { (self.width, ranks) = (width, scratch) }

  /// Medians along x of `2 * reach + 1` pixels.
  func alongRows(_ source: Pixels, _ target: Pixels, at cells: TileBits, reach: Int) {
    filter(cells, target, source, reach: reach, step: 1)
  }

  /// Medians along y of `2 * reach + 1` pixels.
  func alongColumns(_ source: Pixels, _ target: Pixels, at cells: TileBits, reach: Int) {
    filter(cells, target, source, reach: reach, step: width)
  }

  private func filter(_ cells: TileBits, _ target: Pixels, _ source: Pixels, reach: Int, step: Int) {
    switch reach {
    case 2:
      cells.forEachRun { row, first, end in
        for at in Swift.stride(from: row &* width &+ first, to: row &* width &+ end, by: 8) {
          target.setLanes(at, medianOf5(source, at &- 2 &* step, step: step))
        }
      }
    case 3:
      cells.forEachRun { row, first, end in
        for at in Swift.stride(from: row &* width &+ first, to: row &* width &+ end, by: 8) {
          target.setLanes(at, medianOf7(source, at &- 3 &* step, step: step))
        }
      }
    default:
      cells.forEachRun { row, first, end in
        for at in Swift.stride(from: row &* width &+ first, to: row &* width &+ end, by: 8) {
          target.setLanes(at, medianOf9(source, at &- 4 &* step, step: step))
        }
      }
    }
  }

  /// Medians of squares of `2 * reach + 1` pixels a side.
  func ofSquare(_ source: Pixels, _ target: Pixels, at cells: TileBits, reach: Int) {
    switch reach {
    case 1:
      cells.forEachRun { row, first, end in
        for at in Swift.stride(from: row &* width &+ first, to: row &* width &+ end, by: 8) {
          target.setLanes(at, medianOf3x3(source, at, stride: width))
        }
      }
    case 2:
      cells.forEachRun { row, first, end in
        // The run's columns, two more at either side, are sorted once for all windows that contain them.
        let top = (row &- 2) &* width &- 2
        for column in Swift.stride(from: 0, to: end &- first &+ 4, by: 8) {
          sort5(source, top &+ first &+ column, step: width, into: ranks, column, rankStep: Self.rankStride)
        }
        for column in Swift.stride(from: 0, to: end &- first, by: 8) {
          target.setLanes(
            row &* width &+ first &+ column, medianOf25(ranks: ranks, stride: Self.rankStride, x: column))
        }
      }
    default:
      cells.forEachRun { row, first, end in
        let top = (row &- 3) &* width &- 3
        for column in Swift.stride(from: 0, to: end &- first &+ 6, by: 8) {
          sort7(source, top &+ first &+ column, step: width, into: ranks, column, rankStep: Self.rankStride)
        }
        for column in Swift.stride(from: 0, to: end &- first, by: 8) {
          target.setLanes(
            row &* width &+ first &+ column, medianOf49(ranks: ranks, stride: Self.rankStride, x: column))
        }
      }
    }
  }
}
