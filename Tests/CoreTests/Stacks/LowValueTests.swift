import Testing

@testable import Kernels

/// The minimum is not the truth where a value is too low.
@Suite struct LowValueTests {
  private static let fibre: @Sendable (Int, Int) -> Double = { _, y in 400 + 300 * gauss(Double(y - 60) / 6) }

  private func places(_ count: Int, seed: UInt64, _ scene: StackScene) -> Set<Int> {
    var random = SplitMix64(state: seed)
    var found: Set<Int> = []
    while found.count < count { found.insert(Int(random.next() % UInt64(scene.width * scene.height))) }
    return found
  }

  private func hits(_ scene: StackScene, seed: UInt64) -> (Int, Int, Int) -> Double {
    var random = SplitMix64(state: seed)
    var charges = [[Int: Double]](repeating: [:], count: scene.count)
    for k in 0..<scene.count {
      for _ in 0..<15 {
        let at = (5 + Int(random.next() % 110)) * scene.width + 5 + Int(random.next() % 130)
        charges[k][at, default: 0] += 2500
        charges[k][at - 1, default: 0] += 900
      }
    }
    return { k, x, y in charges[k][y * scene.width + x] ?? 0 }
  }

  /// A5: forty values of one exposure dropped out.
  @Test(arguments: [MaskingOptions.Detection.pvalue, .boundary])
  func dropOutsAreLeftOut(detection: MaskingOptions.Detection) throws {
    var scene = StackScene()
    scene.level = Self.fibre
    let dropped = places(40, seed: 5, scene)
    let whole = scene.planes(hits(scene, seed: 2))
    var planes = whole
    for i in dropped { planes[1].pixels[i] = 0 }
    let (result, combined) = try scene.run(scene.exposures(planes), detection: detection)
    #expect(result.findings.lowValues == [0, 40, 0])
    #expect(result.findings.undecided == 0)
    let truth = scene.truth()
    for method in [CombinationMethod.mediancr, .meancrt, .meancr] {
      let out = try combined(method)
      for i in dropped {
        #expect(abs(out.image.pixels[i] - truth.pixels[i]) < 110, "\(method)")
        #expect(out.map.pixels[i] <= 2)
        #expect(out.variance.pixels[i] > 0)
      }
    }
    // Low values add nothing to what is found without them; the boundary lets noise of a tenth of a pixel a column pass.
    let plain = try scene.run(scene.exposures(whole), detection: detection).result
    #expect(result.detections[0].counts.either == plain.detections[0].counts.either)
    #expect(plain.detections[0].counts.either <= (detection == .pvalue ? 0 : 2))
  }

  /// On and beside a star the neighbourhood has no level; a value far below all of it is too low nevertheless.
  @Test(arguments: [MaskingOptions.Detection.pvalue, .boundary])
  func dropOutsOnStarsAreLeftOut(detection: MaskingOptions.Detection) throws {
    var scene = StackScene()
    scene.level = { x, y in
      let square = Double((x - 60) * (x - 60) + (y - 60) * (y - 60))
      return 200 + 10_000 * gauss(square.squareRoot())
    }
    var planes = scene.planes(hits(scene, seed: 2))
    // Some of them touch each other.
    let dropped = [(60, 60), (62, 60), (59, 62), (63, 63), (60, 57), (61, 57), (63, 58)].map {
      $1 * scene.width + $0
    }
    for i in dropped { planes[2].pixels[i] = 0 }
    let other = 58 * scene.width + 64
    planes[1].pixels[other] = 0
    let (result, combined) = try scene.run(scene.exposures(planes), detection: detection)
    #expect(result.findings.lowValues == [0, 1, 7])
    let (truth, out) = (scene.truth(), try combined(.mediancr))
    for i in dropped + [other] {
      #expect(abs(out.image.pixels[i] - truth.pixels[i]) < 6 * (truth.pixels[i] + 25).squareRoot())
      #expect(out.map.pixels[i] == 2)
    }
  }

