import Kernels

/// Draws the layers of a panel and marks what they cover.
struct LayerDrawing {
  let style: PlotStyle
  let canvas: Canvas

  func draw(_ layer: Layer, _ transform: PanelTransform, marking occupancy: inout Occupancy) throws {
    switch layer {
    case .image(let layer):
      var raster = ImageRaster(layer, transform, canvas: canvas)
      try raster?.paint(on: canvas)
      mark(layer, transform, &occupancy)
    case .density(let layer):
      var raster = DensityRaster(layer, transform, canvas: canvas)
      raster.mark(&occupancy)
      try raster.paint(on: canvas)
    case .markers(let layer): try draw(layer, transform, &occupancy)
    case .line(let layer): draw(layer, transform, &occupancy)
    case .steps(let layer): draw(layer, transform, &occupancy)
    case .numbers(let layer):
      try NumberPlacement(layer, transform, size: style.tickSize * 0.85, canvas: canvas).draw(
        on: canvas, &occupancy)
    case .rectangles(let layer): draw(layer, transform)
    case .text(let layer): draw(layer, transform, &occupancy)
    }
  }

  private func setLine(_ width: Double, _ dash: LineLayer.Dash) {
    let width = width * style.lineWidth / 1.3
    let pattern: [Double] =
      switch dash {
      case .solid: []
      case .dashed: [4, 2.2]
      case .dotted: [1, 1.6]
      case .dashDotted: [5, 1.8, 1, 1.8]
      }
    canvas.setLine(width: width, dash: pattern.map { $0 * max(width, 0.5) })
  }

  // MARK: - Lines

  private func draw(_ layer: LineLayer, _ transform: PanelTransform, _ occupancy: inout Occupancy) {
    canvas.setColor(layer.color)
    setLine(layer.width, layer.dash)
    let wide = transform.frame.inset(by: -20)
    var open = false
    var last: Point?
    for (x, y) in zip(layer.x, layer.y) {
      let point = Point(x: transform.x(x), y: transform.y(y))
      guard point.x.isFinite, point.y.isFinite else {
        last = nil
        open = false
        continue
      }
      defer { last = point }
      guard let before = last else { continue }
      guard let (a, b) = clip(before, point, to: wide) else {
        open = false
        continue
      }
      if !open || a != before { canvas.move(a.x, a.y) }
      canvas.line(b.x, b.y)
      open = b == point
      occupancy.mark(from: a, to: b)
    }
    canvas.stroke()
  }

  /// The part of a line inside a rectangle (Liang and Barsky), so that no coordinate leaves Cairo's range.
  private func clip(_ a: Point, _ b: Point, to rect: Rect) -> (Point, Point)? {
    var t0 = 0.0
    var t1 = 1.0
    let (dx, dy) = (b.x - a.x, b.y - a.y)
    for (p, q) in [
      (-dx, a.x - rect.x), (dx, rect.right - a.x), (-dy, a.y - rect.y), (dy, rect.bottom - a.y),
    ] {
      if p == 0 {
        if q < 0 { return nil }
      } else if p < 0 {
        t0 = max(t0, q / p)
      } else {
        t1 = min(t1, q / p)
      }
    }
    guard t0 <= t1 else { return nil }
    let start = t0 == 0 ? a : Point(x: a.x + t0 * dx, y: a.y + t0 * dy)
    let end = t1 == 1 ? b : Point(x: a.x + t1 * dx, y: a.y + t1 * dy)
    return (start, end)
  }

  private func draw(_ layer: StepLayer, _ transform: PanelTransform, _ occupancy: inout Occupancy) {
    let count = min(layer.heights.count, layer.edges.count - 1)
    guard count > 0 else { return }
    let wide = transform.frame.inset(by: -20)
    func clamp(_ value: Double, _ low: Double, _ high: Double) -> Double {
      value.isFinite ? min(max(value, low), high) : high
    }
    let floor = clamp(transform.y(0), wide.y, wide.bottom)
    var outline = [Point(x: clamp(transform.x(layer.edges[0]), wide.x, wide.right), y: floor)]
    for k in 0..<count {
      let y = clamp(transform.y(layer.heights[k]), wide.y, wide.bottom)
      let left = clamp(transform.x(layer.edges[k]), wide.x, wide.right)
      let right = clamp(transform.x(layer.edges[k + 1]), wide.x, wide.right)
      outline += [Point(x: left, y: y), Point(x: right, y: y)]
      occupancy.mark(Point(x: (left + right) / 2, y: y))
    }
    outline.append(Point(x: outline[outline.count - 1].x, y: floor))
    if let fill = layer.fill {
      canvas.setColor(fill)
      canvas.move(outline[0].x, outline[0].y)
      for point in outline.dropFirst() { canvas.line(point.x, point.y) }
      canvas.closePath()
      canvas.fill()
    }
    canvas.setColor(layer.color)
    setLine(layer.width, layer.dash)
    canvas.strokePath(outline)
  }

