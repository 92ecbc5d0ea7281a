import Testing

@testable import Kernels
@testable import Plot

struct ImageRasterTests {
  private func drawn(_ plane: Plane<Float>, side: Double, binning: ImageLayer.Binning = .max) throws
    -> FigurePixels
  {
    let norm = try Norm(.linear, lower: 0, upper: 255)
    let panel = Panel(
      x: Axis(pixels: "x", count: plane.width), y: Axis(pixels: "y", count: plane.height),
      layers: [.image(ImageLayer(plane, norm: norm, colorMap: .gray, binning: binning))])
    return try Figure(width: side, height: side, panels: [panel]).pixels(dpi: 72)
  }

  @Test func pixelsAreSharpRectanglesTheRightWayUp() throws {
    let plane = Plane<Float>(width: 2, height: 2, pixels: [100, 150, 200, 50])
    let norm = try Norm(.linear, lower: 0, upper: 255)
    let figure = Figure(
      width: 4, height: 4,
      panels: [
        Panel(
          x: Axis(pixels: "x", count: 2), y: Axis(pixels: "y", count: 2),
          layers: [.image(ImageLayer(plane, norm: norm, colorMap: .gray))])
      ])
    let pixels = try figure.pixels(dpi: 72)
    let transform = try #require(try figure.transforms()[0])
    // FITS pixel (1, 1) lies at the lower left.
    for (x, y, value) in [(1.0, 1.0, 100), (2, 1, 150), (1, 2, 200), (2, 2, 50)] {
      for (dx, dy) in [(0.0, 0.0), (-0.45, 0.45), (0.45, -0.45)] {
        let column = Int(transform.x(x + dx * 0.98))
        let row = Int(transform.y(y + dy * 0.98))
        let found = pixels.pixels[row * pixels.width + column]
        #expect(abs(Int(found & 255) - value) <= 1, "\(x) \(y) \(dx) \(dy)")
      }
    }
  }

  @Test(arguments: [(700, 900), (1500, 311), (2000, 2001)])
  func overviewsKeepSingleBrightPixels(place: (Int, Int)) throws {
    var plane = Plane<Float>(width: 2016, height: 2016, repeating: 10)
    plane[place.0, place.1] = 255
    let side = 3.0
    func whites(_ binning: ImageLayer.Binning) throws -> Int {
      let figure = try drawn(plane, side: side, binning: binning)
      // Only inside the panel: the page is white.
      return figure.pixels.filter { $0 == 0xFFFFFF }.count
    }
    var dark = plane
    dark[place.0, place.1] = 10
    let page = try drawn(dark, side: side).pixels.filter { $0 == 0xFFFFFF }.count
    #expect(try whites(.max) == page + 1)
  }

  @Test func meanBinningAverages() throws {
    let plane = Plane<Float>(width: 1000, height: 1000, pixels: (0..<1_000_000).map { $0 % 2 == 0 ? 0 : 200 })
    let pixels = try drawn(plane, side: 3, binning: .mean)
    let centre = pixels.pixels[(pixels.height / 2) * pixels.width + pixels.width / 2] & 255
    #expect((80...120).contains(centre))
  }

  @Test func notANumberStaysWhite() throws {
    let pixels = try drawn(Plane(width: 1, height: 1, repeating: .nan), side: 2)
    #expect(pixels.pixels[(pixels.height / 2) * pixels.width + pixels.width / 2] == 0xFFFFFF)
  }
}
