import Files
import Kernels

/// The figures histogram_before_flux_factor and histogram_after_flux_factor.
package enum FluxHistogram {
  package static let nameBefore = "histogram_before_flux_factor"
  package static let nameAfter = "histogram_after_flux_factor"

  /// Step histograms of every exposure and of the median, 100 bins over the median's range.
  ///
  /// - Parameters:
  ///   - exposures: [ADU], bias subtracted, one shape.
  ///   - median: their median.
  ///   - regions: the parts that count; nil: the whole image.
  ///   - factors: one divisor an exposure for the figure after; nil for the one before.
  /// - Throws: `CRSError` (data) when shapes or counts do not agree.
  package static func figure(
    exposures: [Plane<Float>], median: Plane<Float>, regions: [Section]? = nil, factors: [Double]? = nil,
    style: PlotStyle = .screen
  ) throws -> Figure {
    guard exposures.allSatisfy({ $0.shape == median.shape }) else {
      throw CRSError.data("exposures and median of different shapes", expected: "equal shapes")
    }
    if let factors, factors.count != exposures.count || !factors.allSatisfy({ $0.isFinite && $0 != 0 }) {
      throw CRSError.data(
        "\(factors.count) flux factors for \(exposures.count) exposures", parameter: "flux_factor",
        expected: "a number other than 0 for each")
    }
    let middle = Histogram.values(of: median, inside: regions)
    let range = DisplayRange.minMax(middle)
    let empty = Histogram(lower: range.lower, upper: range.upper, bins: 100)
    let dashes: [LineLayer.Dash] = [.solid, .dashed, .dashDotted, .dotted]
    var layers: [Layer] = []
    var largest = 1.0
    for (number, exposure) in exposures.enumerated() {
      var histogram = empty
      histogram.add(Histogram.values(of: exposure, inside: regions), dividedBy: factors?[number] ?? 1)
      largest = max(largest, histogram.counts.max() ?? 1)
      layers.append(
        .steps(
          StepLayer(
            edges: histogram.edges, heights: histogram.counts, color: .cycle(number), width: 1.1,
            dash: dashes[number % 4], label: "Image \(number + 1)")))
    }
    var histogram = empty
    histogram.add(middle)
    largest = max(largest, histogram.counts.max() ?? 1)
    layers.append(
      .steps(
        StepLayer(
          edges: histogram.edges, heights: histogram.counts, color: .black, width: 1.5, label: "Median")))
    let x = Axis(
      "pixel value", around: DisplayRange(lower: empty.edges[0], upper: empty.edges[100]), margin: 0.02)
    return Figure(
      width: 6.4, height: 4.8,
      panels: [
        Panel(
          title: factors == nil ? "Before applying flux factor" : "After applying flux factor", x: x,
          y: Histogram.countAxis("Number of pixels", largest: largest), layers: layers,
          legend: Legend(preferred: .upperRight))
      ], style: style)
  }
}
