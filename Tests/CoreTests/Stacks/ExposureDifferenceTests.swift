import Glibc
import Testing

@testable import Kernels

/// The likely cause of false hits, with its size: sky, flux, place or sharpness of one exposure.
@Suite struct ExposureDifferenceTests {
  /// A field of stars on a gradient; one of the exposures is another one.
  private func difference(
    seed: UInt64 = 1, count exposures: Int = 3, factor: Double = 1, sky: Double = 0, starFactor: Double = 1,
    move: (Double, Double) = (0, 0), blur: Double = 0, exposure: Int = 2, stars count: Int = 60
  ) throws -> ExposureDifference? {
    try findings(
      seed: seed, count: exposures, factor: factor, sky: sky, starFactor: starFactor, move: move, blur: blur,
      exposure: exposure, stars: count
    ).difference
  }

  private func findings(
    seed: UInt64 = 1, count exposures: Int = 3, factor: Double = 1, sky: Double = 0, starFactor: Double = 1,
    move: (Double, Double) = (0, 0), blur: Double = 0, exposure: Int = 2, stars count: Int = 60
  ) throws -> StackFindings {
    var scene = StackScene(width: 220, height: 180)
    scene.detectors = (0..<exposures).map { _ in (gain: 1.5, noise: 3) }
    scene.seed = seed
    var random = SplitMix64(state: 11)
    let stars = (0..<count).map { _ in
      (x: 220 * random.uniform(), y: 180 * random.uniform(), peak: 100 * exp(4 * random.uniform()))
    }
    func level(_ dx: Double, _ dy: Double, _ width: Double) -> Plane<Float> {
      var plane = Plane<Float>(width: 220, height: 180, repeating: 0)
      for star in stars {
        let peak = star.peak * 1.4 * 1.4 / (width * width)
        for y in max(0, Int(star.y) - 12)...min(179, Int(star.y) + 12) {
          for x in max(0, Int(star.x) - 12)...min(219, Int(star.x) + 12) {
            let (u, v) = ((Double(x) - star.x - dx) / width, (Double(y) - star.y - dy) / width)
            plane[x, y] += Float(peak * exp(-0.5 * (u * u + v * v)))
          }
        }
      }
      return plane
    }
    let usual = level(0, 0, 1.4)
    let other = level(move.0, move.1, (1.4 * 1.4 + blur * blur).squareRoot())
    let planes = (0..<exposures).map { k -> Plane<Float> in
      var own = scene
      own.level = { x, y in
        k == exposure - 1
          ? (40 + Double(other[x, y]) * starFactor) * factor + sky * 1.5 : Double(40 + usual[x, y])
      }
      return own.planes()[k]
    }
    let result = try Masking(
      scene.exposures(planes), options: FluxAndSkyTests.options(exposures), auxiliary: nil, work: Work()
    ).run(uuid: "", history: [])
    return result.findings
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func equalExposuresHaveNone(seed: UInt64) throws {
    #expect(try difference(seed: seed) == nil)
    #expect(try difference(seed: seed, count: 5) == nil)
  }

  @Test func movedByAPixel() throws {
    let found = try #require(try difference(move: (1, 0)))
    guard case .offset(let x, let y) = found.cause else {
      Issue.record("\(found)")
      return
    }
    #expect(
      found.exposure == 2 && (0.95...1.05).contains(x) && abs(y) < 0.05 && found.pixels > 50, "\(found)")
  }

  /// However far, and of two exposures as of more.
  @Test(arguments: [(5.0, -3.0), (-2.4, 0.7), (0.6, 0)], [2, 3, 5])
  func movedAnyWay(move: (x: Double, y: Double), count: Int) throws {
    let found = try #require(try difference(count: count, move: move))
    guard case .offset(let x, let y) = found.cause else {
      Issue.record("\(found)")
      return
    }
    // Of two exposures nobody knows which one moved.
    let sign: Double = found.exposure == 2 ? 1 : -1
    #expect(count == 2 || found.exposure == 2)
    #expect(abs(sign * x - move.x) < 0.05 && abs(sign * y - move.y) < 0.05, "\(found)")
  }

  /// Another sky hides no displacement, and is told with it.
  @Test(arguments: [2, 3]) func movedUnderAnotherSky(count: Int) throws {
    let findings = try findings(count: count, sky: 40, move: (6, -4))
    let found = try #require(findings.difference)
    guard case .offset(let x, let y) = found.cause else {
      Issue.record("\(found)")
      return
    }
    #expect(found.exposure == 2 && abs(x - 6) < 0.05 && abs(y + 4) < 0.05, "\(found)")
    // Of more than two it was taken off before.
    let sky = count == 2 ? found.moreSky : findings.followedSkies.max() ?? 0
    #expect(abs(sky - 40) < 3, "\(found) \(findings.followedSkies)")
  }

