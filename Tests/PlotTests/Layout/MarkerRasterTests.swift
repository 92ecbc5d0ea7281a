import Testing

@testable import Kernels
@testable import Plot

struct MarkerRasterTests {
  /// Crowds are stamped: their symbols must lie where single ones do, not half a pixel aside.
  @Test(arguments: [2.0, 2.5, 3, 4, 5.5, 6, 8]) func stampedSymbolsStayInPlace(size: Double) throws {
    // Around one place, wide enough that they are many, so that rounding to device pixels cancels.
    func figure(_ count: Int) throws -> FigurePixels {
      let x = (0..<count).map { count == 1 ? 50 : 50 + (Double($0 % 60) - 29.5) / 10 }
      let y = (0..<count).map { count == 1 ? 50 : 50 + (Double($0 / 60) - 29.5) / 10 }
      let panel = Panel(
        x: try Axis(lower: 0, upper: 100), y: try Axis(lower: 0, upper: 100),
        layers: [.markers(MarkerLayer(x: x, y: y, symbol: .dot, color: .red, size: size))])
      return try Figure(width: 5, height: 5, panels: [panel]).pixels(dpi: 144)
    }
    func middle(_ figure: FigurePixels) -> Point {
      var (x, y, sum) = (0.0, 0.0, 0.0)
      for k in figure.pixels.indices {
        let weight = Double(figure.pixels[k] >> 16 & 255) - Double(figure.pixels[k] >> 8 & 255)
        guard weight > 0 else { continue }
        x += weight * (Double(k % figure.width) + 0.5)
        y += weight * (Double(k / figure.width) + 0.5)
        sum += weight
      }
      return Point(x: x / sum, y: y / sum)
    }
    let single = middle(try figure(1))
    let crowd = middle(try figure(3600))
    #expect(abs(single.x - crowd.x) < 0.3 && abs(single.y - crowd.y) < 0.3, "\(single) \(crowd)")
  }
}
