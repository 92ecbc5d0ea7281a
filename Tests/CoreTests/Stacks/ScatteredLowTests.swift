import Testing

@testable import Kernels

/// Drop-outs that are frequent in every exposure.
@Suite struct ScatteredLowTests {
  /// A field of stars on a sky.
  private static let stars: @Sendable (Int, Int) -> Double = { x, y in
    var level = 400.0
    var random = SplitMix64(state: 77)
    for _ in 0..<10 {
      let (a, b, peak) = (
        5 + 130 * random.uniform(), 5 + 110 * random.uniform(), 2000 + 7000 * random.uniform()
      )
      let square = (Double(x) - a) * (Double(x) - a) + (Double(y) - b) * (Double(y) - b)
      if square < 100 { level += peak * gauss((square / 3.24).squareRoot()) }
    }
    return level
  }

  /// Zeros or noise about zero in a part of the pixels of every exposure.
  private func spoilt(
    _ planes: [Plane<Float>], _ part: Double, isNoise: Bool
  ) -> (planes: [Plane<Float>], low: [Mask]) {
    var (out, random) = (planes, SplitMix64(state: 8))
    var low = planes.map { Mask(shape: $0.shape) }
    for k in planes.indices {
      for i in 0..<planes[k].count where random.uniform() < part {
        out[k].pixels[i] = isNoise ? Float(5 * random.normal()) : 0
        low[k].plane.pixels[i] = 1
      }
    }
    return (out, low)
  }

  /// Hardly any low value is left, and none of the others is lost.
  @Test(arguments: [2, 3, 4, 5], [0.005, 0.05, 0.15])
  func noLowValueIsTheResult(n: Int, part: Double) throws {
    var scene = StackScene()
    scene.level = Self.stars
    scene.detectors = .init(repeating: (1, 5), count: n)
    let truth = scene.truth()
    let whole = scene.planes()
    for isNoise in [false, true] {
      let (planes, low) = spoilt(whole, part, isNoise: isNoise)
      let (result, combined) = try scene.run(scene.exposures(planes)) { $0.method = .mmcosmic }
      let good = (0..<truth.count).map { i in low.contains { $0.plane.pixels[i] == 0 } }
      let lost = zip(result.masks.leftOut, low).map { ($0 & !$1).flagged }.reduce(0, +)
      #expect(lost <= 6, "\(lost) good values left out")
      for method in [CombinationMethod.mediancr, .meancr] {
        let out = try combined(method)
        var (dark, empty) = (0, 0)
        for i in 0..<truth.count {
          let deviation = (truth.pixels[i] + 25).squareRoot()
          if out.image.pixels[i] < truth.pixels[i] - 8 * deviation { dark += 1 }
          if good[i], !out.image.pixels[i].isFinite { empty += 1 }
        }
        #expect(dark <= 3, "\(method): \(dark) low pixels of \(truth.count)")
        #expect(empty <= 6, "\(method): \(empty) pixels with a good value are empty")
      }
      // Pixels without any good value are told.
      let none = good.count { !$0 }
      #expect(result.findings.undecided >= none - 3)
    }
  }

  /// Coincident hits among drop-outs are found as without them.
  @Test func coincidencesStay() throws {
    var scene = StackScene()
    scene.level = Self.stars
    var random = SplitMix64(state: 4)
    let places = (0..<60).map { _ in
      (5 + Int(random.uniform() * 130), 5 + Int(random.uniform() * 110), Int(random.uniform() * 3))
    }
    let whole = scene.planes { k, x, y in
      places.contains { $0.0 == x && $0.1 == y && $0.2 != k } ? 2500 : 0
    }
    let (planes, low) = spoilt(whole, 0.05, isNoise: false)
    let plain = try scene.run(scene.exposures(whole)).result.masks
    let (result, combined) = try scene.run(scene.exposures(planes))
    let out = try combined(.mediancr)
    for (x, y, spared) in places where low.allSatisfy({ !$0[x, y] }) && plain.medianCR[x, y] {
      #expect(result.masks.medianCR[x, y], "\(x), \(y)")
      #expect(abs(out.image[x, y] - whole[spared][x, y]) < 1)
    }
  }

  /// Low values in blocks, and few of them, are none of these.
  @Test func othersAreNotScattered() {
    let shape = Shape(width: 100, height: 100)
    let block = (0..<400).map { LowValues.Finding(pixel: $0 / 20 * 100 + $0 % 20, exposure: 0) }
    #expect(!ScatteredLows.areMany(block, shape: shape, count: 3))
    let few = (0..<19).map { LowValues.Finding(pixel: 505 * $0, exposure: $0 % 3) }
    #expect(!ScatteredLows.areMany(few, shape: shape, count: 3))
    let many = (0..<30).map { LowValues.Finding(pixel: 303 * $0, exposure: $0 % 3) }
    #expect(ScatteredLows.areMany(many, shape: shape, count: 3))
  }
}
