import Kernels

/// Draws a colour bar beside its panel.
enum ColorBarDrawing {
  /// Ticks in data values; on other than linear scales placed by the norm.
  static func ticks(_ bar: ColorBar, room: (Int) -> Int) -> Ticks {
    if let categories = bar.categories { return Ticks(Axis.categories(categories), room: room) }
    switch bar.norm.kind {
    case .linear, .asinh: return Ticks(linear: bar.norm.lower, bar.norm.upper, whole: false, room: room)
    case .log: return Ticks(log: bar.norm.lower, bar.norm.upper, room: room)
    }
  }

  static func draw(
    _ bar: ColorBar, in rect: Rect, ticks: Ticks, style: PlotStyle, labelDistance: Double, canvas: Canvas
  ) throws {
    let colors = bar.colorMap.colors
    let steps = bar.categories == nil ? max(colors.count, 256) : colors.count
    var pixels = (0..<steps).map { step in
      bar.colorMap.color(at: (Double(steps - 1 - step) + 0.5) / Double(steps)) | 0xFF00_0000
    }
    try canvas.paint(&pixels, width: 1, height: steps, hasAlpha: false, over: rect, isShared: true)
    let width = canvas.crispWidth(style.frameWidth)
    canvas.setColor(.black)
    canvas.setLine(width: width)
    canvas.rectangle(
      Rect(
        x: canvas.crisp(rect.x, width: width), y: canvas.crisp(rect.y, width: width),
        width: canvas.crisp(rect.right, width: width) - canvas.crisp(rect.x, width: width),
        height: canvas.crisp(rect.bottom, width: width) - canvas.crisp(rect.y, width: width)))
    canvas.stroke()
    func place(_ value: Double) -> Double? {
      let position =
        bar.categories.map { (value - 0.5) / Double(max($0.count, 1)) } ?? bar.norm.position(value)
      guard position > -1e-6, position < 1 + 1e-6 else { return nil }
      return rect.bottom - position * rect.height
    }
    var last = Double.infinity
    for tick in ticks.major {
      guard let y = place(tick.value), last - y >= style.tickSize * 1.1 else { continue }
      last = y
      let line = canvas.crisp(y, width: width)
      if bar.categories == nil {
        canvas.strokePath([
          Point(x: rect.right, y: line), Point(x: rect.right + FigureLayout.tickLength, y: line),
        ])
      }
      canvas.text(
        tick.label, x: rect.right + FigureLayout.tickLength + FigureLayout.pad, y: y, size: style.tickSize,
        vertical: .middle)
    }
    for value in ticks.minor where bar.norm.kind == .log {
      guard let y = place(value) else { continue }
      let line = canvas.crisp(y, width: width)
      canvas.strokePath([
        Point(x: rect.right, y: line), Point(x: rect.right + FigureLayout.tickLength * 0.55, y: line),
      ])
    }
    if let factor = ticks.factor {
      canvas.text(factor, x: rect.x, y: rect.y - FigureLayout.pad, size: style.tickSize)
    }
    if let label = bar.label {
      let (label, size) = canvas.fitted(label, size: style.labelSize, room: rect.height + 2 * style.labelSize)
      canvas.text(
        label, x: rect.right + labelDistance, y: rect.y + rect.height / 2, size: size,
        horizontal: .center, vertical: .top, quarterTurns: 1)
    }
  }
}
