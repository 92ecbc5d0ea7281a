/// A drawing on one page: panels on a grid, filled row by row from the top left.
///
/// It is a plain value. PNG, PDF and a window draw the same one; zooming makes another one with other limits.
package struct Figure: Sendable {
  /// Size of the page [inch] before the style's width.
  package var width: Double
  package var height: Double
  package var title: String?
  package var columns: Int
  /// nil leaves a cell free.
  package var panels: [Panel?]
  package var style: PlotStyle
  /// Groups of panels (counted from 0) that zoom together.
  package var links: [[Int]]
  /// Only the panels at the left and the bottom of the grid have axis labels.
  package var sharesLabels: Bool

  package init(
    width: Double, height: Double, title: String? = nil, columns: Int = 1, panels: [Panel?],
    style: PlotStyle = .screen, links: [[Int]] = [], sharesLabels: Bool = false
  ) {
    (self.width, self.height, self.title, self.columns) = (width, height, title, columns)
    (self.panels, self.style, self.links, self.sharesLabels) = (panels, style, links, sharesLabels)
  }

  /// The same figure with other limits in one panel and those linked to it.
  ///
  /// - Throws: `CRSError` (data) when the limits do not suit the axes.
  package func zoomed(panel index: Int, x: ClosedRange<Double>, y: ClosedRange<Double>) throws -> Figure {
    var out = self
    let members = links.first { $0.contains(index) } ?? [index]
    for member in members where panels.indices.contains(member) {
      guard var panel = panels[member] else { continue }
      panel.x = try panel.x.limited(x.lowerBound, x.upperBound)
      panel.y = try panel.y.limited(y.lowerBound, y.upperBound)
      out.panels[member] = panel
    }
    return out
  }
}
