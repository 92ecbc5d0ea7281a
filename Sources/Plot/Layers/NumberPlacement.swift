import Foundation

/// Places the texts of a number layer so that none covers another.
struct NumberPlacement {
  private struct Item {
    var text: String
    var point: Point
    var color: Color
    var face: TextFace
    var place: Rect?
  }
  private var items: [Item] = []
  private let size: Double
  private let frame: Rect

  /// More numbers than this tell nothing: there are dots instead.
  static let most = 1000
  /// Of so many numbers half must find a place.
  private static let crowd = 200
  private var isDotted = false

  init(_ layer: NumberLayer, _ transform: PanelTransform, size: Double, canvas: Canvas) {
    self.size = size
    frame = transform.frame
    for group in layer.groups {
      for (index, (x, y)) in zip(group.x, group.y).enumerated() {
        let point = Point(x: transform.x(x), y: transform.y(y))
        guard transform.isInside(point) else { continue }
        items.append(
          Item(text: String(group.first + index), point: point, color: group.color, face: group.face))
      }
    }
    let digits = [TextFace.regular, .bold, .italic].map { canvas.width(of: "0", size: size, face: $0) }
    func width(_ item: Item) -> Double {
      let digit = item.face == .regular ? digits[0] : item.face == .bold ? digits[1] : digits[2]
      return digit * Double(item.text.count) + size * 0.2
    }
    var grid = Grid(frame)
    let height = size * 0.95
    func box(_ item: Item, dx: Double, dy: Double) -> Rect {
      let width = width(item)
      return Rect(
        x: item.point.x - width / 2 + dx, y: item.point.y - height / 2 + dy, width: width, height: height)
    }
    let tried = items.count > Self.most ? 0..<0 : 0..<items.count
    for index in tried {
      let place = box(items[index], dx: 0, dy: 0)
      if grid.take(place) { items[index].place = place }
    }
    for index in tried where items[index].place == nil {
      let reach = width(items[index])
      search: for ring in 1...7 {
        let turns = 8 + 4 * (ring - 1)
        for turn in 0..<turns {
          let angle = 2 * Double.pi * Double(turn) / Double(turns)
          let distance = Double(ring)
          let place = box(
            items[index], dx: cos(angle) * distance * (reach + 1), dy: -sin(angle) * distance * (height + 1))
          if grid.take(place) {
            items[index].place = place
            break search
          }
        }
      }
    }
    // A few of many numbers tell less than the dots that they hide.
    let placed = items.filter { $0.place != nil }.count
    isDotted = items.count > Self.crowd && 2 * placed < items.count
    if isDotted { for index in items.indices { items[index].place = nil } }
  }

  func draw(on canvas: Canvas, _ occupancy: inout Occupancy) throws {
    try drawDots(on: canvas)
    canvas.setLine(width: 0.35)
    for item in items {
      occupancy.mark(item.point)
      guard let place = item.place else { continue }
      let centre = Point(x: place.x + place.width / 2, y: place.y + place.height / 2)
      occupancy.mark(centre)
      let (dx, dy) = (item.point.x - centre.x, item.point.y - centre.y)
      guard abs(dx) > 0.1 || abs(dy) > 0.1 else { continue }
      // From the edge of the text to its point.
      let reach = max(abs(dx) / (place.width / 2), abs(dy) / (place.height / 2))
      guard reach > 1 else { continue }
      canvas.setColor(item.color.opacity(0.45))
      canvas.strokePath([Point(x: centre.x + dx / reach, y: centre.y + dy / reach), item.point])
      canvas.setColor(item.color.opacity(0.7))
      canvas.circle(item.point.x, item.point.y, radius: size * 0.09)
      canvas.fill()
    }
    for item in items {
      guard let place = item.place else { continue }
      canvas.setColor(item.color)
      canvas.text(
        item.text, x: place.x + place.width / 2, y: place.y + place.height / 2, size: size,
        face: item.face, horizontal: .center, vertical: .middle)
    }
    let hidden = items.filter { $0.place == nil }.count
    if hidden > 0 {
      canvas.setColor(Color(0x505050))
      canvas.text(
        isDotted
          ? "\(items.count) pixels, too many for numbers"
          : "\(items.count - hidden) of \(items.count) numbers fit; dots: the others", x: frame.right - 4,
        y: frame.y + 4, size: size, horizontal: .right, vertical: .top)
    }
  }

  /// Where the texts stand.
  var places: [Rect] { items.compactMap(\.place) }

  /// A dot for each number that found no place.
  private func drawDots(on canvas: Canvas) throws {
    var colors: [Color] = []
    for item in items where !colors.contains(item.color) { colors.append(item.color) }
    var raster = items.count > MarkerRaster.least ? MarkerRaster(frame: frame, canvas: canvas) : nil
    for color in colors {
      let points = items.filter { $0.place == nil && $0.color == color }.map(\.point)
      func dot(_ canvas: Canvas, _ point: Point) {
        canvas.setColor(color)
        canvas.circle(point.x, point.y, radius: size * 0.09)
        canvas.fill()
      }
      try raster?.stamp(points, size: size * 0.2, ink: color, draw: dot)
      if raster == nil { for point in points { dot(canvas, point) } }
    }
    try raster?.paint(on: canvas)
  }

  /// Which square points of the panel are taken.
  private struct Grid {
    let frame: Rect
    let columns: Int
    let rows: Int
    var taken: [Bool]

    init(_ frame: Rect) {
      self.frame = frame
      columns = min(max(1, frame.width.wholeNumber), 10000)
      rows = min(max(1, frame.height.wholeNumber), 10000)
      taken = Array(repeating: false, count: columns * rows)
    }

    /// Takes a rectangle when all of it is free and inside.
    mutating func take(_ rect: Rect) -> Bool {
      let (x0, y0) = ((rect.x - frame.x).rounded(.down), (rect.y - frame.y).rounded(.down))
      let (x1, y1) = ((rect.right - frame.x).rounded(.up), (rect.bottom - frame.y).rounded(.up))
      guard x0 >= 1, y0 >= 1, x1 < Double(columns), y1 < Double(rows) else { return false }
      for y in Int(y0)..<Int(y1) {
        for x in Int(x0)..<Int(x1) where taken[y * columns + x] { return false }
      }
      for y in Int(y0)..<Int(y1) {
        for x in Int(x0)..<Int(x1) { taken[y * columns + x] = true }
      }
      return true
    }
  }
}
