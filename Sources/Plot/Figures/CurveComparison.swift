import Kernels

/// What the detector by probabilities found below and above the curve of a diagram.
struct CurveComparison {
  struct Points {
    /// min2d and median2d - min2d [ADU].
    var x: [Double] = []
    var y: [Double] = []
  }
  private(set) var foundAbove = Points()
  private(set) var foundBelow = Points()
  private(set) var passedAbove = Points()

  /// - Parameter found: pixels that were found, before dilation.
  init(planes: StackPlanes, found: Mask, boundary: Boundary) {
    let (low, high) = (planes.minimum, planes.median)
    let heights = boundary.points.map(\.y) + [0, 1].map { boundary.value(at: $0) }
    let lowest = Float(heights.min() ?? 0)
    for i in low.pixels.indices {
      let isFound = found.plane.pixels[i] != 0
      let excess = high.pixels[i] - low.pixels[i]
      guard isFound || excess > lowest else { continue }
      let (x, y) = (Double(low.pixels[i]), Double(excess))
      let isAbove = y > boundary.value(at: x)
      switch (isFound, isAbove) {
      case (true, true): foundAbove.add(x, y)
      case (true, false): foundBelow.add(x, y)
      case (false, true): passedAbove.add(x, y)
      case (false, false): break
      }
    }
  }

  /// More points of a kind would cover the diagram with their symbols.
  private static let crowd = 300

  /// Three kinds of symbols, which their shapes tell too.
  var layers: [Layer] {
    let kinds: [(Points, String, MarkerLayer.Symbol, Color)] = [
      (passedAbove, "above, not found", .square, .black), (foundAbove, "found above the curve", .plus, .blue),
      (foundBelow, "found below the curve", .circle, .red),
    ]
    return kinds.map { points, name, symbol, color in
      // Smaller symbols in a crowd; thousands of them are a shade, not a wall.
      let isCrowd = points.x.count > Self.crowd
      let part = min(1, (Double(Self.crowd) / Double(max(1, points.x.count))).squareRoot())
      return .markers(
        MarkerLayer(
          x: points.x, y: points.y, symbol: isCrowd ? .dot : symbol,
          color: isCrowd && symbol == .square ? Color(0x707070).opacity(0.5) : color,
          size: isCrowd ? max(0.9, 3 * part) : 5.5, width: 1.1,
          halo: isCrowd ? nil : Color.white.opacity(0.75),
          label: "\(name): \(points.x.count)"))
    }
  }
}

extension CurveComparison.Points {
  fileprivate mutating func add(_ x: Double, _ y: Double) {
    self.x.append(x)
    self.y.append(y)
  }
}
