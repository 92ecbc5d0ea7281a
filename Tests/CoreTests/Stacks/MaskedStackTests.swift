import Testing

@testable import Kernels

/// Values that are masked, NaN or infinite count nowhere.
@Suite struct MaskedStackTests {
  @Test func medianMeanAndExtremesAreOfTheValuesThatAreThere() throws {
    let values: [[Float]] = [
      [1, .nan, 3, 7, .nan, .infinity], [5, 4, .nan, 1, .nan, 2], [3, 8, 9, 2, .nan, 4],
      [9, 6, 1, 6, .nan, 1],
    ]
    // One more than eight lanes, so that whole vectors and their rest are seen.
    let planes = values.map { row in
      Plane<Float>(width: 12, height: 3, pixels: (0..<36).map { row[$0 % 6] })
    }
    let stack = try StackPlanes(planes, work: Work())
    for i in 0..<36 {
      let there = planes.map { $0.pixels[i] }.filter(\.isFinite).sorted()
      #expect(stack.used?.pixels[i] == Int16(there.count))
      guard let low = there.first else {
        #expect(stack.minimum.pixels[i].isNaN && stack.median.pixels[i].isNaN && stack.mean.pixels[i].isNaN)
        continue
      }
      let half = there.count / 2
      #expect(stack.minimum.pixels[i] == low)
      #expect(
        stack.median.pixels[i]
          == (there.count % 2 == 1 ? there[half] : (there[half - 1] + there[half]) / 2))
      #expect(abs(stack.mean.pixels[i] - there.reduce(0, +) / Float(there.count)) < 1e-6)
      #expect(try Plane.maximum(of: planes, work: Work()).pixels[i] == there.last)
    }
  }

  /// Without any gap the result has the bits of the plain sum and order, whatever stands in other pixels.
  @Test func fullPixelsKeepTheirBits() throws {
    let scene = StackScene()
    let planes = scene.planes()
    let plain = try StackPlanes(planes, work: Work())
    #expect(plain.used == nil)
    var gappy = planes
    for i in stride(from: 3, to: gappy[1].count, by: 7) { gappy[1].pixels[i] = .nan }
    let other = try StackPlanes(gappy, work: Work())
    for i in 0..<plain.median.count where gappy[1].pixels[i].isFinite {
      #expect(plain.median.pixels[i] == other.median.pixels[i])
      #expect(plain.mean.pixels[i] == other.mean.pixels[i])
    }
  }

  /// A15: dithered exposures on one grid, strips that one or two of them cover.
  @Test(arguments: [MaskingOptions.Detection.pvalue, .boundary])
  func stripsAreJudgedByTheExposuresThatCoverThem(detection: MaskingOptions.Detection) throws {
    var scene = StackScene(width: 200, height: 120)
    scene.level = { x, _ in 300 + 200 * gauss(Double(x - 100) / 30) }
    scene.detectors = [(1, 4), (1, 4), (1, 4)]
    var random = SplitMix64(state: 20)
    var charges: [[Int: Double]] = [[:], [:], [:]]
    for k in 0..<3 {
      for _ in 0..<60 {
        let (x, y) = (3 + Int(random.next() % 194), 3 + Int(random.next() % 114))
        charges[k][y * 200 + x, default: 0] += 2500
        charges[k][y * 200 + x - 1, default: 0] += 900
      }
    }
    // Coincidences where two exposures are there, and where three are.
    for (x, y) in [(15, 20), (18, 60), (181, 70), (100, 30), (90, 90)] {
      for k in 0..<2 { charges[k == 1 && x > 170 ? 2 : k][y * 200 + x, default: 0] += 1500 }
    }
    var planes = scene.planes { k, x, y in charges[k][y * 200 + x] ?? 0 }
    let masks = (0..<3).map { k in
      var mask = Mask(shape: planes[0].shape)
      for y in 0..<120 {
        for x in 0..<200 where x < 12 * k || x >= 176 + 12 * k { mask[x, y] = true }
      }
      return mask
    }
    for k in 0..<3 {
      for i in 0..<planes[k].count where masks[k].plane.pixels[i] != 0 { planes[k].pixels[i] = 0 }
    }
    let (result, combined) = try scene.run(scene.exposures(planes, masks: masks), detection: detection)
    #expect(result.findings.numbersOfValues == [0, 24 * 120, 24 * 120, 152 * 120])
    #expect(result.findings.lowValues.reduce(0, +) == 0)
    let truth = scene.truth()
    for method in [CombinationMethod.mediancr, .meancrt, .meancr, .median, .mean] {
      let out = try combined(method)
      for (first, last) in [(0, 12), (12, 24), (176, 188), (188, 200)] {
        let middle = out.image.middle { x, _ in (first..<last).contains(x) }
        #expect((295...322).contains(middle), "\(method) \(first)..<\(last)")
      }
      #expect(out.map[5, 60] <= 1 && out.map[16, 30] <= 2 && out.map[100, 60] <= 3)
      guard method != .median, method != .mean else { continue }
      for i in 0..<truth.count where out.image.pixels[i].isFinite {
        // Where all exposures that cover a pixel are hit no value tells the truth.
        let covering = (0..<3).filter { masks[$0].plane.pixels[i] == 0 }
        guard covering.contains(where: { charges[$0][i] == nil }) || covering.count == 1 else { continue }
        #expect(abs(out.image.pixels[i] - truth.pixels[i]) < 220, "\(method) pixel \(i % 200), \(i / 200)")
      }
    }
    // A hit of the only exposure that is there leaves no value.
    let mean = try combined(.meancr)
    let lost = charges[0].first { $0.value > 2000 && $0.key % 200 < 12 }
    if let lost {
      #expect(mean.image.pixels[lost.key].isNaN && mean.map.pixels[lost.key] == 0)
      #expect(mean.empty?.plane.pixels[lost.key] == 1 && mean.variance.pixels[lost.key].isNaN)
    }
    // Masks hold hits, never values that do not count anyway.
    for k in 0..<3 { #expect((result.masks.exposures[k] & masks[k]).flagged == 0) }
  }

  /// Pixels without any value are NaN and masked, with MAP 0.
  @Test func pixelsWithoutValuesAreEmpty() throws {
    let scene = StackScene(width: 60, height: 50)
    var planes = scene.planes()
    let hole = 20 * 60 + 30
    for k in 0..<3 { planes[k].pixels[hole] = k == 0 ? .nan : .infinity }
    let (result, combined) = try scene.run(scene.exposures(planes))
    #expect(result.masks.medianCR.plane.pixels[hole] == 0)
    for method in CombinationMethod.allCases {
      let out = try combined(method)
      #expect(out.image.pixels[hole].isNaN && out.map.pixels[hole] == 0 && out.variance.pixels[hole].isNaN)
      #expect(out.empty?.flagged == 1)
      #expect(out.image.pixels.filter { !$0.isFinite }.count == 1)
    }
  }

  /// Two values are left: the higher one is a hit.
  @Test(arguments: [MaskingOptions.Detection.pvalue, .boundary])
  func ofTwoValuesTheHigherOneIsAHit(detection: MaskingOptions.Detection) throws {
    let scene = StackScene()
    let places = (0..<40).map { (10 + 3 * ($0 % 40), 10 + (37 * $0) % 100) }
    let planes = scene.planes { k, x, y in k == 1 && places.contains { $0 == (x, y) } ? 800 : 0 }
    var masks = planes.map { Mask(shape: $0.shape) }
    for (x, y) in places { masks[2][x, y] = true }
    let (result, combined) = try scene.run(scene.exposures(planes, masks: masks), detection: detection)
    let image = try combined(.mediancr).image
    for (x, y) in places {
      #expect(result.masks.medianCR[x, y])
      #expect(result.masks.exposures[1][x, y])
      #expect(abs(image[x, y] - 400) < 110)
    }
  }

  /// Flux factors and offsets come from the values that are there.
  @Test func factorsAndOffsetsIgnoreMaskedValues() throws {
    var simulation = ExposureSimulation()
    (simulation.seed, simulation.coincidences, simulation.density) = (3, 20, 9e-4)
    (simulation.flux, simulation.width, simulation.height) = ([0.8, 1, 1.2], 300, 240)
    let offsets = [Offset(x: -0.5, y: 0.5), .zero, Offset(x: 0.5, y: -0.25)]
    let scene = StackScene(width: 300, height: 240)
    func matched(_ planes: [Plane<Float>]) throws -> MatchedExposures {
      let exposures = planes.enumerated().map { k, plane in
        let mask = scene.randomMask(0.1, seed: UInt64(k + 5))
        var wrong = plane
        for i in 0..<wrong.count where mask.plane.pixels[i] != 0 { wrong.pixels[i] = 5000 * Float(k) }
        return ExposurePlanes(pixels: wrong, mask: mask, detector: Detector(gain: 1, readoutNoise: 3.4))
      }
      return try MatchedExposures(exposures, work: Work())
    }
    let fit = try FluxFactorFit(matched(simulation.run(work: Work()).exposures), work: Work())
    for (found, true_) in zip(fit.factors, simulation.flux) { #expect(abs(found - true_) < 0.012) }
    (simulation.flux, simulation.offsets) = ([], offsets)
    let moved = try OffsetFit(
      matched(simulation.run(work: Work()).exposures), region: Section(x1: 21, x2: 280, y1: 21, y2: 220),
      work: Work())
    for (found, true_) in zip(moved.offsets, offsets) {
      #expect(abs(found.x - true_.x) < 0.04 && abs(found.y - true_.y) < 0.04, "\(moved.offsets)")
    }
  }

  /// Exposure times are a first guess where the exposures differ by much; times that are wrong do no harm.
  @Test func exposureTimesAreAFirstGuess() throws {
    var simulation = ExposureSimulation()
    (simulation.seed, simulation.coincidences, simulation.density) = (4, 20, 9e-4)
    simulation.flux = [0.25, 1, 1]
    let detector = Detector(gain: 1, readoutNoise: 3.4)
    let planes = try simulation.run(work: Work()).exposures
    let matched = try MatchedExposures([ExposurePlanes](planes, detector: detector), work: Work())
    for guess in [[300.0, 1200, 1200], [1200, 300, 1200]] {
      let fit = try FluxFactorFit(matched, guess: guess, work: Work())
      #expect(abs(fit.factors[0] - 0.25) < 0.01 && abs(fit.factors[2] - 1) < 0.01, "\(fit.factors)")
    }
  }

  /// False alarms are about as many as asked for where values are missing.
  @Test(arguments: [3, 4, 5], ["masked", "strips"]) func falseAlarmsAreThoseAskedFor(n: Int, kind: String)
    throws
  {
    var counts: [Double] = []
    for asked in [10.0, 100] {
      var options = PValueOptions()
      (options.falseAlarms, options.hysteresis, options.largestProbability) = (asked, 0, 0.5)
      let total = try (1...3).map { seed -> Int in
        var simulation = ExposureSimulation()
        (simulation.exposures, simulation.density, simulation.coincidences) = (n, 0, 0)
        simulation.seed = UInt64(seed)
        var planes = try simulation.run(work: Work()).exposures
        let scene = StackScene(width: 300, height: 240)
        for k in 0..<n {
          let mask = kind == "masked" ? scene.randomMask(0.1, seed: UInt64(seed * 10 + k)) : nil
          for i in 0..<planes[k].count {
            let x = i % 300
            let isGap = mask.map { $0.plane.pixels[i] != 0 } ?? (x < 12 * k || x >= 300 - 12 * (n - 1 - k))
            if isGap { planes[k].pixels[i] = .nan }
          }
        }
        return try PValueDetector(
          planes, factors: planes.map { _ in 1 }, offsets: planes.map { _ in .zero },
          noise: StackNoise([Detector(gain: 1, readoutNoise: 3.4)]), options: options, work: Work()
        ).detect().core.flagged
      }.reduce(0, +)
      counts.append(Double(total) / 3)
    }
    #expect(counts[0] > 1 && counts[0] < 20, "\(counts)")
    #expect(counts[1] > 25 && counts[1] < 150, "\(counts)")
  }

  /// A29: masks that another program made, one for each exposure.
  @Test func masksOfEachExposureMakeAMaskSet() throws {
    var scene = StackScene(width: 110, height: 90)
    scene.level = { _, _ in 300 }
    var random = SplitMix64(state: 25)
    var hits = (0..<3).map { _ in Mask(shape: Shape(width: 110, height: 90)) }
    for k in 0..<3 {
      for _ in 0..<20 { hits[k][4 + Int(random.next() % 102), 4 + Int(random.next() % 82)] = true }
    }
    for k in 0..<2 { hits[k][50, 50] = true }
    let planes = scene.planes { k, x, y in hits[k][x, y] ? 2500 : 0 }
    let exposures = scene.exposures(planes)
    let masks = MaskSet(hits: hits, of: exposures, fluxFactors: [1, 1, 1], uuid: "")
    #expect(masks.medianCR.flagged == 1 && masks.medianCR[50, 50])
    let combination = try MaskedCombination(exposures, masks: masks, fluxFactors: [1, 1, 1], work: Work())
    for method in [CombinationMethod.mediancr, .meancrt, .meancr] {
      let out = try combination.combined(method, work: Work())
      #expect((out.image.pixels.max() ?? 0) < 400)
      #expect(out.map[50, 50] == 1)
    }
    // A hit of one of two values spoils their median.
    var gap = exposures
    gap[2].mask = Mask(plane: Plane(width: 110, height: 90, repeating: 1))
    let two = MaskSet(hits: hits, of: gap, fluxFactors: [1, 1, 1], uuid: "")
    #expect(two.medianCR == hits[0] | hits[1])
  }
}

/// exp(-x^2 / 2).
func gauss(_ x: Double) -> Double {
  // By squaring, so that the tests need no mathematics of the system.
  var value = 1 - x * x / 2 / 4096
  if value < 0 { return 0 }
  for _ in 0..<12 { value *= value }
  return value
}
