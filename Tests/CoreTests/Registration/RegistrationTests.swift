import Glibc
import Testing

@testable import Kernels

/// Flux factors and offsets on exposures whose truth is known.
@Suite struct RegistrationTests {
  private let detector = Detector(gain: 1, readoutNoise: 3.4)

  private func exposures(
    flux: [Double] = [1, 1, 1], offsets: [Offset] = [.zero, .zero, .zero], seed: UInt64
  ) throws
    -> MatchedExposures
  {
    var simulation = ExposureSimulation()
    (simulation.seed, simulation.coincidences, simulation.flux, simulation.offsets) = (
      seed, 20, flux, offsets
    )
    return try matched(simulation.run(work: Work()).exposures)
  }

  private func matched(_ planes: [Plane<Float>]) throws -> MatchedExposures {
    try MatchedExposures([ExposurePlanes](planes, detector: detector), work: Work())
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func fluxFactorsAreWithinAHundredth(seed: UInt64) throws {
    let truth = [0.8, 1, 1.2]
    let fit = try FluxFactorFit(try exposures(flux: truth, seed: seed), work: Work())
    for (found, expected) in zip(fit.factors, truth) { #expect(abs(found - expected) < 0.01) }
    #expect(fit.errors.allSatisfy { $0 > 0 && $0 < 0.006 })
    #expect(!fit.isEquivalent)
  }

  @Test func equivalentExposuresGetOnes() throws {
    let fit = try FluxFactorFit(try exposures(seed: 4), work: Work())
    #expect(fit.isEquivalent)
    #expect(fit.adopted == [1, 1, 1])
  }

  @Test(arguments: [1, 4, 6] as [UInt64]) func offsetsAreWithinAFiftiethOfAPixel(seed: UInt64) throws {
    let truth = [Offset(x: -0.5, y: 0.5), .zero, Offset(x: 0.5, y: -0.25)]
    let fit = try OffsetFit(
      try exposures(offsets: truth, seed: seed),
      region: try Section(x1: 41, x2: 260, y1: 31, y2: 210), work: Work())
    for (found, expected) in zip(fit.offsets, truth) {
      #expect(abs(found.x - expected.x) < 0.02)
      #expect(abs(found.y - expected.y) < 0.02)
    }
    #expect(fit.closure < 0.1)
  }

  /// Stars that are narrower than their displacement keep their peaks, though others show nothing where they lie.
  @Test(arguments: [(5.0, -3.0), (-6.4, 4.3), (11, 0)], [2, 3])
  func starsMayLieFarApart(move: (x: Double, y: Double), count: Int) throws {
    var random = SplitMix64(state: 11)
    let stars = (0..<60).map { _ in
      (x: 200 * random.uniform(), y: 200 * random.uniform(), peak: 100 * exp(3 * random.uniform()))
    }
    let truth = Array([Offset.zero, Offset(x: move.x, y: move.y), .zero].prefix(count))
    let planes = truth.map { offset in
      var plane = Plane<Float>(width: 200, height: 200, repeating: 0)
      for j in 0..<200 {
        for i in 0..<200 {
          var level = 60.0
          for star in stars {
            let (dx, dy) = (Double(i) - star.x - offset.x, Double(j) - star.y - offset.y)
            let square = dx * dx + dy * dy
            if square < 50 { level += star.peak * exp(-0.5 * square / 0.81) }
          }
          plane[i, j] = Float(level + (level + 11.6).squareRoot() * random.normal())
        }
      }
      for _ in 0..<40 { plane.pixels[Int(random.next() % 40_000)] += 800 }
      return plane
    }
    let region = try Section(x1: 1, x2: 200, y1: 1, y2: 200)
    let fit = try OffsetFit(try matched(planes), region: region, work: Work())
    // Of two exposures each lies half of it away from their middle.
    let first = fit.offsets[0]
    for (found, expected) in zip(fit.offsets, truth) {
      #expect(
        abs(found.x - first.x - expected.x) < 0.05 && abs(found.y - first.y - expected.y) < 0.05,
        "\(fit.offsets)")
    }
  }

  /// Hits of the same pixels of two exposures say nothing about their offset.
  @Test(arguments: [0, 30, 300], [0.5, 2, 4]) func coincidencesHoldNothing(coincidences: Int, shift: Double)
    throws
  {
    var simulation = ExposureSimulation()
    (simulation.exposures, simulation.density, simulation.coincidences) = (2, 9e-4, coincidences)
    simulation.offsets = [.zero, Offset(x: shift, y: shift / 2)]
    simulation.seed = 4
    let scene = try simulation.run(work: Work())
    let exposures = scene.exposures.map {
      ExposurePlanes(pixels: $0, detector: Detector(gain: 1, readoutNoise: 3.4))
    }
    let matched = try MatchedExposures(exposures, work: Work())
    let region = Section(whole: scene.exposures[0].shape)
    do {
      let fit = try OffsetFit(matched, region: region, work: Work())
      let found = (fit.offsets[1].x - fit.offsets[0].x, fit.offsets[1].y - fit.offsets[0].y)
      #expect(abs(found.0 - shift) < 0.15 && abs(found.1 - shift / 2) < 0.15, "\(found)")
    } catch let error as CRSError {
      #expect(error.message.contains("do not tell how they lie"))
    }
  }

  @Test func noOffsetIsFoundWhereThereIsNone() throws {
    let fit = try OffsetFit(
      try exposures(seed: 5), region: try Section(x1: 1, x2: 300, y1: 1, y2: 240),
      work: Work())
    #expect(fit.offsets.allSatisfy { abs($0.x) < 0.02 && abs($0.y) < 0.02 })
  }

  @Test func nothingDependsOnThreads() throws {
    let planes = try exposures(flux: [0.8, 1, 1.2], seed: 6)
    let fits = try [1, 2, 7].map { try FluxFactorFit(planes, work: Work(threads: $0)) }
    #expect(fits[0] == fits[1] && fits[1] == fits[2])
    let region = try Section(x1: 1, x2: 300, y1: 1, y2: 240)
    let offsets = try [1, 2, 7].map {
      try OffsetFit(planes, region: region, work: Work(threads: $0))
    }
    #expect(offsets[0] == offsets[1] && offsets[1] == offsets[2])
  }

  @Test func darkExposuresAreRefused() throws {
    let dark = try matched([Plane<Float>](repeating: Plane(width: 40, height: 40, repeating: 0), count: 3))
    #expect(throws: CRSError.self) { _ = try FluxFactorFit(dark, work: Work()) }
    #expect(throws: CRSError.self) {
      try OffsetFit(dark, region: Section(x1: 1, x2: 40, y1: 1, y2: 40), work: Work())
    }
    #expect(throws: CRSError.self) {
      try FluxFactorFit(
        dark, regions: [Section(x1: 1, x2: 50, y1: 1, y2: 40)], work: Work())
    }
  }

  @Test func wholePixelsMoveExactlyAndHalvesKeepTheFlux() throws {
    var plane = Plane<Float>(width: 20, height: 16, repeating: 0)
    plane[9, 8] = 100
    let whole = try SubpixelShift.fluxConserving(plane, by: Offset(x: 3, y: -2), work: Work())
    #expect(whole[12, 6] == 100)
    let half = try SubpixelShift.fluxConserving(plane, by: Offset(x: 0.5, y: 0), work: Work())
    #expect(half[9, 8] == 50 && half[10, 8] == 50)
    let mask = try SubpixelShift.mask(nil, shape: plane.shape, by: Offset(x: 0.5, y: 0), work: Work())
    #expect(mask.flagged == 16)
  }

  /// A cubic spline through a smooth function reproduces it between the pixels.
  @Test func cubicShiftFollowsASmoothImage() throws {
    func wave(_ x: Double, _ y: Double) -> Float { Float(100 + 20 * cosine(x / 5) * cosine(y / 6)) }
    let plane = Plane<Float>(
      width: 60, height: 50, pixels: (0..<3000).map { wave(Double($0 % 60), Double($0 / 60)) })
    let moved = try CubicShift.shifted(plane, by: Offset(x: 0.3, y: -0.6), work: Work())
    for y in 10..<40 {
      for x in 10..<50 { #expect(abs(moved[x, y] - wave(Double(x) - 0.3, Double(y) + 0.6)) < 0.02) }
    }
  }
}
