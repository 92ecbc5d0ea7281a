/// A single pixel, FITS numbering.
package struct PixelPosition: Sendable, Hashable {
  package var x: Int
  package var y: Int

  package init(x: Int, y: Int) {
    self.x = x
    self.y = y
  }
}

/// A pixel to be replaced by the median of the box around it (FITS pixels, odd widths).
package struct LocalMedianPixel: Sendable, Equatable {
  package var x: Int
  package var y: Int
  package var xWidth: Int
  package var yWidth: Int

  package init(x: Int, y: Int, xWidth: Int, yWidth: Int) {
    self.x = x
    self.y = y
    self.xWidth = xWidth
    self.yWidth = yWidth
  }
}
