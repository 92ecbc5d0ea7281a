/// Very many symbols stamped into pixels, where a path for each would be slow to draw and large in a document.
struct MarkerRaster {
  /// From here on symbols are stamped.
  static let least = 1500

  private var pixels: [UInt32]
  private let columns: Int
  private let rows: Int
  private let rect: Rect
  private let scale: Double
  private let isPage: Bool

  /// An empty raster over a panel, at the device's resolution or 200 an inch.
  init(frame: Rect, canvas: Canvas) {
    scale = canvas.rasterScale
    isPage = canvas.pixelsPerPoint == nil
    columns = min(max(1, (frame.width * scale).rounded().wholeNumber), 20000)
    rows = min(max(1, (frame.height * scale).rounded().wholeNumber), 20000)
    rect = Rect(x: frame.x, y: frame.y, width: Double(columns) / scale, height: Double(rows) / scale)
    pixels = [UInt32](repeating: 0, count: columns * rows)
  }

  /// Stamps one symbol, `size` points large, that `draw` draws around the middle of its canvas.
  ///
  /// - Parameter ink: the only colour of dots on a page, whose edges are not smoothed: a crowd of them then
  ///   takes a fraction of the bytes; nil for what has thin lines.
  mutating func stamp(
    _ points: [Point], size: Double, ink: Color? = nil, draw: (Canvas, Point) -> Void
  ) throws {
    // An odd number, so that the middle is that of a pixel and nothing moves aside.
    let side = max(3, (size * scale).rounded(.up).wholeNumber + 2) | 1
    let surface = try CairoSurface(transparent: side)
    let canvas = Canvas(surface: surface, pixelsPerPoint: scale, fontFamily: "")
    let middle = Double(side) / 2 / scale
    draw(canvas, Point(x: middle, y: middle))
    var all = surface.pixels(keepingAlpha: true)
    if let ink, isPage, ink.alpha == 1 {
      all = all.map { $0 >> 24 < 128 ? 0 : ink.hex | 0xFF00_0000 }
    }
    // Only the pixels that the symbol touches.
    var stamp: [(dx: Int, dy: Int, value: UInt32)] = []
    for k in all.indices where all[k] >> 24 != 0 {
      stamp.append((k % side - side / 2, k / side - side / 2, all[k]))
    }
    var taken = [Bool](repeating: false, count: columns * rows)
    pixels.withUnsafeMutableBufferPointer { pixels in
      for point in points {
        let x = ((point.x - rect.x) * scale).rounded(.down).wholeNumber
        let y = ((point.y - rect.y) * scale).rounded(.down).wholeNumber
        if x >= 0, y >= 0, x < columns, y < rows {
          if taken[y * columns + x] { continue }
          taken[y * columns + x] = true
        }
        for spot in stamp {
          let (column, row) = (x + spot.dx, y + spot.dy)
          guard column >= 0, row >= 0, column < columns, row < rows else { continue }
          let place = row * columns + column
          pixels[place] = Self.over(spot.value, pixels[place])
        }
      }
    }
  }

  mutating func paint(on canvas: Canvas) throws {
    try canvas.paint(&pixels, width: columns, height: rows, hasAlpha: true, over: rect)
  }

  /// Porter and Duff's over for premultiplied pixels.
  @inline(__always) private static func over(_ top: UInt32, _ below: UInt32) -> UInt32 {
    let alpha = top >> 24
    if alpha == 255 || below == 0 { return top }
    let rest = 255 - alpha
    func part(_ shift: UInt32) -> UInt32 {
      min(255, (top >> shift & 255) + ((below >> shift & 255) * rest + 127) / 255) << shift
    }
    return part(24) | part(16) | part(8) | part(0)
  }
}