  /// So is another flux, and it is no sky.
  @Test(arguments: [2, 3]) func movedWithAnotherFlux(count: Int) throws {
    let found = try #require(try difference(count: count, factor: 0.8, move: (3, -2)))
    guard case .offset(let x, let y) = found.cause else {
      Issue.record("\(found)")
      return
    }
    #expect(found.exposure == 2 && abs(x - 3) < 0.05 && abs(y + 2) < 0.05, "\(found)")
    #expect(abs(found.otherFlux - 0.8) < 0.04 && found.moreSky == 0, "\(found)")
  }

  /// Stars on a sky that all exposures share have another flux, and no two things cancel each other.
  @Test func starsOfAnotherFluxOnOneSky() throws {
    let found = try #require(try difference(starFactor: 0.7))
    guard case .flux(let factor) = found.cause else {
      Issue.record("\(found)")
      return
    }
    #expect(found.exposure == 2 && abs(factor - 0.7) < 0.06, "\(found)")
  }

  /// Of two exposures as of more, whichever is the blurred one.
  @Test(arguments: [1, 2]) func oneOfAPairIsBlurred(exposure: Int) throws {
    let found = try #require(try difference(count: 2, blur: 1, exposure: exposure))
    guard case .seeing(let width, let isSharper) = found.cause else {
      Issue.record("\(found)")
      return
    }
    #expect(found.exposure == exposure && !isSharper && (1.8...3).contains(width), "\(found)")
  }

  /// Of three exposures and more the one that is not like the others, by as little as shows.
  @Test(arguments: [3, 5], [(1.0, 1.8...3.0), (0.65, 1.2...2.0), (1.5, 3.0...4.5)])
  func oneOfManyIsBlurred(count: Int, blur: (deviation: Double, width: ClosedRange<Double>)) throws {
    let found = try #require(try difference(count: count, blur: blur.deviation, exposure: 1))
    guard case .seeing(let width, let isSharper) = found.cause else {
      Issue.record("\(found)")
      return
    }
    #expect(found.exposure == 1 && !isSharper && blur.width.contains(width), "\(found)")
  }

  /// Where few stars stand on a sky, a factor and a sky are nearly one, and the exposure between two others is none.
  @Test(arguments: [0.75, 1.4]) func fewStarsOfAnotherFlux(factor: Double) throws {
    let found = try #require(try difference(factor: factor, exposure: 3, stars: 6))
    guard case .flux(let flux) = found.cause else {
      Issue.record("\(found)")
      return
    }
    #expect(found.exposure == 3 && abs(flux / factor - 1) < 0.05, "\(found)")
  }

  /// What the pair's changes follow in part is told by its size before.
  @Test func aPairMovedByLittle() throws {
    let found = try #require(try difference(count: 2, move: (0.25, 0.1)))
    guard case .offset(let x, let y) = found.cause else {
      Issue.record("\(found)")
      return
    }
    let sign: Double = found.exposure == 2 ? 1 : -1
    #expect(abs(sign * x - 0.25) < 0.05 && abs(sign * y - 0.1) < 0.05, "\(found)")
  }

  /// Stars that moved by more than their width show nothing by their slopes.
  @Test(arguments: [1, 3]) func movedFarInAnyExposure(exposure: Int) throws {
    let found = try #require(try difference(move: (6, -4), exposure: exposure))
    guard case .offset(let x, let y) = found.cause else {
      Issue.record("\(found)")
      return
    }
    #expect(found.exposure == exposure && abs(x - 6) < 0.05 && abs(y + 4) < 0.05, "\(found)")
  }

  /// Two exposures without light differ by their hits alone, and that is no level.
  @Test(arguments: [1, 2, 3] as [UInt64]) func darksWithHitsAreNotRefused(seed: UInt64) throws {
    var scene = StackScene(width: 200, height: 160)
    scene.detectors = [(gain: 1.3, noise: 4), (gain: 1.3, noise: 4)]
    scene.level = { _, _ in 6 }
    scene.seed = seed
    var random = SplitMix64(state: seed)
    var hits: [Set<Int>] = [[], []]
    for k in 0..<2 {
      for _ in 0..<400 { hits[k].insert(Int(32000 * random.uniform())) }
    }
    let planes = scene.planes { k, x, y in hits[k].contains(y * 200 + x) ? 500 : 0 }
    let findings = try Masking(
      scene.exposures(planes), options: FluxAndSkyTests.options(2), auxiliary: nil, work: Work()
    ).run(uuid: "", history: []).findings
    #expect(findings.refused.isEmpty && findings.displacement == nil)
    #expect(findings.difference == nil, "a hit that is blurred is no sky")
  }

