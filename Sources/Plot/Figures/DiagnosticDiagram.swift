import Kernels

/// The four-panel figures diagnostic_mediancr, diagnostic_meancr and diagnostic_crmask1..n.
package struct DiagnosticDiagram: Sendable {
  /// Minimum of the exposures [ADU after bias subtraction].
  package var min2d: Plane<Float>
  /// What is examined: median2d, mean2d or one exposure [ADU after bias subtraction].
  package var target: Plane<Float>
  /// Its name in labels: `median2d`, `mean2d`, `array1`, ...
  package var targetName: String
  package var mean2d: Plane<Float>
  /// What found each pixel: 0 nothing, 1 L.A.Cosmic, 2 the median-minimum diagram, 3 both.
  package var finders: Plane<UInt8>
  /// Whether each of them was used.
  package var usesLacosmic: Bool
  package var usesMM: Bool
  package var boundary: Boundary?
  /// mm_threshold [ADU].
  package var threshold: Double?
  /// min2d range of the diagram [ADU], as `xEdges` of `Diagram`; nil: that of the data.
  package var xRange: ClosedRange<Double>?

  package init(
    min2d: Plane<Float>, target: Plane<Float>, targetName: String, mean2d: Plane<Float>,
    finders: Plane<UInt8>, usesLacosmic: Bool, usesMM: Bool, boundary: Boundary? = nil,
    threshold: Double? = nil, xRange: ClosedRange<Double>? = nil
  ) {
    (self.min2d, self.target, self.targetName, self.mean2d) = (min2d, target, targetName, mean2d)
    (self.finders, self.usesLacosmic, self.usesMM) = (finders, usesLacosmic, usesMM)
    (self.boundary, self.threshold, self.xRange) = (boundary, threshold, xRange)
  }

  /// The figure; panels (a) and (b) zoom together, and so do (c) and (d).
  ///
  /// - Throws: `CRSError` (data) when planes and masks have different shapes.
  package func figure(style: PlotStyle = .screen) throws -> Figure {
    let shape = min2d.shape
    guard target.shape == shape, mean2d.shape == shape, finders.shape == shape else {
      throw CRSError.data(
        "planes of \(shape), \(target.shape) and \(mean2d.shape) in one diagnostic diagram",
        expected: "equal shapes")
    }
    let suspects = Suspects(
      min2d: min2d, target: target, finders: finders, usesLacosmic: usesLacosmic, usesMM: usesMM)
    let (x, y) = axes(suspects)
    let marked = suspects.classes
    let suspected = usesLacosmic || usesMM ? Mask(plane: finders) : nil
    let total = marked.reduce(0) { $0 + $1.count }
    // Smaller symbols in a crowd, so that they do not cover the image.
    let size = max(2, 6.5 * min(1, (600 / Double(max(total, 1))).squareRoot()))
    var diagram: [Layer] = [
      .density(
        DensityLayer(
          x: min2d.pixels, y: target.pixels, subtractsX: true, excluded: suspected,
          label: "Non-suspected pixels"))
    ]
    diagram += marked.filter { !$0.isOptional || $0.count > 0 }.map { group in
      .markers(
        MarkerLayer(
          x: group.min2d, y: group.excess, symbol: group.symbol, color: group.color, size: size,
          width: 0.35 + 0.13 * size, label: "Suspected pixels: \(group.count) (\(group.name))"))
    }
    if let boundary { diagram.append(.line(boundary.line(from: x.lower, to: x.upper, color: .cycle(1)))) }
    if let threshold {
      diagram.append(
        .line(
          LineLayer(
            x: [x.lower, x.upper], y: [threshold, threshold], color: .gray, width: 1.4, dash: .dotted,
            label: "mm_threshold (\(NumberText.fixed(threshold, decimals: 2)))")))
    }
    let a = Panel(
      title: "Median-Mean Diagnostic Diagram", x: x, y: y, layers: diagram,
      legend: Legend(title: "Total: \(total) suspected pixels", preferred: .upperRight), corner: "(a)")
    let numbers = NumberLayer(
      groups: marked.reversed().map {
        NumberLayer.Group(x: $0.min2d, y: $0.excess, color: $0.color, face: $0.face)
      })
    let b = Panel(
      title: "Sequence numbers of suspected pixels", x: x,
      y: y, layers: [.numbers(numbers)], corner: "(b)")
    let norm = Norm(linear: .zscale(target.pixels))
    let columns = Axis(pixels: "X pixel (from 1 to NAXIS1)", count: shape.width)
    let rows = Axis(pixels: "Y pixel (from 1 to NAXIS2)", count: shape.height)
    let bar = ColorBar(label: "Number of counts", norm: norm, colorMap: .viridis)
    func image(_ plane: Plane<Float>, _ title: String, _ overlays: [Layer], _ corner: String) -> Panel {
      Panel(
        title: title, x: columns, y: rows, layers: [.image(ImageLayer(plane, norm: norm))] + overlays,
        colorBar: bar, corner: corner)
    }
    // In a crowd each suspected pixel is a dot of about its own size.
    let isCrowd = total > 5000
    let dot = max(0.8, 340 / Double(max(shape.width, 1)))
    let symbols = marked.map { group in
      let inside = group.min2d.indices.filter {
        group.min2d[$0] >= x.lower && group.min2d[$0] <= x.upper && group.excess[$0] >= y.lower
          && group.excess[$0] <= y.upper
      }
      return Layer.markers(
        MarkerLayer(
          x: inside.map { group.columns[$0] }, y: inside.map { group.rows[$0] },
          symbol: isCrowd ? .dot : group.symbol, color: group.color, size: isCrowd ? dot : size,
          width: 0.35 + 0.13 * size,
          halo: isCrowd ? nil : Color.white.opacity(0.75)))
    }
    let title =
      targetName.hasPrefix("array") ? "single exposure #\(targetName.dropFirst(5))" : targetName
    return Figure(
      width: 12, height: 8, columns: 2,
      panels: [a, b, image(target, title, symbols, "(c)"), image(mean2d, "mean2d", [], "(d)")],
      style: style, links: [[0, 1], [2, 3]])
  }

  /// Limits that show the diagram's range of min2d and every suspected pixel, the boundary and zero.
  private func axes(_ suspects: Suspects) -> (Axis, Axis) {
    let values =
      xRange.map { DisplayRange(lower: $0.lowerBound, upper: $0.upperBound) } ?? .minMax(min2d.pixels)
    let x = Axis("min2d − bias", around: values)
    let excess = suspects.classes.flatMap(\.excess).filter(\.isFinite)
    var low = min(0, excess.min() ?? 0)
    var high = excess.max() ?? 0
    if let boundary {
      for point in boundary.line(from: x.lower, to: x.upper, color: .black).y {
        high = max(high, point)
        low = min(low, point)
      }
    }
    if high <= low {
      for k in min2d.pixels.indices {
        let value = Double(target.pixels[k] - min2d.pixels[k])
        if value.isFinite { high = max(high, value) }
      }
    }
    let label = "\(targetName) − min2d"
    let range = DisplayRange(lower: low, upper: high)
    // Hits of single exposures are thousands of times as high as the noise, which a linear axis would press into a line.
    guard targetName != "median2d", let noise = bulk(), high > Self.wide * noise else {
      return (x, Axis(label, around: range))
    }
    return (x, Axis(asinh: label + " (asinh scale)", around: range, softening: noise))
  }

  /// Range of hits over the noise beyond which the axis is bent.
  private static let wide = 30.0

  /// Half the height below which nine of ten pixels lie [ADU]; nil where that is nothing.
  private func bulk() -> Double? {
    // A step that shares no divisor with usual widths, so that no column is favoured.
    let step = max(1, target.count / 20_000) | 1
    var values = stride(from: 0, to: target.count, by: step).map { target.pixels[$0] - min2d.pixels[$0] }
    values = values.filter(\.isFinite).sorted()
    guard !values.isEmpty else { return nil }
    let height = Double(values[values.count * 9 / 10]) / 2
    return height > 0 ? height : nil
  }
}
