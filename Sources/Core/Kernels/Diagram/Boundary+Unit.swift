extension Boundary {
  /// The same curve for values in another unit: `factor`, above 0, times as large.
  package func multiplied(by factor: Double) -> Boundary {
    var out = self
    if case .spline(let spline) = curve { out.curve = .spline(spline.multiplied(by: factor)) }
    out.points = points.map { $0.multiplied(by: factor) }
    out.iterations = iterations.map { $0.multiplied(by: factor) }
    return out
  }
}

extension BoundaryPoint {
  /// The same point for values in another unit.
  package func multiplied(by factor: Double) -> BoundaryPoint {
    BoundaryPoint(x: x * factor, y: y * factor, weight: weight, isFixed: isFixed)
  }
}

extension Diagram {
  /// The same diagram of values in another unit: `factor`, above 0, times as large.
  package func multiplied(by factor: Double) -> Diagram {
    var out = self
    out.xEdges = xEdges.map { $0 * factor }
    out.yEdges = yEdges.map { $0 * factor }
    out.points = points.map { $0.multiplied(by: factor) }
    (out.gain, out.readoutNoise) = (gain / factor, readoutNoise * factor)
    return out
  }
}
