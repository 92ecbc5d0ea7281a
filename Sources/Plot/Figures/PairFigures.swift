import Kernels

/// The figures of cr2images at debug_level 1 and 2.
///
/// All axes are FITS pixels of the exposure concerned, so `zoom` means the same sky everywhere.
package struct PairFigures: Sendable {
  /// A comparison that kept its planes where `level` is 2.
  package var found: PairComparison
  package var parameters: CR2ImagesParameters
  /// The exposures as given; `second` is nil for a single one.
  package var first: Plane<Float>
  package var second: Plane<Float>?
  /// The same cleaned.
  package var clean1: Plane<Float>
  package var clean2: Plane<Float>
  /// zoom_region_imshow in pixels of the first exposure; nil: everything.
  package var zoom: Section?
  /// Of the pixels, for labels.
  package var unit: String
  package var aspect: Panel.Aspect
  package var style: PlotStyle

  package init(
    _ found: PairComparison, parameters: CR2ImagesParameters, first: Plane<Float>, second: Plane<Float>?,
    clean1: Plane<Float>, clean2: Plane<Float>, zoom: Section? = nil, unit: String = "ADU",
    aspect: Panel.Aspect = .equal, style: PlotStyle = .screen
  ) {
    (self.found, self.parameters, self.first, self.second) = (found, parameters, first, second)
    (self.clean1, self.clean2) = (clean1, clean2)
    (self.zoom, self.unit, self.aspect, self.style) = (zoom, unit, aspect, style)
  }

  /// The figures in the order in which the documents show them, each named by its title.
  ///
  /// - Parameter level: debug_level; 0 gives none, 2 needs a result with `planes`.
  /// - Throws: `CRSError` (data) when the zoom leaves the image or the planes were not kept.
  package func figures(level: Int) throws -> [NamedFigure] {
    guard level > 0 else { return [] }
    var all: [NamedFigure] = []
    if level >= 2 {
      guard let difference = found.difference else {
        throw CRSError.data("the planes of the detection were not kept", parameter: "debug_level")
      }
      all += [try histogram(difference), try self.difference(difference)]
    }
    all.append(try data("data1", first, mask: nil, isSecond: false))
    if level >= 2, let positive = found.first.labels {
      all += try labels(positive, "pos", isSecond: false)
    }
    all.append(try data("data1 with C.R.", first, mask: found.first.mask, isSecond: false))
    all.append(try data("data1c", clean1, mask: nil, isSecond: false))
    guard let second, !parameters.singleMode else { return all }
    all.append(try data("data2", second, mask: nil, isSecond: true))
    if level >= 2, let negative = found.second?.labels {
      all += try labels(negative, "neg", isSecond: true)
    }
    all.append(try data("data2 with C.R.", second, mask: found.second?.mask, isSecond: true))
    all.append(try data("data2c", clean2, mask: nil, isSecond: true))
    return all
  }

  // MARK: - Images

  private func data(_ title: String, _ plane: Plane<Float>, mask: Mask?, isSecond: Bool) throws -> NamedFigure
  {
    var overlays: [Layer] = []
    if let mask {
      let hit = mask.plane.pixels.indices.filter { mask.plane.pixels[$0] != 0 }
      overlays.append(
        .markers(
          MarkerLayer(
            x: hit.map { Double($0 % mask.width + 1) }, y: hit.map { Double($0 / mask.width + 1) },
            symbol: .plus, color: .red, size: 5, width: 1)))
    }
    overlays += rectangles(isSecond: isSecond)
    return try image(title, plane, firstX: 1, firstY: 1, isSecond: isSecond, overlays: overlays)
  }

  private func labels(_ labels: PairLabels, _ side: String, isSecond: Bool) throws
    -> [NamedFigure]
  {
    let columns = isSecond ? found.overlap.columns2 : found.overlap.columns
    let rows = isSecond ? found.overlap.rows2 : found.overlap.rows
    return try [
      ("labels_\(side)_peak", labels.peak), ("labels_\(side)_tail", labels.tail),
      ("labels_\(side)_tail_in_peak", labels.tailInPeak),
    ].map { title, plane in
      try image(
        title, plane.map { Float($0) }, firstX: columns.lowerBound + 1, firstY: rows.lowerBound + 1,
        isSecond: isSecond, overlays: [], isLabels: true)
    }
  }

  private func difference(_ plane: Plane<Float>) throws -> NamedFigure {
    let reach = parameters.tsigmaPeak * found.robustStandardDeviation
    let limits = DisplayRange(lower: found.median - reach, upper: found.median + reach)
    return try image(
      "diff: overlapping data1 - data2", plane, firstX: found.overlap.columns.lowerBound + 1,
      firstY: found.overlap.rows.lowerBound + 1, isSecond: false, overlays: [], limits: limits,
      colorMap: .blueWhiteRed, name: "diff")
  }

  private func image(
    _ title: String, _ plane: Plane<Float>, firstX: Int, firstY: Int, isSecond: Bool, overlays: [Layer],
    limits: DisplayRange? = nil, colorMap: ColorMap = .gray, name: String? = nil, isLabels: Bool = false
  ) throws -> NamedFigure {
    var shown = plane
    var (x, y) = (firstX, firstY)
    if let zoom = try visible(isSecond: isSecond) {
      let whole = Section(whole: plane.shape)
      let (x1, x2) = (max(zoom.x1 - firstX + 1, 1), min(zoom.x2 - firstX + 1, whole.x2))
      let (y1, y2) = (max(zoom.y1 - firstY + 1, 1), min(zoom.y2 - firstY + 1, whole.y2))
      guard x1 <= x2, y1 <= y2 else {
        throw CRSError.data(
          "\(zoom) shows nothing of \(title)", parameter: "zoom_region_imshow",
          expected: "a part of the image")
      }
      shown = plane[try Section(x1: x1, x2: x2, y1: y1, y2: y2)]
      (x, y) = (firstX + x1 - 1, firstY + y1 - 1)
    }
    var range = limits
    var map = colorMap
    if range == nil {
      range = .aroundMedian(shown.pixels)
      if range == nil || isLabels { (range, map) = (.minMax(shown.pixels), .rainbow) }
    }
    if isLabels, shown.pixels.contains(where: { $0 != 0 }) {
      // No group is no colour, so that the first groups stand out as well.
      shown = shown.map { $0 == 0 ? .nan : $0 }
    }
    let norm = Norm(linear: range ?? DisplayRange(lower: 0, upper: 1))
    let size = Figure.size(of: shown.shape)
    let panel = Panel.image(
      shown, norm: norm, title: title, colorMap: map, binning: map == .rainbow ? .max : .mean, firstX: x,
      firstY: y, overlays: overlays, aspect: aspect,
      barLabel: isLabels ? "Group number" : "Number of counts")
    let file = (name ?? title).map { $0 == " " ? "_" : $0 == "." ? "" : String($0) }.joined()
    return NamedFigure(
      file, Figure(width: size.width, height: size.height, panels: [panel], style: style))
  }

  /// The zoom in pixels of the exposure concerned.
  private func visible(isSecond: Bool) throws -> Section? {
    guard let zoom = try zoom?.validated(inside: first.shape, parameter: "zoom_region_imshow") else {
      return nil
    }
    guard isSecond else { return zoom }
    return moved(zoom)
  }

  /// A section of the first exposure in pixels of the second; nil when it lies outside.
  private func moved(_ section: Section) -> Section? {
    let (dx, dy) = (found.overlap.ioffx, found.overlap.ioffy)
    return try? Section(
      x1: max(section.x1 - dx, 1), x2: section.x2 - dx, y1: max(section.y1 - dy, 1), y2: section.y2 - dy)
  }

  private func rectangles(isSecond: Bool) -> [Layer] {
    func layer(_ sections: [Section], _ color: Color) -> Layer {
      let shown = isSecond ? sections.compactMap(moved) : sections
      return .rectangles(RectangleLayer(sections: shown, color: color))
    }
    var layers: [Layer] = []
    if let skipped = parameters.skippedRegions, !skipped.isEmpty {
      layers.append(layer(skipped, .yellow))
    }
    if let region = parameters.imageRegion { layers.append(layer([region], .cyan)) }
    return layers
  }

  // MARK: - Histogram

  private func histogram(_ plane: Plane<Float>) throws -> NamedFigure {
    let reach = 10 * parameters.tsigmaPeak * found.robustStandardDeviation
    var counts = Histogram(
      lower: max(found.range.lowerBound, found.median - reach),
      upper: min(found.range.upperBound, found.median + reach), bins: 99)
    counts.add(plane.pixels)
    let x = Axis(
      unit, around: DisplayRange(lower: counts.edges[0], upper: counts.edges[99]), margin: 0.02)
    let panel = Panel(
      title: "diff: overlapping data1 - data2", x: x,
      y: Histogram.countAxis("Number of pixels", largest: counts.counts.max() ?? 1),
      layers: [
        .steps(
          StepLayer(
            edges: counts.edges, heights: counts.counts, color: .cycle(0), fill: Color.cycle(0).opacity(0.25))
        )
      ])
    return NamedFigure("diff_histogram", Figure(width: 6.4, height: 4.8, panels: [panel], style: style))
  }
}
