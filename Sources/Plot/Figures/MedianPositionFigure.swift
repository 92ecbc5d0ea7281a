import Files
import Kernels

/// The figure image_number_at_median_position: which exposure supplies the median.
package enum MedianPositionFigure {
  /// File name without its ending.
  package static let name = "image_number_at_median_position"

  /// - Parameters:
  ///   - exposures: an odd number of them, one shape.
  ///   - regions: drawn as yellow dashed rectangles.
  /// - Throws: `CRSError` (data) for an even number of exposures or different shapes.
  package static func figure(
    exposures: [Plane<Float>], median: Plane<Float>, regions: [Section]? = nil, style: PlotStyle = .screen
  ) throws -> Figure {
    guard exposures.count % 2 == 1 else {
      throw CRSError.data(
        "with \(exposures.count) exposures no single one supplies the median", expected: "an odd number")
    }
    guard exposures.allSatisfy({ $0.shape == median.shape }) else {
      throw CRSError.data("exposures and median of different shapes", expected: "equal shapes")
    }
    var numbers = Plane<Float>(width: median.width, height: median.height, repeating: .nan)
    for (number, exposure) in exposures.enumerated().reversed() {
      for k in numbers.pixels.indices where exposure.pixels[k] == median.pixels[k] {
        numbers.pixels[k] = Float(number + 1)
      }
    }
    let overlays: [Layer] =
      regions.map {
        [.rectangles(RectangleLayer(sections: $0, color: .yellow, dash: .dashed))]
      } ?? []
    let count = exposures.count
    let discrete = try Norm(.linear, lower: 0.5, upper: Double(count) + 0.5)
    let size = Figure.size(of: median.shape, width: 6)
    return Figure(
      width: 12, height: size.height, columns: 2,
      panels: [
        Panel.image(
          median, norm: Norm(linear: .zscale(median.pixels)), title: "median2d", overlays: overlays),
        Panel.image(
          numbers, norm: discrete, title: "Image number at median position",
          colorMap: ColorMap(colors: colors(count)), binning: .nearest, barLabel: "Image number",
          categories: (1...count).map { "\($0)" }
        ),
      ], style: style, links: [[0, 1]], sharesLabels: true)
  }

  /// The documents' colour names in shades whose lightness differs, so that they can be told apart in grey.
  private static func colors(_ count: Int) -> [UInt32] {
    let red: UInt32 = 0xC8281E
    let orange: UInt32 = 0xF5A142
    let olive: UInt32 = 0x8A8A1C
    let green: UInt32 = 0x7BD389
    let cyan: UInt32 = 0xA8E6F0
    let blue: UInt32 = 0x1B3FA0
    let purple: UInt32 = 0x8E5BC0
    switch count {
    case 1: return [red]
    case 3: return [red, green, blue]
    case 5: return [red, orange, green, blue, purple]
    case 7: return [red, orange, olive, green, cyan, blue, purple]
    default: return (0..<count).map { ColorMap.viridis.color(at: (Double($0) + 0.5) / Double(count)) }
    }
  }
}