  /// Spectra along x on a dark sky; the second exposure shows them elsewhere or less sharp.
  private func spectra(count: Int, dx: Int = 0, dy: Int = 0, blur: Double = 0) throws -> StackFindings {
    var scene = StackScene(width: 240, height: 200)
    scene.detectors = (0..<count).map { _ in (gain: 1.5, noise: 3) }
    func level(_ x: Int, _ y: Int, _ width: Double) -> Double {
      let lines = 1 + 0.8 * sin(Double(x) / 5)
      return 2
        + [40.0, 90, 140].reduce(0.0) {
          let u = (Double(y) - $1 - 2 * sin(Double(x) / 80)) / width
          return $0 + 900 * 1.3 / width * lines * exp(-0.5 * u * u)
        }
    }
    let planes = (0..<count).map { k -> Plane<Float> in
      var own = scene
      own.level = { x, y in
        k == 1 ? level(x - dx, y - dy, (1.69 + blur * blur).squareRoot()) : level(x, y, 1.3)
      }
      return own.planes()[k]
    }
    return try Masking(
      scene.exposures(planes), options: FluxAndSkyTests.options(count), auxiliary: nil, work: Work()
    ).run(uuid: "", history: []).findings
  }

  /// Moved across, they are neither another flux nor a closed shutter.
  @Test(arguments: [2, 3, 5]) func movedSpectra(count: Int) throws {
    let findings = try spectra(count: count, dx: 4, dy: -3)
    let found = try #require(findings.displacement)
    guard case .offset(let x, let y) = found.cause else {
      Issue.record("\(found)")
      return
    }
    #expect(
      found.exposure == 2 && abs(x - 4) < 0.1 && abs(y + 3) < 0.1 && findings.refused.isEmpty, "\(found)")
    #expect(findings.difference == found && findings.scatter == nil)
  }

  /// What is blurred fits better elsewhere, on either side, and has not moved.
  @Test func blurredSpectraHaveNotMoved() throws {
    let findings = try spectra(count: 3, blur: 1.2)
    #expect(findings.displacement == nil, "\(String(describing: findings.displacement))")
    guard case .seeing = findings.difference?.cause else {
      Issue.record("\(String(describing: findings.difference))")
      return
    }
  }

  /// A pair's smooth changes are followed; the level that they leave is told as what it is.
  @Test func theSkyOfAPairIsNamed() throws {
    var scene = StackScene(width: 300, height: 240)
    scene.detectors = [(gain: 1.5, noise: 3), (gain: 1.5, noise: 3)]
    func level(_ x: Int, _ y: Int) -> Double {
      let u = (Double(y) - 120) / 3
      return 60 + (x % 40 == 7 ? 500 : 0) + 800 * exp(-0.5 * u * u)
    }
    let planes = (0..<2).map { k -> Plane<Float> in
      var own = scene
      own.level = { x, y in level(x, y) + (k == 1 ? 30 : 0) }
      return own.planes()[k]
    }
    let findings = try Masking(
      scene.exposures(planes), options: FluxAndSkyTests.options(2), auxiliary: nil, work: Work()
    ).run(uuid: "", history: []).findings
    let sky = try #require(findings.followedSky)
    #expect(abs(sky - 20) < 4 && !findings.deviating.isEmpty, "\(sky)")
  }

  @Test func blurred() throws {
    let found = try #require(try difference(blur: 1))
    guard case .seeing(let width, let isSharper) = found.cause else {
      Issue.record("\(found)")
      return
    }
    #expect(found.exposure == 2 && !isSharper && (1.2...3).contains(width), "\(found)")
  }

  @Test func skyAndFlux() throws {
    let findings = try findings(sky: 25)
    #expect(findings.difference == nil && findings.isOtherLevel)
    for (level, truth) in zip(findings.followedSkies, [0, 25, 0] as [Double]) {
      #expect(abs(level - truth) < 1, "\(findings.followedSkies)")
    }
    let flux = try #require(try difference(factor: 0.7))
    guard case .flux(let factor) = flux.cause else {
      Issue.record("\(flux)")
      return
    }
    #expect(flux.exposure == 2 && abs(factor - 0.7) < 0.06, "\(flux)")
  }
}
