import Files
import Kernels
import Pipeline

extension CrmasksJob {
  /// A job with checked parameters, whose flux factors and offsets are found where they are to be found.
  ///
  /// - Throws: `CRSError` (usage, data) for what does not go together.
  init(
    images: [Image], names: [String], detector: Detector, parameters: CrmasksParameters, boundary: Boundary?,
    compatibility: Compatibility?, work: Work, note: (String) -> Void
  ) throws {
    var options = MaskingOptions(exposures: images.count)
    options.method = parameters.method
    options.applyFluxFactorTo = parameters.applyFluxFactorTo
    options.dilation = parameters.dilation
    options.skippedRegions = parameters.skippedRegions
    options.flaggedPixels = parameters.flaggedPixels
    options.ignoredPixels = parameters.ignoredPixels
    options.localMedians = parameters.localMedians
    options.boundaryFit = parameters.boundaryFit
    options.boundary = boundary
    options.threshold = parameters.threshold
    options.minimumMax2d = parameters.minimumMax2d
    options.compatibility = compatibility
    switch parameters.simulations {
    case .number(let number): options.simulations = number
    case .exact: options.simulations = 0
    }
    options.seed = parameters.seed ?? UInt64.random(in: 1...999_999_999)
    let isCompatible = compatibility == .numina036
    let calibrated = try images.map {
      try Calibration.calibrated($0.pixels, bias: detector.bias, work: work)
    }
    let registration = try Registration(
      calibrated, detector: detector,
      flux: Self.flux(parameters.fluxFactor, exposures: images.count, isCompatible: isCompatible),
      regions: parameters.fluxFactorRegions,
      displacement: Self.displacement(parameters, exposures: images.count, isCompatible: isCompatible),
      scalesExposures: parameters.applyFluxFactorTo == .original, work: work)
    options.fluxFactors = registration.fluxFactors
    options.offsets = registration.offsets
    if parameters.detection == .pvalue, isCompatible {
      throw CRSError.usage(
        "pvalue does not go with compat", parameter: "mm_detector", expected: "boundary")
    }
    options.detection = parameters.detection == .pvalue ? .pvalue : .boundary
    options.pvalue.falseAlarms = parameters.falseAlarms
    options.pvalue.largestProbability = parameters.largestPValue
    options.pvalue.hysteresis = parameters.hysteresis
    options.pvalue.prior = parameters.prior == .local ? .local : .flat
    options.pvalue.priorBox = parameters.priorBox
    options.pvalue.mismatch = parameters.mismatch
    options.pvalue.vetoesLacosmic = parameters.laVeto
    self.init(images: images, names: names, detector: detector, options: options)
    self.registration = registration
    fluxRegions = parameters.fluxFactorRegions
    crosscorrRegion = parameters.crosscorrRegion
    useLamedian = parameters.useLAMedian
    semiwindow = parameters.semiwindow
    scale = parameters.colorScale == .zscale ? .zscale : .minMax
    maxplots = parameters.maxplots
    if parameters.method.usesLacosmic {
      guard let gain = detector.gain.uniform, let noise = detector.readoutNoise.uniform else {
        throw CRSError.data(
          "L.A.Cosmic needs one value for the whole image", parameter: "gain, rnoise",
          expected: "numbers, or crmethod mmcosmic")
      }
      lacosmic = parameters.lacosmic.parameters(
        gain: gain,
        // Defect D8: numina hands over ADU where electrons are expected.
        readoutNoise: isCompatible ? noise : noise * gain)
    }
    var resolved: [String: SettingValue] = [
      "mm_seed": .integer(Int(truncatingIfNeeded: options.seed)),
      "flux_factor": Set(options.fluxFactors).count == 1
        ? .number(options.fluxFactors[0]) : .list(options.fluxFactors.map { .number($0) }),
    ]
    if !parameters.method.usesMM { resolved["mm_seed"] = nil }
    if options.offsets.contains(where: { $0 != .zero }) {
      resolved["mm_xy_offsets"] = .list(options.offsets.map { .list([.number($0.x), .number($0.y)]) })
    }
    parameterLines =
      [
        "gain = \(detector.gain.text)", "rnoise = \(detector.readoutNoise.text)",
        "bias = \(detector.bias.text)",
      ]
      + parameters.historyLines(resolved: resolved)
      + (compatibility.map { ["compat = \($0.rawValue)"] } ?? [])
      + (boundary == nil ? [] : ["boundary = as given"])
  }

  private static func flux(
    _ parameter: CrmasksParameters.FluxFactor, exposures: Int, isCompatible: Bool
  ) -> Registration.Flux {
    switch parameter {
    case .none: .given([Double](repeating: 1, count: exposures))
    case .number(let factor): .given([Double](repeating: factor, count: exposures))
    case .list(let factors): .given(factors)
    case .auto: isCompatible ? .numina : .fit
    case .fit: .fit
    }
  }

  private static func displacement(
    _ parameters: CrmasksParameters, exposures: Int, isCompatible: Bool
  ) -> Registration.Displacement {
    let zero = [Offset](repeating: .zero, count: exposures)
    guard parameters.method.usesMM else { return .given(zero) }
    guard let region = parameters.crosscorrRegion else { return .given(parameters.offsets ?? zero) }
    let method = parameters.offsetMethod ?? (isCompatible ? .crosscorr : .fit)
    return method == .fit ? .fit(region, largest: parameters.largestOffset) : .numina(region)
  }
}

extension DetectorValue {
  /// The single value, or what stands for a plane.
  var text: String { uniform.map { $0 == $0.rounded() && abs($0) < 1e15 ? $0.fixed(1) : "\($0)" } ?? "array" }
}