  /// Several low values of a pixel, a hit beside a low value, low values below 0, dead columns and blocks.
  @Test(arguments: [3, 4, 5]) func whatIsTooLowIsFoundAndNothingElse(n: Int) throws {
    var scene = StackScene(width: 200, height: 160)
    scene.level = Self.fibre
    scene.detectors = .init(repeating: (1, 5), count: n)
    let seeds = places(60, seed: 9, scene)
    var planes = scene.planes { k, _, _ in 0 }
    var low = planes.map { Mask(shape: $0.shape) }
    func spoil(_ k: Int, _ x: Int, _ y: Int, _ value: Float) {
      planes[k][x, y] = value
      low[k][x, y] = true
    }
    for i in seeds {
      let (x, y) = (i % 200, i / 200)
      spoil(i % n, x, y, i % 3 == 0 ? -500 : 0)
      // A hit in another exposure does not make the low value the truth.
      if i % 2 == 0 { planes[(i + 1) % n][x, y] += 1500 }
    }
    for y in 0..<160 {
      spoil(0, 33, y, 0)
      for x in 120..<124 where y < 40 { spoil(1, x, y, 20) }
    }
    let (result, combined) = try scene.run(scene.exposures(planes)) { $0.method = .mmcosmic }
    let found = result.masks.leftOut
    try #require(found.count == n)
    for k in 0..<n {
      #expect((low[k] & !found[k]).flagged <= 2, "missed \((low[k] & !found[k]).flagged) of \(k)")
      #expect((found[k] & !low[k]).flagged <= 1, "wrong \((found[k] & !low[k]).flagged) of \(k)")
    }
    let truth = scene.truth()
    for method in [CombinationMethod.mediancr, .meancr] {
      let image = try combined(method).image
      for i in 0..<truth.count where image.pixels[i].isFinite {
        #expect(image.pixels[i] - truth.pixels[i] > -130, "\(method) \(i % 200), \(i / 200)")
      }
    }
  }

  /// True coincidences keep their lowest value, however bright or close to their neighbours' level.
  @Test(arguments: [3, 4, 5]) func coincidencesAreNoLowValues(n: Int) throws {
    var simulation = ExposureSimulation()
    (simulation.exposures, simulation.density, simulation.coincidences) = (n, 6e-3, 60)
    simulation.seed = 12
    let scene = try simulation.run(work: Work())
    let detector = Detector(gain: 1, readoutNoise: 3.4)
    let noise = StackNoise([detector])
    let low = try LowValues(
      in: scene.exposures, factors: scene.exposures.map { _ in 1 }, noise: noise,
      planes: StackPlanes(scene.exposures, work: Work()), work: Work())
    #expect(low.total + low.undecided <= 2, "\(low.low), \(low.undecided)")
  }

  /// Of two values the lower one is out where it lies below its neighbourhood, and both where nothing can tell.
  @Test func twoValues() throws {
    let scene = StackScene()
    var planes = scene.planes()
    var masks = planes.map { Mask(shape: $0.shape) }
    let (low, both) = ((50, 50), (80, 70))
    for (x, y) in [low, both] { masks[2][x, y] = true }
    planes[0][low.0, low.1] = 20
    (planes[0][both.0, both.1], planes[1][both.0, both.1]) = (20, 2500)
    let (result, combined) = try scene.run(scene.exposures(planes, masks: masks))
    #expect(result.findings.lowValues == [1, 0, 0] && result.findings.undecided == 1)
    let out = try combined(.mediancr)
    #expect(abs(out.image[low.0, low.1] - 400) < 110 && out.map[low.0, low.1] == 1)
    #expect(out.image[both.0, both.1].isNaN && out.map[both.0, both.1] == 0)
  }

  /// A closed shutter is refused; forced, its values count nowhere.
  @Test func closedShuttersAreRefused() throws {
    var scene = StackScene()
    scene.level = Self.fibre
    var planes = scene.planes(hits(scene, seed: 2))
    var random = SplitMix64(state: 3)
    planes[2] = planes[2].map { _ in Float(5 * random.normal()) }
    let exposures = scene.exposures(planes)
    let error = #expect(throws: CRSError.self) { try scene.run(exposures) }
    #expect(error?.message.contains("exposure 3") == true && error?.hint?.contains("force=yes") == true)
    let (result, combined) = try scene.run(exposures) { $0.isForced = true }
    #expect(result.findings.refused == [2])
    #expect(result.findings.lowValues[2] == 140 * 120)
    // Pixels with two values have a diagram and a boundary of their own.
    #expect(result.diagram?.values == 2 && result.boundary != nil)
    let truth = scene.truth()
    let image = try combined(.mediancr).image
    let worst = zip(image.pixels, truth.pixels).map { $0 - $1 }.filter(\.isFinite).min() ?? 0
    #expect(worst > -130)
  }

