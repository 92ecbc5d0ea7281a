import Foundation
import TestSupport
import Testing

@testable import Kernels
@testable import Shell

/// Defects of numina 0.36.0 (docs/differences.md): there under compat, absent without.
@Suite struct DefectTests {
  /// Masks of one call of crmasks on simulated exposures.
  private func masks(_ simulate: String, _ requirements: String) throws -> MaskSet {
    let script = try ScriptRun()
    let given = Set(simulate.split(separator: " ").compactMap { $0.split(separator: "=").first })
    let usual = ["nx=120", "ny=90", "seed=3", "density=3e-3", "coincidences=30"].filter {
      !given.contains($0.prefix { $0 != "=" })
    }
    try script.run("s = simulate \(usual.joined(separator: " ")) \(simulate)")
    let detector = requirements.contains("crmethod=lacosmic") ? "" : "detector=boundary"
    try script.run("m = crmasks s seed=1 \(detector) \(requirements)")
    guard case .maskSet(let masks) = script.session["m"]?.value else { throw CRSError.data("no masks") }
    return masks
  }

  @Test func exposuresKeepTheirBiasUnderCompat() throws {
    let call = "gain=1 rnoise=3.4 bias=300 crmethod=mmcosmic"
    let old = try masks("bias=300", call + " compat=numina-0.36")
    let new = try masks("bias=300", call)
    #expect(old.exposures[0] == old.exposures[1])
    #expect(new.exposures[0] != new.exposures[1])
    #expect(new.medianCR.flagged > 0)
  }

