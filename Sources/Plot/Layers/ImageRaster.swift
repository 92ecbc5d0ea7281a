import Kernels

/// An image layer made into the pixels that one output needs.
///
/// On an image surface each device pixel is made once from the data beneath it. On a page the data pixels stay
/// as they are, unless there are more than 300 an inch: then whole blocks of them are binned to about 150, so that the
/// document stays small.
struct ImageRaster {
  private var pixels: [UInt32]
  private let columns: Int
  private let rows: Int
  private let rect: Rect
  private let hasAlpha: Bool

  /// Data pixels an inch that a page takes as they are, and those of an overview.
  static let finest = 300.0
  static let overview = 150.0

  /// Nil when no part of the image lies inside the panel.
  init?(_ layer: ImageLayer, _ transform: PanelTransform, canvas: Canvas) {
    let plane = layer.pixels
    guard plane.width > 0, plane.height > 0, layer.x2 > layer.x1, layer.y2 > layer.y1 else { return nil }
    let left = transform.x(layer.x1)
    let top = transform.y(layer.y2)
    // Points on the page for one data pixel.
    let stepX = (transform.x(layer.x2) - left) / Double(plane.width)
    let stepY = (transform.y(layer.y1) - top) / Double(plane.height)
    guard stepX > 0, stepY > 0, stepX.isFinite, stepY.isFinite, left.isFinite, top.isFinite else {
      return nil
    }
    let frame = transform.frame
    let xRanges: [Range<Int>]
    let yRanges: [Range<Int>]  // from the top of the page, rows counted from the image's top
    if let scale = canvas.pixelsPerPoint {
      let x0 = (max(frame.x, left) * scale).rounded()
      let x1 = (min(frame.right, left + stepX * Double(plane.width)) * scale).rounded()
      let y0 = (max(frame.y, top) * scale).rounded()
      let y1 = (min(frame.bottom, top + stepY * Double(plane.height)) * scale).rounded()
      guard x1 > x0, y1 > y0 else { return nil }
      xRanges = Self.sources(
        from: x0, count: Int(x1 - x0), start: left * scale, step: stepX * scale, limit: plane.width)
      yRanges = Self.sources(
        from: y0, count: Int(y1 - y0), start: top * scale, step: stepY * scale, limit: plane.height)
      rect = Rect(x: x0 / scale, y: y0 / scale, width: (x1 - x0) / scale, height: (y1 - y0) / scale)
    } else {
      let first = max(0, ((frame.x - left) / stepX + 1e-6).rounded(.down).wholeNumber)
      let last = min(plane.width, ((frame.right - left) / stepX - 1e-6).rounded(.up).wholeNumber)
      let firstRow = max(0, ((frame.y - top) / stepY + 1e-6).rounded(.down).wholeNumber)
      let lastRow = min(plane.height, ((frame.bottom - top) / stepY - 1e-6).rounded(.up).wholeNumber)
      guard first < last, firstRow < lastRow else { return nil }
      let density = 72 / min(stepX, stepY)
      let block =
        density <= Self.finest ? 1 : min((density / Self.overview).rounded().wholeNumber, 1 << 20)
      xRanges = Self.blocks(first, last, block)
      yRanges = Self.blocks(firstRow, lastRow, block)
      rect = Rect(
        x: left + Double(first) * stepX, y: top + Double(firstRow) * stepY,
        width: Double(xRanges.count * block) * stepX, height: Double(yRanges.count * block) * stepY)
    }
    columns = xRanges.count
    rows = yRanges.count
    let values = Self.reduced(plane, xRanges, yRanges, layer.binning)
    let isOverview = canvas.pixelsPerPoint == nil && (xRanges.first?.count ?? 1) > 1
    (pixels, hasAlpha) = Self.colored(values, layer, isOverview: isOverview)
  }

  mutating func paint(on canvas: Canvas) throws {
    try canvas.paint(&pixels, width: columns, height: rows, hasAlpha: hasAlpha, over: rect)
  }

