import Foundation
import TestSupport
import Testing

@testable import Commands
@testable import Files
@testable import Kernels
@testable import Pipeline

/// Whole runs of numina-crmasks 0.36.0 under --compat, given its boundaries. Runs where the golden data are.
@Suite struct CrmasksGoldenTests {
  static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../../shared/golden/crmasks").standardized
  static let isPresent = FileManager.default.fileExists(atPath: golden.path)

  static let cases = [
    "lacosmic_only", "example2_piecewise", "example1_mm_lacosmic", "mmcosmic_only", "dilation0",
    "pixel_lists",
    "spline_5knots_options", "spline_fixed_points", "use_lamedian", "gain_bias_uint16",
    "gain_bias_subtracted",
    "gain_bias_electrons", "four_exposures", "five_exposures", "example3_initial", "example4_initial",
    "boundary_collapse", "flux_list_original", "flux_list_simulated", "example4_xy_offsets",
    "example3_auto_original",
    "example3_auto_simulated", "example4_crosscorr",
  ]

  @Test(.enabled(if: isPresent), arguments: cases)
  func masksAreTheReferences(name: String) throws {
    let folder = Self.golden.appendingPathComponent(name)
    let file = try ParameterFile.read(folder.appendingPathComponent("params.yaml").path)
    let images = try file.images.map { try FITSReader.image(at: $0) }
    let shape = images[0].shape
    let detector = Detector(
      gain: try file.gain.value("gain", for: shape),
      readoutNoise: try file.rnoise.value("rnoise", for: shape),
      bias: try file.bias.value("bias", for: shape))
    let job = try CrmasksJob(
      images: images, names: file.images, detector: detector, parameters: file.parameters,
      boundary: try boundary(folder), compatibility: .numina036, work: Work(), note: { _ in })
    let masks = try job.compute(report: { _ in }, note: { _ in }, work: Work()).masks
    let expected = try FITSReader.maskSet(at: folder.appendingPathComponent("crmasks.fits.gz").path)
    #expect(masks.medianCR == expected.medianCR)
    #expect(masks.meanCRT == expected.meanCRT)
    #expect(masks.exposures == expected.exposures)
    #expect(masks.fluxFactors == expected.fluxFactors)
    #expect((masks.laMedian == nil) == (expected.laMedian == nil))
    if let a = masks.laMedian, let b = expected.laMedian {
      #expect(zip(a.pixels, b.pixels).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) })
    }
  }

  /// Without compat the bias makes no difference: CRMASKi are those of exposures without bias.
  @Test(.enabled(if: isPresent)) func biasAndGainGiveTheMasksOfElectrons() throws {
    func masks(_ name: String) throws -> MaskSet {
      let folder = Self.golden.appendingPathComponent(name)
      let file = try ParameterFile.read(folder.appendingPathComponent("params.yaml").path)
      let images = try file.images.map { try FITSReader.image(at: $0) }
      let shape = images[0].shape
      let detector = Detector(
        gain: try file.gain.value("gain", for: shape),
        readoutNoise: try file.rnoise.value("rnoise", for: shape),
        bias: try file.bias.value("bias", for: shape))
      let job = try CrmasksJob(
        images: images, names: file.images, detector: detector, parameters: file.parameters,
        boundary: try boundary(Self.golden.appendingPathComponent("gain_bias_subtracted")),
        compatibility: nil,
        work: Work(), note: { _ in })
      return try job.compute(report: { _ in }, note: { _ in }, work: Work()).masks
    }
    let (raw, subtracted) = (try masks("gain_bias_uint16"), try masks("gain_bias_subtracted"))
    #expect(raw.medianCR == subtracted.medianCR)
    #expect(raw.exposures == subtracted.exposures)
    #expect(raw.exposures[0] != raw.exposures[1])
  }

  private func boundary(_ folder: URL) throws -> Boundary? {
    let facts = try JSONSerialization.jsonObject(
      with: Data(contentsOf: folder.appendingPathComponent("facts.json")))
    guard let fit = ((facts as? [String: Any])?["spline_iterations"] as? [[String: Any]])?.last,
      let knots = fit["knots"] as? [Double], let coefficients = fit["coefficients"] as? [Double]
    else { return nil }
    return Boundary(
      curve: .spline(try CubicSpline(knots: knots, coefficients: coefficients)), points: [],
      outside: .continued)
  }
}
