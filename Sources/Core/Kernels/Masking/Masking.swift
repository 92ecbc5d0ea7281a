/// Makes all masks of a stack of equivalent exposures (crmasks.md section 3).
package struct Masking: Sendable {
  private let exposures: [Plane<Float>]
  private let raw: [Plane<Float>]?
  let detector: Detector
  let options: MaskingOptions
  private let auxiliary: AuxiliaryDetector?
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

  private var isCompatible: Bool { options.compatibility == .numina036 }

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
    let shape = exposures[0].shape
    let scaled = options.applyFluxFactorTo == .original
    let calibrated = try zip(exposures, options.fluxFactors).map { plane, factor in
      try Calibration.calibrated(plane, bias: detector.bias, fluxFactor: scaled ? factor : 1, work: work)
    }
    let planes = try StackPlanes(calibrated, work: work)
    let cleanable = try CleanableArea(options, shape: shape)
    var summary = try comparison(calibrated, isScaled: scaled, cleanable: cleanable.mask)
    var aux = try auxiliary?(planes.median, true)
    var judged: PValueFlags?
    if options.detection == .pvalue, options.method.usesMM {
      let found = try judge(
        calibrated, isScaled: scaled, cleanable: cleanable.mask,
        lacosmic: aux.map { $0.mask & cleanable.mask })
      if options.pvalue.vetoesLacosmic, let mask = aux?.mask { aux?.mask = mask & found.result.mask }
      summary = found.result.summary
      judged = found
    }
    let (diagram, boundary) = try options.method.usesMM ? makeBoundary(planes) : (nil, nil)
    let threshold = options.threshold ?? boundary?.lowest ?? 0
    // Defect D6: numina takes the exposures as they were read.
    let singles = isCompatible ? raw ?? exposures : calibrated
    var mm = [Mask](repeating: Mask(shape: shape), count: exposures.count + 2)
    if let judged {
      let exposures = judged.singles.map(\.mask)
      mm = [judged.result.mask, exposures.dropFirst().reduce(exposures[0]) { $0 | $1 }] + exposures
    } else if let boundary {
      let detection = MMDetection(
        boundary: boundary, threshold: threshold, minimumMaximum: options.minimumMax2d,
        readoutNoise: detector.readoutNoise)
      mm = try detection.masks(
        of: [planes.median, planes.mean] + singles, minimum: planes.minimum, exposures: calibrated,
        toBeCleaned: cleanable.mask, work: work)
    }

    var median = TargetDetection(
      target: .median, image: planes.median, perIteration: aux?.perIteration ?? [],
      iterationLimit: aux?.iterationLimit ?? 0)
    if let aux { median.lacosmic = aux.mask & cleanable.mask }
    median.mmcosmic = mm[0]
    var codes = MaskCodes.codes(mmcosmic: median.mmcosmic, lacosmic: median.lacosmic)
    // Defect D14: numina never flags the pixels that the user asks for.
    if !isCompatible { MaskCodes.force(options.flaggedPixels, in: &codes) }
    let seeds = Mask(plane: codes.map { $0 > 0 ? 1 : 0 })
    var medianCR = try grown(seeds, within: cleanable)
    for i in 0..<codes.count where codes.pixels[i] == 0 && medianCR.plane.pixels[i] != 0 {
      codes.pixels[i] = 1
    }
    if let review {
      medianCR = try medianCR.reviewed(codes: codes, review)
      for i in 0..<codes.count where medianCR.plane.pixels[i] == 0 { codes.pixels[i] = 0 }
    }
    median.dilated = medianCR

    var mean = try detect(.mean, planes.mean, mm[1], cleanable)
    if let judged, options.pvalue.vetoesLacosmic {
      let admitted = judged.singles.map(\.admitted)
      mean.lacosmic = mean.lacosmic & admitted.dropFirst().reduce(admitted[0]) { $0 | $1 }
    }
    mean.lacosmic = mean.lacosmic | medianCR
    mean.mmcosmic = mean.mmcosmic | medianCR
    mean.dilated = try grown(mean.flags, within: cleanable)
    let meanCRT = mean.dilated

    var detections = [median, mean]
    for (index, single) in singles.enumerated() {
      var found = try detect(.exposure(index + 1), single, mm[index + 2], cleanable)
      if let judged, options.pvalue.vetoesLacosmic {
        found.lacosmic = found.lacosmic & judged.singles[index].admitted
      }
      found.lacosmic = found.lacosmic & meanCRT
      found.mmcosmic = found.mmcosmic & meanCRT
      found.dilated = try grown(found.flags, within: cleanable)
      // Defect D9: numina lets dilation leave MEANCRT.
      if !isCompatible { found.dilated = found.dilated & meanCRT }
      mm[index + 2] = Mask(shape: Shape(width: 0, height: 0))
      detections.append(found)
    }

    let laMedian = aux.map { isCompatible ? scaledByGain($0.clean) : $0.clean }
    var problematic = detections.dropFirst(3).reduce(detections[2].dilated) { $0 & $1.dilated }
    if isCompatible, let laMedian {
      // Defect D13.
      problematic = problematic & Mask(plane: laMedian.map { $0 != 0 ? 1 : 0 })
    }
    let masks = MaskSet(
      medianCR: medianCR, meanCRT: meanCRT, exposures: detections.dropFirst(2).map(\.dilated),
      laMedian: laMedian,
      localMedians: options.localMedians, fluxFactors: options.fluxFactors, uuid: uuid, history: history,
      significance: judged?.result.score)
    return MaskingResult(
      masks: masks, exposures: calibrated, planes: planes, diagram: diagram,
      boundary: boundary, threshold: threshold, detections: detections, codes: codes,
      groups: ConnectedRuns(of: medianCR.plane, connectivity: .four), problematic: problematic,
      problematicGroups: ConnectedRuns(of: problematic.plane, connectivity: .four),
      overlappingLocalMedians: cleanable.overlappingLocalMedians, pvalue: summary,
      isByProbability: judged != nil)
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

  private func detect(
    _ target: TargetDetection.Target, _ image: Plane<Float>, _ mm: Mask, _ cleanable: CleanableArea
  ) throws -> TargetDetection {
    let aux = try auxiliary?(image, false)
    var detection = TargetDetection(
      target: target, image: image, perIteration: aux?.perIteration ?? [],
      iterationLimit: aux?.iterationLimit ?? 0)
    if let aux { detection.lacosmic = aux.mask & cleanable.mask }
    detection.mmcosmic = mm
    return detection
  }

  /// Dilates; outside compatibility the result stays inside the area to be cleaned (defect D9).
  private func grown(_ mask: Mask, within cleanable: CleanableArea) throws -> Mask {
    let grown = try mask.dilated(times: options.dilation, work: work)
    return isCompatible ? grown : (grown & cleanable.mask) | mask
  }

  /// Defect D7: numina keeps LAMEDIAN in electrons.
  private func scaledByGain(_ plane: Plane<Float>) -> Plane<Float> {
    guard let gain = detector.gain.uniform, gain != 1 else { return plane }
    return plane.map { Float(Double($0) * gain) }
  }
}
