import Calling
import Kernels

/// `fitboundary`: the detection boundary of a diagram.
struct FitBoundaryCommand: Command {
  static let info = CommandInfo(
    "fitboundary", "Fit the boundary above which noise does not reach", family: .detect,
    results: [.result("boundary", .boundary, "a curve over min2d [ADU]")],
    examples: ["boundary = fitboundary (mmdiagram (simulate nx=60 ny=50 seed=1) seed=1)"],
    discussion: ["An exact diagram gives its boundary directly: rising, without a seed."])

  enum Kind: String, WordParameter { case spline, piecewise }

  @Parameter("diagram made by mmdiagram", positional: true) var diagram: Diagram
  @Parameter("kind of curve") var boundaryFit = Kind.spline
  @Parameter("knots of the spline, both ends included", in: 2...50) var knotsSplfit = 3
  @Parameter("points [x, y] or [x, y, weight] that the curve should follow", unit: "ADU")
  var fixedPointsInBoundary: [[Double]] = []
  @Parameter("further fits that pull the curve above the points", in: 0...100) var niterBoundaryExtension = 4
  @Parameter("weight factor of each further fit", in: 1...1e6) var weightBoundaryExtension = 10.0
  @Parameter("no further fit may fall below the one before") var robustExtension = true

  func run(_ context: CommandContext) throws -> CommandResult {
    let fixed = try fixedPointsInBoundary.map { point in
      guard point.count == 2 || point.count == 3 else {
        throw CRSError.usage(
          "a point has \(point.count) numbers", parameter: "fixed_points_in_boundary",
          expected: "[x, y] or [x, y, weight]")
      }
      return BoundaryPoint(
        x: point[0], y: point[1], weight: point.count == 3 ? point[2] : 10000, isFixed: true)
    }
    if diagram.isExact, boundaryFit == .spline, fixed.isEmpty {
      return CommandResult([.boundary(try Boundary(monotone: diagram.points))])
    }
    let fit = BoundaryFit(
      kind: boundaryFit == .spline ? .spline : .piecewise, knots: knotsSplfit, fixedPoints: fixed,
      extensions: niterBoundaryExtension, extensionWeight: weightBoundaryExtension, mayFall: !robustExtension)
    let boundary = try CRSError.naming(["mm_fixed_points_in_boundary": "fixed_points_in_boundary"]) {
      try fit.boundary(through: diagram.points)
    }
    return CommandResult([.boundary(boundary)])
  }
}
