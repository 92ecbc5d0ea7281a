import Calling
import Kernels
import Pipeline

/// `fitboundary`: the detection boundary of a diagram.
struct FitBoundaryCommand: Command {
  static let info = CommandInfo(
    "fitboundary", "Fit the upper boundary of the noise in a diagram", family: .detect,
    results: [.result("boundary", .boundary, "a curve over min2d [ADU]")],
    examples: ["boundary = fitboundary (mmdiagram (simulate nx=60 ny=50 seed=1) seed=1)"],
    discussion: ["An exact diagram gives its boundary directly: rising, without a seed."])

  @Parameter("diagram of mmdiagram", positional: true) var diagram: Diagram
  @SettingsParameters(
    only: [
      "boundary_fit", "knots_splfit", "fixed_points_in_boundary", "niter_boundary_extension",
      "weight_boundary_extension", "robust_extension",
    ], change: { $0.masking.detection = .boundary }) var settings

  func run(_ context: CommandContext) throws -> CommandResult {
    try context.call.bound.locating {
      try settings.checkEffects(in: Circumstances(isExact: diagram.isExact))
    }
    let fit = settings.boundaryFit
    if diagram.isExact, fit.kind == .spline, fit.fixedPoints.isEmpty {
      return CommandResult([.boundary(try Boundary(monotone: diagram.points))])
    }
    let boundary = try settings.naming { try fit.boundary(through: diagram.points) }
    return CommandResult([.boundary(boundary)])
  }
}
