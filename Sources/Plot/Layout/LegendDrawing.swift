/// Draws the legend of a panel where it hides least.
struct LegendDrawing {
  private let entries: [(layer: Layer, label: String)]
  private let legend: Legend
  private let style: PlotStyle
  let rect: Rect

  private let size: Double
  private var lineHeight: Double { size * 1.4 }
  private var sample: Double { size * 2.2 }
  private var titleHeight: Double { legend.title == nil ? 0 : size * 1.5 }

  /// Nil when no layer has a label.
  init?(_ panel: Panel, legend: Legend, style: PlotStyle, frame: Rect, occupancy: Occupancy, canvas: Canvas) {
    entries = panel.layers.compactMap { layer in layer.label.map { (layer, $0) } }
    guard !entries.isEmpty else { return nil }
    self.legend = legend
    self.style = style
    // In a small panel the legend shrinks, to two thirds at most.
    let natural = entries.map { canvas.width(of: $0.label, size: style.tickSize) }.max() ?? 0
    let wanted = natural + style.tickSize * 4
    let tall = style.tickSize * 1.4 * Double(entries.count + 1)
    let size =
      style.tickSize * max(0.67, min(1, 0.62 * frame.width / wanted, 0.6 * frame.height / tall))
    self.size = size
    let inside = size * 0.5
    var width = entries.map { canvas.width(of: $0.label, size: size) }.max() ?? 0
    width += size * 2.2 + size * 0.6 + 2 * inside
    if let title = legend.title {
      width = max(width, canvas.width(of: title, size: size * 1.05) + 2 * inside)
    }
    let height = size * 1.4 * Double(entries.count) + (legend.title == nil ? 0 : size * 1.5) + 2 * inside
    let edge = size * 0.6
    let others = Legend.Place.allCases.filter { $0 != legend.preferred }
    let candidates = ([legend.preferred] + others).map { place -> Rect in
      let x: Double =
        switch place {
        case .upperLeft, .lowerLeft, .centerLeft: frame.x + edge
        case .upperRight, .lowerRight, .centerRight: frame.right - edge - width
        case .upperCenter, .lowerCenter: frame.x + (frame.width - width) / 2
        }
      let y: Double =
        switch place {
        case .upperLeft, .upperRight, .upperCenter: frame.y + edge
        case .lowerLeft, .lowerRight, .lowerCenter: frame.bottom - edge - height
        case .centerLeft, .centerRight: frame.y + (frame.height - height) / 2
        }
      return Rect(x: x, y: y, width: width, height: height)
    }
    rect = candidates[occupancy.leastCovered(candidates)]
  }

  func draw(on canvas: Canvas) {
    canvas.setColor(Color.white.opacity(0.88))
    canvas.rectangle(rect)
    canvas.fill()
    canvas.setColor(.lightGray)
    canvas.setLine(width: canvas.crispWidth(style.frameWidth))
    canvas.rectangle(canvas.snapped(rect))
    canvas.stroke()
    let left = rect.x + size * 0.5
    var y = rect.y + size * 0.5
    if let title = legend.title {
      canvas.setColor(.black)
      canvas.text(
        title, x: rect.x + rect.width / 2, y: y + titleHeight * 0.45, size: size * 1.05, horizontal: .center,
        vertical: .middle)
      y += titleHeight
    }
    var small = style
    small.tickSize = size
    for entry in entries {
      let middle = y + lineHeight / 2
      LayerDrawing(style: small, canvas: canvas).sample(
        of: entry.layer, Rect(x: left, y: middle - size / 2, width: sample, height: size))
      canvas.setColor(.black)
      canvas.text(entry.label, x: left + sample + size * 0.6, y: middle, size: size, vertical: .middle)
      y += lineHeight
    }
  }
}

extension Layer {
  /// The text in the legend.
  var label: String? {
    switch self {
    case .density(let layer): layer.label
    case .markers(let layer): layer.label
    case .line(let layer): layer.label
    case .steps(let layer): layer.label
    case .rectangles(let layer): layer.label
    case .image, .numbers, .text: nil
    }
  }
}
