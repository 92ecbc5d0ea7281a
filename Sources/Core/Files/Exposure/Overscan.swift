import Kernels

/// What the overscan of an exposure tells of its bias and readout noise.
package struct Overscan: Sendable {
  /// Those that are looked at, from left to right or from below.
  package let strips: [EdgeStrip]
  /// The bias: one number, or a plane where amplifiers differ [ADU].
  package let bias: DetectorValue
  /// Readout noise [ADU].
  package let noise: Double
  /// Where it was measured: `BIASSEC [4:13, 1:520]`, `columns 2049 to 2112, outside DATASEC [1:2048, 1:350]`.
  package let text: String
  /// The columns or rows alone.
  package let place: String
  /// Whether only its pixels tell it, and no card.
  package let isSeen: Bool

  /// A number for the bias [ADU].
  package var level: Double { Self.mean(strips) { $0.level } }

  /// Levels of the amplifiers, from left to right; empty where all have one [ADU].
  package let levels: [Double]

  /// The largest difference of an amplifier's level from a bias, with its sign [ADU].
  package func excess(over bias: DetectorValue) -> Double {
    guard !levels.isEmpty else { return level - mean(of: bias) }
    let all = strips.map { $0.level - Self.value(of: bias, at: $0) }
    return all.max { abs($0) < abs($1) } ?? 0
  }

  /// The mean of a bias over the strips [ADU].
  package func mean(of bias: DetectorValue) -> Double {
    guard case .plane = bias else { return bias.typical }
    return Self.mean(strips) { Self.value(of: bias, at: $0) }
  }

  private static func value(of bias: DetectorValue, at strip: EdgeStrip) -> Double {
    guard case .plane(let plane) = bias else { return bias.typical }
    let (x, y) = (strip.section.columns, strip.section.rows)
    let (column, row) = ((x.lowerBound + x.upperBound) / 2, (y.lowerBound + y.upperBound) / 2)
    return column < plane.width && row < plane.height ? Double(plane[column, row]) : 0
  }

  private static func mean(_ strips: [EdgeStrip], _ number: (EdgeStrip) -> Double) -> Double {
    let weight = strips.reduce(0) { $0 + $1.thickness }
    return strips.reduce(0) { $0 + number($1) * Double($1.thickness) } / Double(max(1, weight))
  }

  /// Keywords of sections without light.
  package static let stems = ["BIASSEC", "BSEC"]

  /// Levels closer than this part of the noise are one.
  private static let alike = 0.5

  /// Scatter over the readout noise from which columns at the borders have light.
  private static let lit = 1.8

  /// nil where the header tells no overscan and none can be seen.
  ///
  /// - Parameter readoutNoise: where it is known; columns at the borders that scatter by much more are no overscan [ADU].
  package init?(_ image: Image, readoutNoise: Double? = nil) {
    let area = ImagingArea(image)
    var image = image
    // What is masked tells no level.
    if let mask = image.mask, mask.shape == image.shape, mask.flagged > 0 { image.pixels.leaveOut(mask) }
    if let found = Self.biasSections(image) {
      self.init(found.strips, in: image, area, found.text)
    } else if let area, let strips = Self.outside(area, image), let text = Self.name(strips) {
      self.init(strips, in: image, area, text + ", outside " + area.text)
    } else {
      let strips = EdgeStrip.found(in: image.pixels).filter { strip in
        readoutNoise.map { strip.noise <= Self.lit * $0 } ?? true
      }
      // Dark rows may be those between the slit and the border; columns of overscan tell better.
      let columns = strips.filter { $0.lines == .columns }
      let used = columns.isEmpty ? strips : columns
      guard let text = Self.name(used) else { return nil }
      self.init(used, in: image, nil, text, isSeen: true)
    }
  }

  private init?(
    _ strips: [EdgeStrip], in image: Image, _ area: ImagingArea?, _ text: String, isSeen: Bool = false
  ) {
    guard let first = strips.first else { return nil }
    self.isSeen = isSeen
    (self.strips, place) = (strips, Self.name(strips) ?? text)
    noise = Self.mean(strips) { $0.noise }
    let levels = strips.map(\.level)
    let range = (levels.max() ?? 0) - (levels.min() ?? 0)
    let isOne = range <= max(1, Self.alike * noise)
    self.levels = isOne ? [] : levels
    let parts = isOne ? nil : Self.amplifiers(strips, image, area)
    // More digits than are known only make reports longer.
    bias = parts ?? .constant((100 * Self.mean(strips) { $0.level }).rounded() / 100)
    let known = isOne || first.lines == .rows ? nil : levels.map { $0.short }.joined(separator: ", ")
    self.text =
      text
      + (known.map { (parts == nil ? ", the mean of " : ", one level an amplifier: ") + $0 } ?? "")
  }

  // MARK: - Where it is

  private static func biasSections(_ image: Image) -> (strips: [EdgeStrip], text: String)? {
    for stem in stems {
      // More than half of a frame is no overscan, whatever a card says.
      let found = ImagingArea.sections(stem, in: image.header, shape: image.shape).filter {
        2 * $0.section.width * $0.section.height < image.pixels.count
      }
      guard !found.isEmpty else { continue }
      let strips = found.flatMap { _, section in
        EdgeStrip.measured(
          section, section.width <= section.height ? .columns : .rows, of: image.pixels)
      }
      if !strips.isEmpty {
        return (strips, found.map { "\($0.card) \($0.section)" }.joined(separator: ", "))
      }
    }
    return nil
  }

  /// The columns beside the imaging area, or the rows where there are none.
  private static func outside(_ area: ImagingArea, _ image: Image) -> [EdgeStrip]? {
    guard let bounds = area.bounds else { return nil }
    let (width, height) = (image.width, image.height)
    func strips(_ lines: EdgeStrip.Lines, _ low: Int, _ high: Int) -> [EdgeStrip] {
      guard high - low >= 3 else { return [] }
      let section =
        lines == .columns
        ? try? Section(x1: low, x2: high, y1: bounds.y1, y2: bounds.y2)
        : try? Section(x1: bounds.x1, x2: bounds.x2, y1: low, y2: high)
      return section.map { EdgeStrip.measured($0, lines, of: image.pixels) } ?? []
    }
    let columns = strips(.columns, 1, bounds.x1 - 1) + strips(.columns, bounds.x2 + 1, width)
    if !columns.isEmpty { return columns }
    let rows = strips(.rows, 1, bounds.y1 - 1) + strips(.rows, bounds.y2 + 1, height)
    return rows.isEmpty ? nil : rows
  }

  /// `columns 2049 to 2112`; nil without any.
  private static func name(_ strips: [EdgeStrip]) -> String? {
    guard let first = strips.first else { return nil }
    var ranges: [(Int, Int)] = []
    for strip in strips {
      let range =
        strip.lines == .columns ? (strip.section.x1, strip.section.x2) : (strip.section.y1, strip.section.y2)
      if let last = ranges.last, range.0 - last.1 <= 4 {
        ranges[ranges.count - 1].1 = range.1
      } else {
        ranges.append(range)
      }
    }
    return (first.lines == .columns ? "columns " : "rows ")
      + ranges.map { "\($0.0) to \($0.1)" }.joined(separator: ", ")
  }

  // MARK: - Amplifiers

  /// Levels of several amplifiers beside each other, where the image has the same steps between its equal parts.
  private static func amplifiers(_ strips: [EdgeStrip], _ image: Image, _ area: ImagingArea?)
    -> DetectorValue?
  {
    guard let first = strips.first, strips.allSatisfy({ $0.lines == .columns }), strips.count <= 8 else {
      return nil
    }
    let inner = area?.bounds ?? Self.inner(strips, image)
    guard let inner, inner.width >= 16 * strips.count, inner.height >= 16 else { return nil }
    let width = inner.width / strips.count
    for (k, pair) in zip(strips, strips.dropFirst()).enumerated() {
      let step = pair.1.level - pair.0.level
      let border = inner.x1 + (k + 1) * width
      // Extrapolated from both sides, so that a slope is no step.
      guard let a = level(border - 12..<border - 6, inner, image),
        let b = level(border - 6..<border, inner, image),
        let c = level(border..<border + 6, inner, image),
        let d = level(border + 6..<border + 12, inner, image)
      else { return nil }
      let seen = (c - (d - c) / 2) - (b + (b - a) / 2)
      guard abs(seen - step) < max(0.4 * abs(step), pair.0.noise) else { return nil }
    }
    var plane = Plane(width: image.width, height: image.height, repeating: Float(first.level))
    for x in 0..<image.width {
      let own = strips.first { $0.section.columns.contains(x) }
      let part = min(strips.count - 1, max(0, (x + 1 - inner.x1) / width))
      let level = Float((own ?? strips[part]).level)
      for y in 0..<image.height { plane.pixels[y * image.width + x] = level }
    }
    return .plane(plane)
  }

  /// The columns between strips at both sides, or beside those at one.
  private static func inner(_ strips: [EdgeStrip], _ image: Image) -> Section? {
    let left = strips.filter { $0.section.x2 <= image.width / 2 }.map(\.section.x2).max() ?? 0
    let right = strips.filter { $0.section.x1 > image.width / 2 }.map(\.section.x1).min() ?? image.width + 1
    return try? Section(x1: left + 1, x2: right - 1, y1: 1, y2: image.height)
  }

  /// Median of some columns, counted from 1.
  private static func level(_ columns: Range<Int>, _ inner: Section, _ image: Image) -> Double? {
    var values: [Float] = []
    for x in columns where x >= inner.x1 && x <= inner.x2 {
      for y in inner.rows where image.pixels[x - 1, y].isFinite { values.append(image.pixels[x - 1, y]) }
    }
    return lowMedian(values).map(Double.init)
  }
}
