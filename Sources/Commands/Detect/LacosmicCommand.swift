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
      .result("mask", .mask, "cosmic rays; with all=yes the input's own mask too"),
    ], examples: ["clean, mask = lacosmic (median (simulate nx=80 ny=60 seed=1)) gain=1 rnoise=3.4"],
    discussion: [
      "Masks agree pixel for pixel with astroscrappy. No cosmic ray is found within 3 (sepmed=yes) or 2 pixels of the "
        + "border unless padwidth is given. The input mask is grown by a pixel. Results are in the input's unit; "
        + "gain_apply=yes multiplies the cleaned image by the gain."
    ], memory: MemoryNeed(perPixel: 16))

  enum InmaskMedians: String, WordParameter { case reference, exact }

  @Parameter("image to clean", positional: true) var image: Image
  @Parameter("gain; the value's own or the header's when left out", unit: "e-/ADU", above: 0, upTo: 1e6)
  var gain: Double? = nil
  @Parameter("readout noise", unit: "ADU", in: 0...1e6) var rnoise: Double? = nil
  @Parameter("readout noise instead of rnoise", unit: "electron", in: 0...1e6) var readnoise: Double? = nil
  @SettingsParameters(
    only: [
      "satlevel", "sigclip", "sigfrac", "objlim", "niter", "sepmed", "cleantype", "fsmode", "psfmodel",
      "psffwhm_x", "psffwhm_y", "psfsize", "psfbeta", "gain_apply", "padwidth", "verbose",
    ],
    help: [
      "satlevel": "saturation level; none: 65536 electrons, the algorithm's own",
      "gain_apply": "multiply the cleaned image by the gain",
      "padwidth": "reflect the border by so many pixels",
      "verbose": "print each iteration",
    ],
    change: {
      $0.lacosmic.gainApply = false
      $0.lacosmic.verbose = false
    }) var settings
  @Parameter("kernel instead of psfmodel, odd in both directions") var psfk: Image? = nil
  @Parameter("pixels not to be judged") var inmask: Mask? = nil
  @Parameter("background that was subtracted or is to be left out, in the input's unit") var inbkg: Image? =
    nil
  @Parameter("background that is gone from the pixels but left its noise: a number or an image")
  var subtracted: Value? = nil
  @Parameter("variance, in the input's unit squared") var invar: Image? = nil
  @Parameter("exact keeps masked pixels out of the medians") var inmaskMedians = InmaskMedians.reference
  @Parameter("add the image's own mask to the mask of hits") var all = false
  @Parameter("make a noise model that contradicts the image an error instead of a warning") var strict = false

  func run(_ context: CommandContext) throws -> CommandResult {
    if rnoise != nil, readnoise != nil {
      throw CRSError.usage("give rnoise (ADU) or readnoise (electrons), not both", parameter: "readnoise")
    }
    let ofProfile = ["psfmodel", "psffwhm_x", "psffwhm_y", "psfsize", "psfbeta"]
    if settings.lacosmic.algorithm.fineStructure != .convolve {
      try context.call.bound.refuse(
        ofProfile + ["psfk"], "with fsmode=median", expected: "fsmode=convolve beside it")
    } else if psfk != nil {
      try context.call.bound.refuse(ofProfile, "beside psfk", expected: "the kernel or a profile")
    }
    if let card = ColourMosaic.card(of: image) {
      throw CRSError.data(
        "the image is a colour mosaic (\(card)): neighbouring pixels see different colours",
        parameter: "image",
        expected: "an image of one colour",
        hint: "clean one colour at a time ('FILE[*:2,*:2]' is one), or stack exposures")
    }
    let found = try DetectorLookup(
      image: image, gain: gain, readoutNoise: rnoise ?? readnoise.map { _ in 0 },
      need: readnoise == nil ? [.gain, .noise] : .gain, allowsErrors: invar == nil)
    let errors =
      invar == nil && !found.knowsNoise ? try image.uncertainty?.noiseVariance(work: context.work) : nil
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
    let given = settings.lacosmic
    var parameters = given.parameters(gain: e, readoutNoise: readnoise ?? noise * e, unlimited: 65536)
    // The level of 16 bits, which rates and scaled units divide.
    if given.satlevel == 65535 { parameters.satlevel /= found.rawFactor }
    parameters.exactInmaskMedians = inmaskMedians == .exact
    if let psfk { parameters.psf = .kernel(psfk.pixels) }
    var masked = inmask
    if let errors {
      // A pixel without an error around it cannot be judged.
      let unknown = Mask(plane: errors.map { $0.isFinite ? 0 : 1 })
      if unknown.flagged > 0, unknown.shape == masked?.shape ?? unknown.shape {
        masked = masked.map { $0 | unknown } ?? unknown
      }
    }
    if let own = image.mask { masked = masked.map { $0.shape == own.shape ? $0 | own : $0 } ?? own }
    let gone = try subtractedPlane(context)
    let variance = invar?.pixels ?? errors?.map { $0.isFinite ? $0 : 0 }
    var own = found.detector
    if let readnoise { own.readoutNoise = own.gain.combined(with: .constant(readnoise)) { $1 / $0 } }
    let uneven = isUneven && invar == nil ? UnevenImage(image.pixels, detector: own, subtracted: gone) : nil
    let check =
      try uneven?.noiseCheck(parameters, mask: masked, work: context.work)
      ?? NoiseCheck(
        image.pixels, parameters: parameters, mask: masked, subtracted: gone, variance: variance,
        work: context.work)
    var evidence = NoiseEvidence(image, gainCard: found.facts[0].gain?.source.card)
    if uneven != nil { evidence.spelling = .electron }
    for warning in NoiseDiagnosis(check, evidence).warnings(takesSubtracted: true) {
      guard !strict else {
        throw CRSError.data(
          warning, parameter: "strict", expected: "a noise model that agrees with the image")
      }
      context.note(warning)
    }
    let result =
      try uneven?.run(parameters, inmask: masked, background: inbkg?.pixels, work: context.work)
      ?? LACosmic.run(
        image.pixels, parameters: parameters, exactPixels: image.doubles, inmask: masked,
        background: inbkg?.pixels, subtracted: gone, variance: variance, work: context.work)
    if given.verbose { result.verboseLines.forEach(context.report) }
    if result.nonFinite > 0 {
      context.note("\(result.nonFinite) NaN or infinite pixels were treated as masked")
    }
    var clean = image.edited(result.clean, mask: result.mask)
    if given.gainApply { clean.convertToElectrons(gain: found.detector.gain) }
    let mask = all ? image.mask.map { result.mask | $0 } ?? result.mask : result.mask
    if !parameters.canJudge(image.pixels.shape) {
      context.note("no pixel can be judged: \(parameters.reason(image.pixels.shape))")
    }
    context.report("\(result.mask.flagged) pixels changed")
    var resolved = found.resolved
    if readnoise != nil { resolved["rnoise"] = nil }
    resolved["bias"] = nil
    return CommandResult([.image(clean), .mask(image.owning(mask))], resolved: resolved)
  }

  private func subtractedPlane(_ context: CommandContext) throws -> Plane<Float>? {
    switch subtracted {
    case nil: return nil
    case .number(let level)?:
      guard abs(level) < 1e12 else {
        throw CRSError.usage(
          "\(level) is no background", parameter: "subtracted", expected: "a level in the image's unit")
      }
      return Plane(width: image.width, height: image.height, repeating: Float(level))
    case let value?: return try context.reading.image(value).pixels
    }
  }
}

extension Plane<Float> {
  /// What variances are multiplied with so that L.A.Cosmic, which knows no variance below 1e-5, sees noise: a power of
  /// two, which changes no digit; 1 where the noise is as in electrons.
  fileprivate var scaleToNoise: Double {
    let step = Swift.max(1, count / 200_000) | 1
    let known = stride(from: 0, to: count, by: step).map { pixels[$0] }.filter { $0 > 0 && $0.isFinite }
      .sorted()
    guard !known.isEmpty else { return 1 }
    let deviation = Double(known[known.count / 2]).squareRoot()
    return (0.5...1e4).contains(deviation) ? 1 : exp2((3 - log2(deviation)).rounded())
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
