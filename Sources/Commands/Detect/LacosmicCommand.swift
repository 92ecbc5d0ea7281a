import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// `lacosmic`: cosmic rays of a single image by Laplacian edge detection.
struct LacosmicCommand: Command {
  static let info = CommandInfo(
    "lacosmic", "Find and clean cosmic rays in one image (van Dokkum 2001)", family: .detect,
    results: [
      .result("clean", .image, "the image with cosmic rays replaced, in the input's unit"),
      .result("mask", .mask, "cosmic rays; with all=yes also the mask of the image"),
    ], examples: ["clean, mask = lacosmic (median (simulate nx=80 ny=60 seed=1)) gain=1 rnoise=3.4"],
    discussion: [
      "Masks agree pixel for pixel with those of astroscrappy, and the defaults are the same. crmasks has those of the numina "
        + "parameter file (fsmode=convolve, psfmodel=gaussxy), which find far fewer hits in single images. Pixels "
        + "within 3 (sepmed=yes) or 2 pixels of the border are not tested unless you give padwidth. The input mask "
        + "grows by a pixel. Results keep the unit of the input; gain_apply=yes multiplies the cleaned image by the "
        + "gain.",
      "A known bias is subtracted during detection and added back to the cleaned image. satlevel is a raw pixel "
        + "value, bias included.",
    ], memory: MemoryNeed(perPixel: 16))

  enum InmaskMedians: String, WordParameter { case reference, exact }

  @Parameter("image to clean", positional: true, aliases: ["indat", "ccd"]) var image: Image
  @Parameter("conversion gain; if omitted, that of IMAGE or its header", unit: "e-/ADU", above: 0, upTo: 1e6)
  var gain: Double? = nil
  @Parameter("readout noise", unit: "ADU", in: 0...1e6) var rnoise: Double? = nil
  @Parameter("readout noise in electrons, instead of rnoise", unit: "electron", in: 0...1e6) var readnoise:
    Double? = nil
  @Parameter(
    "bias level, subtracted during detection; auto: that of the overscan", unit: "ADU",
    in: -1e7...1e7)
  var bias: BiasChoice? = nil
  @Parameter("header: exclude prescan and overscan as TRIMSEC or DATASEC define them") var trim = Trim.no
  @SettingsParameters(
    only: [
      "satlevel", "sigclip", "sigfrac", "objlim", "niter", "sepmed", "cleantype", "fsmode", "psfmodel",
      "psffwhm_x", "psffwhm_y", "psfsize", "psfbeta", "gain_apply", "padwidth", "verbose",
    ],
    help: [
      "satlevel": "saturation level; none: 65536 electrons, the algorithm's own; inf: no pixel is saturated",
      "gain_apply": "multiply the cleaned image by the gain",
      "padwidth": "width of the mirrored border; 0: edges are not tested",
      "verbose": "print each iteration",
    ],
    change: {
      // astroscrappy's.
      ($0.lacosmic.algorithm, $0.lacosmic.model, $0.lacosmic.satlevel) = (.init(), .init(), nil)
      $0.lacosmic.gainApply = false
      $0.lacosmic.verbose = false
    }) var settings
  @Parameter(
    "FWHM of the PSF along both axes, instead of psffwhm_x and psffwhm_y", unit: "pixel", above: 0, upTo: 1e4)
  var psffwhm: Double? = nil
  @Parameter("PSF kernel with odd sides, replaces psfmodel") var psfk: Image? = nil
  @Parameter("pixels to exclude; grown by 1 pixel") var inmask: Mask? = nil
  @Parameter("background still in the pixels, excluded during detection, in the input's unit")
  var inbkg: Image? = nil
  @Parameter("background that is already subtracted (number or image); it counts as noise", aliases: ["pssl"])
  var subtracted: Value? = nil
  @Parameter("noise variance in squared units of the image, replaces the noise model") var invar: Image? = nil
  @Parameter("exact: keep masked pixels out of the medians") var inmaskMedians = InmaskMedians.reference
  @Parameter("include the mask of the image in the result") var all = false
  @Parameter("stop if image and noise model disagree, instead of a warning") var strict = false

  static func check(_ bound: Bound) throws { try written(bound)?.refuseIdle(bound) }

