import Kernels

/// Where each panel of a figure stands and which ticks it has.
struct FigureLayout {
  struct Cell {
    var frame: Rect
    var xTicks: Ticks
    var yTicks: Ticks
    var bar: Rect?
    var barTicks: Ticks?
    /// Where the axis labels start, away from the frame [pt].
    var yLabelDistance: Double
    var xLabelDistance: Double
  }
  var cells: [Cell?]

  private struct Space {
    var left = 0.0
    var right = 0.0
    var top = 0.0
    var bottom = 0.0
  }

  static let tickLength = 3.5
  static let pad = 3.0
  static let barGap = 5.0

  /// The title of a whole figure, inside its page.
  static func title(_ title: String, of figure: Figure, canvas: Canvas) -> TitleLines {
    TitleLines(title, size: figure.style.titleSize * 1.1, room: figure.width * 72 - 20, canvas: canvas)
  }

  /// Panels of one column have equal widths, those of one row equal heights; labels get the room they need.
  init(_ figure: Figure, canvas: Canvas) {
    let columns = max(1, min(figure.columns, max(1, figure.panels.count)))
    let rows = max(1, (figure.panels.count + columns - 1) / columns)
    let page = Rect(x: 0, y: 0, width: figure.width * 72, height: figure.height * 72)
    let style = figure.style
    let margin = 5.0
    let gap = style.labelSize * 0.9
    let head =
      figure.title.map { style.titleSize * 1.7 + Self.title($0, of: figure, canvas: canvas).extraHeight } ?? 0
    cells = Array(repeating: nil, count: figure.panels.count)
    var size = (
      width: max(20, page.width / Double(columns) - 60), height: max(20, page.height / Double(rows) - 50)
    )
    for _ in 0..<3 {
      var spaces = [Space](repeating: Space(), count: figure.panels.count)
      for (index, panel) in figure.panels.enumerated() {
        guard let panel else { continue }
        let shape = Self.shape(of: panel, in: size)
        (cells[index], spaces[index]) = Self.measured(panel, style, shape, canvas)
      }
      var column = [Space](repeating: Space(), count: columns)
      var row = [Space](repeating: Space(), count: rows)
      for (index, space) in spaces.enumerated() {
        let (r, c) = (index / columns, index % columns)
        column[c].left = max(column[c].left, space.left)
        column[c].right = max(column[c].right, space.right)
        row[r].top = max(row[r].top, space.top)
        row[r].bottom = max(row[r].bottom, space.bottom)
      }
      let usedWidth = column.reduce(0) { $0 + $1.left + $1.right } + gap * Double(columns - 1) + 2 * margin
      let usedHeight =
        row.reduce(0) { $0 + $1.top + $1.bottom } + gap * 0.6 * Double(rows - 1) + 2 * margin + head
      size.width = max(10, (page.width - usedWidth) / Double(columns))
      size.height = max(10, (page.height - usedHeight) / Double(rows))
      var y = margin + head
      for r in 0..<rows {
        var x = margin
        y += row[r].top
        for c in 0..<columns {
          x += column[c].left
          let index = r * columns + c
          if figure.panels.indices.contains(index), let panel = figure.panels[index] {
            let shape = Self.shape(of: panel, in: size)
            let frame = canvas.snapped(
              Rect(
                x: x + (size.width - shape.width) / 2, y: y + (size.height - shape.height) / 2,
                width: shape.width, height: shape.height))
            cells[index]?.frame = frame
            if panel.colorBar != nil {
              cells[index]?.bar = canvas.snapped(
                Rect(
                  x: frame.right + Self.barGap, y: frame.y, width: style.tickSize, height: frame.height))
            }
          }
          x += size.width + column[c].right + gap
        }
        y += size.height + row[r].bottom + gap * 0.6
      }
    }
  }

  private static func shape(
    of panel: Panel, in size: (width: Double, height: Double)
  ) -> (width: Double, height: Double) {
    guard panel.aspect == .equal else { return size }
    let ratio = (panel.y.upper - panel.y.lower) / (panel.x.upper - panel.x.lower)
    guard ratio.isFinite, ratio > 0 else { return size }
    // A strip of a few pixels stays wide enough to be seen.
    if ratio < 0.02 || ratio > 50 { return size }
    return size.height / size.width > ratio
      ? (size.width, size.width * ratio) : (size.height / ratio, size.height)
  }

  private static func measured(
    _ panel: Panel, _ style: PlotStyle, _ shape: (width: Double, height: Double), _ canvas: Canvas
  ) -> (Cell, Space) {
    let size = style.tickSize
    let digit = canvas.width(of: "0", size: size)
    func room(along length: Double) -> (Int) -> Int {
      { characters in (length / (digit * (Double(characters) + 2.2))).wholeNumber }
    }
    func room(up length: Double) -> (Int) -> Int { { _ in (length / (size * 2.6)).wholeNumber } }
    let xTicks = Ticks(panel.x, room: room(along: shape.width))
    let yTicks = Ticks(panel.y, room: room(up: shape.height))
    func widest(_ ticks: Ticks) -> Double {
      ticks.major.map { canvas.width(of: $0.label, size: size) }.max() ?? 0
    }
    var space = Space()
    var cell = Cell(
      frame: Rect(x: 0, y: 0, width: shape.width, height: shape.height), xTicks: xTicks, yTicks: yTicks,
      yLabelDistance: 0, xLabelDistance: 0)
    cell.yLabelDistance = tickLength + pad + (panel.y.showsNumbers ? widest(yTicks) + pad : 0)
    cell.xLabelDistance = tickLength + pad + (panel.x.showsNumbers ? size + pad : 0)
    space.left = cell.yLabelDistance + (panel.y.label == nil ? 0 : style.labelSize * 1.15)
    space.bottom = cell.xLabelDistance + (panel.x.label == nil ? 0 : style.labelSize * 1.1)
    space.top = size * 0.5
    if yTicks.factor != nil { space.top = size * 1.4 }
    if panel.title != nil || panel.corner != nil { space.top = max(space.top, style.titleSize * 1.45) }
    if let title = panel.title {
      let corner = panel.corner.map {
        canvas.width(of: $0, size: style.titleSize * 1.1, face: .bold) + style.titleSize * 0.5
      }
      let room = shape.width * 1.08 - (corner ?? 0)
      space.top += TitleLines(title, size: style.titleSize, room: room, canvas: canvas).extraHeight
    }
    if let last = xTicks.major.last, panel.x.showsNumbers {
      space.right = canvas.width(of: last.label, size: size) / 2
    }
    if xTicks.factor != nil { space.right = max(space.right, digit * 1.5) }
    if let bar = panel.colorBar {
      let ticks = ColorBarDrawing.ticks(bar, room: room(up: shape.height))
      cell.barTicks = ticks
      cell.bar = Rect(x: 0, y: 0, width: 0, height: 0)
      space.right =
        barGap + size + tickLength + pad + widest(ticks)
        + (bar.label == nil ? 0 : pad + style.labelSize * 1.2)
      if ticks.factor != nil { space.top = max(space.top, size * 1.4) }
    }
    return (cell, space)
  }
}
