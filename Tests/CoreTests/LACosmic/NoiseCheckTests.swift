import Foundation
import Testing

@testable import Kernels

/// Wrong noise inputs are noticed, right ones never.
@Suite struct NoiseCheckTests {
  /// The cases whose parameters do not suit the image, on purpose.
  static let wrong = ["lac16_satlevel_off", "lac19_negative", "lac31_nogood_medmask"]

  @Test(arguments: LACosmicCase.all)
  func warnsOnlyWhereSomethingIsWrong(_ one: LACosmicCase) throws {
    let check = try one.noise(try one.parameters())
    #expect(check.isConsistent != Self.wrong.contains(one.name), "\(check.ratio ?? 0) \(check.plateau)")
  }

  /// Sky and a clipped star, or not, in ADU.
  static func sky(gain: Double, level: Double = 120, clipped: Bool = false, seed: UInt64 = 5) -> Plane<Float>
  {
    var random = SplitMix64(state: seed)
    var image = Plane<Float>(width: 300, height: 300, repeating: 0)
    for index in 0..<image.count {
      let (dx, dy) = (Double(index % 300 - 150), Double(index / 300 - 150))
      let electrons = level + (clipped ? 4e5 * exp(-(dx * dx + dy * dy) / 10) : 0)
      let value = (electrons + (electrons + 25).squareRoot() * random.normal()) / gain
      image.pixels[index] = Float(clipped ? min(value, 60000) : value)
    }
    return image
  }

  private func check(_ image: Plane<Float>, gain: Double, readNoise: Double = 5) throws -> NoiseCheck {
    try NoiseCheck(image, parameters: LACosmicParameters(gain: gain, readNoise: readNoise), work: Work())
  }

  @Test func rightGainsAreFine() throws {
    for gain in [0.4, 1, 2.5] {
      let found = try check(Self.sky(gain: gain), gain: gain)
      #expect(found.isConsistent && (0.85...1.1).contains(found.ratio ?? 0))
      #expect((0.95...1.05).contains(found.neighbourRatio ?? 0))
      #expect((0.85...1.1).contains(found.ratio(of: found.model) ?? 0))
    }
  }

  /// What is masked tells nothing, not even as a neighbour.
  @Test func maskedValuesTellNothing() throws {
    let plain = Self.sky(gain: 1)
    var (image, mask) = (plain, Mask(shape: plain.shape))
    for i in stride(from: 0, to: image.count, by: 7) {
      image.pixels[i] = 60000
      mask.plane.pixels[i] = 1
    }
    let found = try NoiseCheck(
      image, parameters: LACosmicParameters(gain: 1, readNoise: 5), mask: mask, work: Work())
    #expect(found.isConsistent && (0.85...1.1).contains(found.ratio ?? 0), "\(found.ratio ?? 0)")
    #expect(found.plateau.pixels == 0)
  }

