import Testing

@testable import Files
@testable import Kernels
@testable import Plot

struct DegenerateTests {
  @Test(arguments: [
    Plane<Float>(width: 1, height: 1, repeating: 5), Plane(width: 40, height: 30, repeating: 7),
    Plane(width: 40, height: 30, repeating: .nan), Plane(width: 40, height: 30, repeating: .infinity),
    Plane(width: 500, height: 1, repeating: 1), Plane(width: 1, height: 500, repeating: 1),
    Plane(width: 3, height: 3, repeating: -1e38),
  ])
  func strangeImagesHaveFigures(plane: Plane<Float>) throws {
    for scale in [DisplayScale.zscale, .minMax, .percentile(99)] {
      let figure = try ValuePlots.image(Image(pixels: plane), display: ImageDisplay(scale: scale))
      #expect(try figure.pixels(dpi: 50).pixels.contains { $0 != 0xFFFFFF })
    }
    let diagnostic = DiagnosticDiagram(
      min2d: plane, target: plane, targetName: "median2d", mean2d: plane,
      finders: Plane(width: plane.width, height: plane.height, repeating: 0), usesLacosmic: false,
      usesMM: false)
    #expect(try diagnostic.figure().pixels(dpi: 30).pixels.contains { $0 != 0xFFFFFF })
  }

  @Test func emptyMasksAndImages() throws {
    let mask = Mask(shape: Shape(width: 20, height: 10))
    #expect(try ValuePlots.mask(mask).panels[0]?.title == "0 of 200 pixels flagged")
    _ = try ValuePlots.image(Image(pixels: Plane(width: 20, height: 10, repeating: 1)), mask: mask).pixels(
      dpi: 40)
    let nothing = Plane<Float>(width: 0, height: 0, pixels: [])
    #expect(throws: CRSError.self) { try ValuePlots.image(Image(pixels: nothing)) }
    let other = Mask(shape: Shape(width: 10, height: 20))
    #expect(throws: CRSError.self) {
      try ValuePlots.image(Image(pixels: Plane(width: 20, height: 10, repeating: 1)), mask: other)
    }
  }

  @Test func negativeValuesOnALogarithmicScale() throws {
    let negative = Plane<Float>(width: 4, height: 4, repeating: -3)
    let error = #expect(throws: CRSError.self) {
      try ValuePlots.plane(negative, display: ImageDisplay(norm: .log))
    }
    #expect(error?.parameter == "norm")
    var mixed = negative
    mixed[1, 1] = 50
    _ = try ValuePlots.plane(mixed, display: ImageDisplay(norm: .log)).pixels(dpi: 40)
    let table = Table(columns: ["a", "b"], rows: [[.integer(1), .real(-2)], [.integer(2), .real(-3)]])
    #expect(throws: CRSError.self) { try ValuePlots.table(table, isLogY: true) }
    #expect(throws: CRSError.self) { try ValuePlots.table(table, x: "c") }
    _ = try ValuePlots.table(table).pixels(dpi: 40)
  }

  @Test func badLimitsNameTheirParameter() throws {
    let plane = Plane<Float>(width: 4, height: 4, repeating: 1)
    let error = #expect(throws: CRSError.self) {
      try ValuePlots.plane(plane, display: ImageDisplay(vmin: 5, vmax: 2))
    }
    #expect(error?.parameter == "vmin")
    let outside = #expect(throws: CRSError.self) {
      try ValuePlots.plane(plane, display: ImageDisplay(region: Section(x1: 3, x2: 9, y1: 1, y2: 2)))
    }
    #expect(outside?.parameter == "region")
    _ = try ValuePlots.plane(plane, display: ImageDisplay(vmin: 5)).pixels(dpi: 40)
    _ = try ValuePlots.plane(plane, display: ImageDisplay(vmax: -5)).pixels(dpi: 40)
  }

  @Test func histogramsBetweenLimitsCloserThanFloats() throws {
    let plane = Plane<Float>(width: 4, height: 4, repeating: 16_777_216)
    _ = try ValuePlots.histogram(plane, display: ImageDisplay(vmin: 16_777_215.9, vmax: 16_777_216.1)).pixels(
      dpi: 40)
    var histogram = Histogram(lower: 0, upper: 10, bins: 10)
    histogram.add([0, 0.5, 9.9, 10, 10.1, -0.1, .nan, .infinity])
    #expect(histogram.counts == [2, 0, 0, 0, 0, 0, 0, 0, 0, 2])
  }

  @Test func emptyDiagramsHaveFigures() throws {
    let edges = (0...100).map { Double($0) }
    let zeros = [Double](repeating: 0, count: 10000)
    let diagram = Diagram(
      xEdges: edges, yEdges: edges, simulated: zeros, original: zeros, simulations: 10, seed: 1)
    _ = try DiagnosticHistogram2D.figure(diagram: diagram, boundary: nil).pixels(dpi: 40)
    var broken = diagram
    broken.original = [1]
    #expect(throws: CRSError.self) { try DiagnosticHistogram2D.figure(diagram: broken, boundary: nil) }
  }
}