  @Test func laMedianIsInElectronsUnderCompat() throws {
    let call = "gain=2 rnoise=2 bias=0 crmethod=lacosmic"
    let old = try masks("gain=2 rnoise=2", call + " compat=numina-0.36")
    let new = try masks("gain=2 rnoise=2", call)
    let (a, b) = (try #require(old.laMedian), try #require(new.laMedian))
    let clean = (0..<a.count).filter {
      old.medianCR.plane.pixels[$0] == 0 && new.medianCR.plane.pixels[$0] == 0
    }
    #expect(clean.allSatisfy { abs(a.pixels[$0] - 2 * b.pixels[$0]) < 1e-3 * (1 + abs(a.pixels[$0])) })
  }

  @Test func lacosmicGetsTheReadoutNoiseInADUUnderCompat() throws {
    let call = "gain=2.5 rnoise=3 bias=0 crmethod=lacosmic"
    let old = try masks("gain=2.5 rnoise=3", call + " compat=numina-0.36")
    let new = try masks("gain=2.5 rnoise=3", call)
    #expect(old.medianCR.flagged > new.medianCR.flagged)
  }

  @Test func dilationEntersSkippedRegionsUnderCompat() throws {
    let call = "gain=1 rnoise=3.4 bias=0 regions_to_be_skipped=[[1,120,1,40]] dilation=3"
    let old = try masks("", call + " compat=numina-0.36")
    let new = try masks("", call)
    func inside(_ mask: Mask) -> Int { mask.plane.pixels[0..<40 * 120].reduce(0) { $0 + Int($1) } }
    #expect(inside(old.medianCR) > 0)
    #expect(inside(new.medianCR) == 0)
    #expect(inside(new.meanCRT) == 0)
  }

  @Test func exposureMasksExceedMeanCRTUnderCompat() throws {
    let call = "gain=1 rnoise=3.4 bias=0 dilation=2"
    let old = try masks("", call + " compat=numina-0.36")
    let new = try masks("", call)
    func outside(_ set: MaskSet) -> Int {
      set.exposures.map { mask in
        (0..<mask.plane.count).filter { mask.plane.pixels[$0] != 0 && set.meanCRT.plane.pixels[$0] == 0 }
          .count
      }.reduce(0, +)
    }
    #expect(outside(old) > 0)
    #expect(outside(new) == 0)
  }

  @Test func flaggedPixelsAreNotFlaggedUnderCompat() throws {
    let call = "gain=1 rnoise=3.4 bias=0 pixels_to_be_flagged_as_cr=[[60,5],[61,5]] dilation=0"
    let old = try masks("density=0 coincidences=0", call + " compat=numina-0.36")
    let new = try masks("density=0 coincidences=0", call)
    #expect(old.medianCR.plane[59, 4] == 0)
    #expect(new.medianCR.plane[59, 4] == 1 && new.medianCR.plane[60, 4] == 1)
  }

  @Test func thresholdNoneIsTheLowestPointOfTheBoundary() throws {
    let set = try masks("", "gain=1 rnoise=3.4 bias=0 threshold=none")
    #expect(set.medianCR.flagged > 0)
  }

  @Test func aPlainNumberIsAFluxFactor() throws {
    let set = try masks("", "gain=1 rnoise=3.4 bias=0 flux_factor=1.0")
    #expect(set.fluxFactors == [1, 1, 1])
  }

  @Test func autoNeverReturnsOneUnderCompat() throws {
    let call = "gain=1 rnoise=3.4 bias=0 flux_factor=auto"
    let old = try masks("nx=300 ny=240", call + " compat=numina-0.36")
    let new = try masks("nx=300 ny=240", call)
    #expect(old.fluxFactors.contains { $0 != 1 })
    #expect(new.fluxFactors == [1, 1, 1])
  }

  /// What the chosen method does not look at is refused.
  @Test(arguments: [
    ("crmethod=mmcosmic la_verbose=yes", "crmethod=mmcosmic"),
    ("crmethod=mmcosmic sigclip=3", "crmethod=mmcosmic"),
    ("crmethod=lacosmic far=2", "crmethod=lacosmic"),
    ("crmethod=lacosmic xy_offsets=[[0,0],[1,0],[0,0]]", "lacosmic"),
    ("fsmode=median psfsize=7", "fsmode=median"), ("psfbeta=3", "psfmodel=gaussxy"),
    ("semiwindow=4", "nothing is written"), ("prior=flat prior_box=9", "prior=flat"),
    ("crosscorr_max=9", "without crosscorr_region"), ("offsets=crosscorr", "without crosscorr_region"),
    ("psfmodel=gaussx psffwhm_y=3", "psfmodel=gaussx"), ("psfmodel=gaussy psffwhm_x=3", "psfmodel=gaussy"),
    (
      "detector=boundary boundary_fit=piecewise fixed_points_in_boundary=[[0, 5], [9, 6]] knots_splfit=4",
      "boundary_fit=piecewise"
    ),
  ]) func settingsWithoutAnEffectAreRefused(requirements: String, reason: String) throws {
    let script = try ScriptRun()
    try script.run("s = simulate nx=60 ny=50 seed=1")
    let error = try #require(script.error("m = crmasks s seed=1 \(requirements)"))
    #expect(error.message.contains("has no effect") && error.message.contains(reason), "\(error)")
    #expect(error.kind == .usage && error.column != nil, "\(error)")
  }

  @Test func fiveExposuresHaveProblematicPixels() throws {
    let set = try masks("n=5", "gain=1 rnoise=3.4 bias=0")
    #expect(set.exposures.count == 5)
  }

  /// An exposure of factor 0.5 is simulated fainter, not twice as bright.
  @Test func faintExposuresAreSimulatedFaint() throws {
    let script = try ScriptRun()
    try script.run("s = simulate nx=120 ny=90 seed=3 density=0 coincidences=0 flux=[0.5, 1, 1]")
    try script.run("d = mmdiagram s flux_factor=[0.5, 1, 1] nsimulations=exact")
    try script.run("e = mmdiagram s nsimulations=exact")
    guard case .diagram(let right) = script.session["d"]?.value,
      case .diagram(let wrong) = script.session["e"]?.value
    else { throw CRSError.data("no diagram") }
    func distance(_ diagram: Diagram) -> Double {
      zip(diagram.simulated, diagram.original).reduce(0) { $0 + abs($1.0 - $1.1) }
    }
    #expect(distance(right) < distance(wrong))
  }

  /// Repetitions of the fit that may not fall stay above the first one.
  @Test func theBoundaryCannotCollapse() throws {
    let points = (0..<60).map { (k: Int) -> BoundaryPoint in
      let x = Double(k)
      let usual = Double(20 + (k * 7) % 5)
      return BoundaryPoint(x: x, y: k % 17 == 5 ? 90 + x : usual)
    }
    var fit = BoundaryFit(kind: .spline, knots: 3, extensions: 6, extensionWeight: 10)
    let robust = try fit.boundary(through: points)
    fit.mayFall = true
    let original = try fit.boundary(through: points)
    func lowest(_ boundary: Boundary) -> Double {
      (0..<60).map { boundary.value(at: Double($0)) - boundary.iterations[0].value(at: Double($0)) }.min()
        ?? 0
    }
    #expect(lowest(robust) > -0.01)
    #expect(lowest(original) <= lowest(robust))
  }

  /// A script with bytes that are no UTF-8 names the line.
  @Test func scriptsThatAreNoTextNameTheLine() throws {
    let folder = try EndToEndTests.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(Array("x = 1\nprint 'caf".utf8) + [0xE9] + Array("'\n".utf8)).write(
      to: folder.appendingPathComponent("l.crs"))
    let ended = try EndToEndTests.crs(["l.crs"], in: folder)
    #expect(ended.status != 0 && ended.errors.contains("line 2 is not UTF-8 text"), "\(ended)")
  }
}
