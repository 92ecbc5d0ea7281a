import Kernels

/// Something drawn inside a panel, in data coordinates; later layers lie on top.
package enum Layer: Sendable {
  case image(ImageLayer)
  case density(DensityLayer)
  case markers(MarkerLayer)
  case line(LineLayer)
  case steps(StepLayer)
  case numbers(NumberLayer)
  case rectangles(RectangleLayer)
  case text(TextLayer)
}

/// A line through points; NaN interrupts it.
package struct LineLayer: Sendable {
  package enum Dash: Sendable { case solid, dashed, dotted, dashDotted }
  package var x: [Double]
  package var y: [Double]
  package var color: Color
  /// Width [pt] before the style's factor.
  package var width: Double
  package var dash: Dash
  /// Text in the legend; nil keeps it out.
  package var label: String?

  package init(
    x: [Double], y: [Double], color: Color, width: Double = 1.3, dash: Dash = .solid, label: String? = nil
  ) {
    (self.x, self.y, self.color, self.width, self.dash, self.label) = (x, y, color, width, dash, label)
  }
}

/// A histogram as a stepped outline: `edges.count == heights.count + 1`.
package struct StepLayer: Sendable {
  package var edges: [Double]
  package var heights: [Double]
  package var color: Color
  package var width: Double
  package var dash: LineLayer.Dash
  package var fill: Color?
  package var label: String?

  package init(
    edges: [Double], heights: [Double], color: Color, width: Double = 1.1, dash: LineLayer.Dash = .solid,
    fill: Color? = nil, label: String? = nil
  ) {
    (self.edges, self.heights, self.color, self.width) = (edges, heights, color, width)
    (self.dash, self.fill, self.label) = (dash, fill, label)
  }
}

/// Symbols at points.
package struct MarkerLayer: Sendable {
  package enum Symbol: Sendable { case cross, plus, circle, dot, square }
  package var x: [Double]
  package var y: [Double]
  package var symbol: Symbol
  package var color: Color
  /// Diameter [pt] before the style's factor.
  package var size: Double
  /// Line width [pt] of open symbols.
  package var width: Double
  /// A wider line beneath, so that symbols stand out from images.
  package var halo: Color?
  package var label: String?

  package init(
    x: [Double], y: [Double], symbol: Symbol, color: Color, size: Double = 6, width: Double = 1.2,
    halo: Color? = nil, label: String? = nil
  ) {
    (self.x, self.y, self.symbol, self.color) = (x, y, symbol, color)
    (self.size, self.width, self.halo, self.label) = (size, width, halo, label)
  }
}

/// Outlines of rectangles in data coordinates.
package struct RectangleLayer: Sendable {
  /// x1, x2, y1, y2 of the outline.
  package var outlines: [(x1: Double, x2: Double, y1: Double, y2: Double)]
  package var color: Color
  package var width: Double
  package var dash: LineLayer.Dash
  package var label: String?

  package init(
    outlines: [(x1: Double, x2: Double, y1: Double, y2: Double)], color: Color, width: Double = 1.2,
    dash: LineLayer.Dash = .solid, label: String? = nil
  ) {
    (self.outlines, self.color, self.width, self.dash, self.label) = (outlines, color, width, dash, label)
  }

  /// The outlines of FITS sections, along the outer edges of their pixels.
  package init(
    sections: [Section], color: Color, width: Double = 1.2, dash: LineLayer.Dash = .solid,
    label: String? = nil
  ) {
    self.init(
      outlines: sections.map {
        (Double($0.x1) - 0.5, Double($0.x2) + 0.5, Double($0.y1) - 0.5, Double($0.y2) + 0.5)
      }, color: color, width: width, dash: dash, label: label)
  }
}

/// One text at a point.
package struct TextLayer: Sendable {
  package var text: String
  package var x: Double
  package var y: Double
  package var color: Color
  /// A pale box behind the text.
  package var isBoxed: Bool

  package init(_ text: String, x: Double, y: Double, color: Color = .black, isBoxed: Bool = true) {
    (self.text, self.x, self.y, self.color, self.isBoxed) = (text, x, y, color, isBoxed)
  }
}

/// Texts at points that move aside where they would cover each other, with a thin line to their point.
package struct NumberLayer: Sendable {
  package struct Group: Sendable {
    package var x: [Double]
    package var y: [Double]
    /// Number of the first point.
    package var first: Int
    package var color: Color
    /// Tells groups apart where colours do not.
    package var face: TextFace

    package init(x: [Double], y: [Double], first: Int = 1, color: Color, face: TextFace = .regular) {
      (self.x, self.y, self.first, self.color, self.face) = (x, y, first, color, face)
    }
  }
  package var groups: [Group]

  package init(groups: [Group]) { self.groups = groups }
}
