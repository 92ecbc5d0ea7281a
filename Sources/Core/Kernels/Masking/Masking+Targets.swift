/// What the detectors say of a stack, before its median, its mean and its exposures are masked.
struct Evidence {
  /// L.A.Cosmic on the median; nil without it.
  var auxiliary: AuxiliaryDetection?
  /// Flags by probabilities; nil when the boundary decides.
  var judged: PValueFlags?
  var summary: PValueDetector.Summary?
  /// nil when the boundary was given, or nothing needs one.
  var diagram: Diagram?
  var boundary: Boundary?
  /// Smallest median2d - min2d [ADU].
  var threshold = 0.0
}

extension Masking {
  /// What the median-minimum detector flags in the median, the mean and each exposure, in this order.
  ///
  /// - Parameters:
  ///   - singles: the exposures that are searched [ADU].
  ///   - scaled: those that the boundary is for [ADU].
  func mmMasks(
    _ evidence: Evidence, _ singles: [Plane<Float>], _ scaled: [Plane<Float>], _ planes: StackPlanes,
    _ cleanable: CleanableArea
  ) throws -> [Mask] {
    if let judged = evidence.judged {
      let masks = judged.singles.map(\.mask)
      return [judged.result.mask, masks.dropFirst().reduce(masks[0]) { $0 | $1 }] + masks
    }
    guard let boundary = evidence.boundary else {
      return [Mask](repeating: Mask(shape: planes.median.shape), count: singles.count + 2)
    }
    let detection = MMDetection(
      boundary: boundary, threshold: evidence.threshold, minimumMaximum: options.minimumMax2d,
      readoutNoise: detector.readoutNoise)
    return try detection.masks(
      of: [planes.median, planes.mean] + singles, minimum: planes.minimum, exposures: scaled,
      toBeCleaned: cleanable.mask, work: work)
  }

  /// MEDIANCR, and what found each of its pixels.
  func medianTarget(
    _ image: Plane<Float>, _ mm: Mask, _ evidence: Evidence, _ cleanable: CleanableArea,
    _ review: ((ReviewedGroup) throws -> ReviewAnswer)?
  ) throws -> (TargetDetection, codes: Plane<UInt8>) {
    var median = TargetDetection(.median, image, evidence.auxiliary, mm, cleanable)
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
    return (median, codes)
  }

  /// MEANCRT, which MEDIANCR belongs to.
  func meanTarget(
    _ image: Plane<Float>, _ mm: Mask, _ evidence: Evidence, _ cleanable: CleanableArea, medianCR: Mask
  ) throws -> TargetDetection {
    var mean = try detect(.mean, image, mm, cleanable)
    if let admitted = admitted(evidence) {
      mean.lacosmic = mean.lacosmic & admitted.dropFirst().reduce(admitted[0]) { $0 | $1 }
    }
    mean.lacosmic = mean.lacosmic | medianCR
    mean.mmcosmic = mean.mmcosmic | medianCR
    mean.dilated = try grown(mean.flags, within: cleanable)
    return mean
  }

  /// The mask of one exposure: what is found in it of MEANCRT.
  ///
  /// - Parameter index: from 0.
  func exposureTarget(
    _ index: Int, _ image: Plane<Float>, _ mm: Mask, _ evidence: Evidence, _ cleanable: CleanableArea,
    meanCRT: Mask
  ) throws -> TargetDetection {
    var found = try detect(.exposure(index + 1), image, mm, cleanable)
    if let admitted = admitted(evidence) { found.lacosmic = found.lacosmic & admitted[index] }
    found.lacosmic = found.lacosmic & meanCRT
    found.mmcosmic = found.mmcosmic & meanCRT
    found.dilated = try grown(found.flags, within: cleanable)
    // Defect D9: numina lets dilation leave MEANCRT.
    if !isCompatible { found.dilated = found.dilated & meanCRT }
    return found
  }

  /// The pixels that are flagged in every exposure.
  func problematic(in detections: [TargetDetection], laMedian: Plane<Float>?) -> Mask {
    let all = detections.dropFirst(3).reduce(detections[2].dilated) { $0 & $1.dilated }
    // Defect D13: numina leaves out pixels that are 0 in the cleaned median.
    guard isCompatible, let laMedian else { return all }
    return all & Mask(plane: laMedian.map { $0 != 0 ? 1 : 0 })
  }

  /// Where detections of L.A.Cosmic are admitted in each exposure; nil: everywhere.
  private func admitted(_ evidence: Evidence) -> [Mask]? {
    options.pvalue.vetoesLacosmic ? evidence.judged?.singles.map(\.admitted) : nil
  }

  private func detect(
    _ target: TargetDetection.Target, _ image: Plane<Float>, _ mm: Mask, _ cleanable: CleanableArea
  ) throws -> TargetDetection {
    TargetDetection(target, image, try auxiliary?(image, false), mm, cleanable)
  }

  /// Dilates; outside compatibility the result stays inside the area to be cleaned (defect D9).
  private func grown(_ mask: Mask, within cleanable: CleanableArea) throws -> Mask {
    let grown = try mask.dilated(times: options.dilation, work: work)
    return isCompatible ? grown : (grown & cleanable.mask) | mask
  }
}

extension TargetDetection {
  /// What both detectors found, not dilated yet.
  fileprivate init(
    _ target: Target, _ image: Plane<Float>, _ auxiliary: AuxiliaryDetection?, _ mm: Mask,
    _ cleanable: CleanableArea
  ) {
    self.init(
      target: target, image: image, perIteration: auxiliary?.perIteration ?? [],
      iterationLimit: auxiliary?.iterationLimit ?? 0)
    if let auxiliary { lacosmic = auxiliary.mask & cleanable.mask }
    mmcosmic = mm
  }
}