  /// Without light beside stars on a faint sky: whatever of the sky a 0 may pass for, nothing of it is the result.
  @Test(arguments: [2, 3, 4], [20.0, 100]) func closedShuttersOfStarFields(n: Int, sky: Double) throws {
    var scene = StackScene()
    scene.level = { x, y in
      [(30, 40), (70, 80), (110, 30), (100, 90)].reduce(sky) { sum, star in
        let square = Double((x - star.0) * (x - star.0) + (y - star.1) * (y - star.1))
        return sum + 6000 * gauss((square / 3).squareRoot())
      }
    }
    scene.detectors = .init(repeating: (1, 5), count: n)
    let (whole, truth) = (scene.planes(hits(scene, seed: 2)), scene.truth())
    var random = SplitMix64(state: 3)
    for isNoise in [false, true] {
      for dark in [[n - 1], n == 4 ? [0, 2] : [0]] {
        var planes = whole
        for k in dark { planes[k] = planes[k].map { _ in isNoise ? Float(5 * random.normal()) : 0 } }
        #expect(throws: CRSError.self) { try scene.run(scene.exposures(planes)) }
        for detection in [MaskingOptions.Detection.pvalue, .boundary] where n > 2 || detection == .pvalue {
          if n - dark.count < 2, detection == .boundary { continue }
          let (result, combined) = try scene.run(scene.exposures(planes), detection: detection) {
            $0.isForced = true
          }
          #expect(result.findings.unlit == dark)
          for method in [CombinationMethod.mediancr, .meancrt, .meancr] {
            let out = try combined(method)
            let low = (0..<truth.count).count {
              out.image.pixels[$0] < truth.pixels[$0] - 7 * (truth.pixels[$0] + 25).squareRoot()
            }
            #expect(low == 0, "\(n) \(sky) \(dark) \(detection) \(method): \(low) pixels")
            #expect(out.map.pixels.allSatisfy { $0 <= n - dark.count })
            #expect(out.map.pixels.count { $0 == 0 } < 300)
          }
        }
      }
    }
  }

  /// Other levels are told, and accepted where exposure times or flux factors say so.
  @Test func levelsAreTold() throws {
    var scene = StackScene()
    scene.level = Self.fibre
    var planes = scene.planes()
    planes[1] = planes[1].map { $0 * 0.8 }
    let told = try scene.run(scene.exposures(planes)).result
    #expect(told.findings.deviating == [1])
    #expect(abs((told.findings.levels?.relative[1] ?? 0) - 0.8) < 0.02)
    let known = try scene.run(scene.exposures(planes)) { $0.fluxFactors = [1, 0.8, 1] }.result
    #expect(known.findings.deviating == [])
    planes[1] = planes[1].map { $0 * 0.25 }
    #expect(throws: CRSError.self) { try scene.run(scene.exposures(planes)) }
    let timed = try scene.run(scene.exposures(planes)) { $0.expectedLevels = [1, 0.2, 1] }.result
    #expect(timed.findings.refused == [] && timed.findings.deviating == [1])
    // Light in one exposure alone.
    scene.level = { _, _ in 0 }
    var dark = scene.planes()
    dark[0] = dark[0].map { $0 + 5000 }
    #expect(throws: CRSError.self) { try scene.run(scene.exposures(dark)) }
  }

