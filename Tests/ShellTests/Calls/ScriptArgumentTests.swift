import TestSupport
import Testing

/// Arguments that a script does not look at, and words of calls that say something else than they seem to.
@Suite struct ScriptArgumentTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    _ = try folder.write("print $1 ${n}\n", "s.crs")
    _ = try folder.write("source s.crs\n", "outer.crs")
    _ = try folder.write("print 1\n", "plain.crs")
  }

  private func run(_ words: String...) throws -> Program.Ended { try Program.run(words, in: folder.url) }

  @Test func idleArgumentsAreTold() throws {
    #expect(try run("s.crs", "a", "--set", "n=3").output == "a 3\n")
    #expect(try run("outer.crs", "a", "--set", "n=3").output == "a 3\n")
    for (words, told) in [
      (["s.crs", "a", "extra", "--set", "n=3"], "has no $2: 'extra' has no effect"),
      (["s.crs", "a", "--set", "n=3", "--set", "q=4"], "has no $q: 'q=4' has no effect"),
      (["plain.crs", "x"], "expected no arguments"),
      (["plain.crs", "--check", "x"], "expected no arguments"),
      (["s.crs", "a", "--set", "n=3", "--set", "n=4"], "gives n twice"),
    ] {
      let ended = try Program.run(words, in: folder.url)
      #expect(ended.status != 0 && ended.errors.contains(told) && ended.output.isEmpty, "\(words): \(ended)")
    }
    let piped = try Program.run(["-", "x", "y"], in: folder.url, input: "print $1\n")
    #expect(piped.errors.contains("has no $2") && piped.output.isEmpty, "\(piped)")
    // An argument in front of one that is used keeps its place.
    #expect(try Program.run(["-", "x", "y"], in: folder.url, input: "print $2\n").output == "y\n")
  }

  @Test func overwriteTakesItsValue() throws {
    _ = try folder.write("t = newtable a\nsave t t.csv\n", "w.crs")
    _ = try folder.write("old", "t.csv")
    for words in [["w.crs", "--overwrite", "no"], ["w.crs", "--overwrite=no"]] {
      #expect(try Program.run(words, in: folder.url).errors.contains("exists already"), "\(words)")
    }
    #expect(try run("w.crs", "--overwrite", "yes").status == 0 && run("--overwrite", "w.crs").status == 0)
    #expect(try run("w.crs", "--overwrite=perhaps").status == 2)
    #expect(try run("-c", "s = simulate nx=40 ny=30 n=1 seed=1; save s[1] f.fits").status == 0)
    #expect(try run("lacosmic", "f.fits", "--out", "c.fits", "--overwrite", "no").status == 0)
    #expect(
      try run("lacosmic", "f.fits", "--out", "c.fits", "--overwrite", "no").errors.contains("exists already"))
    #expect(try run("lacosmic", "f.fits", "--out", "c.fits", "--overwrite", "yes").status == 0)
  }

  @Test func outputsAreForResultsWithAFormat() throws {
    #expect(try run("simulate", "--nx", "40", "--ny", "30", "--seed", "1", "--prefix", "e").status == 0)
    let files = ["e_1.fits", "e_2.fits", "e_3.fits"]
    let table = try Program.run(["fluxfactor"] + files + ["--out", "x.csv"], in: folder.url)
    #expect(table.status == 0 && folder.names.contains("x.csv"), "\(table)")
    #expect(try run("-c", "t = load x.csv; print t.columns").errors.isEmpty || folder.names.contains("x.csv"))
    for words in [
      ["fluxfactor"] + files + ["--out", "a.csv", "--out", "b.csv"],
      ["offsets"] + files + ["--out", "y.fits"],
      ["lacosmic", "e_1.fits", "--out", "o.fits", "--out", "./o.fits"],
    ] {
      let ended = try Program.run(words, in: folder.url)
      #expect(ended.status != 0 && ended.output.isEmpty, "\(words): \(ended)")
    }
    #expect(!folder.names.contains("o.fits"))
  }

  @Test func helpOfOneParameter() throws {
    let page = try run("help", "lacosmic", "sigclip")
    #expect(page.status == 0 && page.output.contains("sigclip: a parameter of lacosmic"), "\(page)")
    #expect(
      try run("help", "lacosmic", "sigclp").errors.contains(
        "has no parameter 'sigclp' (did you mean 'sigclip'?"))
  }

  @Test func checkIsForScripts() throws {
    _ = try folder.write("images: [a.fits]\n", "y.yaml")
    let ended = try run("y.yaml", "--check")
    #expect(ended.status == 2 && ended.errors.contains("expected crs FILE.crs --check"), "\(ended.errors)")
  }

  @Test func messagesSteerNoTerminal() throws {
    let ended = try run("-c", "x = load 'n\u{1B}[31mred.fits'")
    #expect(ended.errors.contains("n\\x1b") && !ended.errors.contains("\u{1B}"), "\(ended.errors)")
    let wrote = try run("-c", "t = newtable a; save t 'n\u{1B}[31m.csv'")
    #expect(
      wrote.output.contains("wrote n\\x1b[31m.csv") && !wrote.output.contains("\u{1B}"), "\(wrote.output)")
  }

  @Test func longLinesAreShortened() throws {
    let long = String(repeating: "abcdefghi ", count: 100_000)
    _ = try folder.write("print 1\nprint '\(long)' nothere.fits[1\n", "long.crs")
    let ended = try run("long.crs")
    #expect(ended.status != 0 && ended.errors.utf8.count < 3000 && ended.errors.contains("..."))
    _ = try folder.write("x = \(String(repeating: "a", count: 100_000))\n", "word.crs")
    #expect(try run("word.crs").errors.utf8.count < 4000)
  }

  /// What can be judged without data is judged by a check.
  @Test(arguments: [
    "c, m = lacosmic s[1] rnoise=3 readnoise=3", "c, m = lacosmic s[1] fsmode=median psfsize=9",
    "c, m = lacosmic s[1] niter=0 sigclip=3", "m = crmasks s detector=pvalue nsimulations=20",
    "m = crmasks s crmethod=mmcosmic sigclip=3", "m = crmasks s sky=clear",
    "m = crmasks s compat=numina-0.36 trim=no", "m = crmasks s semiwindow=5",
    "p, m = mmpvalue s prior=flat prior_box=9", "d = mmdiagram s nsimulations=exact seed=3",
    "w, x, y, z = cr2images s[1] fill=yes", "w, x, y, z = cr2images s[1] s[2] aspect=auto",
    "f, t = fluxfactor s compat=numina-0.36 gain=2", "c = combine s method=mean use_lamedian=yes",
    "save s a.fits clip=yes", "save s a.fits.gz compress=no", "x = load *.fits force=yes",
  ])
  func checkFindsCombinations(text: String) throws {
    _ = try folder.write("s = simulate nx=40 ny=30 seed=1\n\(text)\n", "c.crs")
    let ended = try run("c.crs", "--check")
    #expect(ended.status != 0 && ended.errors.contains("c.crs:2:"), "\(text): \(ended.errors)")
  }

  /// Values that are known only when the script runs are not judged.
  @Test(arguments: [
    "m = crmasks s detector=$1 nsimulations=20", "m = crmasks s boundary=$1",
    "c, m = lacosmic s[1] niter=$1 sigclip=3",
    "w, x, y, z = cr2images s[1] (s[2]) ioffx=1",
    "m = crmasks s flux_factor=auto apply_flux_factor_to=original",
    "m = crmasks [s[1], s[2]] scale=x",
  ])
  func checkPassesTheRest(text: String) throws {
    _ = try folder.write("s = simulate nx=40 ny=30 seed=1\n\(text)\n", "c.crs")
    let ended = try run("c.crs", "--check")
    #expect(ended.status == 0, "\(text): \(ended.errors)")
  }
}
