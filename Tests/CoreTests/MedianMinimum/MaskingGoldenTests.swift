import TestSupport
import Testing

@testable import Files
@testable import Kernels

/// Masks and combinations of the reference program, given its boundary.
@Suite struct MaskingGoldenTests {
  @Test func mmcosmicOnlyWithTheGoldenBoundary() throws {
    let golden = try CrmasksGolden("mmcosmic_only")
    let exposures = try CrmasksGolden.exposures("eq3", count: 3)
    var options = MaskingOptions(exposures: 3)
    options.method = .mmcosmic
    options.compatibility = .numina036
    options.boundary = try #require(golden.boundary)
    let result = try Masking(
      [ExposurePlanes](exposures, detector: Detector(gain: 1, readoutNoise: 3.4)), options: options,
      auxiliary: nil, work: Work()
    ).run(uuid: "x", history: [])
    let expected = try golden.masks()
    #expect(result.masks.medianCR == expected.medianCR)
    #expect(result.masks.meanCRT == expected.meanCRT)
    #expect(result.masks.exposures == expected.exposures)
    #expect(result.identifiedTable.csv == (try golden.text("mediancr_identified.csv")))
    #expect(result.problematicTable.csv == (try golden.text("problematic_pixels.csv")))

    let combination = try MaskedCombination(
      [ExposurePlanes](exposures, detector: Detector(gain: 1, readoutNoise: 3.4)), masks: result.masks,
      fluxFactors: [1, 1, 1], work: Work())
    for method in [CombinationMethod.mediancr, .meancrt, .meancr] {
      let combined = try combination.combined(method, variance: .numina, work: Work())
      let file = golden.path("combined_\(method.rawValue).fits.gz")
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

  @Test func simulatedDiagramLiesInTheSpreadOverSeeds() throws {
    let exposures = try CrmasksGolden.exposures("eq3", count: 3)
    var options = MaskingOptions(exposures: 3)
    options.method = .mmcosmic
    options.compatibility = .numina036
    options.boundaryFit.extensions = 4
    var counts: [Int] = []
    for seed in 1...7 as ClosedRange<UInt64> {
      options.seed = seed
      let result = try Masking(
        [ExposurePlanes](exposures, detector: Detector(gain: 1, readoutNoise: 3.4)), options: options,
        auxiliary: nil, work: Work()
      ).run(uuid: "x", history: [])
      counts.append(result.detections[0].mmcosmic.flagged)
    }
    // The reference found 228 to 297 with eleven seeds.
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
        [ExposurePlanes](exposures, detector: Detector(gain: 1.5, readoutNoise: 3)), options: options,
        auxiliary: nil, work: Work(threads: threads)
      ).run(uuid: "x", history: [])
    }
    for result in results.dropFirst() {
      #expect(result.diagram == results[0].diagram)
      #expect(result.boundary == results[0].boundary)
      #expect(result.masks.meanCRT == results[0].masks.meanCRT)
    }
  }
}
