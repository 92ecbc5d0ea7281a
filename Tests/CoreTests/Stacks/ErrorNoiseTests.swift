import Testing

@testable import Kernels

/// Exposures in foreign units: their errors are all that is known of the noise.
@Suite struct ErrorNoiseTests {
  /// Electrons for one unit of the pixels.
  private static let scale: Float = 40

  /// Exposures of a fibre in a foreign unit, each with the errors that its own values make, and hits.
  ///
  /// - Parameter readout: of each exposure [electron].
  private func exposures(
    readout: [Double] = [5, 5, 5], scale: Float = ErrorNoiseTests.scale, coincidences: [(Int, Int)] = []
  ) -> (foreign: [ExposurePlanes], known: [ExposurePlanes], scene: StackScene) {
    var scene = StackScene()
    scene.level = { _, y in 40 + 600 * gauss(Double(y - 60) / 6) }
    scene.detectors = readout.map { (1, $0) }
    let spoilt = Set(coincidences.map { $1 * scene.width + $0 })
    let planes = scene.planes { k, x, y in
      k < 2 && spoilt.contains(y * scene.width + x)
        ? 500 + 200 * Double(k) : (x * 31 + y * 17 + k * 7) % 997 == 0 ? 900 : 0
    }
    let foreign = planes.indices.map { k in
      ExposurePlanes(
        pixels: planes[k].map { $0 / scale },
        deviation: planes[k].map { (max($0, 0) + Float(readout[k] * readout[k])).squareRoot() / scale },
        bias: .constant(0))
    }
    return (foreign, scene.exposures(planes), scene)
  }

  @Test func theSmallestVarianceIsTheNoise() throws {
    let (foreign, _, scene) = exposures()
    let noisy = try foreign.withNoiseOfErrors(scales: false, work: Work())
    #expect(noisy.allSatisfy { $0.knowsNoise && $0.isNoiseOfErrors } && noisy.haveOneDetector)
    let noise = PixelNoise(noisy[0].detector)
    let truth = scene.truth()
    var ratios: [Float] = []
    for i in 0..<truth.count {
      let (perSignal, readout) = noise.at(i)
      let level = truth.pixels[i] / Self.scale
      let expected = (truth.pixels[i] + 25) / (Self.scale * Self.scale)
      ratios.append((level * perSignal + readout) / expected)
    }
    ratios.sort()
    // The smallest of three values lies 0.85 deviations below the level.
    #expect((0.9...1.1).contains(ratios[ratios.count / 2]), "\(ratios[ratios.count / 2])")
    #expect(ratios[ratios.count / 100] > 0.6 && ratios[ratios.count * 99 / 100] < 1.4)
  }

  @Test(arguments: [MaskingOptions.Detection.pvalue, .boundary])
  func detectionIsThatOfGainAndNoise(detection: MaskingOptions.Detection) throws {
    let places = (0..<40).map { (10 + ($0 * 37) % 120, 8 + ($0 * 53) % 104) }
    let (foreign, known, scene) = exposures(coincidences: places)
    func found(_ exposures: [ExposurePlanes]) throws -> Mask {
      try scene.run(exposures, detection: detection) {
        ($0.method, $0.dilation) = (.mmcosmic, 0)
      }.result.masks.medianCR
    }
    let (own, usual) = (try found(foreign.withNoiseOfErrors(work: Work())), try found(known))
    let hits = places.count { own[$0.0, $0.1] }
    #expect(hits >= 38 && hits >= places.count { usual[$0.0, $0.1] } - 1, "\(hits)")
    #expect(own.flagged - hits <= 6, "\(own.flagged) \(usual.flagged)")
  }

  /// Calibration: as many false alarms as are asked for, at most.
  @Test func falseAlarmsAreThoseAskedFor() throws {
    let noisy = try exposures().foreign.withNoiseOfErrors(work: Work())
    let matched = try MatchedExposures(noisy, work: Work())
    var options = PValueOptions()
    (options.falseAlarms, options.largestProbability, options.hysteresis) = (10, 0.5, 0)
    let detector = try PValueDetector(
      matched.planes, factors: [1, 1, 1], offsets: [.zero, .zero, .zero], noise: matched.noise,
      options: options, work: Work())
    let result = try detector.detect(smallest: 0)
    #expect(result.core.flagged <= 20, "\(result.core.flagged)")
  }

  /// Exposures of unlike depth keep their own noise, and errors that are nowhere known are an error.
  @Test func unlikeErrors() throws {
    let noisy = try exposures(readout: [5, 20, 5]).foreign.withNoiseOfErrors(work: Work())
    #expect(!noisy.haveOneDetector)
    let matched = try MatchedExposures(noisy, work: Work())
    #expect(!matched.noise.isCommon)
    // In the dark the second exposure is three times as noisy.
    let ratio =
      matched.noise.detector(1).readoutNoise.typical / matched.noise.detector(0).readoutNoise.typical
    #expect((1.8...3.5).contains(ratio), "\(ratio)")
    var unknown = exposures().foreign
    for k in 0..<3 { unknown[k].deviation = unknown[k].deviation?.map { _ in 0 } }
    #expect(throws: CRSError.self) { try unknown.withNoiseOfErrors(work: Work()) }
    var missing = exposures().foreign
    missing[1].deviation = nil
    #expect(throws: CRSError.self) { try missing.withNoiseOfErrors(work: Work()) }
  }

  /// Fluxes in physical units are far below one; their squares leave the range of single precision.
  @Test(arguments: [Float(1e22), 1e-8]) func unitsOfAnySize(scale: Float) throws {
    let places = (0..<40).map { (10 + ($0 * 37) % 120, 8 + ($0 * 53) % 104) }
    func found(_ scale: Float) throws -> MaskingResult {
      let (foreign, _, scene) = exposures(scale: scale, coincidences: places)
      return try scene.run(foreign.withNoiseOfErrors(work: Work())) {
        ($0.method, $0.dilation) = (.mmcosmic, 0)
      }.result
    }
    let (own, usual) = (try found(scale).masks.medianCR, try found(1).masks.medianCR)
    #expect(places.count { own[$0.0, $0.1] } >= 38)
    #expect((own & !usual).flagged + (usual & !own).flagged <= 4)
  }

  /// A pixel without errors around it is never flagged, one among others takes their noise.
  @Test func unknownErrorsAreNoNoise() throws {
    var (foreign, _, scene) = exposures(coincidences: [(50, 20), (100, 100)])
    for k in 0..<3 {
      for y in 90..<111 {
        for x in 90..<111 { foreign[k].deviation?[x, y] = .nan }
      }
      foreign[k].deviation?[50, 20] = 0
    }
    let found = try scene.run(foreign.withNoiseOfErrors(work: Work())) { $0.method = .mmcosmic }
    #expect(found.result.masks.medianCR[50, 20] && !found.result.masks.medianCR[100, 100])
  }
}
