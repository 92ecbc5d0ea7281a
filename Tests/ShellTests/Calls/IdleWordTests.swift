import Foundation
import TestSupport
import Testing

/// Words of a call that would do nothing, or come too late, are told at once.
@Suite struct IdleWordTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func run(_ words: String...) throws -> Program.Ended { try Program.run(words, in: folder.url) }

  private func image(_ name: String) throws {
    #expect(try run("-c", "s = simulate nx=40 ny=30 n=1 seed=1; save s[1] \(name)").status == 0)
  }

  @Test func overwriteNeedsAFile() throws {
    try image("f.fits")
    for words in [["stats", "f.fits"], ["lacosmic", "f.fits"], ["help"], ["info", "f.fits"]] {
      let ended = try Program.run(words + ["--overwrite"], in: folder.url)
      #expect(ended.status == 2 && ended.errors.contains("no effect"), "\(words): \(ended.errors)")
    }
    #expect(try run("stats", "f.fits", "--overwrite=no").status == 0)
    #expect(try run("lacosmic", "f.fits", "--out", "c.fits", "--overwrite").status == 0)
  }

  @Test func outNeedsAResult() throws {
    try image("f.fits")
    _ = try folder.write("nothing.fits\n", "list.txt")
    let made = try run("-c", "s = simulate nx=40 ny=30 n=3 seed=1; m = crmasks s; save m masks.fits")
    #expect(made.status == 0)
    for words in [
      ["info", "f.fits"], ["header", "f.fits"], ["plot", "f.fits", "f.png"], ["save", "f.fits", "g.fits"],
      ["print", "1"], ["vars"], ["history"], ["show", "f.fits"], ["help", "info"], ["apropos", "mask"],
      ["set"], ["cd", "."],
      ["compute", "--inputlist", "list.txt", "--output_masks", "m.fits", "--gain", "1", "--rnoise", "3"],
      ["apply", "--inputlist", "list.txt", "--input_mask", "masks.fits", "--output_combined", "c.fits"],
    ] {
      let ended = try Program.run(words + ["--out", "x.fits"], in: folder.url)
      #expect(ended.status == 2 && ended.errors.contains("no effect"), "\(words): \(ended.errors)")
      #expect(ended.errors.contains("out") && ended.output.isEmpty, "\(words): \(ended.output)")
    }
    for name in ["x.fits", "f.png", "g.fits", "m.fits"] {
      #expect(!FileManager.default.fileExists(atPath: folder.file(name)), "\(name)")
    }
  }

  /// An HDU goes in front of the section that a name has.
  @Test func extWithASection() throws {
    try image("f.fits")
    let whole = try run("stats", "f.fits[0][1:20,1:9]")
    let chosen = try run("stats", "f.fits[1:20,1:9]", "--ext", "0")
    #expect(whole.status == 0 && chosen.status == 0 && chosen.output == whole.output, "\(chosen.errors)")
    let twice = try run("stats", "f.fits[0][1:20,1:9]", "--ext", "0")
    #expect(twice.status == 2 && twice.errors.contains("both the name"), "\(twice.errors)")
    #expect(try run("stats", "f.fits[1:20,1:9]", "--ext", "SCI").errors.contains("SCI"))
  }

  @Test func optionsThatStandAlone() throws {
    for option in ["--version", "--reference", "--man", "--dump-manifest", "--help", "-h"] {
      let ended = try run(option, "extra")
      #expect(ended.status == 2 && ended.errors.contains("'extra' has no effect") && ended.output.isEmpty)
    }
    #expect(try run("--version").status == 0)
  }

  /// The ending of a product is looked at before the work, so that a fault of the data cannot come first.
  @Test func endingsAreCheckedFirst() throws {
    try image("f.fits")
    for (out, words) in [
      ("x.csv", ["lacosmic", "f.fits", "--sigclip", "-1"]),
      ("x.fits.bz2", ["lacosmic", "nothing.fits"]), ("x.fits", ["fitboundary", "nothing.fits"]),
      ("x.fits", ["countflagged", "nothing.fits"]),
    ] {
      let ended = try Program.run(words + ["--out", out], in: folder.url)
      #expect(ended.status != 0 && !ended.errors.contains("nothing.fits"), "\(ended.errors)")
      #expect(!ended.errors.contains("sigclip"), "\(ended.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.file(out)))
    }
    _ = try folder.write("nothing.fits\n", "list.txt")
    let computed = try run(
      "compute", "--inputlist", "list.txt", "--output_masks", "m.csv", "--gain", "1", "--rnoise", "3")
    #expect(computed.status == 3 && computed.errors.contains("m.csv"), "\(computed.errors)")
    let drawn = try run("-c", "plot f.fits a.jpg ")
    #expect(drawn.status != 0 && drawn.errors.contains("ending"), "\(drawn.errors)")
    let pair = try run("cr2images", "f.fits", "f.fits", "--outfile1", "a.csv", "--outfile2", "b.fits")
    #expect(pair.status == 3 && pair.errors.contains("a.csv"), "\(pair.errors)")
  }

  @Test func dataAreNoScripts() throws {
    try image("f.fits")
    #expect(try run("-c", "x = load f.fits; save x f.fits.gz").status == 0)
    _ = try folder.write("a,b\n1,2\n", "t.csv")
    _ = try folder.write([0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0], "a.npy")
    _ = try folder.write([0x89] + Array("PNG\r\n".utf8) + [0x1A, 10, 0, 0], "a.png")
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "d"), withIntermediateDirectories: true)
    for (name, words) in [
      ("f.fits", "is a FITS file"), ("f.fits.gz", "is a packed FITS file"), ("t.csv", "is a table"),
      ("a.npy", "is a NumPy array"), ("a.png", "is a PNG picture"), ("d", "is a folder"),
    ] {
      for path in [name, "./" + name] {
        let ended = try run(path)
        #expect(ended.status == 3 && ended.errors.contains(words), "\(path): \(ended.errors)")
        #expect(name.hasPrefix("f.") == ended.errors.contains("crs info '\(path)'"))
      }
      let sourced = try run("-c", "source \(name)")
      #expect(sourced.status == 3 && sourced.errors.contains(words), "\(sourced.errors)")
    }
    // Text may be a script, whatever its first letters mean elsewhere.
    _ = try folder.write("BM = 3\nprint BM\n", "s")
    #expect(try run("./s").output.hasSuffix("3\n"))
    #expect(try run("s").errors.contains("crs ./s runs that file"))
  }
}
