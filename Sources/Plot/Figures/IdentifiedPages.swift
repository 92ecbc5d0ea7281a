import Kernels

/// The pages of mediancr_identified_cr.pdf, one for each group of MEDIANCR.
///
/// Pages are made when they are asked for, so that 200 of them never exist at once.
package struct IdentifiedPages: Sequence, Sendable {
  package static let name = "mediancr_identified_cr"

  private let exposures: [Plane<Float>]
  private let median: Plane<Float>
  private let codes: Plane<UInt8>
  private let minimum: Plane<Float>
  private let groups: GroupRuns
  private let semiwindow: Int
  private let scale: DisplayScale
  private let style: PlotStyle
  /// Number of pages.
  package let count: Int

  /// - Parameters:
  ///   - codes: 0 none, 1 dilation, 2 diagram, 3 L.A.Cosmic, 4 both.
  ///   - minimum: of the exposures: what flagged pixels are replaced by.
  ///   - semiwindow: pixels shown to each side of a group's centre.
  ///   - scale: `.zscale` or `.minMax` of the median's window (color_scale).
  ///   - maxplots: pages at most; negative: all, at most 200.
  /// - Throws: `CRSError` (data) when shapes differ.
  package init(
    exposures: [Plane<Float>], median: Plane<Float>, codes: Plane<UInt8>, minimum: Plane<Float>,
    groups: ConnectedRuns, semiwindow: Int = 15, scale: DisplayScale = .zscale, maxplots: Int = -1,
    style: PlotStyle = .screen
  ) throws {
    guard codes.shape == median.shape, minimum.shape == median.shape,
      exposures.allSatisfy({ $0.shape == median.shape })
    else { throw CRSError.data("planes of different shapes on one page", expected: "equal shapes") }
    self.exposures = exposures
    self.median = median
    self.codes = codes
    self.minimum = minimum
    self.groups = GroupRuns(groups)
    (self.semiwindow, self.scale, self.style) = (semiwindow, scale, style)
    count = GroupWindow.pageCount(groups: groups.count, maxplots: maxplots)
  }

  package func makeIterator() -> AnyIterator<Figure> { GroupWindow.pages(count, page) }

  /// The page of group `number`, counted from 1; nil when there is none.
  package func page(_ number: Int) -> Figure? {
    guard
      let section = GroupWindow(number, of: groups, semiwindow: semiwindow, shape: median.shape)?.section
    else { return nil }
    let middle = median[section]
    let norm = Norm(linear: scale.range(of: middle.pixels))
    var panels = exposures.prefix(9).enumerated().map { k, exposure in
      Panel.image(
        exposure[section], norm: norm, title: "image#\(k + 1)/\(exposures.count)", firstX: section.x1,
        firstY: section.y1)
    }
    panels.append(Panel.image(middle, norm: norm, title: "median", firstX: section.x1, firstY: section.y1))
    panels.append(flags(section))
    var cleaned = middle
    let (flagged, lowest) = (codes[section], minimum[section])
    for i in 0..<cleaned.count where flagged.pixels[i] != 0 { cleaned.pixels[i] = lowest.pixels[i] }
    panels.append(
      Panel.image(
        cleaned, norm: Norm(linear: scale.range(of: cleaned.pixels)), title: "median corrected",
        firstX: section.x1, firstY: section.y1))
    return Figure.page(
      panels, title: "CR#\(number)/\(groups.count)",
      columns: GroupWindow.columns(exposures: exposures.count, extra: 3), window: section, style: style)
  }

  /// Which method flagged what: five colours, and signs for those who do not see them.
  private func flags(_ section: Section) -> Panel {
    let codes = codes[section]
    let colors: [UInt32] = [0x000000, 0x8C8C8C, 0x2B4DE0, 0xD8261C, 0xFFE119]
    let side = Double(Swift.max(section.width, section.height))
    let size = Swift.min(Swift.max(100 / side, 1.2), 9)
    func signs(_ code: UInt8, _ symbol: MarkerLayer.Symbol, _ color: Color) -> Layer {
      let found = codes.pixels.indices.filter { codes.pixels[$0] == code }
      return .markers(
        MarkerLayer(
          x: found.map { Double($0 % codes.width + section.x1) },
          y: found.map { Double($0 / codes.width + section.y1) }, symbol: symbol, color: color, size: size,
          width: size * 0.16))
    }
    let names = ["0: no CR", "1: dilation", "2: mm  +", "3: la  ×", "4: mm & la  ○"]
    var panel = Panel.image(
      codes.map { Float($0) }, norm: Norm(linear: DisplayRange(lower: -0.5, upper: 4.5)),
      title: "flag_integer_dilated", colorMap: ColorMap(colors: colors), binning: .nearest,
      firstX: section.x1, firstY: section.y1,
      overlays: [signs(2, .plus, .white), signs(3, .cross, .white), signs(4, .circle, .black)],
      barLabel: "", categories: names)
    panel.hasPixelGrid = true
    return panel
  }
}

extension Figure {
  /// A page of panels that all show one window and zoom together.
  static func page(
    _ panels: [Panel], title: String, columns: Int, window: Section, style: PlotStyle
  ) -> Figure {
    let rows = (panels.count + columns - 1) / columns
    let ratio = Swift.min(Swift.max(Double(window.height) / Double(window.width), 0.35), 2)
    let width = 3.4 * Double(columns)
    return Figure(
      width: width, height: Swift.min(Double(rows) * (2.2 * ratio + 0.55) + 0.6, 14), title: title,
      columns: columns, panels: panels, style: style, links: [Array(panels.indices)], sharesLabels: true)
  }
}
