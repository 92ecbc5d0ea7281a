import Files
import Foundation
import Kernels
import TestSupport
import Testing

/// What pixels that are put into a part of an image bring along, and what is told of the rest.
@Suite struct PartRules {
  private let scratch: ScratchFolder
  private let run: ScriptRun

  init() throws {
    scratch = try ScratchFolder()
    run = try ScriptRun()
    var lines: [String] = []
    for (name, gain, time, bias) in [
      ("x", 2.0, 60, 100.0), ("y", 2, 120, 100), ("g", 2.00001, 60, 100), ("h", 2.5, 60, 100),
      ("b", 2, 60, 90),
    ] {
      var file = TestFile()
      file.image(
        .float32(Plane(width: 9, height: 8, pixels: (0..<72).map { 150 + Float($0) })), nil,
        ["GAIN = \(gain)", "RDNOISE = 3.0", "EXPTIME = \(time)"])
      lines.append("\(name) = load '\(try file.write("\(name).fits", in: scratch))' bias=\(bias)")
    }
    try run.run(lines.joined(separator: "\n"))
  }

  /// The notes of a statement.
  private func notes(_ text: String) throws -> [String] {
    let before = run.lines.all.count
    try run.run(text)
    return run.lines.all.dropFirst(before).filter { $0.hasPrefix("note: ") }
  }

  @Test func whatDoesNotHoldForThemIsTold() throws {
    for (text, kept) in [
      ("c = x; c[1:3, 1:3] = y[1:3, 1:3]", "the exposure time of the image stays and does not hold"),
      ("c = x; c[1:3, 1:3] = b[1:3, 1:3]", "the bias of the image stays and does not hold"),
      ("c = x; c[1:3, 1:3] = h[1:3, 1:3]", "gain and readout noise of the image stay and do not hold"),
      (
        "c = x; c[1:3, 1:3] = (h * 2)[1:3, 1:3]",
        "gain and readout noise, bias of the image stay and do not hold"
      ),
    ] {
      let found = try notes(text)
      #expect(found.count == 1 && found[0].contains(kept), "\(text): \(found)")
    }
  }

  @Test(arguments: [
    "x[1:3, 1:3] = g[1:3, 1:3]", "x[1:3, 1:3] = x[2:4, 2:4]", "x[1:3, 1:3] = clip(x[1:3, 1:3], 0, 160)",
    "x[1:3, 1:3] = round(x[1:3, 1:3])", "x[1:3, 1:3] = where(x[1:3, 1:3] > 160, 0, x[1:3, 1:3])",
    "x[1:3, 1:3] = minimum(x[1:3, 1:3], 160)", "x[1:3, 1:3] = maximum(x[1:3, 1:3], x[2:4, 2:4])",
    "x[1:3, 1:3] = 5", "x[1:3, 1:3] = clip(g, 0, 160)[1:3, 1:3]",
  ]) func whatHoldsIsNotTold(text: String) throws {
    #expect(try notes(text).isEmpty, "\(text): \(run.lines.all)")
  }

  /// What was calculated otherwise, or chosen from an image of another gain, is told.
  @Test(arguments: [
    "x[1:3, 1:3] = x[1:3, 1:3] ** 2", "x[1:3, 1:3] = clip(h, 0, 160)[1:3, 1:3]",
    "x[1:3, 1:3] = minimum(x, h)[1:3, 1:3]", "x[1:3, 1:3] = clip(x, 0, 160)[1:3, 1:3] * 2",
  ]) func whatDoesNotHoldBehindFunctionsIsTold(text: String) throws {
    #expect(try notes(text).contains { $0.contains("gain and readout noise") }, "\(text): \(run.lines.all)")
  }

  @Test func whatFailsTellsNothing() throws {
    for text in ["x[1:3, 1:3] = h[1:4, 1:3]", "s = [x, x]; s[1:3, 1:3] = h[1:4, 1:3]"] {
      let before = run.lines.all.count
      #expect(run.error(text) != nil)
      #expect(!run.lines.all.dropFirst(before).contains { $0.contains("do not hold") }, "\(text)")
    }
  }

  @Test func constantsThatLoseDigitsAreCounted() throws {
    var file = TestFile()
    file.image(.int64(Plane(width: 9, height: 8, repeating: 5)), nil, [])
    try run.run("i = load '\(try file.write("i.fits", in: scratch))'")
    #expect(
      try notes("i[1:3, 1:2] = 9007199254740993").contains { $0.contains("6 whole numbers beyond 2^53") })
    #expect(try notes("i[1, 1] = 9007199254740993").contains { $0.contains("1 whole number beyond 2^53") })
    #expect(try notes("i[1:3, 1:2] = 9007199254740992").isEmpty)
  }

  /// New pixels bring their own mask: what was masked is so no more where they are good.
  @Test func theMaskIsThatOfTheNewPixels() throws {
    for (plane, mask) in [("MASK", UInt8(1)), ("DQ", 4), ("BPM", 1)] {
      var file = TestFile()
      file.image(.float32(Plane(width: 9, height: 8, repeating: 10)), nil, ["GAIN = 2.0", "RDNOISE = 3.0"])
      file.image(.uint8(Plane(width: 9, height: 8, repeating: mask)), plane, [])
      let path = scratch.file("saved.fits")
      try run.run(
        """
        m = load '\(try file.write("m.fits", in: scratch))' dq=yes
        m[1:4, 1:2] = x[1:4, 1:2]; m[9, 8] = 7; n = countflagged(maskof m)
        save m '\(path)' overwrite=yes; l = load '\(path)'; o = countflagged(maskof l)
        k = m; k[1:4, 1:4] = m[1:4, 2:5]; p = countflagged(maskof k)
        """)
      #expect(run.number("n") == 63 && run.number("o") == 63, "\(plane): \(run.lines.all)")
      // Rows 2 to 5 of the first four columns go down: of rows 1 and 2 the second was good.
      #expect(run.number("p") == 67, "\(plane)")
      #expect(!run.lines.all.contains { $0.contains("still masks") }, "\(run.lines.all)")
    }
  }

  /// Weights of 0 cannot be made good ones.
  @Test func planesThatStillMaskAreTold() throws {
    var file = TestFile()
    file.image(.float32(Plane(width: 9, height: 8, repeating: 10)), nil, ["GAIN = 2.0", "RDNOISE = 3.0"])
    file.image(.float32(Plane(width: 9, height: 8, repeating: 0)), "WHT", [])
    try run.run("m = load '\(try file.write("m.fits", in: scratch))'")
    #expect(try notes("m[1:4, 1:2] = 5").contains { $0.contains("WHT still masks 8 of the pixels") })
  }

  /// A sum beside one more exposure of the same time is no other level.
  @Test func sumsOfEqualTimesAreNotTold() throws {
    for text in [
      "a = x + x + x", "a = x + (x + x)", "a = x + x; a = a + x; a = a + x", "a = (x + x) + (x + x)",
    ] {
      #expect(try notes(text).isEmpty, "\(text): \(run.lines.all)")
    }
    try run.run(
      "a = x + x + x; save a '\(scratch.file("sum.fits"))'; t = header '\(scratch.file("sum.fits"))' EXPTIME")
    #expect(run.number("t") == 180)
    #expect(try notes("a = load '\(scratch.file("sum.fits"))'; c = a + x").isEmpty)
    for text in ["a = x + y", "a = (x + x) - x"] {
      #expect(
        try notes(text).contains { $0.contains("different exposure times") }, "\(text): \(run.lines.all)")
    }
  }
}
