/// Draws a whole figure on a canvas of its size.
struct FigureDrawing {
  let figure: Figure
  let canvas: Canvas
  let layout: FigureLayout

  /// - Parameter figure: already fitted to its style's width.
  init(_ figure: Figure, canvas: Canvas) {
    self.figure = figure
    self.canvas = canvas
    canvas.setFont(family: figure.style.fontFamily)
    layout = FigureLayout(figure, canvas: canvas)
  }

  func draw() throws {
    let style = figure.style
    if let title = figure.title {
      canvas.setColor(.black)
      let title = FigureLayout.title(title, of: figure, canvas: canvas)
      for (k, line) in title.lines.enumerated() {
        canvas.text(
          line, x: figure.width * 36, y: 5 + style.titleSize * 0.8 + Double(k) * title.step, size: title.size,
          horizontal: .center, vertical: .middle)
      }
    }
    for (panel, cell) in zip(figure.panels, layout.cells) {
      guard let panel, let cell else { continue }
      try draw(panel, cell)
    }
  }

  private func draw(_ panel: Panel, _ cell: FigureLayout.Cell) throws {
    let style = figure.style
    let transform = PanelTransform(frame: cell.frame, x: panel.x, y: panel.y)
    let layers = LayerDrawing(style: style, canvas: canvas)
    var occupancy = Occupancy(frame: cell.frame)
    try canvas.clipped(to: cell.frame) {
      for layer in panel.layers { try layers.draw(layer, transform, marking: &occupancy) }
      if panel.hasPixelGrid { layers.pixelGrid(panel, transform) }
    }
    drawAxes(panel, cell, transform)
    if let bar = panel.colorBar, let rect = cell.bar, let ticks = cell.barTicks {
      let widest = ticks.major.map { canvas.width(of: $0.label, size: style.tickSize) }.max() ?? 0
      canvas.setColor(.black)
      try ColorBarDrawing.draw(
        bar, in: rect, ticks: ticks, style: style,
        labelDistance: FigureLayout.tickLength + 2 * FigureLayout.pad + widest, canvas: canvas)
    }
    if let legend = panel.legend {
      LegendDrawing(
        panel, legend: legend, style: style, frame: cell.frame, occupancy: occupancy, canvas: canvas
      )?.draw(on: canvas)
    }
  }

  private func drawAxes(_ panel: Panel, _ cell: FigureLayout.Cell, _ transform: PanelTransform) {
    let style = figure.style
    let width = canvas.crispWidth(style.frameWidth)
    let frame = cell.frame
    func crisp(_ place: Double) -> Double { canvas.crisp(place, width: width) }
    canvas.setColor(.black)
    canvas.setLine(width: width)
    canvas.rectangle(
      Rect(
        x: crisp(frame.x), y: crisp(frame.y), width: crisp(frame.right) - crisp(frame.x),
        height: crisp(frame.bottom) - crisp(frame.y)))
    canvas.stroke()
    let length = FigureLayout.tickLength
    func xTick(_ value: Double, _ length: Double) {
      let x = crisp(transform.x(value))
      canvas.move(x, frame.bottom)
      canvas.line(x, frame.bottom + length)
    }
    func yTick(_ value: Double, _ length: Double) {
      let y = crisp(transform.y(value))
      canvas.move(frame.x, y)
      canvas.line(frame.x - length, y)
    }
    if case .category = panel.x.scale {} else { for tick in cell.xTicks.major { xTick(tick.value, length) } }
    if case .category = panel.y.scale {} else { for tick in cell.yTicks.major { yTick(tick.value, length) } }
    for value in cell.xTicks.minor { xTick(value, length * 0.55) }
    for value in cell.yTicks.minor { yTick(value, length * 0.55) }
    canvas.stroke()
    let size = style.tickSize
    if panel.x.showsNumbers {
      var last = -Double.infinity
      for tick in cell.xTicks.major {
        let half = canvas.width(of: tick.label, size: size) / 2
        let x = transform.x(tick.value)
        guard x - half > last else { continue }
        last = x + half + size * 0.4
        canvas.text(
          tick.label, x: x, y: frame.bottom + length + FigureLayout.pad, size: size, horizontal: .center,
          vertical: .top)
      }
      if let factor = cell.xTicks.factor {
        canvas.text(
          factor, x: frame.right, y: frame.bottom + cell.xLabelDistance, size: size, horizontal: .right,
          vertical: .top)
      }
    }
    if panel.y.showsNumbers {
      for tick in cell.yTicks.major {
        canvas.text(
          tick.label, x: frame.x - length - FigureLayout.pad, y: transform.y(tick.value), size: size,
          horizontal: .right, vertical: .middle)
      }
      if let factor = cell.yTicks.factor {
        canvas.text(factor, x: frame.x, y: frame.y - FigureLayout.pad, size: size)
      }
    }
    if let label = panel.x.label {
      let (label, size) = canvas.fitted(label, size: style.labelSize, room: frame.width + 6 * style.labelSize)
      canvas.text(
        label, x: frame.x + frame.width / 2, y: frame.bottom + cell.xLabelDistance, size: size,
        horizontal: .center, vertical: .top)
    }
    if let label = panel.y.label {
      let (label, size) = canvas.fitted(
        label, size: style.labelSize, room: frame.height + 2 * style.labelSize)
      canvas.text(
        label, x: frame.x - cell.yLabelDistance, y: frame.y + frame.height / 2, size: size,
        horizontal: .center, vertical: .bottom, quarterTurns: 1)
    }
    drawHead(panel, cell)
  }

  /// Corner text and title in one line above the frame, the title beside the corner where it would cover it.
  private func drawHead(_ panel: Panel, _ cell: FigureLayout.Cell) {
    let style = figure.style
    let frame = cell.frame
    let y = frame.y - style.titleSize * 0.45
    var left = frame.x
    if let factor = cell.yTicks.factor {
      left += canvas.width(of: factor, size: style.tickSize) + style.tickSize
    }
    if let corner = panel.corner {
      let size = style.titleSize * 1.1
      canvas.text(corner, x: left, y: y, size: size, face: .bold)
      left += canvas.width(of: corner, size: size, face: .bold) + style.titleSize * 0.5
    }
    guard let text = panel.title else { return }
    let title = TitleLines(
      text, size: style.titleSize, room: frame.right - left + frame.width * 0.08, canvas: canvas)
    let width = title.lines.map { canvas.width(of: $0, size: title.size) }.max() ?? 0
    let centre = max(frame.x + frame.width / 2, left > frame.x ? left + width / 2 : 0)
    for (k, line) in title.lines.reversed().enumerated() {
      canvas.text(line, x: centre, y: y - Double(k) * title.step, size: title.size, horizontal: .center)
    }
  }
}
