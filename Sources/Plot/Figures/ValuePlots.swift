import Files
import Kernels

/// `plot` of the shell's values: one figure for each type.
package enum ValuePlots {
  /// An image with its colour bar; what `mask` flags has a red outline. A row or column is a line, with red dots where
  /// `mask` flags it.
  ///
  /// - Throws: `CRSError` when region, limits or mask do not suit the image.
  package static func image(
    _ image: Image, mask: Mask? = nil, title: String? = nil, display: ImageDisplay = ImageDisplay(),
    style: PlotStyle = .screen
  ) throws -> Figure {
    let unit = image.unit.description
    if let region = display.region, region.width == 1 || region.height == 1, region.width + region.height > 2,
      image.width > 1, image.height > 1
    {
      var whole = display
      whole.region = nil
      try checkMask(mask, over: image.shape)
      let inside = try region.validated(inside: image.shape, parameter: "region")
      return try self.image(
        image.section(inside), mask: mask.map { $0.section(inside) }, title: title, display: whole,
        style: style)
    }
    if image.width == 1 || image.height == 1, image.pixels.count > 1 {
      return try profile(
        image, mask: mask, title: title, label: unit.isEmpty ? "Pixel value" : "Pixel value [\(unit)]",
        display: display, style: style)
    }
    return try plane(
      image.pixels, corner: image.header.corner, mask: mask, title: title,
      barLabel: unit.isEmpty ? "Pixel value" : "Pixel value [\(unit)]",
      display: display, style: style)
  }

  /// A plane of numbers as an image.
  ///
  /// - Parameter corner: what is added to the pixels of a section to have those of the full frame.
  package static func plane(
    _ plane: Plane<Float>, corner: (x: Int, y: Int) = (0, 0), mask: Mask? = nil, title: String? = nil,
    barLabel: String = "Number of counts",
    display: ImageDisplay = ImageDisplay(), style: PlotStyle = .screen
  ) throws -> Figure {
    try checkPixels(plane.shape)
    try checkMask(mask, over: plane.shape)
    let section = try display.region?.validated(inside: plane.shape, parameter: "region")
    let shown = section.map { plane[$0] } ?? plane
    let (x, y) = ((section?.x1 ?? 1) + corner.x, (section?.y1 ?? 1) + corner.y)
    var overlays: [Layer] = []
    if let mask {
      let part = section.map { Mask(plane: mask.plane[$0]) } ?? mask
      overlays.append(overlay(part, firstX: x, firstY: y))
    }
    // Over grey a red outline is the only colour.
    let map = mask != nil && display.colorMap == .viridis ? ColorMap.gray : display.colorMap
    let panel = Panel.image(
      shown, norm: try display.norm(of: shown.pixels), title: title, colorMap: map, firstX: x, firstY: y,
      overlays: overlays, barLabel: barLabel)
    let size = Figure.size(of: shown.shape)
    return Figure(width: size.width, height: size.height, panels: [panel], style: style)
  }

  /// A mask: flagged pixels black on white.
  package static func mask(
    _ mask: Mask, title: String? = nil, region: Section? = nil, style: PlotStyle = .screen
  ) throws -> Figure {
    try checkPixels(mask.shape)
    let section = try region?.validated(inside: mask.shape, parameter: "region")
    let shown = section.map { Mask(plane: mask.plane[$0]) } ?? mask
    let panel = Panel.image(
      shown.plane.map { Float($0) }, norm: try Norm(.linear, lower: -0.5, upper: 1.5),
      title: title ?? "\(shown.flagged) of \(shown.plane.count) pixels flagged",
      colorMap: ColorMap(colors: [0xFFFFFF, 0x000000]), firstX: (section?.x1 ?? 1) + mask.corner.x,
      firstY: (section?.y1 ?? 1) + mask.corner.y, barLabel: "", categories: ["0", "1"])
    let size = Figure.size(of: shown.shape)
    return Figure(width: size.width, height: size.height, panels: [panel], style: style)
  }

  /// All exposures of a stack side by side with common limits.
  package static func stack(
    _ stack: Stack, title: String? = nil, display: ImageDisplay = ImageDisplay(), style: PlotStyle = .screen
  ) throws -> Figure {
    try contactSheet(
      stack.exposures.map(\.pixels), names: (1...stack.count).map { "exposure \($0)/\(stack.count)" },
      corner: stack.exposures.first?.header.corner ?? (0, 0), title: title, display: display, style: style)
  }

  /// Every mask of a run side by side.
  package static func maskSet(_ set: MaskSet, title: String? = nil, style: PlotStyle = .screen) throws
    -> Figure
  {
    let masks = [set.medianCR, set.meanCRT] + set.exposures
    let names = ["MEDIANCR", "MEANCRT"] + set.exposures.indices.map { "CRMASK\($0 + 1)" }
    try checkPixels(set.shape)
    let norm = try Norm(.linear, lower: -0.5, upper: 1.5)
    let panels = zip(masks, names).map { mask, name in
      Panel.image(
        mask.plane.map { Float($0) }, norm: norm, title: "\(name): \(mask.flagged) pixels",
        colorMap: ColorMap(colors: [0xFFFFFF, 0x000000]), barLabel: nil)
    }
    return sheet(panels, shape: set.shape, title: title, style: style)
  }

  /// The counts of all pixel values, or of those between vmin and vmax; whole numbers have whole bins.
  package static func histogram(
    _ plane: Plane<Float>, title: String? = nil, label: String = "Pixel value",
    display: ImageDisplay = ImageDisplay(scale: .percentile(99.8)), style: PlotStyle = .screen
  ) throws -> Figure {
    try checkPixels(plane.shape)
    let section = try display.region?.validated(inside: plane.shape, parameter: "region")
    let shown = section.map { plane[$0] } ?? plane
    let finite = shown.pixels.contains { $0.isFinite }
    guard finite else { throw CRSError.data("no finite pixel to count") }
    let norm = try Self.range(of: shown.pixels, display)
    var counts = Histogram(lower: norm.lower, upper: norm.upper, values: shown.pixels)
    counts.add(shown.pixels)
    let panel = Panel(
      title: title, x: Axis(label, around: DisplayRange(lower: norm.lower, upper: norm.upper), margin: 0.02),
      y: Histogram.countAxis("Number of pixels", largest: counts.counts.max() ?? 1),
      layers: [
        .steps(
          StepLayer(
            edges: counts.edges, heights: counts.counts, color: .cycle(0), fill: Color.cycle(0).opacity(0.25))
        )
      ])
    return Figure(width: 6.4, height: 4.8, panels: [panel], style: style)
  }

  /// From the faintest to the brightest pixel, unless limits are given.
  private static func range(of pixels: [Float], _ display: ImageDisplay) throws -> DisplayRange {
    // Limits in the wrong order are an error as everywhere.
    if display.vmin != nil, display.vmax != nil { _ = try display.norm(of: pixels) }
    let finite = pixels.filter(\.isFinite)
    let lower = display.vmin ?? Double(finite.min() ?? 0)
    let upper = display.vmax ?? Double(finite.max() ?? 1)
    return DisplayRange(lower: lower, upper: upper > lower ? upper : lower + max(abs(lower) * 1e-3, 1))
  }

  /// A row or column as a line over its pixels, between the display's limits.
  static func profile(
    _ whole: Image, mask: Mask?, title: String?, label: String, display: ImageDisplay, style: PlotStyle
  ) throws -> Figure {
    try checkMask(mask, over: whole.shape)
    let section = try display.region?.validated(inside: whole.shape, parameter: "region")
    let image = section.map { whole.section($0) } ?? whole
    let flags: Mask? = section.flatMap { inside in mask.map { $0.section(inside) } } ?? mask
    let isRow = image.height == 1
    let values = image.pixels.pixels.map(Double.init)
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else {
      throw CRSError.data("no finite pixel to draw")
    }
    let first = 1 + (isRow ? image.header.corner.x : image.header.corner.y)
    let places = values.indices.map { Double(first + $0) }
    let x = Axis(
      isRow ? "X pixel" : "Y pixel",
      around: DisplayRange(lower: Double(first), upper: Double(first + values.count - 1)), margin: 0.02)
    let y: Axis
    if display.vmin != nil || display.vmax != nil {
      let limits = try display.norm(of: image.pixels.pixels)
      y = try Axis(
        label, lower: display.vmin ?? min(low, limits.lower), upper: display.vmax ?? max(high, limits.upper))
    } else {
      y = Axis(label, around: DisplayRange(lower: low, upper: high))
    }
    var layers: [Layer] = [
      .line(LineLayer(x: places, y: values, color: .cycle(0))),
      .markers(MarkerLayer(x: places, y: values, symbol: .dot, color: .cycle(0), size: 3)),
    ]
    let marks = flags?.plane.pixels ?? []
    let flagged: [Int] = marks.indices.filter { marks[$0] != 0 }
    if !flagged.isEmpty {
      layers.append(
        .markers(
          MarkerLayer(
            x: flagged.map { places[$0] }, y: flagged.map { values[$0] }, symbol: .dot,
            color: Color(0xFF3B30),
            size: 6, label: "Flagged")))
    }
    return Figure(
      width: 6.4, height: 4.8,
      panels: [Panel(title: title, x: x, y: y, layers: layers, legend: flagged.isEmpty ? nil : Legend())],
      style: style)
  }

  private static func checkMask(_ mask: Mask?, over shape: Shape) throws {
    guard let mask, mask.shape != shape else { return }
    throw CRSError.data(
      "a mask of \(mask.shape) over an image of \(shape)", parameter: "mask", expected: "equal shapes")
  }

  // MARK: - Parts

  private static func contactSheet(
    _ planes: [Plane<Float>], names: [String], corner: (x: Int, y: Int), title: String?,
    display: ImageDisplay, style: PlotStyle
  ) throws -> Figure {
    guard let first = planes.first else { throw CRSError.data("an empty stack has no figure") }
    try checkPixels(first.shape)
    let section = try display.region?.validated(inside: first.shape, parameter: "region")
    let shown = planes.map { plane in section.map { plane[$0] } ?? plane }
    let norms = try shown.map { try display.norm(of: $0.pixels) }
    let norm = try Norm(
      display.norm, lower: norms.map(\.lower).min() ?? 0, upper: norms.map(\.upper).max() ?? 1)
    let panels = zip(shown, names).map { plane, name in
      Panel.image(
        plane, norm: norm, title: name, colorMap: display.colorMap, firstX: (section?.x1 ?? 1) + corner.x,
        firstY: (section?.y1 ?? 1) + corner.y)
    }
    return sheet(panels, shape: shown[0].shape, title: title, style: style)
  }

  private static func sheet(_ panels: [Panel], shape: Shape, title: String?, style: PlotStyle) -> Figure {
    let columns =
      panels.count <= 1
      ? 1
      : panels.count <= 4
        ? 2
        : panels.count <= 9
          ? 3
          : panels.count <= 16
            ? 4 : max(6, Int(Double(panels.count).squareRoot().rounded(.up)))
    let rows = (panels.count + columns - 1) / columns
    let width = 12.0
    let size = Figure.size(of: shape, width: width / Double(columns))
    return Figure(
      width: width, height: min(Double(rows) * size.height + 0.3, 40), title: title, columns: columns,
      panels: panels, style: style, links: [Array(panels.indices)], sharesLabels: true)
  }

  /// The outlines of what a mask flags, which leave the pixels visible; all of them filled where there are so many that
  /// nothing would be seen between the lines.
  private static func overlay(_ mask: Mask, firstX: Int, firstY: Int) -> Layer {
    if let outline = MaskOutline(mask, firstX: firstX, firstY: firstY) {
      return .line(LineLayer(x: outline.x, y: outline.y, color: Color(0xFF3B30), width: 0.7))
    }
    return .image(
      ImageLayer(
        mask.overlay, norm: Norm(linear: DisplayRange(lower: 0, upper: 1)),
        colorMap: ColorMap(colors: [0xFF3B30]), binning: .max, firstX: firstX, firstY: firstY))
  }

  static func checkPixels(_ shape: Shape) throws {
    guard shape.width > 0, shape.height > 0 else {
      throw CRSError.data("an image without pixels has no figure", expected: "at least one pixel")
    }
  }
}