  /// Refuses what the others leave without an effect, whatever the image is.
  private func refuseIdle(_ bound: Bound) throws {
    if rnoise != nil, readnoise != nil {
      throw CRSError.usage("give rnoise (ADU) or readnoise (electrons), not both", parameter: "readnoise")
    }
    if bound.isKnown("invar") {
      try bound.refuse(
        ["rnoise", "readnoise", "subtracted"], "beside invar", expected: "invar, which stands for all noise")
    }
    let ofProfile = ["psfmodel", "psffwhm", "psffwhm_x", "psffwhm_y", "psfsize", "psfbeta"]
    if psffwhm != nil {
      try bound.refuse(
        ["psffwhm_x", "psffwhm_y"], "beside psffwhm", expected: "one or the other")
    }
    if settings.lacosmic.algorithm.fineStructure != .convolve {
      try bound.refuse(
        ofProfile + ["psfk"], "with fsmode=median", expected: "fsmode=convolve beside it")
    } else if bound.isKnown("psfk") {
      try bound.refuse(ofProfile, "beside psfk", expected: "the kernel or a profile")
    }
    try bound.locating { try settings.checkEffects() }
    if settings.lacosmic.algorithm.niter == 0 {
      try bound.refuse(
        ["psfk", "psffwhm", "inmask", "inbkg", "subtracted", "invar", "inmask_medians"], "with niter=0",
        expected: "at least one iteration")
    }
  }

  func run(_ context: CommandContext) throws -> CommandResult {
    try refuseIdle(context.call.bound)
    if let card = ColourMosaic.card(of: image) {
      throw CRSError.data(
        "the image is a colour mosaic (\(card)): neighbouring pixels see different colours",
        parameter: "image",
        expected: "an image of one colour",
        hint: "clean one colour at a time ('FILE[*:2,*:2]' is one), or stack exposures")
    }
    let gone = try subtractedPlane(context)
    try LACosmic.check(
      image.shape, inmask: inmask, background: inbkg?.pixels, subtracted: gone, variance: invar?.pixels)
    inmask?.placeNote(beside: image).map(context.note)
    // A variance stands for all noise.
    let needsNoise = readnoise == nil && invar == nil
    let found = try DetectorLookup(
      image: image, gain: gain, readoutNoise: rnoise ?? readnoise.map { _ in 0 }, bias: bias,
      need: needsNoise ? [.gain, .noise] : .gain, allowsErrors: invar == nil)
    if invar == nil, !found.knowsNoise, let errors = image.uncertainty, let lost = errors.withoutSquare {
      throw CRSError.data(
        "the errors of \(errors.name), such as \(Double(lost).short), have squares that float32 does not hold",
        expected: "errors of 1.1e-19 to 1.8e19", hint: "multiply the image by a number first")
    }
    let errors =
      invar == nil && !found.knowsNoise
      ? try image.noiseVariance(bias: found.detector.bias, work: context.work) : nil
    if errors != nil, settings.lacosmic.gainApply {
      throw CRSError.usage(
        "the gain is not known: the errors stand for it", parameter: "gain_apply",
        expected: "gain= and rnoise=")
    }
    context.tell(found)
    // Several amplifiers: the parameters have what is typical, the pixels are searched with their own.
    let isUneven = found.detector.gain.uniform == nil || found.detector.readoutNoise.uniform == nil
    let e = errors?.scaleToNoise ?? found.detector.gain.typical
    let noise = found.detector.readoutNoise.typical
    if let readnoise { context.report("readnoise \(readnoise.plain) electrons (argument)") }
    let ofPixels = readnoise.map { $0 / e } ?? (found.knowsNoise ? noise : nil)
    image.roundingNote(number: 1, noise: ofPixels).map(context.note)
    let level = found.detector.bias
    if found.facts[0].bias == nil { context.report("bias 0.0 \(image.unit.name) (\(Source.assumed))") }
    if level != .constant(0), let known = found.facts[0].bias {
      context.report(
        "bias \(level.listed) \(image.unit.name) (\(known.source)), subtracted during detection")
    }
    let parameters = try parameters(
      gain: e, noise: readnoise ?? noise * e, bias: level.typical, knowsElectrons: errors == nil)
    let masked = masked(errors)
    if masked == nil {
      try context.call.bound.refuse(
        ["inmask_medians"], "where no pixel is masked", expected: "inmask= or an image with a mask")
    }
    if image.mask == nil {
      try context.call.bound.refuse(
        ["all"], "where the image has no mask", expected: "an image with a mask, or it left out")
    }
    let variance = invar?.pixels ?? errors?.map { $0.isFinite ? $0 : 0 }
    let pixels = try Calibration.calibrated(image.pixels, bias: level, work: context.work)
    var own = found.detector
    if let readnoise { own.readoutNoise = own.gain.combined(with: .constant(readnoise)) { $1 / $0 } }
    let uneven = isUneven && invar == nil ? UnevenImage(pixels, detector: own, subtracted: gone) : nil
    let check =
      try uneven?.noiseCheck(parameters, mask: masked, work: context.work)
      ?? NoiseCheck(
        pixels, parameters: parameters, mask: masked, subtracted: gone, variance: variance,
        work: context.work)
    context.tell(trim, of: [image])
    for warning in warnings(check, found, pixels, masked, isUneven: uneven != nil, gain: e) {
      guard !strict else {
        throw CRSError.data(
          warning, parameter: "strict", expected: "a noise model that agrees with the image")
      }
      context.note(warning)
    }
    let result =
      try uneven?.run(parameters, inmask: masked, background: inbkg?.pixels, work: context.work)
      ?? LACosmic.run(
        pixels, parameters: parameters, exactPixels: doubles(above: level), inmask: masked,
        background: inbkg?.pixels, subtracted: gone, variance: variance, work: context.work)
    FineStructureCheck.warnings(parameters).forEach(context.note)
    let given = settings.lacosmic
    if given.verbose { result.verboseLines.forEach(context.report) }
    if result.nonFinite > 0 {
      context.note("\(result.nonFinite) NaN or infinite pixels were treated as masked")
    }
    tellUnjudged(result, pixels, masked, parameters, context)
    var clean = image.edited(
      result.clean.raised(by: level, where: result.mask, over: image.pixels), mask: result.mask)
    if given.gainApply { clean.convertToElectrons(gain: found.detector.gain) }
    let mask = all ? image.mask.map { result.mask | $0 } ?? result.mask : result.mask
    context.report("\(result.mask.flagged) pixels changed")
    var resolved = found.resolved
    if !needsNoise { resolved["rnoise"] = nil }
    if level == .constant(0) { resolved["bias"] = nil }
    return CommandResult([.image(clean), .mask(image.owning(mask))], resolved: resolved)
  }