  /// A11: differences of exposures are recognised, and their negative hits are no truth.
  @Test func differencesAreRecognised() throws {
    let (width, height) = (180, 120)
    func object(_ y: Int, _ centre: Double) -> Double { 350 * gauss((Double(y) - centre) / 2) }
    var scene = StackScene(width: width, height: height)
    scene.detectors = [(1, 10), (1, 10), (1, 10)]
    func beam(_ centre: Double, seed: UInt64) -> [Plane<Float>] {
      var beam = scene
      beam.level = { x, y in 800 + (x % 23 < 2 ? 600 : 0) + object(y, centre) }
      beam.seed = seed
      var charges = [[Int: Double]](repeating: [:], count: 3)
      var random = SplitMix64(state: seed)
      for k in 0..<3 {
        for _ in 0..<20 {
          let at = (4 + Int(random.next() % 112)) * width + 4 + Int(random.next() % 172)
          charges[k][at, default: 0] += 2500
          charges[k][at - 1, default: 0] += 900
        }
        if k < 2 {
          for (y, x) in [(30, 50), (60, 90), (100, 120)] {
            charges[k][(centre > 50 ? y + 8 : y) * width + x, default: 0] += 2500
          }
        }
      }
      return beam.planes { k, x, y in charges[k][y * width + x] ?? 0 }
    }
    let (a, b) = (beam(40, seed: 1), beam(80, seed: 2))
    let planes = zip(a, b).map { a, b in
      Plane<Float>(width: width, height: height, pixels: zip(a.pixels, b.pixels).map { $0 - $1 })
    }
    for detection in [MaskingOptions.Detection.pvalue, .boundary] {
      let (result, combined) = try scene.run(scene.exposures(planes), detection: detection)
      let noise = try #require(result.findings.differences)
      #expect(noise.assumed == 10 && (38...48).contains(noise.measured))
      #expect(result.masks.meanCRT.flagged < 1500)
      for method in [CombinationMethod.mediancr, .meancr] {
        let image = try combined(method).image
        for y in 0..<height {
          for x in 0..<width where image[x, y].isFinite {
            #expect(abs(image[x, y] - Float(object(y, 40) - object(y, 80))) < 280, "\(method) \(x), \(y)")
          }
        }
      }
    }
  }

  /// Drop-outs of bias-subtracted exposures, dead columns in all exposures, faint skies: no differences.
  @Test func otherExposuresAreNoDifferences() throws {
    var scene = StackScene()
    scene.level = { _, _ in 3 }
    var planes = scene.planes(hits(scene, seed: 2))
    for i in places(40, seed: 7, scene) { planes[1].pixels[i] = -300 }
    for k in 0..<3 { for y in 0..<120 { planes[k][70, y] = -300 } }
    #expect(try scene.run(scene.exposures(planes)).result.findings.differences == nil)
  }

  /// Zeros of a faint sky lie hardly deeper than noise may go, and make the other exposures look hit.
  @Test(arguments: [40.0, 60], [MaskingOptions.Detection.pvalue, .boundary])
  func dropOutsOfFaintSkiesAreNoCoincidences(sky: Double, detection: MaskingOptions.Detection) throws {
    var scene = StackScene(width: 160, height: 140)
    scene.detectors = [(1, 3), (1, 3), (1, 3)]
    scene.level = { _, _ in sky }
    scene.seed = 21
    var random = SplitMix64(state: 4)
    var (hits, both) = (Set<Int>(), Set<Int>())
    for _ in 0..<30 { hits.insert((5 + Int(130 * random.uniform())) * 160 + 5 + Int(150 * random.uniform())) }
    for _ in 0..<20 { both.insert((5 + Int(130 * random.uniform())) * 160 + 5 + Int(150 * random.uniform())) }
    var planes = scene.planes { k, x, y in
      let i = y * 160 + x
      return (k == 0 && hits.contains(i) || k != 1 && both.contains(i)) ? 900 : 0
    }
    var dropped: [Int] = []
    for _ in 0..<60 {
      let i = Int(Double(160 * 140) * random.uniform())
      guard !hits.contains(i), !both.contains(i) else { continue }
      dropped.append(i)
      planes[1].pixels[i] = 0
    }
    let (result, combined) = try scene.run(scene.exposures(planes), detection: detection)
    let image = try combined(.mediancr).image
    let low = dropped.count { image.pixels[$0] < Float(sky / 2) }
    #expect(low <= 2, "\(low) of \(dropped.count)")
    #expect(both.allSatisfy { result.masks.medianCR.plane.pixels[$0] == 1 })
    #expect(both.allSatisfy { image.pixels[$0] < Float(sky + 60) })
  }
}