  private func draw(_ layer: RectangleLayer, _ transform: PanelTransform) {
    let wide = transform.frame.inset(by: -20)
    for dark in [true, false] {
      canvas.setColor(dark ? Color.black.opacity(0.55) : layer.color)
      setLine(dark ? layer.width * 1.9 : layer.width, dark ? .solid : layer.dash)
      for outline in layer.outlines {
        let x1 = min(max(transform.x(outline.x1), wide.x), wide.right)
        let x2 = min(max(transform.x(outline.x2), wide.x), wide.right)
        let y1 = min(max(transform.y(outline.y1), wide.y), wide.bottom)
        let y2 = min(max(transform.y(outline.y2), wide.y), wide.bottom)
        canvas.rectangle(canvas.snapped(Rect(x: x1, y: y2, width: x2 - x1, height: y1 - y2)))
      }
      canvas.stroke()
    }
  }

  private func draw(_ layer: TextLayer, _ transform: PanelTransform, _ occupancy: inout Occupancy) {
    let size = style.tickSize
    let width = canvas.width(of: layer.text, size: size) + size * 0.8
    let frame = transform.frame
    let x = min(max(transform.x(layer.x), frame.x + width / 2 + 2), frame.right - width / 2 - 2)
    let y = min(max(transform.y(layer.y), frame.y + size), frame.bottom - size)
    guard x.isFinite, y.isFinite else { return }
    let box = Rect(x: x - width / 2, y: y - size * 0.7, width: width, height: size * 1.4)
    if layer.isBoxed {
      canvas.setColor(Color.white.opacity(0.85))
      canvas.rectangle(box)
      canvas.fill()
    }
    canvas.setColor(layer.color)
    canvas.text(layer.text, x: x, y: y, size: size, horizontal: .center, vertical: .middle)
    occupancy.mark(from: Point(x: box.x, y: y), to: Point(x: box.right, y: y))
  }

  // MARK: - Symbols

  private func draw(
    _ layer: MarkerLayer, _ transform: PanelTransform, _ occupancy: inout Occupancy
  ) throws {
    // Symbols that would fall on the same spot are drawn once: nobody sees the others.
    let frame = transform.frame.inset(by: -layer.size)
    var seen = Set<Int>()
    var points: [Point] = []
    for (x, y) in zip(layer.x, layer.y) {
      let point = Point(x: transform.x(x), y: transform.y(y))
      guard point.x >= frame.x, point.x <= frame.right, point.y >= frame.y, point.y <= frame.bottom else {
        continue
      }
      let spot = Int((point.x - frame.x) * 4) << 24 | Int((point.y - frame.y) * 4)
      if seen.insert(spot).inserted {
        points.append(point)
        occupancy.mark(point)
      }
    }
    let width = layer.width * style.lineWidth / 1.3
    let size = layer.size * style.symbolScale
    let strokes = (layer.halo.map { [($0, width * 1.9)] } ?? []) + [(layer.color, width)]
    if points.count < MarkerRaster.least {
      for (color, width) in strokes { symbols(layer.symbol, points, color, size, width: width) }
      return
    }
    var raster = MarkerRaster(frame: transform.frame, canvas: canvas)
    for (color, width) in strokes {
      let ink = layer.symbol == .dot ? color : nil
      try raster.stamp(points, size: size + width, ink: ink) { stamp, middle in
        LayerDrawing(style: style, canvas: stamp).symbols(layer.symbol, [middle], color, size, width: width)
      }
    }
    try raster.paint(on: canvas)
  }

