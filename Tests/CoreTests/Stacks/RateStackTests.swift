import Testing

@testable import Files
@testable import Kernels
@testable import Pipeline

/// Rates of unlike exposure times: what their counts give with the ratio of the times as flux factors.
@Suite struct RateStackTests {
  private static let times = [100.0, 300.0, 50.0]

  /// Exposures of one sky in counts and in counts a second, with hits in single exposures and at shared places.
  private func stacks(seed: UInt64 = 1, hits: Bool = true) throws -> (counts: Stack, rates: Stack) {
    var (counts, rates): ([Image], [Image]) = ([], [])
    for (k, time) in Self.times.enumerated() {
      var scene = StackScene(width: 120, height: 100)
      (scene.detectors, scene.seed) = ([(2, 8)], seed * 10 + UInt64(k))
      scene.level = { x, y in (60 + 2 * Double(x) + 300 * gauss(Double(y - 50) / 4)) * time / 100 }
      let pixels = scene.planes { _, x, y in
        guard hits else { return 0 }
        let own = (x + 7 * y + 13 * k) % 211 == 0
        let shared = k < 2 && x % 20 == 5 && y % 20 == 7
        return own || shared ? 4000 : 0
      }[0]
      var header = Header()
      for (name, value) in [("GAIN", 2), ("RDNOISE", 8), ("EXPTIME", time)] { header.set(name, .real(value)) }
      counts.append(Image(pixels: pixels, unit: .adu, header: header))
      rates.append(
        Image(
          pixels: pixels.map { Float(Double($0) / time) }, unit: PixelUnit(parsing: "adu/s"), header: header))
    }
    return (try Stack(exposures: counts), try Stack(exposures: rates))
  }

  private func lookup(_ stack: Stack) throws -> DetectorLookup {
    try DetectorLookup(stack: stack, gain: nil, readoutNoise: nil, bias: nil)
  }

  private func run(_ stack: Stack, _ change: (inout CrmasksSettings) -> Void) throws -> (
    MaskingResult, [ExposurePlanes], MatchedExposures, CrmasksRun
  ) {
    var settings = CrmasksSettings(.call)
    settings.seed = 1
    change(&settings)
    let planes = try stack.planes(lookup(stack), work: Work())
    let group = ExposureGroup(stack.exposures, names: ["a", "b", "c"])
    let exposures = try CalibratedExposures(group, planes, for: .masks(nil), work: Work())
    let run = try CrmasksRun(exposures, settings: settings, work: Work())
    let result = try run.masks(RunTalk(work: Work(), report: { _ in }, note: { _ in }))
    return (result, planes, exposures.matched, run)
  }

