/// Fonts, line widths, colours and the size of a figure, settable for each plot.
package struct PlotStyle: Sendable, Equatable {
  /// Font family as fontconfig knows it.
  package var fontFamily: String
  /// Size of axis labels and titles [pt].
  package var labelSize: Double
  /// Size of tick labels and legends [pt].
  package var tickSize: Double
  /// Width of frames and ticks [pt].
  package var frameWidth: Double
  /// Width of drawn lines [pt].
  package var lineWidth: Double
  /// Factor on the size of symbols.
  package var symbolScale: Double
  /// Width of the figure [inch]; nil keeps the figure's own. The height follows.
  package var width: Double?
  /// Colours of pictures of counts; nil keeps the figure's own. Colours that stand for categories stay.
  package var colorMap: ColorMap?
  /// Pixels an inch of a PNG.
  package var dpi: Double

  package init(
    fontFamily: String = "DejaVu Sans", labelSize: Double = 10, tickSize: Double = 9,
    frameWidth: Double = 0.8, lineWidth: Double = 1.3, symbolScale: Double = 1, width: Double? = nil,
    colorMap: ColorMap? = nil, dpi: Double = 150
  ) {
    self.fontFamily = fontFamily
    self.labelSize = labelSize
    self.tickSize = tickSize
    self.frameWidth = frameWidth
    self.lineWidth = lineWidth
    self.symbolScale = symbolScale
    self.width = width
    self.colorMap = colorMap
    self.dpi = dpi
  }

  /// For screens: the sizes of the documents' figures.
  package static let screen = PlotStyle()
  /// For a paper, two columns wide (7 inches).
  package static let page = PlotStyle(
    labelSize: 8, tickSize: 7, frameWidth: 0.6, lineWidth: 1, symbolScale: 0.75, width: 7)
  /// For a paper, one column wide (3.5 inches); panels stand below each other.
  package static let column = PlotStyle(
    labelSize: 7, tickSize: 6, frameWidth: 0.5, lineWidth: 0.8, symbolScale: 0.6, width: 3.5)

  /// The style that suits a width [inch]: that of a column, of a page, or of a screen; nil: a screen's.
  package static func suited(to width: Double?) -> PlotStyle {
    guard let width else { return .screen }
    var style = width < narrowest ? column : width <= 8 ? page : screen
    style.width = width
    return style
  }

  /// The same style with labels of another size [pt]; ticks and legends follow.
  package func withFont(size: Double) -> PlotStyle {
    var style = self
    style.tickSize *= size / labelSize
    style.labelSize = size
    return style
  }

  /// The same style with drawn lines of another width [pt]; frames and ticks follow.
  package func withLines(width: Double) -> PlotStyle {
    var style = self
    style.frameWidth *= width / lineWidth
    style.lineWidth = width
    return style
  }

  /// Below this width [inch] panels do not fit beside each other.
  static let narrowest = 4.5
  var isNarrow: Bool { width.map { $0 < Self.narrowest } ?? false }

  var titleSize: Double { labelSize * 1.15 }
}
