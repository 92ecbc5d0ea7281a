/// Makes all masks of a stack of equivalent exposures (crmasks.md section 3).
package struct Masking: Sendable {
  private let exposures: [Plane<Float>]
  private let raw: [Plane<Float>]?
  let detector: Detector
  let options: MaskingOptions
  let auxiliary: AuxiliaryDetector?
  let work: Work

  /// - Parameters:
  ///   - exposures: at least 3 exposures [ADU] of one shape; the bias of the detector is in them.
  ///   - raw: the exposures as read, where `exposures` have lost more than that bias.
  ///   - auxiliary: L.A.Cosmic with its parameters; needed unless the method is mmcosmic.
  /// - Throws: `CRSError` (data, usage) for too few exposures, other shapes or positions outside.
  package init(
    exposures: [Plane<Float>], raw: [Plane<Float>]? = nil, detector: Detector, options: MaskingOptions,
    auxiliary: AuxiliaryDetector?, work: Work
  ) throws {
    guard exposures.count >= 3 else {
      throw CRSError.data(
        "\(exposures.count) exposure\(exposures.count == 1 ? "" : "s") in the stack", parameter: "images",
        expected: "at least 3 equivalent exposures")
    }
    for (number, exposure) in exposures.enumerated() where exposure.shape != exposures[0].shape {
      throw CRSError.data(
        "exposure \(number + 1) is \(exposure.shape), exposure 1 is \(exposures[0].shape)",
        parameter: "images",
        expected: "equal shapes")
    }
    let values = [("gain", detector.gain), ("rnoise", detector.readoutNoise), ("bias", detector.bias)]
    for (name, value) in values {
      if case .plane(let plane) = value, plane.shape != exposures[0].shape {
        throw CRSError.data(
          "\(name) is a plane of \(plane.shape)", parameter: name, expected: "the shape \(exposures[0].shape)"
        )
      }
    }
    guard options.fluxFactors.count == exposures.count else {
      throw CRSError.usage(
        "\(options.fluxFactors.count) factors for \(exposures.count) exposures", parameter: "flux_factor",
        expected: "one for each exposure")
    }
    guard options.offsets.count == exposures.count else {
      throw CRSError.usage(
        "\(options.offsets.count) offsets for \(exposures.count) exposures", parameter: "mm_xy_offsets",
        expected: "one pair for each exposure")
    }
    (self.exposures, self.raw) = (exposures, raw)
    self.detector = detector
    self.options = options
    self.auxiliary = options.method.usesLacosmic ? auxiliary : nil
    self.work = work
  }

  var isCompatible: Bool { options.compatibility == .numina036 }
  private var scalesExposures: Bool { options.applyFluxFactorTo == .original }

  /// Runs both detectors on the median, the mean and every exposure.
  ///
  /// - Parameters:
  ///   - uuid: identifies the masks.
  ///   - history: lines that the mask set carries.
  ///   - review: asked about each group of MEDIANCR; nil: all are kept.
  /// - Throws: `CRSError` (data) when the diagram is empty or a position lies outside; interrupted.
  package func run(
    uuid: String, history: [String], review: ((ReviewedGroup) throws -> ReviewAnswer)? = nil
  ) throws -> MaskingResult {
    let scaled = try scaledExposures()
    let planes = try StackPlanes(scaled, work: work)
    let cleanable = try CleanableArea(options, shape: planes.median.shape)
    let evidence = try evidence(of: scaled, planes, cleanable)
    // Defect D6: numina takes the exposures as they were read.
    let singles = isCompatible ? raw ?? exposures : scaled
    var mm = try mmMasks(evidence, singles, scaled, planes, cleanable)

    let (median, codes) = try medianTarget(planes.median, mm[0], evidence, cleanable, review)
    let medianCR = median.dilated
    let mean = try meanTarget(planes.mean, mm[1], evidence, cleanable, medianCR: medianCR)
    let meanCRT = mean.dilated
    var detections = [median, mean]
    for (index, single) in singles.enumerated() {
      detections.append(
        try exposureTarget(index, single, mm[index + 2], evidence, cleanable, meanCRT: meanCRT))
      mm[index + 2] = Mask(shape: Shape(width: 0, height: 0))
    }

    let laMedian = evidence.auxiliary.map { isCompatible ? scaledByGain($0.clean) : $0.clean }
    let problematic = problematic(in: detections, laMedian: laMedian)
    let masks = MaskSet(
      medianCR: medianCR, meanCRT: meanCRT, exposures: detections.dropFirst(2).map(\.dilated),
      laMedian: laMedian,
      localMedians: options.localMedians, fluxFactors: options.fluxFactors, uuid: uuid, history: history,
      significance: evidence.judged?.result.score)
    return MaskingResult(
      masks: masks, exposures: scaled, planes: planes, diagram: evidence.diagram,
      boundary: evidence.boundary, threshold: evidence.threshold, detections: detections, codes: codes,
      groups: ConnectedRuns(of: medianCR.plane, connectivity: .four), problematic: problematic,
      problematicGroups: ConnectedRuns(of: problematic.plane, connectivity: .four),
      overlappingLocalMedians: cleanable.overlappingLocalMedians, pvalue: evidence.summary,
      isByProbability: evidence.judged != nil)
  }

  /// The exposures divided by their flux factors where those apply to them; in any case without bias [ADU].
  private func scaledExposures() throws -> [Plane<Float>] {
    try zip(exposures, options.fluxFactors).map { plane, factor in
      try Calibration.calibrated(
        plane, bias: detector.bias, fluxFactor: scalesExposures ? factor : 1, work: work)
    }
  }

  private func evidence(
    of scaled: [Plane<Float>], _ planes: StackPlanes, _ cleanable: CleanableArea
  ) throws -> Evidence {
    var evidence = Evidence()
    evidence.summary = try comparison(scaled, isScaled: scalesExposures, cleanable: cleanable.mask)
    evidence.auxiliary = try auxiliary?(planes.median, true)
    if options.detection == .pvalue, options.method.usesMM {
      let found = try judge(
        scaled, isScaled: scalesExposures, cleanable: cleanable.mask,
        lacosmic: evidence.auxiliary.map { $0.mask & cleanable.mask })
      if options.pvalue.vetoesLacosmic, let mask = evidence.auxiliary?.mask {
        evidence.auxiliary?.mask = mask & found.result.mask
      }
      evidence.summary = found.result.summary
      evidence.judged = found
    }
    if options.method.usesMM { (evidence.diagram, evidence.boundary) = try makeBoundary(planes) }
    evidence.threshold = options.threshold ?? evidence.boundary?.lowest ?? 0
    return evidence
  }

  private func makeBoundary(_ planes: StackPlanes) throws -> (Diagram?, Boundary?) {
    if let boundary = options.boundary { return (nil, boundary) }
    let simulated = options.applyFluxFactorTo == .simulated
    let parameters = DiagramParameters(
      fluxFactors: simulated ? options.fluxFactors : options.fluxFactors.map { _ in 1 },
      offsets: options.offsets,
      // Probabilities need no simulation: the figure shows the expected diagram.
      simulations: options.detection == .pvalue
        && ExactDiagram.isPossible(exposures: exposures.count, detector) ? 0 : options.simulations,
      seed: options.seed, fixedPoints: options.boundaryFit.fixedPoints,
      dividesByFlux: isCompatible, pointRule: isCompatible ? .numina036 : .exactCounts)
    let diagram = try Diagram(
      simulating: planes, exposures: exposures.count, detector: detector, parameters: parameters, work: work)
    if diagram.isExact, options.boundaryFit.kind == .spline {
      // The points of an exact diagram are the boundary: they have no noise to smooth away.
      return (diagram, try Boundary(monotone: diagram.points))
    }
    var fit = options.boundaryFit
    // Defect D17: in numina repetitions of the fit may fall, even to nothing.
    if isCompatible { fit.mayFall = true }
    let boundary = try fit.boundary(
      through: diagram.points, outside: isCompatible ? .continued : .constant)
    return (diagram, boundary)
  }

  /// Defect D7: numina keeps LAMEDIAN in electrons.
  private func scaledByGain(_ plane: Plane<Float>) -> Plane<Float> {
    guard let gain = detector.gain.uniform, gain != 1 else { return plane }
    return plane.map { Float(Double($0) * gain) }
  }
}