  @Test func matchedRatesAreCountsOfOneTime() throws {
    let (counts, rates) = try stacks()
    let matched = try MatchedExposures(rates.planes(lookup(rates), work: Work()), work: Work())
    #expect(matched.hasLevels && matched.levels == [1, 3, 0.5])
    for (plane, image) in zip(matched.planes, counts.exposures) {
      for i in stride(from: 0, to: plane.count, by: 97) {
        #expect(abs(plane.pixels[i] * 100 / image.pixels.pixels[i] - 1) < 1e-5)
      }
    }
    for detector in matched.noise.detectors {
      #expect(
        abs(detector.gain.typical / 200 - 1) < 1e-9 && abs(detector.readoutNoise.typical / 0.04 - 1) < 1e-6)
    }
    // Of one time they are compared as they are.
    let equal = try Stack(exposures: [rates.exposures[0], rates.exposures[0], rates.exposures[0]])
    #expect(try !MatchedExposures(equal.planes(lookup(equal), work: Work()), work: Work()).hasLevels)
  }

  @Test(arguments: [MaskingOptions.Detection.pvalue, .boundary])
  func masksAreThoseOfTheCounts(detection: MaskingOptions.Detection) throws {
    let (counts, rates) = try stacks()
    let (ofRates, planes, matched, _) = try run(rates) {
      $0.masking.detection = detection
      $0.masking.dilation = 0
    }
    let (ofCounts, countPlanes, _, _) = try run(counts) {
      $0.masking.detection = detection
      $0.masking.dilation = 0
      $0.flux = .list(Self.times.map { $0 / Self.times[0] })
      $0.masking.applyFluxFactorTo = .original
    }
    #expect(ofRates.masks.fluxFactors == [1, 1, 1])
    let found = ofRates.masks.exposures.map(\.flagged)
    #expect(found.allSatisfy { $0 > 40 }, "\(found)")
    if detection == .pvalue {
      // Equal but for one detector, whose variances are summed in another order.
      for (a, b) in zip(
        ofRates.masks.exposures + [ofRates.masks.medianCR],
        ofCounts.masks.exposures + [ofCounts.masks.medianCR])
      {
        let differing = (a & !b).flagged + (b & !a).flagged
        #expect(differing <= max(6, a.flagged / 10), "\(differing) of \(a.flagged)")
      }
    }
    for method in [CombinationMethod.mediancr, .meancr, .mean] {
      let rate = try MaskedCombination(
        planes, matched: matched, masks: ofRates.masks, fluxFactors: matched.divisors([1, 1, 1]), work: Work()
      ).combined(method, work: Work())
      let count = try MaskedCombination(
        countPlanes, masks: ofRates.masks, fluxFactors: [1, 3, 0.5], work: Work()
      ).combined(method, work: Work())
      for i in stride(from: 0, to: rate.image.count, by: 31) {
        #expect(abs(rate.image.pixels[i] * 100 / count.image.pixels[i] - 1) < 1e-4)
        #expect(abs(rate.variance.pixels[i] * 10000 / count.variance.pixels[i] - 1) < 1e-3)
      }
    }
  }

  /// VARIANCE and the cards of a mean of rates are those of its scatter.
  @Test func varianceIsThatOfTheScatter() throws {
    let (_, rates) = try stacks(hits: false)
    let found = try lookup(rates)
    let planes = try rates.planes(found, work: Work())
    let matched = try MatchedExposures(planes, work: Work())
    let divisors = matched.divisors([1, 1, 1])
    let result = try MaskedCombination(
      planes, matched: matched, masks: nil, fluxFactors: divisors, work: Work()
    ).combined(.mean, work: Work())
    let image = rates.combined(
      result, by: .mean, factors: [1, 1, 1], divisors: matched.totalDivisors(divisors), facts: found.facts)
    let known = image.knownDetector
    let (gain, noise) = (
      try #require(known.gain?.value.uniform), try #require(known.readoutNoise?.value.uniform)
    )
    var (pull, cards) = (0.0, 0.0)
    for y in 0..<100 {
      for x in 0..<120 {
        let truth = (60 + 2 * Double(x) + 300 * gauss(Double(y - 50) / 4)) / 200
        let d = Double(result.image[x, y]) - truth
        pull += d * d / Double(result.variance[x, y])
        cards += d * d / (truth / gain + noise * noise)
      }
    }
    #expect((0.95...1.05).contains((pull / 12000).squareRoot()), "\(pull / 12000)")
    #expect((0.95...1.05).contains((cards / 12000).squareRoot()), "\(cards / 12000)")
    #expect(known.exposureTime?.value == 450)
  }

  @Test func falseAlarmsAreThoseAskedFor() throws {
    var total = 0
    for seed in 1...3 as ClosedRange<UInt64> {
      let (_, rates) = try stacks(seed: seed, hits: false)
      let matched = try MatchedExposures(rates.planes(lookup(rates), work: Work()), work: Work())
      var options = PValueOptions()
      (options.falseAlarms, options.hysteresis, options.largestProbability) = (100, 0, 0.5)
      let factors = matched.divisors([1, 1, 1])
      let judge = try PValueDetector(
        matched.divided(by: factors, work: Work()), factors: factors, offsets: factors.map { _ in .zero },
        noise: matched.noise, options: options, work: Work())
      total += try judge.detect().core.flagged
    }
    #expect(total > 30 && total < 450, "\(total)")
  }

  @Test func fluxFactorsAreRelativeToTheRates() throws {
    let (_, rates) = try stacks()
    var dimmer = rates.exposures
    dimmer[2].pixels = dimmer[2].pixels.map { $0 * 0.8 }
    for (stack, wanted) in [(rates, [1.0, 1, 1]), (try Stack(exposures: dimmer), [1, 1, 0.8])] {
      let (result, _, _, run) = try run(stack) { $0.flux = .fit }
      for (found, wanted) in zip(result.masks.fluxFactors, wanted) { #expect(abs(found - wanted) < 0.02) }
      #expect(run.registration.fluxFactors == result.masks.fluxFactors)
    }
  }

  @Test func whatCannotBeExactIsRefused() throws {
    let (_, rates) = try stacks()
    let one = try DetectorLookup(stack: rates, gain: 200, readoutNoise: 0.04, bias: nil)
    let error = crsError { _ = try rates.planes(one, work: Work()) }
    #expect(error?.parameter == "gain" && error?.hint?.contains("unit=electron") == true)
    let simulated = crsError {
      _ = try run(rates) {
        $0.masking.applyFluxFactorTo = .simulated
        $0.given.insert("apply_flux_factor_to")
      }
    }
    #expect(simulated?.parameter == "apply_flux_factor_to" && simulated?.expected == "original")
  }

  @Test func timesAndGainsAreTold() throws {
    let (counts, rates) = try stacks()
    let notes = try lookup(rates).notes
    #expect(
      notes.count == 1 && notes[0].contains("rates of different exposure times: 100 s (exposure 1), 300 s"))
    #expect(try lookup(counts).notes[0].contains("relative to the first one 1, 3, 0.5"))
  }
}
