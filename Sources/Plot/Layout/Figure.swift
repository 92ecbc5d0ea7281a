import Core

/// A drawing on one page: panels on a grid, filled row by row from the top left.
///
/// It is a plain value. PNG, PDF and a window draw the same one; zooming makes another one with other limits.
public struct Figure: Sendable {
  /// Size of the page [inch] before the style's width.
  public var width: Double
  public var height: Double
  public var title: String?
  public var columns: Int
  /// nil leaves a cell free.
  public var panels: [Panel?]
  public var style: PlotStyle
  /// Groups of panels (counted from 0) that zoom together.
  public var links: [[Int]]
  /// Only the panels at the left and the bottom of the grid have axis labels.
  public var sharesLabels: Bool

  public init(
    width: Double, height: Double, title: String? = nil, columns: Int = 1, panels: [Panel?],
    style: PlotStyle = .screen, links: [[Int]] = [], sharesLabels: Bool = false
  ) {
    (self.width, self.height, self.title, self.columns) = (width, height, title, columns)
    (self.panels, self.style, self.links, self.sharesLabels) = (panels, style, links, sharesLabels)
  }

  /// The same figure with other limits in one panel and those linked to it.
  ///
  /// - Throws: `CRSError` (data) when the limits do not suit the axes.
  public func zoomed(panel index: Int, x: ClosedRange<Double>, y: ClosedRange<Double>) throws -> Figure {
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

/// A pair of axes with what is drawn between them.
public struct Panel: Sendable {
  public enum Aspect: Sendable {
    /// The panel fills its cell.
    case free
    /// A unit is as long on x as on y.
    case equal
  }
  public var title: String?
  public var x: Axis
  public var y: Axis
  public var layers: [Layer]
  public var aspect: Aspect
  public var legend: Legend?
  public var colorBar: ColorBar?
  /// A short bold text above the upper left corner, where it hides nothing, as `(a)`.
  public var corner: String?
  /// Thin lines between pixels.
  public var hasPixelGrid: Bool

  public init(
    title: String? = nil, x: Axis, y: Axis, layers: [Layer] = [], aspect: Aspect = .free,
    legend: Legend? = nil, colorBar: ColorBar? = nil, corner: String? = nil, hasPixelGrid: Bool = false
  ) {
    (self.title, self.x, self.y, self.layers, self.aspect) = (title, x, y, layers, aspect)
    (self.legend, self.colorBar, self.corner, self.hasPixelGrid) = (legend, colorBar, corner, hasPixelGrid)
  }
}

/// Explains the layers that have a label.
public struct Legend: Sendable {
  public enum Place: Sendable, CaseIterable {
    case upperRight, upperLeft, lowerRight, lowerLeft, centerRight, centerLeft, upperCenter, lowerCenter
  }
  public var title: String?
  /// Where it goes unless it hides less elsewhere.
  public var preferred: Place

  public init(title: String? = nil, preferred: Place = .upperRight) {
    self.title = title
    self.preferred = preferred
  }
}

/// Explains the colours of an image, to the right of its panel.
public struct ColorBar: Sendable {
  public var label: String?
  public var norm: Norm
  public var colorMap: ColorMap
  /// Names of the colours where each stands for a category.
  public var categories: [String]?

  public init(label: String? = nil, norm: Norm, colorMap: ColorMap, categories: [String]? = nil) {
    (self.label, self.norm, self.colorMap, self.categories) = (label, norm, colorMap, categories)
  }
}

extension Double {
  /// The nearest whole number within what Int holds; NaN gives 0.
  var wholeNumber: Int {
    guard self > -9e18 else { return isNaN ? 0 : Int.min / 2 }
    return self < 9e18 ? Int(rounded()) : Int.max / 2
  }
}
