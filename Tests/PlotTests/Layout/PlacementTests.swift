import Testing

@testable import Kernels
@testable import Plot

struct PlacementTests {
  private func canvas() throws -> Canvas {
    Canvas(surface: try CairoSurface(width: 1, height: 1), pixelsPerPoint: nil, fontFamily: "DejaVu Sans")
  }

  @Test func numbersNeverCoverEachOther() throws {
    let points = (0..<190).map { (x: Double($0 % 17) * 0.1, y: Double($0 % 13) * 0.1) }
    let layer = NumberLayer(groups: [.init(x: points.map(\.x), y: points.map(\.y), color: .red)])
    let frame = Rect(x: 30, y: 10, width: 300, height: 200)
    let transform = PanelTransform(
      frame: frame, x: try Axis(lower: -1, upper: 4), y: try Axis(lower: -1, upper: 4))
    let places = NumberPlacement(layer, transform, size: 8, canvas: try canvas()).places
    #expect(places.count > 50)
    for (index, place) in places.enumerated() {
      #expect(place.x >= frame.x && place.right <= frame.right)
      #expect(!places[(index + 1)...].contains { $0.intersects(place) })
    }
  }

  @Test func crowdsAreDotsWithoutNumbers() throws {
    let frame = Rect(x: 30, y: 10, width: 300, height: 200)
    let transform = PanelTransform(
      frame: frame, x: try Axis(lower: -1, upper: 4), y: try Axis(lower: -1, upper: 4))
    func places(_ count: Int, spread: Double) throws -> Int {
      let layer = NumberLayer(groups: [
        .init(
          x: (0..<count).map { spread * Double($0 % 40) / 40 },
          y: (0..<count).map { spread * Double($0 / 40) / 10 }, color: .red)
      ])
      return NumberPlacement(layer, transform, size: 8, canvas: try canvas()).places.count
    }
    // A few of many numbers would only hide where they belong.
    #expect(try places(400, spread: 0.1) == 0 && places(2000, spread: 3) == 0)
    #expect(try places(100, spread: 3) > 50)
  }

  @Test func legendsGoWhereNothingIs() throws {
    let frame = Rect(x: 0, y: 0, width: 300, height: 200)
    var occupancy = Occupancy(frame: frame)
    for x in 150..<300 { for y in 0..<100 { occupancy.mark(Point(x: Double(x), y: Double(y))) } }
    let panel = Panel(
      x: try Axis(lower: 0, upper: 1), y: try Axis(lower: 0, upper: 1),
      layers: [.line(LineLayer(x: [0, 1], y: [0, 1], color: .red, label: "a line"))])
    let legend = try #require(
      LegendDrawing(
        panel, legend: Legend(preferred: .upperRight), style: .screen, frame: frame, occupancy: occupancy,
        canvas: try canvas()))
    #expect(occupancy.covered(by: legend.rect) == 0)
    let free = try #require(
      LegendDrawing(
        panel, legend: Legend(preferred: .upperRight), style: .screen, frame: frame,
        occupancy: Occupancy(frame: frame), canvas: try canvas()))
    #expect(free.rect.right > 280 && free.rect.y < 20)
  }

  @Test func panelsOfOneRowAndColumnAlign() throws {
    let figure = try Synthetic().diagnostic.figure()
    let frames = try figure.transforms().map { try #require($0?.frame) }
    #expect(abs(frames[0].y - frames[1].y) < 1e-9 && abs(frames[0].x - frames[2].x) < 1e-9)
    #expect(abs(frames[0].width - frames[3].width) < 1e-9)
    for frame in frames { #expect(frame.right < figure.width * 72 && frame.bottom < figure.height * 72) }
  }

  @Test func placesOnThePageGiveDataBack() throws {
    let transform = PanelTransform(
      frame: Rect(x: 10, y: 20, width: 100, height: 50), x: try Axis(lower: -3, upper: 9),
      y: try Axis(lower: 0.1, upper: 1000, scale: .log))
    let value = transform.value(atX: transform.x(2.5), y: transform.y(37))
    #expect(abs(value.x - 2.5) < 1e-9 && abs(value.y - 37) < 1e-9)
    let bent = PanelTransform(
      frame: Rect(x: 10, y: 20, width: 100, height: 50), x: try Axis(lower: -3, upper: 9),
      y: Axis(asinh: "y", around: DisplayRange(lower: -20, upper: 30_000), softening: 5))
    for y in [-12, 0, 3, 800, 25_000.0] {
      #expect(abs(bent.value(atX: 0, y: bent.y(y)).y - y) < 1e-6 * max(1, abs(y)))
    }
    // Noise has a good part of the axis.
    #expect(bent.y(-20) - bent.y(20) > 12)
  }

  @Test func linkedPanelsZoomTogether() throws {
    let zoomed = try Synthetic().diagnostic.figure().zoomed(panel: 2, x: 10...20, y: 5...9)
    #expect(zoomed.panels[3]?.x.lower == 10 && zoomed.panels[3]?.y.upper == 9)
    #expect(zoomed.panels[0]?.x.lower != 10)
  }

  @Test func narrowColumnsStackPanels() throws {
    let (diagram, boundary) = try GoldenDiagram.load()
    let figure = try DiagnosticHistogram2D.figure(diagram: diagram, boundary: boundary, style: .column).fitted
    #expect(figure.columns == 1 && figure.width == 3.5 && figure.height > 5)
  }
}

extension Rect {
  fileprivate func intersects(_ other: Rect) -> Bool {
    x < other.right && other.x < right && y < other.bottom && other.y < bottom
  }
}
