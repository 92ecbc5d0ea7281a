import Foundation
import Testing

@testable import Files
@testable import Kernels
@testable import Pipeline

/// Masks and combinations of the reference program, given its boundary. Runs where the golden data are.
@Suite struct MaskingGoldenTests {
  static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../../shared/golden/crmasks").standardized
  static let isPresent = FileManager.default.fileExists(atPath: golden.path)

  @Test(.enabled(if: isPresent)) func mmcosmicOnlyWithTheGoldenBoundary() throws {
    let folder = Self.golden.appendingPathComponent("mmcosmic_only")
    let facts = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appendingPathComponent("facts.json")))
        as? [String: Any])
    let fit = try #require((facts["spline_iterations"] as? [[String: Any]])?.last)
    let spline = try CubicSpline(
      knots: try #require(fit["knots"] as? [Double]),
      coefficients: try #require(fit["coefficients"] as? [Double]))
    let exposures = try (1...3).map {
      try FITSReader.image(at: Self.golden.appendingPathComponent("inputs/eq3_\($0).fits").path).pixels
    }
    var options = MaskingOptions(exposures: 3)
    options.method = .mmcosmic
    options.compatibility = .numina036
    options.boundary = Boundary(curve: .spline(spline), points: [], outside: .continued)
    let result = try Masking(
      exposures: exposures, detector: Detector(gain: 1, readoutNoise: 3.4), options: options, auxiliary: nil,
      work: Work()
    ).run(uuid: "x", history: [])
    let expected = try FITSReader.maskSet(at: folder.appendingPathComponent("crmasks.fits.gz").path)
    #expect(result.masks.medianCR == expected.medianCR)
    #expect(result.masks.meanCRT == expected.meanCRT)
    #expect(result.masks.exposures == expected.exposures)
    let text = try String(
      contentsOf: folder.appendingPathComponent("mediancr_identified.csv"), encoding: .utf8)
    #expect(result.identifiedTable.csv == text.replacingOccurrences(of: "\r", with: ""))
    let problems = try String(
      contentsOf: folder.appendingPathComponent("problematic_pixels.csv"), encoding: .utf8)
    #expect(result.problematicTable.csv == problems.replacingOccurrences(of: "\r", with: ""))

    let combination = try MaskedCombination(
      exposures: exposures, bias: .constant(0), fluxFactors: [1, 1, 1], work: Work())
    for method in [CombinationMethod.mediancr, .meancrt, .meancr] {
      let combined = try combination.combined(method, masks: result.masks, work: Work())
      let file = folder.appendingPathComponent("combined_\(method.rawValue).fits.gz").path
      let image = try FITSReader.image(at: file)
      for i in 0..<image.pixels.count {
        let (a, b) = (combined.image.pixels[i], image.pixels.pixels[i])
        if abs(a - b) > 1e-5 * max(1, abs(b)) {
          Issue.record("\(method) pixel \(i): \(a), expected \(b)")
          break
        }
      }
      let variance = try FITSReader.image(at: file, hdu: .name("VARIANCE"))
      for i in 0..<image.pixels.count {
        let (a, b) = (combined.variance.pixels[i], variance.pixels.pixels[i])
        if abs(a - b) > 1e-4 * max(0.1, abs(b)) {
          Issue.record("\(method) variance \(i): \(a), expected \(b)")
          break
        }
      }
      let map = try FITSReader.image(at: file, hdu: .name("MAP"))
      #expect(combined.map.map { Float($0) } == map.pixels)
    }
  }

  @Test(.enabled(if: isPresent)) func simulatedDiagramLiesInTheSpreadOverSeeds() throws {
    let exposures = try (1...3).map {
      try FITSReader.image(at: Self.golden.appendingPathComponent("inputs/eq3_\($0).fits").path).pixels
    }
    var options = MaskingOptions(exposures: 3)
    options.method = .mmcosmic
    options.compatibility = .numina036
    options.boundaryFit.extensions = 4
    var counts: [Int] = []
    for seed in 1...7 as ClosedRange<UInt64> {
      options.seed = seed
      let result = try Masking(
        exposures: exposures, detector: Detector(gain: 1, readoutNoise: 3.4), options: options,
        auxiliary: nil,
        work: Work()
      ).run(uuid: "x", history: [])
      counts.append(result.detections[0].mmcosmic.flagged)
    }
    // spread.json: 228 to 297 for eleven seeds.
    let middle = counts.sorted()[counts.count / 2]
    #expect((228...297).contains(middle), "\(counts)")
  }

  @Test func resultsDoNotDependOnThreads() throws {
    var random = SplitMix64(state: 5)
    let exposures = (0..<4).map { _ in
      Plane<Float>(
        width: 150, height: 130, pixels: (0..<150 * 130).map { _ in Float(40 + 6 * random.normal()) })
    }
    var options = MaskingOptions(exposures: 4)
    options.method = .mmcosmic
    options.simulations = 3
    let results = try [1, 2, 7].map { threads in
      try Masking(
        exposures: exposures, detector: Detector(gain: 1.5, readoutNoise: 3), options: options,
        auxiliary: nil,
        work: Work(threads: threads)
      ).run(uuid: "x", history: [])
    }
    for result in results.dropFirst() {
      #expect(result.diagram == results[0].diagram)
      #expect(result.boundary == results[0].boundary)
      #expect(result.masks.meanCRT == results[0].masks.meanCRT)
    }
  }
}
