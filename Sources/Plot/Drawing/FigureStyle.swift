/// What a user asked figures to look like; nil leaves each figure what suits it.
package struct FigureStyle: Sendable, Equatable {
  package var font: String?
  /// Size of labels [pt].
  package var fontSize: Double?
  /// Width of lines [pt].
  package var lineWidth: Double?
  /// Width of a figure [inch].
  package var width: Double?
  package var map: Map?
  /// Pixels an inch of a PNG.
  package var dpi: Double?

  package enum Map: String, Sendable, CaseIterable { case viridis, cividis, gray }

  package init() {}

  /// The style with sizes that suit its width where none were asked for.
  package var plotStyle: PlotStyle {
    var style = PlotStyle.suited(to: width)
    if let fontSize { style = style.withFont(size: fontSize) }
    if let lineWidth { style = style.withLines(width: lineWidth) }
    if let font { style.fontFamily = font }
    if let dpi { style.dpi = dpi }
    style.colorMap = map?.colorMap
    return style
  }
}

extension FigureStyle.Map {
  /// The colours of that name.
  package var colorMap: ColorMap {
    switch self {
    case .viridis: .viridis
    case .cividis: .cividis
    case .gray: .gray
    }
  }
}
