import Files
import Kernels

/// Looks for boundaries that cannot be right.
package enum BoundaryCheck {
  /// - Parameter unit: of the exposures.
  package static func warnings(_ result: MaskingResult, unit: PixelUnit = .adu) -> [String] {
    guard let boundary = result.boundary, case .spline(let spline) = boundary.curve else { return [] }
    var warnings: [String] = []
    let positions = (0..<100).map { spline.lower + (spline.upper - spline.lower) * Double($0) / 99 }
    if let x = positions.first(where: { spline.value(at: $0) <= 0 }) {
      warnings.append(
        "the boundary falls to \(spline.value(at: x).fixed(1)) \(unit.name) at min2d = \(x.fixed(1)): it has collapsed and flags noise; "
          + "use fewer iterations of boundary_extension, fixed points or another seed")
    } else if let first = boundary.iterations.first, boundary.iterations.count > 1,
      let x = positions.first(where: {
        spline.value(at: $0) < first.value(at: $0) - max(0.05, 1e-3 * abs(first.value(at: $0)))
      })
    {
      warnings.append(
        "the extended boundary lies below the first fit at min2d = \(x.fixed(1)) "
          + "(\(spline.value(at: x).fixed(1)) instead of \(first.value(at: x).fixed(1)) \(unit.name))")
    }
    if let diagram = result.diagram {
      let total = diagram.original.reduce(0, +)
      let first = (0..<Diagram.bins).reduce(0.0) { $0 + diagram.original[$1 * Diagram.bins] }
      if total > 0, first > 0.9 * total {
        warnings.append(
          "\((100 * first / total).fixed(1)) % of the pixels lie in the first bin of min2d: one bright pixel sets the scale "
            + "of the diagram")
      }
    }
    return warnings
  }
}
