/// Fonts, line widths and the width of a figure, settable for each plot.
public struct PlotStyle: Sendable, Equatable {
  /// Font family as fontconfig knows it.
  public var fontFamily: String
  /// Size of axis labels and titles [pt].
  public var labelSize: Double
  /// Size of tick labels and legends [pt].
  public var tickSize: Double
  /// Width of frames and ticks [pt].
  public var frameWidth: Double
  /// Width of drawn lines [pt].
  public var lineWidth: Double
  /// Factor on the size of symbols.
  public var symbolScale: Double
  /// Width of the figure [inch]; nil keeps the figure's own. The height follows.
  public var width: Double?

  public init(
    fontFamily: String = "DejaVu Sans", labelSize: Double = 10, tickSize: Double = 9,
    frameWidth: Double = 0.8, lineWidth: Double = 1.3, symbolScale: Double = 1, width: Double? = nil
  ) {
    self.fontFamily = fontFamily
    self.labelSize = labelSize
    self.tickSize = tickSize
    self.frameWidth = frameWidth
    self.lineWidth = lineWidth
    self.symbolScale = symbolScale
    self.width = width
  }

  /// For screens: the sizes of the documents' figures.
  public static let screen = PlotStyle()
  /// For a paper, two columns wide (7 inches).
  public static let page = PlotStyle(
    labelSize: 8, tickSize: 7, frameWidth: 0.6, lineWidth: 1, symbolScale: 0.75, width: 7)
  /// For a paper, one column wide (3.5 inches); panels stand below each other.
  public static let column = PlotStyle(
    labelSize: 7, tickSize: 6, frameWidth: 0.5, lineWidth: 0.8, symbolScale: 0.6, width: 3.5)

  var titleSize: Double { labelSize * 1.15 }
}
