import Files
import Foundation
import Kernels
import Pipeline
import TestSupport
import Testing

/// What would be a wrong number without a word is an error, or right.
@Suite struct TrustRules {
  private func run() throws -> ScriptRun {
    let run = try ScriptRun()
    try run.run("s = simulate nx=60 ny=50 seed=1; m = median s; k = m > 50; d = mmdiagram s seed=1")
    return run
  }

  @Test(arguments: [
    "crmasks s seed=1 xy_offsets=[[1e9,0],[0,0],[0,0]]", "crmasks s seed=1 xy_offsets=[[0,0],[0,50],[0,0]]",
    "crmasks s seed=1 xy_offsets=[[40,0],[-40,0],[0,0]]", "mmpvalue s xy_offsets=[[0,-1e300],[0,0],[0,0]]",
    "mmdiagram s seed=1 xy_offsets=[[60,0],[0,0],[0,0]]", "fluxfactor s xy_offsets=[[1e9,0],[0,0],[0,0]]",
    "simulate nx=60 ny=50 offsets=[[1e9,1e9],[0,0],[0,0]]",
  ])
  func offsetsOutsideTheFrameAreRefused(text: String) throws {
    let error = try #require(try run().error(text))
    #expect(error.kind == .usage && error.parameter?.hasSuffix("offsets") == true, "\(error)")
  }

  /// Exposures that lie below their bias have nothing to be compared by.
  @Test(arguments: [
    "f, t = fluxfactor s bias=1000000", "o, t = offsets s bias=1000000",
    "x = crmasks s bias=1000000 seed=1 flux_factor=auto",
  ])
  func exposuresBelowTheirBiasAreRefused(text: String) throws {
    let error = try #require(try run().error(text))
    #expect(error.kind == .data && !error.message.isEmpty, "\(error)")
  }

  @Test func cardsWithoutValuesAreFound() throws {
    let run = try ScriptRun()
    let scratch = try ScratchFolder()
    var file = TestFile()
    file.image(.float32(Plane(width: 4, height: 3, repeating: 1)), nil, ["HISTORY made by hand"])
    try file.write("h.fits", in: scratch)
    try run.run("x = header '\(scratch.file("h.fits"))' HISTORY")
    #expect(run.session["x"]?.value.literal?.contains("made by hand") == true)
  }

  @Test func offsetsInsideTheFrameGoOn() throws {
    try run().run("x = crmasks s seed=1 xy_offsets=[[2,0],[0,-1],[0,0]]")
  }

  @Test(arguments: [
    "label m", "countflagged m", "dilate m", "compare k m", "lacosmic m inmask=m", "stats m mask=m",
  ])
  func imagesAreNoMasks(text: String) throws {
    let error = try #require(try run().error(text))
    #expect(error.kind == .data && error.message.contains("an image is no mask"), "\(error)")
    #expect(error.hint?.contains("comparison") == true)
  }

  @Test func imagesOfFlagsAreMasks() throws {
    let run = try run()
    try run.run("f = where(k, m * 0 + 1, m * 0); a = countflagged f; b = countflagged k")
    #expect(run.number("a") == run.number("b"))
    try run.run("f = where(k, m * 0 + 255, m * 0); a = countflagged f")
    #expect(run.number("a") == run.number("b"))
    #expect(run.error("countflagged (f / 0)") != nil)
  }

