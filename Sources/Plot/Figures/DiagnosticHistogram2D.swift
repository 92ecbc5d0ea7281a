import Kernels

/// The figure diagnostic_histogram2d: simulated and real median-minimum diagrams.
package enum DiagnosticHistogram2D {
  /// File name without its ending.
  package static let name = "diagnostic_histogram2d"

  /// - Parameters:
  ///   - diagram: counts, bins and boundary points; [ADU].
  ///   - boundary: the curves to draw; nil before the fit.
  ///   - overlays: symbols over the real diagram.
  /// - Throws: `CRSError` (data) when bins and counts do not fit together.
  package static func figure(
    diagram: Diagram, boundary: Boundary?, overlays: [Layer] = [], style: PlotStyle = .screen
  ) throws -> Figure {
    let nx = diagram.xEdges.count - 1
    let ny = diagram.yEdges.count - 1
    guard nx > 0, ny > 0, diagram.simulated.count == nx * ny, diagram.original.count == nx * ny else {
      throw CRSError.data(
        "a diagram of \(diagram.xEdges.count) x \(diagram.yEdges.count) bin edges with "
          + "\(diagram.simulated.count) simulated and \(diagram.original.count) real counts",
        expected: "one count a bin")
    }
    let divisor = Double(max(diagram.simulations, 1))
    let least = diagram.isExact ? Self.least * divisor : 0
    let simulated = diagram.simulated.map { $0 > least ? Float($0 / divisor) : Float.nan }
    let original = diagram.original.map { $0 > 0 ? Float($0) : Float.nan }
    // In double precision: a tenth rounded to Float would lie above the tick of a tenth.
    let counts = diagram.simulated.filter { $0 > 0 }.map { $0 / divisor }
    let lower = max(counts.min() ?? (original.contains { !$0.isNaN } ? 1 : 0.1), Self.least)
    let upper = max(counts.max() ?? 1, lower * 10)
    let norm = try Norm(.log, lower: lower, upper: upper)
    // Most counts of simulations lie below one: a second map for them would make a wall of pixels that are alone.
    let map = ColorMap.expected(style.colorMap)
    let fixed = (boundary?.points ?? diagram.points).filter(\.isFixed)
    let bins = (
      x: DisplayRange(lower: diagram.xEdges[0], upper: diagram.xEdges[nx]),
      y: DisplayRange(lower: diagram.yEdges[0], upper: diagram.yEdges[ny])
    )
    let x = try axis("min2d − bias", bins.x, fixed.map(\.x))
    let y = try axis("median2d − min2d", bins.y, fixed.map(\.y))
    let bar = ColorBar(label: "Number of pixels", norm: norm, colorMap: map)
    func panel(_ title: String, _ counts: [Float], _ overlays: [Layer]) -> Panel {
      let image = ImageLayer(
        Plane(width: nx, height: ny, pixels: counts), norm: norm, colorMap: map, binning: .max,
        x1: bins.x.lower, x2: bins.x.upper, y1: bins.y.lower, y2: bins.y.upper)
      let points = MarkerLayer(
        x: fixed.map(\.x), y: fixed.map(\.y), symbol: .square, color: Color.magenta.opacity(0.7), size: 9,
        width: 1.6, label: "Fixed points")
      return Panel(
        title: title, x: x, y: y,
        layers: [.image(image)] + overlays + (fixed.isEmpty ? [] : [.markers(points)]),
        legend: Legend(preferred: .lowerRight), colorBar: bar)
    }
    let simulations =
      diagram.isExact
      ? "Expected counts (exact)" : "Simulated data (mm_nsimulations = \(diagram.simulations))"
    return Figure(
      width: 12.1, height: 5.5, columns: 2,
      panels: [
        panel(simulations, simulated, fits(diagram, boundary)),
        panel("Original data", original, overlays.inside(x, y) + detection(diagram, boundary)),
      ], style: style, links: [[0, 1]])
  }

  /// An exact diagram has probabilities down to nothing; below so many pixels nobody looks.
  private static let least = 1e-4

  /// The range of the bins, and fixed points that lie up to a fifth of it beyond.
  private static func axis(_ label: String, _ bins: DisplayRange, _ fixed: [Double]) throws -> Axis {
    let reach = (bins.upper - bins.lower) * 0.2
    let near = fixed.filter { $0 >= bins.lower - reach && $0 <= bins.upper + reach }
    let margin = reach * 0.15
    return try Axis(
      label, lower: near.filter { $0 < bins.lower }.min().map { $0 - margin } ?? bins.lower,
      upper: near.filter { $0 > bins.upper }.max().map { $0 + margin } ?? bins.upper)
  }

  /// Boundary points and the curve of every iteration.
  private static func fits(_ diagram: Diagram, _ boundary: Boundary?) -> [Layer] {
    let centres = (0..<diagram.xEdges.count - 1).map { diagram.xCentre($0) }
    let points = diagram.points.filter { !$0.isFixed }
    var layers: [Layer] = [
      .markers(
        MarkerLayer(
          x: points.map(\.x), y: points.map(\.y), symbol: .plus, color: .red, size: 6, width: 1,
          halo: Color.white.opacity(0.7)))
    ]
    guard let boundary else { return layers }
    switch boundary.curve {
    case .piecewise:
      layers.append(
        .line(
          LineLayer(
            x: centres, y: centres.map { boundary.value(at: $0) }, color: .red,
            label: "Piecewise linear fit")))
    case .spline(let final):
      let curves = boundary.iterations.isEmpty ? [final] : boundary.iterations
      let dashes: [LineLayer.Dash] = [.solid, .dashed, .dashDotted, .dotted]
      for (k, curve) in curves.enumerated() {
        let color = Color.cycle(k)
        let x = [curve.lower] + centres.filter { $0 > curve.lower && $0 < curve.upper } + [curve.upper]
        let left = centres.first.map { $0 < curve.lower ? [$0] : [] } ?? []
        let right = centres.last.map { $0 > curve.upper ? [$0] : [] } ?? []
        let all = left + x + right
        layers.append(
          .line(
            LineLayer(
              x: all, y: all.map { curve.value(at: min(max($0, curve.lower), curve.upper)) }, color: color,
              width: k == curves.count - 1 ? 2 : 1.4,
              dash: k == curves.count - 1 ? .solid : dashes[(k + 1) % 4],
              label: k == 0 ? "initial spline fit" : "Iteration \(k)")))
        layers.append(
          .markers(
            MarkerLayer(
              x: curve.knots, y: curve.knots.map { curve.value(at: $0) }, symbol: .dot, color: color, size: 5)
          ))
      }
    }
    return layers
  }

  private static func detection(_ diagram: Diagram, _ boundary: Boundary?) -> [Layer] {
    guard let boundary, let first = diagram.xEdges.first, let last = diagram.xEdges.last else { return [] }
    return [.line(boundary.line(from: first, to: last, color: .red))]
  }
}

extension [Layer] {
  /// Symbols outside the axes left out.
  fileprivate func inside(_ x: Axis, _ y: Axis) -> [Layer] {
    map { layer in
      guard case .markers(var markers) = layer else { return layer }
      let chosen = markers.x.indices.filter {
        (x.lower...x.upper).contains(markers.x[$0]) && (y.lower...y.upper).contains(markers.y[$0])
      }
      (markers.x, markers.y) = (chosen.map { markers.x[$0] }, chosen.map { markers.y[$0] })
      return .markers(markers)
    }
  }
}

extension Boundary {
  /// The curve as the documents' figures draw it: constant outside its ends.
  func line(from first: Double, to last: Double, color: Color) -> LineLayer {
    var drawn = self
    drawn.outside = .constant
    let x = (0..<200).map { first + (last - first) * Double($0) / 199 }
    return LineLayer(
      x: x, y: x.map { drawn.value(at: $0) }, color: color, width: 1.8, label: "Detection boundary")
  }
}
