import Foundation
import Kernels
import TestSupport
import Testing

/// Runs that fail on what they are given leave nothing behind.
@Suite struct FailedRunTests {
  private let scratch: ScratchFolder
  private let script: ScriptRun

  init() throws {
    scratch = try ScratchFolder()
    script = try ScriptRun()
    let path = scratch.path
    try script.run("simulate nx=60 ny=50 seed=1 prefix='\(path)/e'")
    // An exposure of another level: refused by the calculation, not by what reads the files.
    try script.run("s = load '\(path)/e_3.fits'; x = s + 5000; save x '\(path)/far.fits'")
    for (name, last) in [("good", "e_3.fits"), ("far", "far.fits")] {
      let files = ["e_1.fits", "e_2.fits", last]
      _ = try scratch.write(files.map { $0 + "\n" }.joined(), name + ".txt")
      let list = "[\(files.joined(separator: ", "))]"
      _ = try scratch.write(
        """
        images: \(list)
        gain: 1
        rnoise: 3.4
        bias: 0
        requirements:
          crmethod: mmcosmic
          apply_flux_factor_to: simulated
          mm_boundary_fit: spline
          mm_nsimulations: 1
          mm_seed: 1

        """, name + ".yaml")
      _ = try scratch.write(
        """
        id: 1
        mode: MegaraCrDetection
        frames: \(list)
        requirements:
          gain: 1
          rnoise: 3.4
          bias: 0
          nsimulations: 1
          seed: 1

        """, name + "_obs.yaml")
    }
  }

  @Test(arguments: [
    "compute inputlist='/far.txt' output_masks='/deep/er/masks.fits' plots=yes bias=0",
    "compute inputlist='/far.txt' output_masks='/deep/er/masks.fits' bias=0",
    "run '/far_obs.yaml' output_dir='/deep/er'",
    "crmasks '/far.yaml' output_dir='/deep/er'",
  ]) func leaveNoFolder(_ call: String) throws {
    let before = scratch.names
    let error = script.error(call.replacingOccurrences(of: "'/", with: "'\(scratch.path)/"))
    #expect(error?.kind == .data && error?.message.contains("level") == true, "\(String(describing: error))")
    #expect(scratch.names == before && !before.contains("deep"))
  }

  /// A name that is taken by a file is told at once, not after the calculation.
  @Test func namesThatCannotBeFoldersAreToldFirst() throws {
    let before = scratch.names
    let path = scratch.path
    for call in [
      "compute inputlist='\(path)/good.txt' output_masks='\(path)/good.txt/masks.fits' seed=1",
      "run '\(path)/good_obs.yaml' output_dir='\(path)/good.txt/deep'",
    ] {
      let count = script.lines.all.count
      let error = script.error(call)
      #expect(error?.message == "is not a folder" && error?.file == path + "/good.txt", "\(call)")
      #expect(!script.lines.all.dropFirst(count).contains { $0.contains("number of exposures") })
    }
    #expect(scratch.names == before)
  }

  @Test func goodRunsMakeTheirFolders() throws {
    let path = scratch.path
    try script.run(
      "m = compute inputlist='\(path)/good.txt' output_masks='\(path)/deep/er/masks.fits' seed=1 nsimulations=1"
    )
    try script.run("r = run '\(path)/good_obs.yaml' output_dir='\(path)/new' figures=no")
    for name in [
      "deep/er/masks.fits", "new/obsid1_results/crmasks.fits", "new/obsid1_work/mediancr_identified.csv",
    ] {
      #expect(FileManager.default.fileExists(atPath: scratch.file(name)), "\(name)")
    }
  }
}