  @Test(arguments: [
    "plot d 'no.png' region=[1:5, 1:5]", "plot d 'no.png' vmin=3", "plot k 'no.png' vmin=0",
    "show k norm=log",
    "plot m 'no.png' xlog=yes", "plot m 'no.png' boundary=b", "crmasks [m, m] output_dir='x'",
    "crmasks [m, m] figures=yes", "crmasks [m, m] record=yes", "combine s method=median masks=[k, k, k]",
    "combine s method=mean use_lamedian=yes",
    "lacosmic m psfsize=7", "lacosmic m psfk=m", "lacosmic m invar=m rnoise=3",
    "lacosmic m invar=m subtracted=9",
    "cr2images m ioffx=3", "cr2images m m aspect=auto",
    "fluxfactor s compat=numina-0.36 xy_offsets=[[1,0],[0,0],[0,0]]", "save (newtable a) 'no.csv' bitpix=16",
    "save k 'no.fits' bitpix=16", "load 'no.fits' force=yes", "plot m[:, 3] 'no.png' norm=log",
    "plot m 'no.png' region=[1:60, 3:3] scale=minmax", "plot m 'no.png' vmin=0 vmax=9 scale=minmax",
    "plot m 'no.png' histogram=yes scale=minmax", "plot m 'no.pdf' dpi=300", "plot m overwrite=yes",
    "show m[:, 3] scale=minmax", "show m vmin=0 vmax=5 scale=minmax", "pixels m region=[1:3, 1:3] size=3",
    "pixels m where=k marks=k", "simulate overwrite=yes", "stats [1, 2] mean where=k",
    "plot k 'no.png' map=gray",
    "lacosmic m psfbeta=3",
    "fitboundary d boundary_fit=piecewise fixed_points_in_boundary=[[0, 5], [9, 6]] knots_splfit=4",
  ])
  func parametersWithoutAnEffectAreErrors(text: String) throws {
    let run = try run()
    try run.run("b = fitboundary d")
    let error = try #require(run.error(text), "\(text)")
    #expect(error.kind == .usage, "\(error)")
    if !text.hasPrefix("show") { #expect(error.message.contains("has no effect"), "\(error)") }
  }

  private static let beyond =
    "beyond 3.4e38, where float32 ends (save with bitpix=-64 and load calculate with float64; or scale the values down before)"

  /// Numbers beyond the range of single precision stay what they are.
  @Test(arguments: [
    ("m[3, 4] = 1e39; x = m[3, 4]", "1e+39"), ("m[1:2, 1:2] = -1e300; x = m[2, 2]", "-1e+300"),
    ("y = (m * 0 + 2) * 1e300; x = y[5, 5]", "2e+300"), ("y = m * 0 + 1e39; x = y[5, 5]", "1e+39"),
    ("y = where(m > -1e300, 1e39, 0); x = y[1, 1]", "1e+39"),
    ("y = maximum(m, 1e39); x = stats(y, max)", "1e+39"),
    ("s[1][3, 4] = 1e39; x = s[1][3, 4]", "1e+39"), ("k2 = m < 1e300; x = all(k2)", "yes"),
  ]) func largeNumbersAreKept(text: String, value: String) throws {
    let run = try run()
    try run.run(text)
    #expect(run.session["x"]?.value.literal == value, "\(text)")
    #expect(
      !run.lines.all.contains { $0.contains("not finite") || $0.contains("became") }, "\(run.lines.all)")
  }

  @Test func valuesThatDoNotFitAreNamed() throws {
    let run = try run()
    let scratch = try ScratchFolder()
    try run.run("m[3, 4] = 1e300")
    let error = try #require(run.error("save m '\(scratch.file("m.fits"))' bitpix=16"))
    #expect(error.message.contains("pixel [3, 4] is 1e+300"), "\(error)")
  }

  /// Pixels that are put into an image bring their mask and errors along.
  @Test func partsKeepTheirMasksAndErrors() throws {
    let run = try ScriptRun()
    let scratch = try ScratchFolder()
    func file(_ name: String, _ errors: String, _ error: Float, isMasked: Bool) throws -> String {
      var file = TestFile()
      file.empty([])
      file.image(.float32(Plane(width: 6, height: 5, repeating: error)), "SCI", [])
      file.image(.float32(Plane(width: 6, height: 5, repeating: error)), errors, [])
      var flags = Plane<UInt8>(width: 6, height: 5, repeating: 0)
      flags.pixels[7] = 1
      if isMasked { file.image(.uint8(flags), "MASK", []) }
      return try file.write(name, in: scratch)
    }
    try run.run(
      """
      a = load '\(try file("a.fits", "ERR", 3, isMasked: false))'
      b = load '\(try file("b.fits", "VAR", 4, isMasked: true))'
      a[3:5, 2:4] = b[1:3, 1:3]
      n = countflagged (maskof a)
      """)
    #expect(run.number("n") == 1)
    guard case .image(let image)? = run.session["a"]?.value else {
      Issue.record("no image")
      return
    }
    let errors = try #require(image.uncertainty).values.pixels
    let isPut = (0..<30).map { (2...4).contains($0 % 6) && (1...3).contains($0 / 6) }
    #expect(errors == isPut.map { $0 ? 2 : 3 })
    #expect(image.pixels.pixels == isPut.map { $0 ? 4 : 3 })
    #expect(image.mask?.plane.pixels.firstIndex(of: 1) == 15)
  }

