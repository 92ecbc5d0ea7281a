import Testing

@testable import Kernels
@testable import Plot

struct DiagramFigureTests {
  @Test func fixedPointsBeyondTheBinsAreShown() throws {
    let edges = (0...100).map { Double($0) }
    let counts = (0..<10000).map { Double($0 % 7) }
    let diagram = Diagram(
      xEdges: edges, yEdges: edges, simulated: counts, original: counts, simulations: 10, seed: 1)
    func axes(_ points: [(Double, Double)]) throws -> (Axis, Axis) {
      let boundary = Boundary(
        curve: .piecewise, points: points.map { BoundaryPoint(x: $0.0, y: $0.1, isFixed: true) })
      let panel = try #require(DiagnosticHistogram2D.figure(diagram: diagram, boundary: boundary).panels[1])
      return (panel.x, panel.y)
    }
    let inside = try axes([(0, 10), (100, 50)])
    #expect(inside.0.lower == 0 && inside.0.upper == 100 && inside.1.upper == 100)
    let beyond = try axes([(-10, 10), (110, 115)])
    #expect(beyond.0.lower < -10 && beyond.0.upper > 110 && beyond.1.upper > 115)
    // Far away it would only make the rest small.
    #expect(try axes([(0, 10), (1000, 50)]).0.upper == 100)
  }

  @Test func theSmallestCountHasItsTick() throws {
    let (diagram, boundary) = try GoldenDiagram.load()
    let panel = try #require(DiagnosticHistogram2D.figure(diagram: diagram, boundary: boundary).panels[0])
    let bar = try #require(panel.colorBar)
    #expect(bar.norm.lower == 0.1)
    #expect(ColorBarDrawing.ticks(bar) { _ in 9 }.major.first?.label == "10⁻¹")
  }
}
