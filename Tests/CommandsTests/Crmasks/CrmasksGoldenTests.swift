import Foundation
import TestSupport
import Testing

@testable import Commands
@testable import Files
@testable import Kernels
@testable import Pipeline

/// Whole runs of numina-crmasks 0.36.0 under --compat, given its boundaries.
@Suite struct CrmasksGoldenTests {
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

  @Test(arguments: cases)
  func masksAreTheReferences(name: String) throws {
    let golden = try CrmasksGolden(name)
    let masks = try masks(golden, boundary: golden.boundary, compatibility: .numina036)
    let expected = try golden.masks()
    #expect(masks.medianCR == expected.medianCR)
    #expect(masks.meanCRT == expected.meanCRT)
    #expect(masks.exposures == expected.exposures)
    #expect(masks.fluxFactors == expected.fluxFactors)
    let laMedian = try golden.laMedian()
    #expect((masks.laMedian == nil) == (laMedian == nil))
    if let a = masks.laMedian, let b = laMedian {
      #expect(zip(a.pixels, b.pixels).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) })
    }
  }

  /// Without compat the bias makes no difference: CRMASKi are those of exposures without bias.
  @Test func biasAndGainGiveTheMasksOfElectrons() throws {
    let boundary = try CrmasksGolden("gain_bias_subtracted").boundary
    let raw = try masks(CrmasksGolden("gain_bias_uint16"), boundary: boundary, compatibility: nil)
    let subtracted = try masks(CrmasksGolden("gain_bias_subtracted"), boundary: boundary, compatibility: nil)
    #expect(raw.medianCR == subtracted.medianCR)
    #expect(raw.exposures == subtracted.exposures)
    #expect(raw.exposures[0] != raw.exposures[1])
  }

  private func masks(
    _ golden: CrmasksGolden, boundary: Boundary?, compatibility: Compatibility?
  ) throws -> MaskSet {
    let file = try ParameterFile.read(golden.path("params.yaml"))
    let group = try ExposureGroup(file.images, report: { _ in }, read: { try FITSReader.image(at: $0) })
    let detector = try group.detector(gain: file.gain, rnoise: file.rnoise, bias: file.bias, work: Work())
    let exposures = try CalibratedExposures(
      group, group.planes(detector), for: .masks(compatibility), work: Work())
    let run = try CrmasksRun(
      exposures, settings: file.settings, boundary: boundary, compatibility: compatibility, work: Work())
    return try run.masks(RunTalk(work: Work(), report: { _ in }, note: { _ in })).masks
  }
}