  /// Whole numbers beyond 2^53 lose digits in a shift by fractions of a pixel; smaller ones do not.
  @Test func roundedWholeNumbersAreTold() throws {
    let run = try ScriptRun()
    let scratch = try ScratchFolder()
    for (name, number, isTold) in [("a", Int64(1 << 30 + 33), false), ("b", 1 << 53 + 1, true)] {
      var file = TestFile()
      file.image(.int64(Plane(width: 6, height: 5, repeating: number)), nil, [])
      try run.run("\(name) = load '\(try file.write("\(name).fits", in: scratch))'")
      var before = run.lines.all.count
      try run.run("c = shift \(name) 0.5 0; n = c[3, 3]")
      #expect(run.number("n") == Double(number))
      #expect(run.lines.all.dropFirst(before).contains { $0.contains("lose the last digits") } == isTold)
      before = run.lines.all.count
      try run.run("c = shift \(name) 1 0")
      #expect(!run.lines.all.dropFirst(before).contains { $0.contains("lose") })
    }
  }

  /// Whole numbers of a header that a number rounds are told.
  @Test func roundedCardsAreTold() throws {
    let run = try ScriptRun()
    let scratch = try ScratchFolder()
    var file = TestFile()
    file.image(
      .float32(Plane(width: 4, height: 3, repeating: 1)), nil,
      [
        "BIG     = 18446744073709551617", "EVEN    = 18446744073709551616", "WHOLE   =     9007199254740993",
        "POINT   =    9007199254740993.", "SMALL   =              12345.0",
      ])
    let path = try file.write("a.fits", in: scratch)
    for (name, isTold) in [
      ("BIG", true), ("EVEN", false), ("WHOLE", false), ("POINT", true), ("SMALL", false),
    ] {
      let before = run.lines.all.count
      try run.run("x = header '\(path)' \(name)")
      let told = run.lines.all.dropFirst(before).contains { $0.contains("\(name) has more digits") }
      #expect(told == isTold, "\(run.lines.all.dropFirst(before))")
    }
    #expect(run.lines.all.contains { $0.contains("the value is 9007199254740992") }, "\(run.lines.all)")
  }

