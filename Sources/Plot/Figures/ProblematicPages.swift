import Kernels

/// The pages of problematic_pixels.pdf, one for each group of pixels hit in every exposure, for any number of exposures.
package struct ProblematicPages: Sequence, Sendable {
  package static let name = "problematic_pixels"

  private let exposures: [Plane<Float>]
  private let masks: [Mask]
  private let median: Plane<Float>
  private let problematic: Mask
  private let groups: GroupRuns
  private let semiwindow: Int
  private let scale: DisplayScale
  private let style: PlotStyle
  /// Number of pages.
  package let count: Int

  /// - Parameters: as `IdentifiedPages`; `masks` are the CRMASKs, one an exposure.
  /// - Throws: `CRSError` (data) when shapes or counts differ.
  package init(
    exposures: [Plane<Float>], masks: [Mask], median: Plane<Float>, problematic: Mask,
    groups: ConnectedRuns, semiwindow: Int = 15, scale: DisplayScale = .zscale, maxplots: Int = -1,
    style: PlotStyle = .screen
  ) throws {
    guard masks.count == exposures.count, problematic.shape == median.shape,
      exposures.allSatisfy({ $0.shape == median.shape }), masks.allSatisfy({ $0.shape == median.shape })
    else {
      throw CRSError.data(
        "exposures and masks that do not belong together", expected: "equal counts and shapes")
    }
    (self.exposures, self.masks, self.median) = (exposures, masks, median)
    self.problematic = problematic
    self.groups = GroupRuns(groups)
    (self.semiwindow, self.scale, self.style) = (semiwindow, scale, style)
    count = GroupWindow.pageCount(groups: groups.count, maxplots: maxplots)
  }

  package func makeIterator() -> AnyIterator<Figure> { GroupWindow.pages(count, page) }

  /// The page of region `number`, counted from 1; nil when there is none.
  package func page(_ number: Int) -> Figure? {
    guard
      let section = GroupWindow(number, of: groups, semiwindow: semiwindow, shape: median.shape)?.section
    else { return nil }
    let norm = Norm(linear: scale.range(of: median[section].pixels))
    // Four exposures a row, each with its mask beneath.
    let shown = Swift.min(exposures.count, 20)
    let columns = style.isNarrow ? (shown > 3 ? 2 : 1) : Swift.min(shown, 4)
    let hit = section.rows.flatMap { y in
      section.columns.filter { problematic[$0, y] }.map { (x: Double($0 + 1), y: Double(y + 1)) }
    }
    let side = Double(Swift.max(section.width, section.height))
    let crosses = Layer.markers(
      MarkerLayer(
        x: hit.map(\.x), y: hit.map(\.y), symbol: .cross, color: .red,
        size: Swift.min(Swift.max(110 / side, 2), 9),
        width: 1))
    var panels: [Panel?] = []
    for first in stride(from: 0, to: shown, by: columns) {
      let row = first..<Swift.min(first + columns, shown)
      let gaps = [Panel?](repeating: nil, count: columns - row.count)
      panels += row.map { k in
        Panel.image(
          exposures[k][section], norm: norm, title: "image#\(k + 1)/\(exposures.count)", firstX: section.x1,
          firstY: section.y1
        )
      }
      panels += gaps
      panels += row.map { k in
        Panel.image(
          masks[k].plane[section].map { Float($0) },
          norm: Norm(linear: DisplayRange(lower: -0.5, upper: 1.5)),
          title: "mask#\(k + 1)/\(exposures.count)", colorMap: ColorMap(colors: [0x20243C, 0xF2E27A]),
          binning: .max, firstX: section.x1, firstY: section.y1, overlays: [crosses], barLabel: "flag",
          categories: ["0", "1"]
        )
      }
      panels += gaps
    }
    let rows = panels.count / columns
    let ratio = Swift.min(Swift.max(Double(section.height) / Double(section.width), 0.35), 2)
    return Figure(
      width: 3.4 * Double(columns), height: Swift.min(Double(rows) * (2.2 * ratio + 0.6) + 0.6, 60),
      title: "Problematic pixels, region #\(number)/\(groups.count)"
        + (shown < exposures.count ? " (the first \(shown) of \(exposures.count) exposures)" : ""),
      columns: columns, panels: panels,
      style: style, links: [Array(panels.indices)], sharesLabels: true)
  }
}