  /// What contradicts the numbers of the detector and the background, a sentence each.
  ///
  /// - Parameters:
  ///   - check: in electrons where the image is uneven.
  ///   - pixels: without their bias [ADU].
  ///   - gain: electrons per ADU.
  private func warnings(
    _ check: NoiseCheck, _ found: DetectorLookup, _ pixels: Plane<Float>, _ masked: Mask?, isUneven: Bool,
    gain: Double
  ) -> [String] {
    var evidence = NoiseEvidence(
      image,
      used: readnoise == nil ? (found.detector.gain.typical, found.detector.readoutNoise.typical) : nil,
      gainCard: found.facts[0].gain?.source.card,
      bias: isUneven ? 0 : found.detector.bias.typical)
    if isUneven { evidence.spelling = .electron }
    let overscan = OverscanCheck(
      image, found.detector, knowsNoise: readnoise == nil && invar == nil && found.knowsNoise, trims: nil)
    let background = BackgroundCheck(
      pixels, background: inbkg?.pixels, noise: check.measuredNoise.map { isUneven ? $0 / gain : $0 },
      mask: masked)
    let diagnosis = NoiseDiagnosis(check, evidence).warnings(takesSubtracted: true)
    // A bias that the overscan tells explains too little noise.
    let isExplained = overscan.namesBias && check.disagreement == .tooQuiet
    return overscan.warnings + background.warnings(image.unit)
      + (isExplained ? Array(diagnosis.dropFirst()) : diagnosis)
  }

  /// - Parameters:
  ///   - gain: electrons per ADU.
  ///   - noise: electrons.
  ///   - bias: ADU.
  ///   - knowsElectrons: whether the gain gives electrons: where errors stand for it nobody knows where they saturate.
  private func parameters(
    gain: Double, noise: Double, bias: Double, knowsElectrons: Bool
  ) throws -> LACosmicParameters {
    var parameters = settings.lacosmic.parameters(
      gain: gain, readoutNoise: noise, unlimited: knowsElectrons ? 65536 : .infinity)
    if let satlevel = settings.lacosmic.satlevel, bias != 0 {
      // Pixels are judged without their bias, the level of saturation was given with it.
      guard satlevel > bias else {
        throw CRSError.usage(
          "\(satlevel.plain) is below the bias, \(bias.plain)", parameter: "satlevel",
          expected: "a level of the pixels as they are, or inf")
      }
      parameters.satlevel = (satlevel - bias) * gain
    }
    parameters.exactInmaskMedians = inmaskMedians == .exact
    if let psffwhm, case .model(var model) = parameters.psf {
      (model.fwhmX, model.fwhmY) = (psffwhm, psffwhm)
      parameters.psf = .model(model)
    }
    if let psfk { parameters.psf = .kernel(psfk.pixels) }
    return parameters
  }

