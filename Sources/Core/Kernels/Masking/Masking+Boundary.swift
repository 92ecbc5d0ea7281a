/// The curves that judge the pixels of a stack.
struct BoundarySet {
  /// The diagram of the pixels with as many values as most have; nil where a boundary was given.
  let diagram: Diagram?
  let main: Boundary?
  /// Boundaries of pixels with other numbers of values.
  let others: [Int: Boundary]
}

extension Masking {
  /// A diagram and its boundary, and boundaries for pixels with fewer values than most.
  func makeBoundaries(_ stack: ExaminedStack) throws -> BoundarySet {
    if let boundary = options.boundary { return BoundarySet(diagram: nil, main: boundary, others: [:]) }
    let (planes, noise) = (stack.planes, stack.matched.noise)
    let counts = stack.numbersOfValues
    let common = Diagram.commonNumber(of: planes, exposures: exposures.count)
    var parameters = DiagramParameters(
      fluxFactors: options.fluxFactors, offsets: options.offsets,
      // Probabilities need no simulation: the figure shows the expected diagram.
      simulations: options.detection == .pvalue && ExactDiagram.isPossible(exposures: common, noise)
        ? 0 : options.simulations,
      seed: options.seed, fixedPoints: options.boundaryFit.fixedPoints,
      dividesByFlux: isCompatible, pointRule: isCompatible ? .numina036 : .exactCounts)
    parameters.follow(
      options.fluxFactors, isDivided: options.applyFluxFactorTo == .original, noise: noise)
    guard counts.map({ $0[common] > 0 }) ?? true else {
      // Hardly any pixel has two values: nothing can be compared.
      return BoundarySet(diagram: nil, main: nil, others: [:])
    }
    let diagram = try Diagram(
      simulating: planes, of: stack.calibrated, values: common, noise: noise, parameters: parameters,
      work: work)
    let main = try boundary(of: diagram)
    guard options.detection == .boundary, let counts else {
      return BoundarySet(diagram: diagram, main: main, others: [:])
    }
    var others: [Int: Boundary] = [:]
    for values in 2...exposures.count where values != common && counts[values] > 0 {
      var own = parameters
      own.simulations = 0
      // Each kind of pixel has its share of what may lie above.
      own.expectedAbove *= Double(counts[values]) / Double(max(1, counts[2...].reduce(0, +)))
      if !noise.detectors.allSatisfy(ExactDiagram.isContinuous) { own.simulations = 100 }
      let part = try Diagram(
        simulating: planes, of: stack.calibrated, values: values, noise: noise, parameters: own, work: work)
      // Too few pixels for a curve of their own are judged by the common one.
      if !part.points.isEmpty { others[values] = try? boundary(of: part, takesNoPoints: true) }
    }
    return BoundarySet(diagram: diagram, main: main, others: others)
  }

  /// - Parameter takesNoPoints: whether points that the user gave belong to another diagram, where this one is exact.
  private func boundary(of diagram: Diagram, takesNoPoints: Bool = false) throws -> Boundary {
    var fit = options.boundaryFit
    if diagram.isExact, options.boundaryFit.kind == .spline, takesNoPoints || fit.fixedPoints.isEmpty {
      // The points of an exact diagram are the boundary: they have no noise to smooth away.
      return try Boundary(monotone: diagram.points)
    }
    // in numina repetitions of the fit may fall, even to nothing.
    if isCompatible { fit.mayFall = true }
    return try fit.boundary(through: diagram.points, outside: isCompatible ? .continued : .constant)
  }
}
