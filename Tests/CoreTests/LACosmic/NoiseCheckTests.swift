import Foundation
import Testing

@testable import Files
@testable import Kernels
@testable import Pipeline

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

  static let real = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../../shared/real").standardized.path

  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: real)),
    arguments: [("sprat_5x120s", 2.45, 4.0), ("kast_blue_3x1200s", 1.2, 3.7), ("kast_red_pair", 1.9, 3.8)])
  func realExposuresAreFine(folder: String, gain: Double, readNoise: Double) throws {
    let path = Self.real + "/" + folder
    for file in try FileManager.default.contentsOfDirectory(atPath: path) where file.hasSuffix(".gz") {
      let image = try FITSReader.image(at: path + "/" + file).pixels
      let bias = image.pixels.sorted()[image.count / 100]
      for level in [0, bias] {
        let check = try NoiseCheck(
          image.map { $0 - level }, parameters: LACosmicParameters(gain: gain, readNoise: readNoise),
          work: Work())
        #expect(check.isConsistent, "\(file): \(check.warnings)")
      }
    }
  }
}
