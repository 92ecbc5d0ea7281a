/// A pair of axes with what is drawn between them.
package struct Panel: Sendable {
  package enum Aspect: Sendable {
    /// The panel fills its cell.
    case free
    /// A unit is as long on x as on y.
    case equal
  }
  package var title: String?
  package var x: Axis
  package var y: Axis
  package var layers: [Layer]
  package var aspect: Aspect
  package var legend: Legend?
  package var colorBar: ColorBar?
  /// A short bold text above the upper left corner, where it hides nothing, as `(a)`.
  package var corner: String?
  /// Thin lines between pixels.
  package var hasPixelGrid: Bool

  package init(
    title: String? = nil, x: Axis, y: Axis, layers: [Layer] = [], aspect: Aspect = .free,
    legend: Legend? = nil, colorBar: ColorBar? = nil, corner: String? = nil, hasPixelGrid: Bool = false
  ) {
    (self.title, self.x, self.y, self.layers, self.aspect) = (title, x, y, layers, aspect)
    (self.legend, self.colorBar, self.corner, self.hasPixelGrid) = (legend, colorBar, corner, hasPixelGrid)
  }
}

/// Explains the layers that have a label.
package struct Legend: Sendable {
  package enum Place: Sendable, CaseIterable {
    case upperRight, upperLeft, lowerRight, lowerLeft, centerRight, centerLeft, upperCenter, lowerCenter
  }
  package var title: String?
  /// Where it goes unless it hides less elsewhere.
  package var preferred: Place

  package init(title: String? = nil, preferred: Place = .upperRight) {
    self.title = title
    self.preferred = preferred
  }
}

/// Explains the colours of an image, to the right of its panel.
package struct ColorBar: Sendable {
  package var label: String?
  package var norm: Norm
  package var colorMap: ColorMap
  /// Names of the colours where each stands for a category.
  package var categories: [String]?

  package init(label: String? = nil, norm: Norm, colorMap: ColorMap, categories: [String]? = nil) {
    (self.label, self.norm, self.colorMap, self.categories) = (label, norm, colorMap, categories)
  }
}
