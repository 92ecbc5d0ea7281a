import Files
import Kernels

/// The figures flux_factor1..n: how the flux factor of one exposure was found.
package struct FluxFactorFigure: Sendable {
  /// One side of the histogram: ratios below or above 1.
  package struct Side: Sendable {
    /// What the spline is fitted to: pixel value and ratio.
    package var points: [(value: Double, ratio: Double)]
    /// Pixel value as a function of the ratio; nil when the fit failed.
    package var spline: CubicSpline?
    /// The largest value of the spline and its ratio.
    package var mode: (value: Double, ratio: Double)?

    package init(
      points: [(value: Double, ratio: Double)], spline: CubicSpline?, mode: (value: Double, ratio: Double)?
    ) {
      (self.points, self.spline, self.mode) = (points, spline, mode)
    }
  }
  /// Number of the exposure, from 1.
  package var number: Int
  /// Edges of the bins in pixel value and in ratio.
  package var valueEdges: [Double]
  package var ratioEdges: [Double]
  /// Counts, row (ratio) after row, before and after cleaning.
  package var counts: [Double]
  package var cleaned: [Double]
  /// Below and above 1.
  package var sides: [Side]
  /// The adopted factor.
  package var factor: Double
  /// The fit was impossible and the factor is 1 for want of a better one.
  package var isFailed: Bool
  /// The factor of the fit by least squares, drawn beside the adopted one; nil for none.
  package var fitted: Double?

  package init(
    number: Int, valueEdges: [Double], ratioEdges: [Double], counts: [Double], cleaned: [Double],
    sides: [Side], factor: Double, isFailed: Bool = false, fitted: Double? = nil
  ) {
    self.fitted = fitted
    (self.number, self.valueEdges, self.ratioEdges) = (number, valueEdges, ratioEdges)
    (self.counts, self.cleaned, self.sides) = (counts, cleaned, sides)
    (self.factor, self.isFailed) = (factor, isFailed)
  }

  /// File name without its ending.
  package var name: String { "flux_factor\(number)" }

  /// - Throws: `CRSError` (data) when bins and counts do not fit together.
  package func figure(style: PlotStyle = .screen) throws -> Figure {
    let nx = valueEdges.count - 1
    let ny = ratioEdges.count - 1
    guard nx > 0, ny > 0, counts.count == nx * ny, cleaned.count == nx * ny else {
      throw CRSError.data(
        "\(counts.count) and \(cleaned.count) counts for \(nx) x \(ny) bins", expected: "one count a bin")
    }
    let filled = counts.filter { $0 > 0 }
    let lower = max(filled.min() ?? 1, 1)
    let norm = try Norm(.log, lower: lower, upper: max(filled.max() ?? 1, lower * 10))
    let x = try Axis("pixel value", lower: valueEdges[0], upper: valueEdges[nx])
    let y = try Axis("ratio image/median", lower: ratioEdges[0], upper: ratioEdges[ny])
    let map = ColorMap.counts(style.colorMap)
    let bar = ColorBar(label: "Number of pixels", norm: norm, colorMap: map)
    func panel(_ counts: [Double], _ overlays: [Layer]) -> Panel {
      let image = ImageLayer(
        Plane(width: nx, height: ny, pixels: counts.map { $0 > 0 ? Float($0) : .nan }), norm: norm,
        colorMap: map, binning: .max, x1: x.lower, x2: x.upper, y1: y.lower, y2: y.upper)
      return Panel(
        title: "Image #\(number)", x: x, y: y, layers: [.image(image)] + overlays, colorBar: bar)
    }
    return Figure(
      width: 12, height: 5.5, columns: 2, panels: [panel(counts, []), panel(cleaned, overlays(x, y))],
      style: style, links: [[0, 1]])
  }

  private func overlays(_ x: Axis, _ y: Axis) -> [Layer] {
    var layers: [Layer] = []
    for (index, side) in sides.enumerated() {
      let color = Color.cycle(index)
      layers.append(
        .markers(
          MarkerLayer(
            x: side.points.map(\.value), y: side.points.map(\.ratio), symbol: .cross, color: color, size: 5,
            width: 0.9)))
      if let spline = side.spline {
        let ratios = (0...200).map { spline.lower + (spline.upper - spline.lower) * Double($0) / 200 }
        layers.append(.line(LineLayer(x: ratios.map { spline.value(at: $0) }, y: ratios, color: color)))
        layers.append(
          .markers(
            MarkerLayer(
              x: spline.knots.map { spline.value(at: $0) }, y: spline.knots, symbol: .dot, color: color,
              size: 4)))
      }
      if let mode = side.mode {
        layers.append(
          .markers(MarkerLayer(x: [mode.value], y: [mode.ratio], symbol: .dot, color: color, size: 9)))
      }
    }
    if let fitted {
      layers.append(
        .line(LineLayer(x: [x.lower, x.upper], y: [fitted, fitted], color: .black, dash: .dashed)))
      // The two labels keep clear of each other.
      let side = fitted < factor ? -0.06 : 0.035
      layers.append(
        .text(
          TextLayer(
            "fit " + NumberText.fixed(fitted, decimals: 3), x: x.lower + 0.72 * (x.upper - x.lower),
            y: fitted + side * (y.upper - y.lower), color: .black)))
    }
    let color = isFailed || factor == 1 ? Color.black : Color.cycle(factor < 1 ? 0 : 1)
    layers.append(
      .line(
        LineLayer(
          x: [x.lower, x.upper], y: [factor, factor], color: color, dash: isFailed ? .solid : .dotted)))
    layers.append(
      .text(
        TextLayer(
          NumberText.fixed(factor, decimals: 3), x: x.lower + 0.9 * (x.upper - x.lower),
          y: factor + ((fitted ?? factor) > factor ? -0.06 : 0.035) * (y.upper - y.lower), color: color)))
    return layers
  }
}
