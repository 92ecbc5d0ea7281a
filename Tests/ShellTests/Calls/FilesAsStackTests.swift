import Files
import Foundation
import Kernels
import TestSupport
import Testing

/// The shell turns `night_*.fits` into names before the program sees it: they are one stack.
@Suite struct FilesAsStackTests: ScriptCase {
  let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try crs(
      """
      s = simulate nx=60 ny=50 n=3 seed=1
      save s[1] e_1.fits; save s[2] e_2.fits; save s[3] e_3.fits
      x = median s
      save x expected.fits
      """)
  }

  private func run(_ words: String..., status: Int32 = 0) throws -> Program.Ended {
    let ended = try Program.run(words, in: folder.url)
    #expect(ended.status == status, "\(words): \(ended.output) \(ended.errors)")
    return ended
  }

  @Test func severalFilesAreOneStack() throws {
    _ = try run("median", "e_1.fits", "e_2.fits", "e_3.fits", "--out", "median.fits")
    let same = try crs("a = load median.fits\nb = load expected.fits\nprint (all(a == b))")
    #expect(same.output.contains("yes"), "\(same.output)")
    let masks = try run("crmasks", "e_1.fits", "e_2.fits", "e_3.fits", "--out", "crmasks.fits", "--far", "2")
    #expect(masks.output.contains("number of exposures: 3"), "\(masks.output)")
    _ = try run(
      "combine", "e_1.fits", "e_2.fits", "e_3.fits", "--method", "meancr", "--masks", "crmasks.fits", "--out",
      "combined.fits")
    #expect(FileManager.default.fileExists(atPath: folder.file("combined.fits")))
    #expect(try run("crmasks", "e_1.fits", "e_2.fits").output.contains("number of exposures: 2"))
  }

  /// A file that is not there is named; other words stay an argument too many, as does a second image where one is cleaned.
  @Test func otherWordsAreTooMany() throws {
    for words in [["e_1.fits", "nothere.fits"], ["nothere.fits", "e_1.fits", "e_2.fits"]] {
      let missing = try Program.run(["median"] + words, in: folder.url)
      #expect(
        missing.status == 3 && missing.errors.contains("nothere.fits: no such file"), "\(missing.errors)")
    }
    let word = try run("median", "e_1.fits", "nothere", status: 2)
    #expect(word.errors.contains("too many arguments"), "\(word.errors)")
    let single = try run("lacosmic", "e_1.fits", "e_2.fits", status: 2)
    #expect(
      single.errors.contains("too many arguments for lacosmic, which takes one image"), "\(single.errors)")
    #expect(single.errors.contains("for f in *.fits"), "\(single.errors)")
  }

  @Test func filesOfResultsAreReplacedAsToldThere() throws {
    _ = try run("median", "e_1.fits", "e_2.fits", "--out", "twice.fits")
    let refused = try run("median", "e_1.fits", "e_2.fits", "--out", "twice.fits", status: 3)
    #expect(refused.errors.contains("exists already (--overwrite replaces it)"), "\(refused.errors)")
    _ = try run("median", "e_1.fits", "e_2.fits", "--out", "twice.fits", "--overwrite")
  }

  @Test func anHDUIsChosenInEveryFile() throws {
    for (name, seed) in [("two.fits", UInt64(1)), ("other.fits", 3)] {
      var file = TestFile()
      file.empty([])
      for k in 0..<2 {
        file.image(
          .float32(Scene().counts(seed: seed + UInt64(k), gain: 1)), "AMP\(k + 1)", ["BUNIT = 'adu'"])
      }
      try file.write(name, in: folder)
    }
    _ = try run("mean", "two.fits", "other.fits", "--ext", "1", "--out", "mean.fits")
    _ = try run("mean", "two.fits", "other.fits", "--ext", "all", "--out", "all.fits")
    let same = try crs(
      """
      a = load "two.fits[1]"; b = load "other.fits[1]"; c = load "two.fits[2]"; d = load "other.fits[2]"
      one = load mean.fits
      first = load "all.fits[1]"; second = load "all.fits[2]"
      print (all(one == mean([a, b]))) (all(first == one)) (all(second == mean([c, d]))) (any(c != a))
      """)
    #expect(same.output.contains("yes yes yes yes"), "\(same.output)")
  }
}
