internal import CCairo

/// Draws in points (1/72 inch, y downwards) on an image or a page; the one way from figures to Cairo.
final class Canvas {
  let surface: CairoSurface
  /// Device pixels a point on an image; nil on a page, which has no pixels.
  let pixelsPerPoint: Double?
  let context: OpaquePointer
  private var fontFamily = ""

  /// - Parameter pixelsPerPoint: nil for a page of vectors.
  init(surface: CairoSurface, pixelsPerPoint: Double?, fontFamily: String) {
    self.surface = surface
    self.pixelsPerPoint = pixelsPerPoint
    context = surface.context
    cairo_identity_matrix(context)
    if let scale = pixelsPerPoint { cairo_scale(context, scale, scale) }
    let options = cairo_font_options_create()
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    cairo_set_font_options(context, options)
    cairo_font_options_destroy(options)
    setFont(family: fontFamily)
  }

  /// Device pixels a point for what has to be drawn as pixels, 200 an inch on a page.
  var rasterScale: Double { pixelsPerPoint ?? 200.0 / 72 }

  func setFont(family: String) { fontFamily = family }

  // MARK: - Lines and areas

  func setColor(_ color: Color) {
    if color.alpha < 1 {
      cairo_set_source_rgba(context, color.red, color.green, color.blue, color.alpha)
    } else {
      cairo_set_source_rgb(context, color.red, color.green, color.blue)
    }
  }

  func setLine(width: Double, dash: [Double] = [], round: Bool = false) {
    cairo_set_line_width(context, width)
    cairo_set_dash(context, dash, Int32(dash.count), 0)
    cairo_set_line_cap(context, round ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT)
    cairo_set_line_join(context, round ? CAIRO_LINE_JOIN_ROUND : CAIRO_LINE_JOIN_MITER)
  }

  func move(_ x: Double, _ y: Double) { cairo_move_to(context, x, y) }
  func line(_ x: Double, _ y: Double) { cairo_line_to(context, x, y) }
  func rectangle(_ rect: Rect) { cairo_rectangle(context, rect.x, rect.y, rect.width, rect.height) }
  func circle(_ x: Double, _ y: Double, radius: Double) {
    cairo_new_sub_path(context)
    cairo_arc(context, x, y, radius, 0, 2 * Double.pi)
  }
  func closePath() { cairo_close_path(context) }
  func stroke() { cairo_stroke(context) }
  func fill() { cairo_fill(context) }

  func strokePath(_ points: [Point]) {
    guard let first = points.first else { return }
    move(first.x, first.y)
    for point in points.dropFirst() { line(point.x, point.y) }
    stroke()
  }

  /// Runs `body` with drawing limited to a rectangle.
  func clipped(to rect: Rect, _ body: () throws -> Void) rethrows {
    cairo_save(context)
    defer { cairo_restore(context) }
    rectangle(rect)
    cairo_clip(context)
    try body()
  }

  /// The nearest place where a line of that width has sharp edges on an image; unchanged on a page.
  func crisp(_ place: Double, width: Double) -> Double {
    guard let scale = pixelsPerPoint else { return place }
    let pixels = (width * scale).rounded()
    let odd = pixels.truncatingRemainder(dividingBy: 2) == 1
    return odd ? ((place * scale).rounded(.down) + 0.5) / scale : (place * scale).rounded() / scale
  }

  /// A line width of whole device pixels, at least one.
  func crispWidth(_ width: Double) -> Double {
    guard let scale = pixelsPerPoint else { return width }
    return max(1, (width * scale).rounded()) / scale
  }

  /// A rectangle whose edges lie between device pixels.
  func snapped(_ rect: Rect) -> Rect {
    guard let scale = pixelsPerPoint else { return rect }
    func snap(_ value: Double) -> Double { (value * scale).rounded() / scale }
    let (x, y) = (snap(rect.x), snap(rect.y))
    return Rect(x: x, y: y, width: snap(rect.right) - x, height: snap(rect.bottom) - y)
  }

  // MARK: - Text

  enum Horizontal { case left, center, right }
  enum Vertical { case top, middle, baseline, bottom }

  func selectFont(size: Double, face: TextFace, family: String? = nil) {
    cairo_select_font_face(
      context, family ?? fontFamily, face == .italic ? CAIRO_FONT_SLANT_ITALIC : CAIRO_FONT_SLANT_NORMAL,
      face == .bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
    cairo_set_font_size(context, size)
  }

  /// The advance width of one line of text [pt].
  func width(of text: String, size: Double, face: TextFace = .regular) -> Double {
    FontCoverage.runs(of: text, preferred: fontFamily).reduce(0) { sum, run in
      selectFont(size: size, face: face, family: run.family)
      var extents = cairo_text_extents_t()
      cairo_text_extents(context, run.text, &extents)
      return sum + extents.x_advance
    }
  }

  /// A label that fits along its axis: without what stands in brackets, then smaller, where it is too long.
  func fitted(_ label: String, size: Double, room: Double) -> (text: String, size: Double) {
    var label = label
    var width = width(of: label, size: size)
    if width > room, let bracket = label.range(of: " (") {
      label = String(label[..<bracket.lowerBound])
      width = self.width(of: label, size: size)
    }
    return (label, width > room ? size * max(room / width, 0.6) : size)
  }

  /// Draws one line of text; `angle` in quarter turns against the clock.
  func text(
    _ text: String, x: Double, y: Double, size: Double, face: TextFace = .regular,
    horizontal: Horizontal = .left,
    vertical: Vertical = .baseline, quarterTurns: Int = 0
  ) {
    let text = String(text.unicodeScalars.map { $0.value < 32 ? " " : Character($0) })
    let advance = width(of: text, size: size, face: face)
    func show() {
      for run in FontCoverage.runs(of: text, preferred: fontFamily) {
        selectFont(size: size, face: face, family: run.family)
        cairo_show_text(context, run.text)
      }
    }
    let dx: Double =
      switch horizontal {
      case .left: 0
      case .center: -advance / 2
      case .right: -advance
      }
    let dy: Double =
      switch vertical {
      case .top: size * TextShape.ascent
      case .middle: size * TextShape.capital / 2
      case .baseline: 0
      case .bottom: -size * TextShape.descent
      }
    if quarterTurns == 0 {
      cairo_move_to(context, x + dx, y + dy)
      show()
    } else {
      cairo_save(context)
      cairo_translate(context, x, y)
      cairo_rotate(context, -Double(quarterTurns) * Double.pi / 2)
      cairo_move_to(context, dx, dy)
      show()
      cairo_restore(context)
    }
    cairo_new_path(context)
  }
}

/// How letters are drawn.
package enum TextFace: Sendable { case regular, bold, italic }

/// Heights of the letters of DejaVu Sans, in parts of the font size.
enum TextShape {
  static let ascent = 0.76
  static let capital = 0.729
  static let descent = 0.24
  static let line = 1.25
}