  /// Pixels that are not tested.
  private func masked(_ errors: Plane<Float>?) -> Mask? {
    var masked = inmask
    if let errors {
      // A pixel without an error around it cannot be judged.
      let unknown = Mask(plane: errors.map { $0.isFinite ? 0 : 1 })
      if unknown.flagged > 0 { masked = masked.map { $0 | unknown } ?? unknown }
    }
    if let own = image.mask { masked = masked.map { $0 | own } ?? own }
    if trim == .header, let outside = ImagingArea(image)?.outside {
      masked = masked.map { $0 | outside } ?? outside
    }
    return masked
  }

  /// Says where little or nothing of the image could be judged, and why.
  private func tellUnjudged(
    _ result: LACosmicResult, _ pixels: Plane<Float>, _ masked: Mask?, _ parameters: LACosmicParameters,
    _ context: CommandContext
  ) {
    let shape = image.shape
    if !parameters.canJudge(shape) {
      return context.note("no pixel can be tested: \(parameters.reason(shape))")
    }
    let share = Double(result.unjudged) / Double(max(1, shape.count))
    guard share > 0.05 else { return }
    let limit = Float(parameters.satlevel / parameters.gain)
    var (given, saturated) = (0, 0)
    for (i, value) in pixels.pixels.enumerated() {
      if !value.isFinite || masked?.plane.pixels[i] ?? 0 != 0 {
        given += 1
      } else if value > limit {
        saturated += 1
      }
    }
    var causes: [String] = []
    if given > 0 {
      causes.append(
        "\(given) pixels (\((100 * Double(given) / Double(max(1, shape.count))).short) %) are masked or not finite, and "
          + "their neighbours are left out too")
    }
    if saturated > 0 || given == 0 {
      let level = "\(Double(limit).short) \(image.unit.name)"
      causes.append(
        (given > 0 ? "\(saturated) count as saturated" : "they count as saturated")
          + ", above \(level) (\(parameters.satlevel.short) electrons); satlevel=LEVEL [\(image.unit.name)] or "
          + "satlevel=inf")
    }
    context.note(
      "\((100 * share).short) % of the pixels are not tested: " + causes.joined(separator: "; "))
  }

  /// Pixels in double precision where float32 does not hold them, without their bias.
  private func doubles(above bias: DetectorValue) -> [Double]? {
    guard let values = image.doubles, bias != .constant(0) else { return image.doubles }
    return values.indices.map { values[$0] - bias.value(at: $0) }
  }

  private func subtractedPlane(_ context: CommandContext) throws -> Plane<Float>? {
    switch subtracted {
    case nil: return nil
    case .integer(let level)?: return try uniform(Double(level))
    case .number(let level)?: return try uniform(level)
    case let value?: return try context.reading.image(value).pixels
    }
  }

  private func uniform(_ level: Double) throws -> Plane<Float> {
    guard abs(level) < 1e12 else {
      throw CRSError.usage(
        "\(level) is no background", parameter: "subtracted", expected: "a level in the image's unit")
    }
    return Plane(width: image.width, height: image.height, repeating: Float(level))
  }
}

extension Plane where Element == Float {
  /// What was put into the pixels of a mask, raised by a bias; all other pixels as they were.
  fileprivate func raised(by bias: DetectorValue, where mask: Mask, over original: Plane<Float>) -> Plane<
    Float
  > {
    guard bias != .constant(0) else { return self }
    var out = original
    for i in 0..<out.count where mask.plane.pixels[i] != 0 {
      out.pixels[i] = Float(Double(pixels[i]) + bias.value(at: i))
    }
    return out
  }
}

extension Plane<Float> {
  /// What deviations are multiplied with so that L.A.Cosmic, which knows no variance below 1e-5, sees noise: a power of
  /// two, which changes no digit, and whose square float32 holds; 1 where the noise is as in electrons.
  fileprivate var scaleToNoise: Double {
    let step = Swift.max(1, count / 200_000) | 1
    let known = stride(from: 0, to: count, by: step).map { pixels[$0] }.filter { $0 > 0 && $0.isFinite }
      .sorted()
    guard let middle = known.upperMiddle else { return 1 }
    let deviation = Double(middle).squareRoot()
    return (0.5...1e4).contains(deviation) ? 1 : exp2(Swift.min(63, (3 - log2(deviation)).rounded()))
  }
}

extension Image {
  /// Pixels in double precision where float32 does not hold them.
  var doubles: [Double]? {
    switch exactPixels {
    case .float64(let values): values
    case .int64(let values): values.map { Double($0) }
    case .uint64(let values): values.map { Double($0) }
    case nil: nil
    }
  }
}
