import Testing

@testable import Kernels
@testable import Plot

@Suite struct CurveComparisonTests {
  /// Four pixels of three exposures: found and passed, above and below a curve at 10.
  @Test func pixelsAreSortedByTheCurve() throws {
    func plane(_ values: [Float]) -> Plane<Float> { Plane(width: 4, height: 1, pixels: values) }
    let planes = try StackPlanes(
      [plane([0, 1, 2, 3]), plane([20, 21, 5, 4]), plane([30, 31, 6, 5])], work: Work())
    let boundary = try Boundary(monotone: [BoundaryPoint(x: 0, y: 10), BoundaryPoint(x: 5, y: 10)])
    let found = Mask(plane: Plane(width: 4, height: 1, pixels: [1, 0, 1, 0]))
    let comparison = CurveComparison(planes: planes, found: found, boundary: boundary)
    #expect(comparison.foundAbove.y == [20] && comparison.foundAbove.x == [0])
    #expect(comparison.passedAbove.y == [20] && comparison.passedAbove.x == [1])
    #expect(comparison.foundBelow.y == [3] && comparison.foundBelow.x == [2])
    let labels = comparison.layers.compactMap {
      if case .markers(let layer) = $0 { layer.label } else { nil }
    }
    #expect(labels == ["above, not found: 1", "found above the curve: 1", "found below the curve: 1"])
  }
}
