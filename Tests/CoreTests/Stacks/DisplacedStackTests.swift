import Foundation
import TestSupport
import Testing

@testable import Kernels

/// Exposures that lie several pixels apart, known and unknown.
@Suite struct DisplacedStackTests {
  /// Fibres along x, 8 pixels apart, with emission lines; moved by whole pixels.
  private func fibres(_ dx: Int, _ dy: Int) -> (Int, Int) -> Double {
    { x, y in
      let (u, v) = (x - dx, y - dy)
      let d = Double(((v % 8) + 8) % 8 - 3)
      return 8 + (600 + (u % 23 == 5 ? 900 : 0)) * exp(-0.5 * d * d / 0.6)
    }
  }

  private func planes(_ moves: [(Int, Int)], _ level: (Int, Int) -> (Int, Int) -> Double) -> [Plane<Float>] {
    moves.enumerated().map { k, move in
      var scene = StackScene(level: level(move.0, move.1))
      scene.detectors = moves.map { _ in (gain: 1, noise: 3.4) }
      return scene.planes()[k]
    }
  }

  private let noise = StackNoise([Detector(gain: 1, readoutNoise: 3.4)])

  /// The same light elsewhere is no closed shutter; a tenth of it is.
  @Test func levelsOfMovedFibres() throws {
    let moved = planes([(0, 0), (5, -4), (0, 0)], fibres)
    let apart = StackLevels(moved, planes: try StackPlanes(moved, work: Work()), noise: noise)
    #expect(apart.relative[1].map { !StackLevels.refused.contains($0) } == true, "\(apart.relative)")
    #expect(apart.outside(expected: [1, 1, 1]) == [])
    var dark = planes([(0, 0), (0, 0), (0, 0)], fibres)
    dark[1] = dark[1].map { 0.1 * $0 }
    let closed = StackLevels(dark, planes: try StackPlanes(dark, work: Work()), noise: noise)
    #expect(closed.outside(expected: [1, 1, 1]) == [1])
  }

  /// A star that the exposures show 5 pixels apart keeps its light in what they have in common.
  @Test func starsStayInTheCleanMean() throws {
    func star(_ dx: Int, _ dy: Int) -> (Int, Int) -> Double {
      { x, y in
        let (u, v) = (Double(x - 60 - dx), Double(y - 50 - dy))
        return 50 + 5000 * exp(-0.5 * (u * u + v * v) / 2.25)
      }
    }
    let moved = planes([(0, 0), (5, -3), (0, 0)], star)
    let model = try CleanModel(
      moved, factors: [1, 1, 1], offsets: [.zero, Offset(x: 5, y: -3), .zero], noise: noise, hasMasked: false,
      work: Work())
    #expect(model.mean[60, 50] > 4700, "\(model.mean[60, 50])")
    #expect(model.references[1][65, 47] > 4700)
  }

  /// Offsets beyond what probabilities compare are told, smaller ones and those of the boundary's detector are not.
  @Test func largeOffsetsAreTold() throws {
    let moved = planes([(0, 0), (5, -3), (0, 0)]) { _, _ in { _, _ in 100 } }
    let exposures = StackScene(detectors: [(gain: 1, noise: 3.4), (1, 3.4), (1, 3.4)]).exposures(moved)
    func apart(_ offset: Offset, _ detection: MaskingOptions.Detection = .pvalue) throws -> Double? {
      var options = FluxAndSkyTests.options(3)
      (options.offsets, options.detection) = ([.zero, offset, .zero], detection)
      return try Masking(exposures, options: options, auxiliary: nil, work: Work()).examinedStack().findings
        .apart
    }
    #expect(try apart(Offset(x: 25, y: -3)) == 25)
    #expect(try apart(Offset(x: 5, y: -3)) == nil)
    #expect(try apart(Offset(x: 25, y: -3), .boundary) == nil)
  }

  /// Sky lines and a spectrum that lie elsewhere look like drop-outs only where nobody says where they lie.
  @Test func knownOffsetsAreNoDropOuts() throws {
    func slit(_ dx: Int, _ dy: Int) -> (Int, Int) -> Double {
      { x, y in
        let d = Double((((x - dx) % 25) + 25) % 25 - 12)
        let v = Double(y - dy - 60) / 2.3
        return 25 + 600 * exp(-0.5 * d * d / 2) + 400 * exp(-0.5 * v * v)
      }
    }
    let moved = planes([(0, 0), (5, -4), (0, 0)], slit)
    let exposures = StackScene(detectors: [(gain: 1, noise: 3.4), (1, 3.4), (1, 3.4)]).exposures(moved)
    func low(_ offset: Offset) throws -> Int {
      var options = FluxAndSkyTests.options(3)
      options.offsets = [.zero, offset, .zero]
      return try Masking(exposures, options: options, auxiliary: nil, work: Work()).examinedStack().findings
        .lowValues.reduce(0, +)
    }
    // Where they lie only a pixel apart values are compared, as those of exposures that differ.
    let beside = StackScene(detectors: [(gain: 1, noise: 3.4), (1, 3.4), (1, 3.4)]).exposures(
      planes([(0, 0), (1, 1), (0, 0)], slit))
    var options = FluxAndSkyTests.options(3)
    options.offsets = [.zero, Offset(x: 1, y: 1), .zero]
    let findings = try Masking(beside, options: options, auxiliary: nil, work: Work()).examinedStack()
      .findings
    #expect(findings.lowValues.reduce(0, +) < 20, "\(findings.lowValues)")
    #expect(findings.scatter == nil && findings.numbersThatSuit == nil)
    #expect(try low(.zero) > 1000)
    #expect(try low(Offset(x: 5, y: -4)) == 0)
  }

  /// Whole numbers of little noise: their middle is a step, their scatter is not.
  @Test(arguments: [0.8, 1.1, 2.4, 3.7]) func scatterOfWholeNumbers(deviation: Double) throws {
    let planes = (0..<3).map { k -> Plane<Float> in
      var random = SplitMix64(state: UInt64(k) + 40)
      let pixels = (0..<200 * 150).map { _ in Float((deviation * random.normal()).rounded()) }
      return Plane(width: 200, height: 150, pixels: pixels)
    }
    let scatter = try #require(
      StackScatter(
        planes, median: try StackPlanes(planes, work: Work()).median,
        noise: StackNoise([Detector(gain: 1e6, readoutNoise: (deviation * deviation + 1.0 / 12).squareRoot())]
        )))
    #expect((0.93...1.07).contains(scatter.ratio), "\(scatter.ratio)")
  }

  @Test func anEmptyListOfRegionsIsNamed() throws {
    let planes = planes([(0, 0), (0, 0)], fibres)
    let error = crsError { _ = try PixelUse.plane(planes, regions: [], parameter: "regions") }
    #expect(error?.kind == .usage && error?.message == "the list of regions is empty")
    #expect(try PixelUse.plane(planes, regions: nil, parameter: "regions").pixels.allSatisfy { $0 == 1 })
  }
}
