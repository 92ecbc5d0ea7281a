import Kernels

/// The lines between flagged pixels and the others, in FITS coordinates; NaN parts them.
struct MaskOutline {
  /// More lines than these cover what they outline.
  private static let most = 200_000

  private(set) var x: [Double] = []
  private(set) var y: [Double] = []

  /// nil where there are too many lines.
  init?(_ mask: Mask, firstX: Int, firstY: Int) {
    let (width, height) = (mask.width, mask.height)
    func isFlagged(_ i: Int, _ j: Int) -> Bool {
      i >= 0 && j >= 0 && i < width && j < height && mask[i, j]
    }
    func line(_ x1: Int, _ y1: Int, _ x2: Int, _ y2: Int) {
      x += [Double(firstX + x1) - 0.5, Double(firstX + x2) - 0.5, .nan]
      y += [Double(firstY + y1) - 0.5, Double(firstY + y2) - 0.5, .nan]
    }
    // Edges below each row of pixels, joined along the row; then those at the left of each column.
    for j in 0...height {
      var start: Int?
      for i in 0...width {
        let isEdge = i < width && isFlagged(i, j) != isFlagged(i, j - 1)
        if isEdge, start == nil { start = i }
        if !isEdge, let first = start {
          line(first, j, i, j)
          start = nil
        }
      }
      if x.count > 3 * Self.most { return nil }
    }
    for i in 0...width {
      var start: Int?
      for j in 0...height {
        let isEdge = j < height && isFlagged(i, j) != isFlagged(i - 1, j)
        if isEdge, start == nil { start = j }
        if !isEdge, let first = start {
          line(i, first, i, j)
          start = nil
        }
      }
      if x.count > 3 * Self.most { return nil }
    }
  }
}