  @Test func numbersThatWouldSuit() throws {
    let wrong = try check(Self.sky(gain: 1), gain: 3)
    #expect(wrong.disagreement == .tooNoisy && (1.5...1.9).contains(wrong.ratio ?? 0))
    #expect((0.9...1.35).contains(wrong.betterGain ?? 0))
    let quiet = try check(Self.sky(gain: 1, level: 10), gain: 1, readNoise: 20)
    #expect(quiet.disagreement == .tooQuiet && (4...6).contains(quiet.betterReadNoise ?? 0))
    let bias = try check(Self.sky(gain: 1).map { $0 + 900 }, gain: 1)
    #expect(bias.disagreement == .tooQuiet && (885...910).contains(bias.quietLevel ?? 0))
    let scaled = try check(Self.sky(gain: 1).map { $0 * 0.02 }, gain: 1)
    #expect(
      scaled.disagreement == .tooQuiet && (0.015...0.023).contains(scaled.scaleFactor ?? 0),
      "\(scaled.scaleFactor ?? 0)")
    let sky = try check(Self.sky(gain: 1).map { $0 - 120 }, gain: 1)
    #expect(sky.disagreement == .tooNoisy && (80...150).contains(sky.missingLight ?? 0))
    let low = try check(Self.sky(gain: 1).map { $0 - 160 }, gain: 1)
    #expect(low.floorFraction > NoiseCheck.largestFloorFraction)
  }

  /// A background that is gone counts in the noise.
  @Test func subtractedLightCounts() throws {
    let sky = Plane<Float>(width: 300, height: 300, repeating: 120)
    let found = try NoiseCheck(
      Self.sky(gain: 1).map { $0 - 120 }, parameters: LACosmicParameters(readNoise: 5), subtracted: sky,
      work: Work())
    #expect(found.isConsistent && (115...125).contains(found.level))
  }

  @Test func neighboursThatShareNoise() throws {
    let image = Self.sky(gain: 1)
    var smooth = image
    for i in 301..<image.count {
      smooth.pixels[i] = (image.pixels[i] + image.pixels[i - 1] + image.pixels[i - 300]) / 3
    }
    #expect((try check(smooth, gain: 1).neighbourRatio ?? 9) < 0.75)
    var mosaic = image
    for i in 0..<image.count where (i + i / 300) % 2 == 0 { mosaic.pixels[i] += 400 }
    #expect((try check(mosaic, gain: 1).neighbourRatio ?? 0) > 5)
  }

  @Test func clippedStarsAreNoticed() throws {
    let found = try check(Self.sky(gain: 1, clipped: true), gain: 1)
    #expect(found.plateau.level == 60000 && found.plateau.pixels >= Plateau.fewest && found.hasPlateau)
    let parameters = LACosmicParameters(readNoise: 5, satlevel: 60000)
    #expect(
      try NoiseCheck(Self.sky(gain: 1, clipped: true), parameters: parameters, work: Work()).isConsistent)
  }

  @Test(arguments: [1, 4, 13])
  func tinyImagesSayNothing(_ side: Int) throws {
    let image = Plane<Float>(width: side, height: side, repeating: 100)
    let check = try NoiseCheck(image, parameters: LACosmicParameters(), work: Work())
    #expect(check.isConsistent && check.measuredNoise == nil)
  }

  /// A long-slit exposure as three real spectrographs make them.
  struct Spectrum: Sendable, CustomTestStringConvertible {
    var name: String
    var gain: Double
    /// [electron]
    var readNoise: Double
    /// [ADU]
    var bias: Double
    /// Columns without light at the right edge.
    var overscan: Int
    /// [electron per pixel], and of the brightest row of the trace.
    var (sky, trace): (Double, Double)

    var testDescription: String { name }

    static let all = [
      Spectrum(
        name: "faint sky, hot pixels", gain: 2.45, readNoise: 4, bias: 350, overscan: 0, sky: 60, trace: 900),
      Spectrum(name: "overscan", gain: 1.2, readNoise: 3.7, bias: 1000, overscan: 64, sky: 29, trace: 4000),
      Spectrum(name: "sky lines", gain: 1.9, readNoise: 3.8, bias: 1100, overscan: 40, sky: 180, trace: 2500),
    ]

    /// Whole ADU, with sky lines along columns, a tilted trace along rows, hot pixels and tracks.
    func exposure(seed: UInt64) -> Plane<Float> {
      var random = SplitMix64(state: seed)
      let (width, height) = (620, 260)
      var electrons = [Double](repeating: 0, count: width * height)
      for y in 0..<height {
        for x in 0..<(width - overscan) {
          let line = exp(-pow((Double(x % 97) - 48) / 1.7, 2)) * 6
          let distance = (Double(y) - 130 - 0.01 * Double(x)) / 2.3
          electrons[y * width + x] = sky * (1 + line) + trace * exp(-distance * distance / 2)
        }
      }
      for _ in 0..<300 {
        let (x, y) = (
          Int(random.uniform() * Double(width - overscan)), Int(random.uniform() * Double(height))
        )
        electrons[y * width + x] += 200 + 4000 * random.uniform()
      }
      for _ in 0..<60 {
        let (x, y) = (Int(random.uniform() * Double(width - 40)), Int(random.uniform() * Double(height)))
        for step in 0..<12 where x + step < width - overscan { electrons[y * width + x + step] += 700 }
      }
      return Plane(
        width: width, height: height,
        pixels: electrons.map { mean in
          let noise = (mean + readNoise * readNoise).squareRoot() * random.normal()
          return Float((bias + (mean + noise) / gain).rounded())
        })
    }
  }

  @Test(arguments: Spectrum.all)
  func spectraAsTheyComeAreFine(_ spectrum: Spectrum) throws {
    for seed in 1...3 as ClosedRange<UInt64> {
      let image = spectrum.exposure(seed: seed)
      let parameters = LACosmicParameters(gain: spectrum.gain, readNoise: spectrum.readNoise)
      let level = image.pixels.sorted()[image.count / 100]
      let check = try NoiseCheck(image.map { $0 - level }, parameters: parameters, work: Work())
      #expect(check.isConsistent, "seed \(seed): \(check.ratio ?? 0)")
      // With the bias still in.
      let raw = try NoiseCheck(image, parameters: parameters, work: Work())
      #expect(raw.disagreement == .tooQuiet)
      let found = try #require(raw.quietLevel)
      #expect(abs(found - spectrum.bias) < 30, "seed \(seed): \(found)")
    }
  }
}
