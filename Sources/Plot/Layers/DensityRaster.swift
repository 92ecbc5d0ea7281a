import Foundation

/// Points counted on the spots of a fine grid over the panel.
struct DensityRaster {
  private var counts: [UInt32]
  private let columns: Int
  private let rows: Int
  private let layer: DensityLayer
  private let frame: Rect
  private let spot: Double

  init(_ layer: DensityLayer, _ transform: PanelTransform, canvas: Canvas) {
    self.layer = layer
    let frame = transform.frame
    // Whole device pixels on an image, 0.5 pt on a page.
    let spot = canvas.pixelsPerPoint.map { max(1, (0.6 * $0).rounded()) / $0 } ?? 0.5
    let columns = min(max(1, (frame.width / spot).rounded(.up).wholeNumber), 20000)
    let rows = min(max(1, (frame.height / spot).rounded(.up).wholeNumber), 20000)
    (self.frame, self.spot, self.columns, self.rows) = (frame, spot, columns, rows)
    counts = [UInt32](repeating: 0, count: columns * rows)
    let total = min(layer.x.count, layer.y.count)
    let isExcluding = layer.excluded.map { $0.plane.count >= total } ?? false
    let flags = isExcluding ? layer.excluded?.plane.pixels ?? [] : []
    let isBent = transform.along != .linear || transform.upwards != .linear
    let xScale = Float(transform.xScale / spot)
    let yScale = Float(transform.yScale / spot)
    let xLower = Float(transform.xLower)
    let yLower = Float(transform.yLower)
    let (wide, high) = (Float(columns), Float(rows))
    let subtracted: Float = layer.subtractsX ? 1 : 0
    layer.x.withUnsafeBufferPointer { xs in
      layer.y.withUnsafeBufferPointer { ys in
        flags.withUnsafeBufferPointer { flags in
          counts.withUnsafeMutableBufferPointer { counts in
            for k in 0..<total {
              var x = xs[k]
              var y = ys[k] - subtracted * x
              if isBent {
                x = Float(transform.along.place(of: Double(x)))
                y = Float(transform.upwards.place(of: Double(y)))
              }
              let column = (x - xLower) * xScale
              let row = (y - yLower) * yScale
              guard column >= 0, column < wide, row >= 0, row < high else { continue }
              if isExcluding, flags[k] != 0 { continue }
              counts[Int(row) &* columns &+ Int(column)] &+= 1
            }
          }
        }
      }
    }
  }

  func mark(_ occupancy: inout Occupancy) {
    for row in 0..<rows {
      for column in 0..<columns where counts[row * columns + column] > 0 {
        occupancy.mark(
          Point(
            x: frame.x + (Double(column) + 0.5) * spot, y: frame.bottom - (Double(row) + 0.5) * spot),
          weight: 0.25)
      }
    }
  }

  mutating func paint(on canvas: Canvas) throws {
    let most = counts.max() ?? 0
    guard most > 0 else { return }
    let shades = 64
    let colors = (0..<shades).map { step in
      Self.mixed(layer.sparse, layer.dense, Double(step) / Double(shades - 1)).hex | 0xFF00_0000
    }
    let scale = most > 1 ? Float(shades - 1) / log2(Float(most)) : 0
    var pixels = [UInt32](repeating: 0, count: columns * rows)
    for row in 0..<rows {
      let source = row * columns
      let target = (rows - 1 - row) * columns
      for column in 0..<columns where counts[source + column] > 0 {
        pixels[target + column] = colors[min(shades - 1, Int(log2(Float(counts[source + column])) * scale))]
      }
    }
    let height = Double(rows) * spot
    try canvas.paint(
      &pixels, width: columns, height: rows, hasAlpha: true,
      over: Rect(x: frame.x, y: frame.bottom - height, width: Double(columns) * spot, height: height))
  }

  static func mixed(_ a: Color, _ b: Color, _ weight: Double) -> Color {
    Color(
      red: a.red + (b.red - a.red) * weight, green: a.green + (b.green - a.green) * weight,
      blue: a.blue + (b.blue - a.blue) * weight)
  }
}
