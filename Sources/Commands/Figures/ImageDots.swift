import Calling
import Files
import Kernels
import Plot

/// An image as dots of a terminal: several pixels share one, or a pixel of a small image is a square of some.
struct ImageDots {
  private let plane: Plane<Float>
  private let overlay: Plane<UInt8>?
  /// Pixels a dot along each axis, and dots a pixel; one of them is 1.
  private let step: Int
  private let size: Int
  private let width: Int
  private let height: Int

  init(_ plane: Plane<Float>, overlay: Plane<UInt8>?, in terminal: TerminalInfo) {
    (self.plane, self.overlay) = (plane, overlay)
    let rows = 2 * terminal.rows - 4
    step = max(
      1, (plane.width + terminal.columns - 1) / max(1, terminal.columns),
      (plane.height + rows - 1) / max(1, rows))
    size =
      step > 1
      ? 1 : max(1, min(terminal.columns / max(1, plane.width), rows / max(1, plane.height), 16))
    (width, height) = ((plane.width * size + step - 1) / step, (plane.height * size + step - 1) / step)
  }

  /// The dots in colours between two limits.
  func picture(_ limits: DisplayRange, _ map: ColorMap) -> FigurePixels {
    var pixels = [UInt32](repeating: 0, count: width * height)
    for y in 0..<height {
      for x in 0..<width {
        let value = brightest(x, y)
        let position = (Double(value) - limits.lower) / max(1e-30, limits.upper - limits.lower)
        let color = value.isFinite ? map.color(at: min(1, max(0, position))) : 0x404040
        // FITS rows count upwards.
        pixels[(height - 1 - y) * width + x] = isOutline(x, y) ? 0xFF3030 : color
      }
    }
    return FigurePixels(width: width, height: height, pixels: pixels)
  }

  /// `a dot is 4x4 pixels`
  var scaleText: String {
    size > 1 ? "a pixel is \(size)x\(size) dots" : "a dot is \(step)x\(step) pixels"
  }

  private func pixels(of dot: Int, _ count: Int) -> Range<Int> {
    dot * step / size..<max(dot * step / size + 1, min(count, (dot + 1) * step / size))
  }

  /// The brightest pixel of a dot; -infinity where none has a value.
  private func brightest(_ x: Int, _ y: Int) -> Float {
    var brightest = -Float.infinity
    for j in pixels(of: y, plane.height) {
      for i in pixels(of: x, plane.width) {
        let value = plane[i, j]
        if value > brightest { brightest = value }
      }
    }
    return brightest
  }

  /// Whether a dot lies beside a flagged one: an outline leaves what is flagged visible.
  private func isOutline(_ x: Int, _ y: Int) -> Bool {
    overlay != nil && !isFlagged(x, y)
      && (isFlagged(x - 1, y) || isFlagged(x + 1, y) || isFlagged(x, y - 1) || isFlagged(x, y + 1))
  }

  private func isFlagged(_ x: Int, _ y: Int) -> Bool {
    guard let overlay, x >= 0, y >= 0, x < width, y < height else { return false }
    for j in pixels(of: y, plane.height) {
      for i in pixels(of: x, plane.width) where overlay[i, j] != 0 { return true }
    }
    return false
  }
}