  private func symbols(
    _ symbol: MarkerLayer.Symbol, _ points: [Point], _ color: Color, _ size: Double, width: Double
  ) {
    canvas.setColor(color)
    canvas.setLine(width: width)
    let half = size / 2
    // Short paths keep Cairo's tessellation fast.
    for (number, point) in points.enumerated() {
      let (x, y) = (point.x, point.y)
      switch symbol {
      case .cross:
        let arm = half * 0.8
        canvas.move(x - arm, y - arm)
        canvas.line(x + arm, y + arm)
        canvas.move(x - arm, y + arm)
        canvas.line(x + arm, y - arm)
      case .plus:
        canvas.move(x - half, y)
        canvas.line(x + half, y)
        canvas.move(x, y - half)
        canvas.line(x, y + half)
      case .circle, .dot: canvas.circle(x, y, radius: half)
      case .square: canvas.rectangle(Rect(x: x - half, y: y - half, width: size, height: size))
      }
      if number % 32 == 31 || number == points.count - 1 {
        if symbol == .dot { canvas.fill() } else { canvas.stroke() }
      }
    }
  }

  /// Draws the sign of a layer into the legend.
  func sample(of layer: Layer, _ rect: Rect) {
    let middle = Point(x: rect.x + rect.width / 2, y: rect.y + rect.height / 2)
    func line(_ color: Color, _ width: Double, _ dash: LineLayer.Dash) {
      canvas.setColor(color)
      setLine(width, dash)
      canvas.strokePath([Point(x: rect.x, y: middle.y), Point(x: rect.right, y: middle.y)])
    }
    switch layer {
    case .line(let layer): line(layer.color, layer.width, layer.dash)
    case .steps(let layer): line(layer.color, layer.width, layer.dash)
    case .rectangles(let layer): line(layer.color, layer.width, layer.dash)
    case .markers(let layer):
      // In a crowd symbols are small; here they stay readable.
      let size = min(max(layer.size * style.symbolScale, rect.height * 0.6), rect.height)
      symbols(
        layer.symbol, [middle], layer.color, size, width: max(layer.width, 1) * style.lineWidth / 1.3)
    case .density(let layer):
      for (place, weight) in [(0.2, 0.0), (0.5, 0.5), (0.8, 1.0)] {
        let color = DensityRaster.mixed(layer.sparse, layer.dense, weight)
        symbols(
          .dot, [Point(x: rect.x + place * rect.width, y: middle.y)], color, rect.height * 0.4, width: 1)
      }
    case .image, .numbers, .text: break
    }
  }

  // MARK: - Images

  private func mark(_ layer: ImageLayer, _ transform: PanelTransform, _ occupancy: inout Occupancy) {
    let plane = layer.pixels
    guard plane.width > 0, plane.height > 0 else { return }
    let stepX = max(1, plane.width / 128)
    let stepY = max(1, plane.height / 128)
    for y in stride(from: 0, to: plane.height, by: stepY) {
      for x in stride(from: 0, to: plane.width, by: stepX) where !plane[x, y].isNaN {
        occupancy.mark(
          Point(
            x: transform.x(layer.x1 + (Double(x) + 0.5) / Double(plane.width) * (layer.x2 - layer.x1)),
            y: transform.y(layer.y1 + (Double(y) + 0.5) / Double(plane.height) * (layer.y2 - layer.y1))))
      }
    }
  }

  /// Thin lines between the pixels of the panel, where they are large enough.
  func pixelGrid(_ panel: Panel, _ transform: PanelTransform) {
    let first = (panel.x.lower + 0.5).rounded(.up)
    let firstRow = (panel.y.lower + 0.5).rounded(.up)
    guard transform.xScale >= 2.5, transform.yScale >= 2.5 else { return }
    let width = canvas.crispWidth(0.25)
    canvas.setColor(Color.gray.opacity(0.6))
    canvas.setLine(width: width)
    for x in stride(from: first - 0.5, through: panel.x.upper, by: 1) {
      let place = canvas.crisp(transform.x(x), width: width)
      canvas.move(place, transform.frame.y)
      canvas.line(place, transform.frame.bottom)
    }
    for y in stride(from: firstRow - 0.5, through: panel.y.upper, by: 1) {
      let place = canvas.crisp(transform.y(y), width: width)
      canvas.move(transform.frame.x, place)
      canvas.line(transform.frame.right, place)
    }
    canvas.stroke()
  }
}
