import Kernels

/// Pixels shown through a colour map, each a sharp rectangle.
package struct ImageLayer: Sendable {
  /// How several data pixels become one where a figure has too few.
  package enum Binning: Sendable, Equatable {
    /// The largest one, so that single bright pixels stay visible.
    case max
    case mean
    /// The middle one, for group numbers and flags.
    case nearest
  }
  package var pixels: Plane<Float>
  package var norm: Norm
  package var colorMap: ColorMap
  package var binning: Binning
  /// Edges of the whole image in data coordinates.
  package var x1: Double
  package var x2: Double
  package var y1: Double
  package var y2: Double
  /// Colour of NaN; nil leaves them out.
  package var missing: Color?

  /// An image in FITS pixels; `firstX`, `firstY` are those of its first pixel.
  package init(
    _ pixels: Plane<Float>, norm: Norm, colorMap: ColorMap = .viridis, binning: Binning = .max,
    firstX: Int = 1, firstY: Int = 1, missing: Color? = nil
  ) {
    self.init(
      pixels, norm: norm, colorMap: colorMap, binning: binning, x1: Double(firstX) - 0.5,
      x2: Double(firstX + pixels.width) - 0.5, y1: Double(firstY) - 0.5,
      y2: Double(firstY + pixels.height) - 0.5, missing: missing)
  }

  /// An image between given edges.
  package init(
    _ pixels: Plane<Float>, norm: Norm, colorMap: ColorMap, binning: Binning, x1: Double, x2: Double,
    y1: Double, y2: Double, missing: Color? = nil
  ) {
    (self.pixels, self.norm, self.colorMap, self.binning) = (pixels, norm, colorMap, binning)
    (self.x1, self.x2, self.y1, self.y2, self.missing) = (x1, x2, y1, y2, missing)
  }
}
