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
    #expect(check.isConsistent != Self.wrong.contains(one.name), "\(check.warnings)")
  }

  /// Sky and a clipped star, or not, in ADU.
  private func sky(gain: Double, level: Double = 120, clipped: Bool = false) -> Plane<Float> {
    var random = SplitMix64(state: 5)
    var image = Plane<Float>(width: 300, height: 300, repeating: 0)
    for index in 0..<image.count {
      let (dx, dy) = (Double(index % 300 - 150), Double(index / 300 - 150))
      let electrons = level + (clipped ? 4e5 * exp(-(dx * dx + dy * dy) / 10) : 0)
      let value = (electrons + (electrons + 25).squareRoot() * random.normal()) / gain
      image.pixels[index] = Float(clipped ? min(value, 60000) : value)
    }
    return image
  }

  private func causes(_ image: Plane<Float>, gain: Double) throws -> [NoiseCheck.Cause] {
    try NoiseCheck(image, parameters: LACosmicParameters(gain: gain, readNoise: 5), work: Work()).causes
  }

  @Test func rightGainsAreFine() throws {
    for gain in [0.4, 1, 2.5] { #expect(try causes(sky(gain: gain), gain: gain) == []) }
  }

  @Test func invertedGainsAreNamed() throws {
    for gain in [0.4, 2.5] {
      guard case .gainInverted(let better)? = try causes(sky(gain: gain), gain: 1 / gain).first else {
        Issue.record("no warning for the inverse of \(gain)")
        continue
      }
      #expect(abs(better - gain) < 1e-9)
    }
  }

  @Test func wrongGainsAreNoticed() throws {
    guard case .noiseUnderestimated(let ratio, let better?)? = try causes(sky(gain: 1), gain: 3).first else {
      Issue.record("no warning")
      return
    }
    #expect((1.5...1.9).contains(ratio))
    #expect((0.9...1.35).contains(better))
  }

  @Test func subtractedSkiesAreNoticed() throws {
    let image = sky(gain: 1).map { $0 - 120 }
    guard case .skySubtracted(let found)? = try causes(image, gain: 1).first else {
      Issue.record("no warning")
      return
    }
    #expect((80...150).contains(found))
    let low = sky(gain: 1).map { $0 - 160 }
    #expect(try causes(low, gain: 1).contains { if case .varianceFloor = $0 { true } else { false } })
  }

  @Test func clippedStarsAreNoticed() throws {
    guard
      case .saturationBelow(let level, let pixels)? = try causes(sky(gain: 1, clipped: true), gain: 1).first
    else {
      Issue.record("no warning")
      return
    }
    #expect(level == 60000 && pixels >= Plateau.fewest)
    let parameters = LACosmicParameters(readNoise: 5, satlevel: 60000)
    #expect(try NoiseCheck(sky(gain: 1, clipped: true), parameters: parameters, work: Work()).isConsistent)
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
      for level in [0, image.pixels.sorted()[image.count / 100]] {
        let check = try NoiseCheck(
          image.map { $0 - level },
          parameters: LACosmicParameters(gain: spectrum.gain, readNoise: spectrum.readNoise), work: Work())
        #expect(check.isConsistent, "seed \(seed): \(check.warnings)")
      }
    }
  }
}