  /// Values that become infinite or NaN are told once a statement.
  @Test func whatIsNoNumberAnyMoreIsTold() throws {
    let run = try run()
    for (text, line) in [
      ("1 / 0", "1 value became inf or nan in /"), ("x = m / 0", "3000 values became inf or nan in /"),
      ("x = sqrt(-1)", "1 value became inf or nan in sqrt"),
      ("for i in 1:3; x = i / 0; end", "3 values became inf or nan in /"),
      ("x = [1, 2] / [0, 1]", "1 value became inf or nan in /"),
      ("x = log([0, 1]) + 1 / 0", "2 values became inf or nan in log, /"),
      ("x = s / [1, 0, 1]", "3000 values became inf or nan in /"),
      ("x = m / (m * 0)", "3000 values became inf or nan in /"),
      ("x = 1e300 * 1e300", "1 value became inf or nan in *"),
      ("x = (m + 1000) * 1e38", "3000 values became inf or nan in *: \(Self.beyond)"),
      ("x = exp(m * 0 + 100)", "3000 values became inf or nan in exp: \(Self.beyond)"),
      ("x = (m * 0 + 1e20) ** 2", "3000 values became inf or nan in **: \(Self.beyond)"),
      ("x = (m * 0 + 1e20) / (m * 0 + 1e-30)", "3000 values became inf or nan in /: \(Self.beyond)"),
      ("x = (m * 0) ** -1", "3000 values became inf or nan in **"),
      ("x = m / 0 + (m + 1000) * 1e38", "6000 values became inf or nan in /, *: 3000 of them \(Self.beyond)"),
      ("x = s + [nan, 1, 2]", "3000 values became inf or nan in +"),
      ("x = m - inf", "3000 values became inf or nan in -"),
    ] {
      let before = run.lines.all.count
      try run.run(text)
      #expect(run.lines.all.dropFirst(before).count { $0.contains("became") } == 1, "\(text)")
      #expect(
        run.lines.all.dropFirst(before).contains { $0.hasSuffix(line) },
        "\(text): \(run.lines.all.dropFirst(before))")
    }
    for text in [
      "x = nan / 2", "x = inf + 1", "x = m / 2", "x = [nan, 1] / 3", "x = 4 / 2", "x = where(k, nan, m) + 1",
    ] {
      let before = run.lines.all.count
      try run.run(text)
      #expect(!run.lines.all.dropFirst(before).contains { $0.contains("became") }, "\(text)")
    }
    // What was no number before does not count again.
    try run.run("y = m / 0")
    let before = run.lines.all.count
    try run.run("x = y / 2")
    #expect(!run.lines.all.dropFirst(before).contains { $0.contains("became") })
  }

  @Test func numbersBeyondAllAreErrors() throws {
    let error = try #require(try run().error("x = number('1e400')"))
    #expect(error.kind == .data && error.message.contains("too large"), "\(error)")
    let run = try run()
    try run.run("x = number('inf'); y = number('1e300')")
    #expect(run.number("x") == .infinity && run.number("y") == 1e300)
  }

  /// What a condition says of a masked pixel is no reason to count it.
  @Test func choicesKeepTheMasksOfBoth() throws {
    let run = try run()
    try run.run(
      """
      a = shift m 2 0; b = shift m 0 3
      x = where(a > 50, a, 0); y = where(a > 50, a, b); z = where(k, 1, a)
      n = any(maskof(x) != maskof(a)); o = any(maskof(y) != (maskof(a) | maskof(b)))
      p = any(maskof(z) != maskof(a))
      """)
    for name in ["n", "o", "p"] {
      #expect(run.session[name]?.value.literal == "no", "\(name): \(run.session[name]?.value.literal ?? "")")
    }
  }

  @Test func wordsBehindTheFileOfTheHistoryAreErrors() throws {
    let run = try run()
    let scratch = try ScratchFolder()
    for text in ["history '\(scratch.file("out.crs"))' 5", "history '\(scratch.file("out.ipynb"))' lacosmic"]
    {
      let error = try #require(run.error(text), "\(text)")
      #expect(error.kind == .usage && error.message.contains("left over"), "\(error)")
    }
    try run.run("history simulate nx")
    #expect(scratch.names.isEmpty)
  }

  @Test func theHistoryGoesIntoNoFolder() throws {
    let run = try run()
    let scratch = try ScratchFolder()
    try FileManager.default.createDirectory(atPath: scratch.file("night"), withIntermediateDirectories: false)
    let error = try #require(run.error("history '\(scratch.file("night"))'"))
    #expect(error.message == "is a folder" && scratch.names == ["night"], "\(error) \(scratch.names)")
  }

  /// Folders that cannot be are said before the work.
  @Test(arguments: [
    "crmasks s seed=1 output_dir='mem://x'", "crmasks s seed=1 output_dir='!x'",
    "cr2images s[1] s[2] outfile1='mem://x.fits' outfile2='y.fits'",
    "simulate nx=60 ny=50 seed=1 prefix='mem://x'",
  ])
  func targetsThatAreNoneAreSaidFirst(text: String) throws {
    let run = try run()
    let count = run.lines.all.count
    let error = try #require(run.error(text), "\(text)")
    #expect(error.kind == .file, "\(error)")
    #expect(!run.lines.all.dropFirst(count).contains { $0.contains("crmethod") || $0.contains("hit") })
  }

  @Test func doublePrecisionStays() throws {
    let run = try ScriptRun()
    let scratch = try ScratchFolder()
    var file = TestFile()
    file.image(.float64(Plane(width: 4, height: 3, repeating: 2_459_000.123)))
    try file.write("jd.fits", in: scratch)
    try run.run(
      """
      j = load '\(scratch.file("jd.fits"))'
      a = (j - 2459000)[1, 1]; b = j[2:3, 2:3][1, 1]; c = stats j median; d = stats (j - 2459000) mean
      s = load ['\(scratch.file("jd.fits"))', '\(scratch.file("jd.fits"))']
      e = (mean s)[1, 1]; f = (median s)[1, 1]; g = (max(s))[1, 1]; h = (-j)[1, 1]; i = abs(j)[1, 1]
      save (j + 0) '\(scratch.file("saved.fits"))'
      k = (load '\(scratch.file("saved.fits"))')[1, 1]
      clean, mask = lacosmic j gain=1 rnoise=1
      save clean '\(scratch.file("clean.fits"))'
      l = (load '\(scratch.file("clean.fits"))')[1, 1]
      """)
    let day = 2_459_000.123
    #expect(run.number("a") == day - 2_459_000)
    for name in ["b", "c", "e", "f", "g", "i", "k", "l"] { #expect(run.number(name) == day, "\(name)") }
    #expect(run.number("h") == -day && abs((run.number("d") ?? 0) - (day - 2_459_000)) < 1e-9)
  }

  /// A shift by fractions of a pixel averages neighbours, and a bias that nobody gave is 0.
  @Test func whatNoLongerHoldsAndWhatIsAssumedIsTold() throws {
    let run = try run()
    let count = run.lines.all.count
    try run.run("x = shift m 1 2; y = shift m 0.5 0.5")
    let notes = run.lines.all.dropFirst(count).filter { $0.contains("fractions of a pixel") }
    #expect(notes.count == 1 && notes.first?.contains("the noise of a pixel is 0.5 of") == true, "\(notes)")
    let scratch = try ScratchFolder()
    var file = TestFile()
    file.image(.float32(Plane(width: 30, height: 20, repeating: 100)))
    try file.write("p.fits", in: scratch)
    try run.run("p = load '\(scratch.file("p.fits"))'; c, k = lacosmic p gain=1 rnoise=3")
    #expect(run.lines.all.contains { $0.hasPrefix("bias 0.0 ") && $0.hasSuffix("(default)") })
  }

  /// An HDU that is named is the one that is listed, or an error.
  @Test func infoListsTheHDUThatIsNamed() throws {
    let run = try run()
    let scratch = try ScratchFolder()
    let path = scratch.file("s.fits")
    try run.run("s = simulate nx=20 ny=20 n=3 seed=1; save s '\(path)'")
    func listed(_ name: String) throws -> Int {
      let count = run.lines.all.count
      try run.run("info '\(name)'")
      return run.lines.all.dropFirst(count).flatMap { $0.split(separator: "\n") }.count {
        $0.contains("HDU  ")
      }
    }
    let (all, one) = (try listed(path), try listed(path + "[1]"))
    #expect(all > 1 && one == 1, "\(all) \(one)")
    for part in ["[7]", "[NOPE]"] {
      #expect(run.error("info '\(path)\(part)'")?.message.contains("has no HDU") == true, "\(part)")
    }
  }

  @Test func oneRuleForWhatIsNoNumber() throws {
    let run = try ScriptRun()
    try run.run(
      "l = [1, nan, 3, inf, 5]; a = stats l mean; b = stats l median; c = stats l max; d = stats l pixels")
    #expect(run.number("a") == 3 && run.number("b") == 3 && run.number("c") == 5 && run.number("d") == 3)
  }

  @Test func floorDivisionAndRemainderBelongTogether() throws {
    let run = try ScriptRun()
    try run.run("a = 1.0 // 0.1; b = 1.0 % 0.1; c = -7.5 // 2; d = -7.5 % 2; e = 7 // -2; f = 7 % -2")
    #expect(run.number("a") == 9 && abs((run.number("b") ?? 0) - 0.1) < 1e-12)
    #expect(run.number("c") == -4 && run.number("d") == 0.5 && run.number("e") == -4 && run.number("f") == -1)
  }
}
