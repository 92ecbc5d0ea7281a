import Files
import Kernels

/// The masks of a group of exposures.
package struct CrmasksRun: Sendable {
  package let exposures: CalibratedExposures
  /// With the seed that was drawn, and the flux factors and offsets that were found.
  package let settings: CrmasksSettings
  package let registration: Registration
  package let options: MaskingOptions
  /// nil when the method does not use L.A.Cosmic, or the exposures are too narrow for it, with a line that says so.
  private let lacosmic: LACosmicParameters?
  private let omission: String?
  /// Whether it was said already why exposures scatter otherwise than their noise says.
  package var isScatterExplained = false
  /// `name = value` of everything that the masks depend on, for HISTORY and identity.
  private let parameterLines: [String]

  /// Finds flux factors and offsets where they are to be found.
  ///
  /// - Parameter isForced: go on where the level of an exposure is far from the others'.
  /// - Throws: `CRSError` (usage, data) for what does not go together; interrupted.
  package init(
    _ exposures: CalibratedExposures, settings: CrmasksSettings, boundary: Boundary? = nil,
    compatibility: Compatibility? = nil, isForced: Bool = false, work: Work
  ) throws {
    var settings = settings
    settings.drawSeed()
    let isPair = exposures.count == 2 && compatibility == nil
    if isPair, !settings.isGiven("la_fsmode") {
      // It judges the minimum of two exposures, whose sources have no one width.
      settings.lacosmic.algorithm.fineStructure = .median
    }
    let (shape, count) = (exposures.matched.shape, exposures.matched.planes.count)
    // As measured: masks, the median and its cleaning for each pixel, levels and hits for each value; what changes between
    // two exposures takes five planes more.
    try work.require(
      bytes: Double(shape.width) * Double(shape.height) * (20 + 10 * Double(count) + (isPair ? 20 : 0)),
      for: "masks of \(count) exposures of \(shape) pixels")
    let detector = exposures.detector
    let scale = exposures.planes[0].scale
    // Given in the unit of the exposures.
    if scale != 1, case .list(let skies) = settings.sky { settings.sky = .list(skies.map { $0 * scale }) }
    if exposures.matched.hasLevels { try settings.divideExposures() }
    switch settings.sky {
    case .auto where compatibility != nil, .list where compatibility != nil:
      throw CRSError.usage("does not go with compat", parameter: "sky", expected: "none")
    case .none, .whereClear, .auto, .list: break
    }
    registration = try settings.registration(
      of: exposures.matched, times: exposures.images.timesOfLevels, compatibility: compatibility,
      isForced: isForced, work: work)
    settings.adopt(registration)
    if compatibility == nil { settings.divideUnlikeExposures() }
    var exposures = exposures
    if !registration.skies.isEmpty {
      try exposures.take(off: registration.skies, work: work)
    }
    var options = try settings.options(boundary: boundary, compatibility: compatibility)
    options.multiplyLevels(by: scale)
    options.fluxFactors = exposures.matched.divisors(options.fluxFactors)
    // Factors that somebody gave are what the levels should be.
    if registration.fluxFit == nil, registration.skyFit?.hasGivenFactors ?? true {
      options.expectedLevels = options.fluxFactors
    }
    options.isForced = isForced
    let found =
      try settings.masking.method.usesLacosmic
      ? Self.lacosmic(
        settings, detector, exposures.planes[0], isCompatible: compatibility == .numina036) : nil
    // Spectra of one row have no pixel that L.A.Cosmic judges; the other detector needs no neighbours.
    if let found, compatibility == nil, settings.masking.method == .mmLacosmic, !settings.useLAMedian,
      !found.canJudge(shape)
    {
      omission = "L.A.Cosmic is skipped (crmethod=mmcosmic): \(found.reason(shape))"
      lacosmic = nil
      settings.masking.method = .mmcosmic
      options.method = .mmcosmic
    } else {
      (omission, lacosmic) = (nil, found)
    }
    self.options = options
    let read = exposures.planes[0].asRead.detector
    parameterLines =
      (exposures.planes[0].isNoiseOfErrors
        ? ["noise = smallest error of the exposures"]
        : ["gain = \(read.gain.historyText)", "rnoise = \(read.readoutNoise.historyText)"])
      + ["bias = \(read.bias.historyText)"] + settings.historyLines
      + (isPair ? ["- scale = \(settings.masking.changes.rawValue)"] : [])
      + (compatibility.map { ["compat = \($0.rawValue)"] } ?? [])
      + (boundary == nil ? [] : ["boundary = as given"])
    (self.exposures, self.settings) = (exposures, settings)
  }

  /// - Parameter planes: any of the exposures.
  private static func lacosmic(
    _ settings: CrmasksSettings, _ detector: Detector, _ planes: ExposurePlanes, isCompatible: Bool
  ) throws -> LACosmicParameters {
    if isCompatible, detector.gain.uniform == nil || detector.readoutNoise.uniform == nil {
      throw CRSError.data(
        "L.A.Cosmic of numina needs one value for the whole image", parameter: "gain, rnoise",
        expected: "numbers, or crmethod mmcosmic")
    }
    let (gain, noise) = (detector.gain.typical, detector.readoutNoise.typical)
    // numina hands over ADU where electrons are expected; where errors stand for the noise electrons are no number.
    var parameters = settings.lacosmic.parameters(
      gain: gain, readoutNoise: isCompatible ? noise : noise * gain,
      unlimited: planes.isNoiseOfErrors ? 65535 * gain : 65535)
    guard planes.scale != 1 else { return parameters }
    // A level that is given is one of the exposures as they are; the default is one of counts.
    if settings.isGiven("la_satlevel"), settings.lacosmic.satlevel != nil {
      parameters.satlevel *= planes.scale
    } else if planes.isNoiseOfErrors {
      parameters.satlevel = .infinity
    }
    return parameters
  }

  /// Makes the masks and tells how.
  ///
  /// - Parameter isBrief: tell the counts of all targets as one table instead of the original's listing.
  /// - Throws: `CRSError` (data, interrupted).
  package func masks(_ talk: RunTalk, isBrief: Bool = false) throws -> MaskingResult {
    if let omission { talk.note(omission) }
    if !isBrief {
      talk.report("parameters:")
      for line in parameterLines {
        talk.report("  " + (line.hasPrefix("- ") ? String(line.dropFirst(2)) : line))
      }
    }
    var identity = exposures.identity ?? ContentHash()
    parameterLines.forEach { identity.add($0) }
    let masking = try Masking(
      exposures.planes, matched: exposures.matched, options: options,
      auxiliary: auxiliary(lacosmic, talk.work),
      loneDetector: auxiliary(lone, talk.work), work: talk.work)
    let history =
      ["CRMasks generated by crs \(CRSVersion.text)", "at \(Clock.iso)"]
      + parameterLines.map { $0.hasPrefix("- ") ? $0 : "- " + $0 }
    let scale = exposures.planes[0].scale
    // Where gain and readout noise are known a note says so.
    if scale != 1, exposures.planes[0].isNoiseOfErrors {
      talk.report("values are multiplied by \(scale.short) during detection")
    }
    var result = try settings.naming {
      try masking.run(uuid: identity.uuid, history: history, review: talk.review)
    }
    result.masks.skies = registration.skies.map { $0 / scale }
    if options.compatibility == nil { result.masks = result.masks.owned(by: exposures.images) }
    if scale != 1 { result.masks.laMedian = result.masks.laMedian?.map { $0 / Float(scale) } }
    if exposures.matched.hasLevels { result.masks.fluxFactors = registration.fluxFactors }
    let noise = exposures.matched.noise
    MaskingReport(
      result, options, registration, settings, unit: exposures.images[0].unit,
      times: exposures.images.timesOfHits,
      readoutNoise: noise.isCommon && scale == 1 ? noise.typicalDetector.readoutNoise.typical : nil,
      isScatterExplained: isScatterExplained, isBrief: isBrief
    )
    .tell(report: talk.report, note: talk.note)
    if isBrief, let line = MaskingReport.comparison(result) { talk.report(line) }
    return result
  }

  /// L.A.Cosmic for values that are the only ones of their pixel: no other detector finds what it leaves, and a kernel as
  /// narrow as the hits leaves most of them.
  private var lone: LACosmicParameters? {
    guard var parameters = lacosmic, !settings.isGiven("la_fsmode") else { return lacosmic }
    parameters.fineStructure = .median
    return parameters
  }

  private func auxiliary(_ lacosmic: LACosmicParameters?, _ work: Work) -> AuxiliaryDetector? {
    guard let lacosmic else { return nil }
    let detector = exposures.matched.noise.typicalDetector
    if detector.gain.uniform == nil || detector.readoutNoise.uniform == nil {
      let typical = detector.readoutNoise.typical
      return { image, readoutNoise, keepsClean in
        var own = detector
        if let readoutNoise, typical > 0 {
          own.readoutNoise = own.readoutNoise.combined(with: .constant(readoutNoise / typical), *)
        }
        let found = try UnevenImage(image, detector: own).run(lacosmic, keepsClean: keepsClean, work: work)
        return AuxiliaryDetection(
          clean: found.clean, mask: found.mask, perIteration: found.perIteration,
          iterationLimit: found.iterationLimit)
      }
    }
    let gain = exposures.detector.gain.typical
    return { image, readoutNoise, keepsClean in
      var lacosmic = lacosmic
      if let readoutNoise { lacosmic.readNoise = readoutNoise * gain }
      let found = try LACosmic.run(image, parameters: lacosmic, keepsClean: keepsClean, work: work)
      return AuxiliaryDetection(
        clean: found.clean, mask: found.mask, perIteration: found.perIteration,
        iterationLimit: found.iterationLimit)
    }
  }
}

extension DetectorValue {
  /// The single value, or what stands for a plane.
  fileprivate var historyText: String {
    uniform.map { $0 == $0.rounded() && abs($0) < 1e15 ? $0.fixed(1) : "\($0)" } ?? "array"
  }
}