  /// The data pixels beneath each device pixel: those inside it when shrinking, else the one at its centre.
  private static func sources(
    from first: Double, count: Int, start: Double, step: Double, limit: Int
  ) -> [Range<Int>] {
    (0..<count).map { k in
      let place = first + Double(k)
      let low: Int
      var high: Int
      if step >= 1 {
        low = min(max(((place + 0.5 - start) / step).rounded(.down).wholeNumber, 0), limit - 1)
        high = low + 1
      } else {
        low = min(max(((place - start) / step + 1e-9).rounded(.down).wholeNumber, 0), limit - 1)
        high = min(max(((place + 1 - start) / step + 1e-9).rounded(.down).wholeNumber, 0), limit)
        if k == count - 1, Double(limit) * step + start - place < 1.5 { high = limit }
        high = max(high, low + 1)
      }
      return low..<high
    }
  }

  private static func blocks(_ first: Int, _ last: Int, _ size: Int) -> [Range<Int>] {
    stride(from: first, to: last, by: size).map { $0..<min($0 + size, last) }
  }

  /// One value an output pixel; NaN where no finite or infinite value lies beneath.
  private static func reduced(
    _ plane: Plane<Float>, _ xRanges: [Range<Int>], _ yRanges: [Range<Int>], _ binning: ImageLayer.Binning
  ) -> [Float] {
    let width = plane.width
    let columns = xRanges.count
    let isWhole = xRanges.allSatisfy { $0.count == 1 } && yRanges.allSatisfy { $0.count == 1 }
    return [Float](unsafeUninitializedCapacity: columns * yRanges.count) { out, initialised in
      var line = [Float](repeating: 0, count: width)
      var counts = [Float](repeating: 0, count: binning == .mean ? width : 0)
      plane.pixels.withUnsafeBufferPointer { source in
        var previous: Range<Int>?
        for (row, range) in yRanges.enumerated() {
          let target = row * columns
          if range == previous {
            for k in 0..<columns { out[target + k] = out[target - columns + k] }
            continue
          }
          previous = range
          let lowest = plane.height - range.upperBound
          if isWhole || binning == .nearest {
            let offset = (lowest + range.count / 2) * width
            for k in 0..<columns {
              out[target + k] = source[offset + xRanges[k].lowerBound + xRanges[k].count / 2]
            }
          } else if binning == .max {
            for x in 0..<width { line[x] = -.infinity }
            for y in lowest..<lowest + range.count {
              let offset = y * width
              line.withUnsafeMutableBufferPointer { line in
                for x in 0..<width { line[x] = source[offset + x] > line[x] ? source[offset + x] : line[x] }
              }
            }
            for k in 0..<columns {
              var best = -Float.infinity
              for x in xRanges[k] where line[x] > best { best = line[x] }
              out[target + k] = best == -.infinity ? .nan : best
            }
          } else {
            for x in 0..<width { (line[x], counts[x]) = (0, 0) }
            for y in lowest..<lowest + range.count {
              for x in 0..<width where !source[y * width + x].isNaN {
                line[x] += source[y * width + x]
                counts[x] += 1
              }
            }
            for k in 0..<columns {
              var sum: Float = 0
              var count: Float = 0
              for x in xRanges[k] {
                sum += line[x]
                count += counts[x]
              }
              out[target + k] = sum / count
            }
          }
        }
      }
      initialised = columns * yRanges.count
    }
  }

  private static func colored(
    _ values: [Float], _ layer: ImageLayer, isOverview: Bool
  ) -> (pixels: [UInt32], hasAlpha: Bool) {
    var map = layer.colorMap.colors.map { $0 | 0xFF00_0000 }
    // Noise in 64 shades packs much better than in 256, and on an overview nobody sees the difference.
    if isOverview, map.count == 256 { map = map.indices.map { map[$0 & ~3 | 2] } }
    let missing = layer.missing.map { $0.hex | 0xFF00_0000 } ?? 0
    let count = Float(map.count)
    let norm = layer.norm
    let isLinear = norm.kind == .linear
    let scale = count / Float(norm.upper - norm.lower)
    let lower = Float(norm.lower)
    var transparent = false
    let pixels = [UInt32](unsafeUninitializedCapacity: values.count) { out, initialised in
      for k in values.indices {
        let value = values[k]
        let place = isLinear ? (value - lower) * scale : Float(norm.position(Double(value))) * count
        if place.isNaN {
          out[k] = missing
          transparent = transparent || missing == 0
        } else {
          out[k] = map[Int(max(0, min(place, count - 1)))]
        }
      }
      initialised = values.count
    }
    return (pixels, transparent)
  }
}
