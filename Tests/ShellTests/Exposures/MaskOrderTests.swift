import Files
import Foundation
import Kernels
import TestSupport
import Testing

/// Masks that are given in another order than the exposures would remove good values and keep hits.
@Suite struct MaskOrderTests: ScriptCase {
  let folder: ScratchFolder
  init() throws { folder = try ScratchFolder() }

  private func exposures(dates: Bool = false) throws {
    for k in 1...3 {
      var file = TestFile()
      let date = dates ? ["DATE-OBS= '2024-05-06T01:0\(k):00'"] : []
      file.image(
        .float32(Scene().counts(seed: UInt64(k))), nil,
        ["BUNIT = 'adu'", "GAIN = 2.0", "RDNOISE = 8.0", "BIAS = 0.0"] + date)
      try file.write("n\(k).fits", in: folder)
    }
  }

  @Test func masksOfOtherExposuresAreRefused() throws {
    try exposures()
    let load = """
      s = load n1.fits n2.fits n3.fits; x, a = lacosmic s[1]; x, b = lacosmic s[2]; x, c = lacosmic s[3]
      group = crmasks s seed=1 log_level=WARNING
      save a a.fits; save b b.fits; save c c.fits; save group set.fits

      """
    try crs(load + "p = combine s masks=[a, b, c]; q = combine s masks=[a, a, a]; r = combine s masks=group")
    let mixed = "masks: mask 1 is that of exposure 3 (n3.fits), mask 2 is that of exposure 1 (n1.fits)"
    for masks in [
      "[c, a, b]", "[c.fits, a.fits, b.fits]", "(maskset c a b)", "(maskset c.fits a.fits b.fits)",
    ] {
      let error = try crs(load.replacing("save", with: "#") + "p = combine s masks=\(masks)", status: 1)
        .errors
      #expect(error.contains(mixed), "\(masks): \(error)")
    }
    for masks in ["group", "set.fits"] {
      let error = try crs(
        "group = load set.fits; t = load n3.fits n1.fits n2.fits; p = combine t masks=\(masks)", status: 1
      ).errors
      #expect(error.contains("mask 1 is that of exposure 2 (n1.fits)"), "\(masks): \(error)")
    }
    // Median and mean need no masks.
    try crs("t = load n3.fits n1.fits n2.fits; p = combine t method=median")
  }

  /// The older form and parameter files take the same masks.
  @Test func listsInAnotherOrderAreRefused() throws {
    try exposures()
    try crs("group = crmasks [n1.fits, n2.fits, n3.fits] seed=1 log_level=WARNING; save group set.fits")
    func apply(_ names: [String]) throws -> Program.Ended {
      try folder.write(names.joined(separator: "\n") + "\n", "list.txt")
      return try Program.run(
        [
          "apply", "--inputlist", "list.txt", "--input_mask", "set.fits", "--output_combined", "r.fits",
          "--combination", "mediancr",
        ], in: folder.url)
    }
    let mixed = try apply(["n3.fits", "n1.fits", "n2.fits"])
    #expect(mixed.status == 1 && mixed.errors.contains("mask 1 is that of exposure 2 (n1.fits)"), "\(mixed)")
    #expect(!folder.names.contains("r.fits"))
    #expect(try apply(["n1.fits", "n2.fits", "n3.fits"]).status == 0)
  }

  @Test func datesTellWhereFilesHaveOtherNames() throws {
    try exposures(dates: true)
    try crs(
      """
      s = load n1.fits n2.fits n3.fits
      group = crmasks s seed=1 log_level=WARNING
      save group set.fits
      for k in 1:3
        x = s[k] * 1
        save x f$k.fits
      end
      """)
    try crs("t = load f1.fits f2.fits f3.fits; p = combine t masks=set.fits")
    let error = try crs("t = load f2.fits f1.fits f3.fits; p = combine t masks=set.fits", status: 1).errors
    #expect(error.contains("mask 1 is that of exposure 2 (f1.fits)"), "\(error)")
  }

  @Test func theFileTellsTheExposureOfEachMask() throws {
    try exposures()
    try crs("group = crmasks [n1.fits, n2.fits, n3.fits] seed=1 log_level=WARNING; save group set.fits")
    let masks = try FITSReader.maskSet(at: folder.file("set.fits"))
    let names = masks.exposures.map { ($0.owner as? MaskHeader)?.header.text("ORIGFILE") }
    #expect(names == ["n1.fits", "n2.fits", "n3.fits"])
  }
}
