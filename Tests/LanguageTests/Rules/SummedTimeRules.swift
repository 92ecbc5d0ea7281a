import Files
import Kernels
import TestSupport
import Testing

/// The exposure time of sums follows what the images were multiplied with before.
@Suite struct SummedTimeRules {
  private let run: ScriptRun

  init() throws {
    let scratch = try ScratchFolder()
    run = try ScriptRun()
    for (name, seconds) in [("a", 30), ("b", 30), ("c", 30), ("d", 30), ("e", 10), ("f", 30)] {
      var file = TestFile()
      file.image(.float32(Plane(width: 4, height: 3, repeating: 100)), nil, ["EXPTIME = \(seconds).0"])
      try run.run("\(name) = load '\(try file.write("\(name).fits", in: scratch))'")
    }
  }

  private static let open = "were multiplied by different numbers"

  @Test(arguments: [
    // Means.
    ("x = a * 0.5 + b * 0.5", 30.0), ("x = a / 2 + b / 2", 30), ("x = a / 3 + b / 3 + c / 3", 30),
    ("x = (a + b + c) / 3", 30), ("x = (a + b) * 0.25 + (c + d) * 0.25", 30),
    ("x = (a * 0.25 + b * 0.25) * 2", 30),
    ("x = 0.25 * e + 0.75 * f", 25), ("x = e * 0.5 + f * 0.5", 20), ("x = a * 0.5; x += b * 0.5", 30),
    ("x = ((e + f) / 2 + (c + d) / 2) / 2", 25), ("s = [a, b]; t = s * 0.5; x = t[1] + t[2]", 30),
    ("x = (a * 0.5 + b * 0.5) * 2", 30), ("x = (a * 0.5 + 1) + (b * 0.5 + 2)", 30),
    // Sums.
    ("x = a + b", 60), ("x = a + b + c", 90), ("x = a * 2.45 + b * 2.45", 60), ("x = a * 2 * 0.5 + b", 60),
    ("x = a * 0.9 + b * 1.1", 60), ("x = e * 0.9 + f * 1.1", 42), ("x = (a + b) / 2 + (c + d) / 2", 60),
    // Neither.
    ("x = a * 0.5", 30), ("x = a + b * -1", 30), ("x = a - b * 0.5", 30), ("x = a * 0 + e", 10),
  ]) func timesFollow(text: String, seconds: Double) throws {
    try run.run(text + "; t = info x exptime")
    #expect(abs((run.number("t") ?? 0) - seconds) < 1e-9, "\(text): \(run.number("t") ?? 0)")
    #expect(!run.lines.all.contains { $0.contains(Self.open) }, "\(text): \(run.lines.all)")
  }

  @Test func otherFactorsAreTold() throws {
    try run.run("x = a + b * 1.2; t = info x exptime")
    let notes = run.lines.all.filter { $0.contains(Self.open) }
    #expect(
      notes.count == 1 && notes[0].contains("60 s, is that of all of them (with the factors it is 66 s)"),
      "\(notes)")
    #expect(run.number("t") == 60)
  }

  @Test func meansSayWhatTheyAre() throws {
    try run.run("x = a / 2 + b / 2; y = header x TOTEXP; z = header x NCOMBINE")
    guard case .image(let image)? = run.session["x"]?.value else { throw CRSError.data("no image x") }
    #expect(image.header.comment(of: "EXPTIME") == "[s] mean of 2 exposures")
    #expect(run.number("y") == 60 && run.number("z") == 2)
  }
}
