import Core

/// The figures of cr2images at debug_level 1 and 2 (cr2images.md section 9).
///
/// All axes are FITS pixels of the exposure concerned, so `zoom` means the same sky everywhere.
public struct PairFigures: Sendable {
  public var result: CR2ImagesResult
  /// The exposures as given; `second` is nil for a single one.
  public var first: Plane<Float>
  public var second: Plane<Float>?
  /// zoom_region_imshow in pixels of the first exposure; nil: everything.
  public var zoom: Section?
  public var aspect: Panel.Aspect
  public var style: PlotStyle

  public init(
    result: CR2ImagesResult, first: Plane<Float>, second: Plane<Float>?, zoom: Section? = nil,
    aspect: Panel.Aspect = .equal, style: PlotStyle = .screen
  ) {
    (self.result, self.first, self.second) = (result, first, second)
    (self.zoom, self.aspect, self.style) = (zoom, aspect, style)
  }

  /// The figures in the order in which the documents show them, each named by its title.
  ///
  /// - Parameter level: debug_level; 0 gives none, 2 needs a result with `planes`.
  /// - Throws: `CRSError` (data) when the zoom leaves the image or the planes were not kept.
  public func figures(level: Int) throws -> [NamedFigure] {
    guard level > 0 else { return [] }
    var all: [NamedFigure] = []
    let planes = result.planes
    if level >= 2 {
      guard let planes else {
        throw CRSError.data("the planes of the detection were not kept", parameter: "debug_level")
      }
      all += [try histogram(planes), try difference(planes)]
    }
    all.append(try data("data1", first, mask: nil, isSecond: false))
    if level >= 2, let planes { all += try labels(planes.positive, "pos", isSecond: false) }
    all.append(try data("data1 with C.R.", first, mask: result.mask1, isSecond: false))
    all.append(try data("data1c", result.clean1.pixels, mask: nil, isSecond: false))
    guard let second, !result.parameters.singleMode else { return all }
    all.append(try data("data2", second, mask: nil, isSecond: true))
    if level >= 2, let negative = planes?.negative { all += try labels(negative, "neg", isSecond: true) }
    all.append(try data("data2 with C.R.", second, mask: result.mask2, isSecond: true))
    all.append(try data("data2c", result.clean2.pixels, mask: nil, isSecond: true))
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

  private func labels(_ labels: CR2ImagesPlanes.Labels, _ side: String, isSecond: Bool) throws
    -> [NamedFigure]
  {
    let columns = isSecond ? result.overlap.columns2 : result.overlap.columns
    let rows = isSecond ? result.overlap.rows2 : result.overlap.rows
    return try [
      ("labels_\(side)_peak", labels.peak), ("labels_\(side)_tail", labels.tail),
      ("labels_\(side)_tail_in_peak", labels.tailInPeak),
    ].map { title, plane in
      try image(
        title, plane.map { Float($0) }, firstX: columns.lowerBound + 1, firstY: rows.lowerBound + 1,
        isSecond: isSecond, overlays: [], isLabels: true)
    }
  }

  private func difference(_ planes: CR2ImagesPlanes) throws -> NamedFigure {
    let reach = result.parameters.tsigmaPeak * result.robustStandardDeviation
    let limits = DisplayRange(lower: result.median - reach, upper: result.median + reach)
    return try image(
      "diff: overlapping data1 - data2", planes.difference, firstX: result.overlap.columns.lowerBound + 1,
      firstY: result.overlap.rows.lowerBound + 1, isSecond: false, overlays: [], limits: limits,
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
    let (dx, dy) = (result.overlap.ioffx, result.overlap.ioffy)
    return try? Section(
      x1: max(section.x1 - dx, 1), x2: section.x2 - dx, y1: max(section.y1 - dy, 1), y2: section.y2 - dy)
  }

  private func rectangles(isSecond: Bool) -> [Layer] {
    func layer(_ sections: [Section], _ color: Color) -> Layer {
      let shown = isSecond ? sections.compactMap(moved) : sections
      return .rectangles(RectangleLayer(sections: shown, color: color))
    }
    var layers: [Layer] = []
    if let skipped = result.parameters.skippedRegions, !skipped.isEmpty {
      layers.append(layer(skipped, .yellow))
    }
    if let region = result.parameters.imageRegion { layers.append(layer([region], .cyan)) }
    return layers
  }

  // MARK: - Histogram

  private func histogram(_ planes: CR2ImagesPlanes) throws -> NamedFigure {
    let reach = 10 * result.parameters.tsigmaPeak * result.robustStandardDeviation
    var counts = Histogram(
      lower: max(planes.range.lowerBound, result.median - reach),
      upper: min(planes.range.upperBound, result.median + reach), bins: 99)
    counts.add(planes.difference.pixels)
    let x = Axis(
      "ADU", around: DisplayRange(lower: counts.edges[0], upper: counts.edges[99]), margin: 0.02)
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
