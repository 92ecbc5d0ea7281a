import Files
import Foundation
import Kernels
import Pipeline
import TestSupport
import Testing

/// Pixels that are known to be bad, and a sky that differs, at the prompt and in parameter files.
@Suite struct BadPixelAndSkyTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private let scene = "s = simulate nx=160 ny=120 seed=3 density=2e-3 coincidences=30"
  private let detector = "gain=1 rnoise=3.4 bias=0 seed=1"

  private func masks(_ script: ScriptRun, _ name: String) throws -> MaskSet {
    guard case .maskSet(let masks) = script.session[name]?.value else { throw CRSError.data("no masks") }
    return masks
  }

  @Test func badPixelsAreNeverFlagged() throws {
    let script = try ScriptRun()
    try script.run("\(scene); a = crmasks s \(detector); bad = (min s) > 60")
    try script.run("b = crmasks s \(detector) badpixels=bad; p, q = mmpvalue s badpixels=bad")
    guard case .mask(let bad) = script.session["bad"]?.value,
      case .mask(let found) = script.session["q"]?.value
    else { throw CRSError.data("no mask") }
    let (plain, bare) = (try masks(script, "a"), try masks(script, "b"))
    #expect(bad.flagged > 100 && (plain.meanCRT & bad).flagged > 0)
    #expect((bare.meanCRT & bad).flagged == 0 && (found & bad).flagged == 0)
    #expect(bare.medianCR.flagged > 0)
    let error = script.error("c = crmasks s badpixels=(bad[1:20, 1:20])")
    #expect(error?.parameter == "badpixels", "\(String(describing: error))")
  }

  @Test func parameterFilesNameThem() throws {
    let saved = try Program.run(
      ["-c", "\(scene); bad = (min s) > 60; save bad bad.fits\nfor k in 1:3\nsave s[k] \"e$k.fits\"\nend"],
      in: folder.url)
    #expect(saved.status == 0, "\(saved.errors)")
    let yaml = """
      images: [e1.fits, e2.fits, e3.fits]
      gain: 1.0
      rnoise: 3.4
      bias: 0.0
      bad_pixel_mask: bad.fits
      requirements:
        crmethod: mm_lacosmic
        use_lamedian: False
        flux_factor: none
        apply_flux_factor_to: simulated
        sky: auto
        interactive: False
        la_cleantype: meanmask
        la_fsmode: convolve
        la_psfmodel: gaussxy
        la_psffwhm_x: 2.5
        la_psffwhm_y: 2.5
        la_psfsize: 11
        mm_boundary_fit: spline
        mm_knots_splfit: 3
        mm_detector: pvalue
        mm_seed: 1
      """
    _ = try folder.write(yaml, "p.yaml")
    let ended = try Program.run(
      ["crmasks", "p.yaml", "--output_dir", "o", "--figures", "no"], in: folder.url)
    #expect(ended.status == 0, "\(ended.errors)")
    let bad = try FITSReader.mask(at: folder.file("bad.fits"), work: Work())
    let masks = try FITSReader.mask(at: folder.file("o/crmasks.fits") + "[MEANCRT]", work: Work())
    #expect(masks.flagged > 0 && (masks & bad).flagged == 0)
    // They are left out of masks, not of combinations.
    let combined = try FITSReader.image(at: folder.file("o/combined_mediancr.fits")).pixels
    let isFinite = combined.pixels.allSatisfy { $0.isFinite }
    #expect(isFinite)
  }

  /// One exposure of a brighter sky makes hardly more false hits, with and without sky=auto, and its masks know the sky.
  @Test func skyIsTakenOff() throws {
    let script = try ScriptRun()
    try script.run("s, truth, scene = simulate nx=240 ny=200 seed=5 density=1e-3 coincidences=0")
    try script.run("t = [s[1], (s[2] + 8), s[3]]")
    for (name, words) in [
      ("plain", "flux_factor=auto"), ("asked", "sky=auto"), ("both", "flux_factor=auto sky=auto"),
    ] {
      try script.run("\(name) = crmasks t \(detector) \(words)")
      let found = try masks(script, name)
      try #require(found.skies.count == 3, "\(name)")
      #expect(abs(found.skies[1] - 8) < 0.5 && found.skies[0] < 0.5 && found.skies[2] < 0.5)
      #expect(found.fluxFactors.allSatisfy { abs($0 - 1) < 0.02 }, "\(found.fluxFactors)")
      #expect(found.medianCR.flagged < 200, "\(found.medianCR.flagged)")
    }
    #expect(script.lines.all.contains { $0.contains("sky beside the darkest exposure") })
    // Combinations and files know it too.
    try script.run(
      "c = combine t method=meancr masks=both bias=0; d = combine s method=meancr masks=both bias=0 apply_flux_factor=no"
    )
    guard case .image(let c) = script.session["c"]?.value, case .image(let d) = script.session["d"]?.value
    else { throw CRSError.data("no image") }
    let differences = zip(c.pixels.pixels, d.pixels.pixels).map { abs($0 - $1) }.sorted()
    #expect(differences[differences.count / 2] < 0.5)
    let path = folder.file("m.fits")
    try script.run("save both \"\(path)\"; again = load \"\(path)\"")
    #expect(try masks(script, "again").skies == masks(script, "both").skies)
    let error = script.error("e = crmasks t sky=[1, 2]")
    #expect(error?.parameter == "sky")
  }

  /// Two exposures that look like a difference of exposures: both commands measure the noise.
  @Test func pairsAreJudgedAlike() throws {
    let script = try ScriptRun()
    try script.run("s, truth, scene = simulate nx=200 ny=160 n=4 seed=6 density=1e-3 coincidences=0")
    for pair in ["s[1], s[2]", "(s[1] - s[3]), (s[2] - s[4])"] {
      try script.run("m = crmasks [\(pair)] \(detector) crmethod=mmcosmic")
      try script.run("p, q = mmpvalue [\(pair)] gain=1 rnoise=3.4 bias=0")
      guard case .mask(let found) = script.session["q"]?.value else { throw CRSError.data("no mask") }
      #expect(try masks(script, "m").medianCR == found)
      #expect(found.flagged > 0)
    }
  }
}
