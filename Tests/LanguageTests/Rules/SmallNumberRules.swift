import Files
import Foundation
import Kernels
import TestSupport
import Testing

@testable import Pipeline

/// Numbers below 1.2e-38, where single precision ends, and errors whose squares lie beyond it.
@Suite struct SmallNumberRules {
  private let scratch: ScratchFolder
  init() throws { scratch = try ScratchFolder() }

  private func image(_ run: ScriptRun, _ name: String) throws -> Image {
    guard case .image(let image)? = run.session[name]?.value else { throw CRSError.data("no image \(name)") }
    return image
  }

  /// An exposure of 100 ADU with errors of 7 in a plane VAR, ERR or IVAR, `a` in the session.
  private func exposure(_ plane: String, isDouble: Bool = false) throws -> ScriptRun {
    let errors: Double = ["VAR": 49, "ERR": 7][plane] ?? 1 / 49.0
    var file = TestFile()
    file.image(.float32(Plane(width: 8, height: 7, repeating: 100)), nil, ["GAIN = 2.0", "RDNOISE = 3.0"])
    file.image(
      isDouble
        ? .float64(Plane(width: 8, height: 7, repeating: errors))
        : .float32(Plane(width: 8, height: 7, repeating: Float(errors))), plane, [])
    let run = try ScriptRun()
    try run.run("a = load '\(try file.write("a.fits", in: scratch))'")
    return run
  }

  @Test(arguments: ["VAR", "ERR", "IVAR"], [1e-25, 1e25, 1e-35, 1e30])
  func errorsFollowEveryFactor(plane: String, factor: Double) throws {
    for isDouble in [false, true] {
      let run = try exposure(plane, isDouble: isDouble)
      let path = scratch.file("y.fits")
      try run.run(
        """
        y = a * \(factor); save y '\(path)' overwrite=yes; z = load '\(path)'
        b = y * \(1 / factor); c = (y + y) / 2; d = y; d[2:3, 2:3] = y[4:5, 4:5]; e = a; e[2:3, 2:3] = y[2:3, 2:3]
        """)
      for (name, expected) in [
        ("y", 7 * factor), ("z", 7 * factor), ("b", 7), ("c", 7 * factor / 2.0.squareRoot()),
        ("d", 7 * factor),
        ("e", 7 * factor),
      ] {
        let errors = try #require(image(run, name).uncertainty)
        let found = Double(errors.deviation.pixels[9])
        #expect(abs(found / expected - 1) < 1e-6, "\(name): \(found), not \(expected)")
      }
      let other = try #require(image(run, "e").uncertainty).deviation.pixels[0]
      #expect(abs(other - 7) < 1e-5)
      #expect(!run.lines.all.contains { $0.contains("gives no error") }, "\(run.lines.all)")
    }
  }

  /// Errors of ordinary size stay in single precision, bit by bit.
  @Test func ordinaryErrorsStaySingle() throws {
    let run = try exposure("VAR")
    try run.run("y = a * 3; z = y + a; w = z / (a + 1)")
    for name in ["y", "z", "w"] { #expect(try image(run, name).uncertainty?.exactValues == nil, "\(name)") }
    #expect(try image(run, "y").uncertainty?.values.pixels[0] == 441)
  }

  @Test func shiftedErrorsToo() throws {
    let run = try exposure("VAR")
    try run.run("y = shift (a * 1e-25) 0.5 0")
    let found = Double(try #require(image(run, "y").uncertainty).deviation.pixels[10])
    #expect(abs(found / (7e-25 / 2.0.squareRoot()) - 1) < 1e-6, "\(found)")
  }

  @Test func variancesBeyondSinglePrecisionAreTold() throws {
    let run = try exposure("VAR")
    for (factor, isTold) in [(1.0, false), (1e-25, true), (1e25, true)] {
      let before = run.lines.all.count
      try run.run("p = a * \(factor); s = [p, p, p]; c = combine s method=mean bias=0")
      let notes = run.lines.all.dropFirst(before).filter {
        $0.contains("VARIANCE: 56 values are beyond float32")
      }
      #expect(notes.count == (isTold ? 1 : 0), "\(factor): \(run.lines.all.dropFirst(before))")
    }
  }

  /// L.A.Cosmic squares errors in single precision; stacks are multiplied before.
  @Test func errorsWithoutSquaresAreRefused() throws {
    var file = TestFile()
    file.image(
      .float32(Plane(width: 30, height: 20, pixels: (0..<600).map { 1e-24 + Float($0 % 7) * 1e-25 })))
    file.image(.float32(Plane(width: 30, height: 20, repeating: 2e-25)), "ERR", [])
    let run = try ScriptRun()
    try run.run("x = load '\(try file.write("e.fits", in: scratch))'; s = [x, (x * 1.01), (x * 0.99)]")
    #expect(run.error("c = lacosmic x")?.message.contains("squares that float32 does not hold") == true)
    try run.run("c = lacosmic (x * 1e20); m = crmasks s seed=1")
  }

  private static let below = "below 1.2e-38, where float32 ends"

  @Test func whatBecomesZeroIsTold() throws {
    let run = try ScriptRun()
    try run.run("m = median (simulate nx=60 ny=50 seed=1); p = m * 0 + 2; k = p > 0; z = m * 0")
    for (text, line) in [
      ("x = p * 1e-30 * 1e-30", "3000 values became 0 or lost digits in *: \(Self.below)"),
      ("x = p * 1e-30 * 1e-10", "3000 values became 0 or lost digits in *: \(Self.below)"),
      ("x = (p * 1e-30) / (p * 1e30)", "3000 values became 0 or lost digits in /: \(Self.below)"),
      ("x = (p * 1e-30) ** 2", "3000 values became 0 or lost digits in **: \(Self.below)"),
      ("x = exp(p * -100)", "3000 values became 0 or lost digits in exp: \(Self.below)"),
      ("s = [p, p]; x = s * 1e-30 * 1e-30", "6000 values became 0 or lost digits in *: \(Self.below)"),
      ("x = exp(p * -400)", "3000 values became 0 in exp: below 4.9e-324, where numbers end"),
      ("x = exp(k * -800)", "3000 values became 0 in exp: below 4.9e-324, where numbers end"),
      ("x = 10 ** (p * -200)", "3000 values became 0 in **: below 4.9e-324, where numbers end"),
      ("x = p ** -1100", "3000 values became 0 in **: below 4.9e-324, where numbers end"),
      ("s = [p, p]; x = 0.5 ** (s * 600)", "6000 values became 0 in **: below 4.9e-324, where numbers end"),
      ("x = exp(-800)", "1 value became 0 in exp: below 4.9e-324, where numbers end"),
      ("x = 1e-200 * 1e-200", "1 value became 0 in *: below 4.9e-324, where numbers end"),
      ("x = p * 1e-200 * 1e-200", "3000 values became 0 in *: below 4.9e-324, where numbers end"),
    ] {
      let before = run.lines.all.count
      try run.run(text)
      let notes = run.lines.all.dropFirst(before)
      #expect(notes.count { $0.contains("became 0") } == 1, "\(text): \(notes)")
      #expect(notes.contains { $0.contains(line) }, "\(text): \(notes)")
    }
    for text in [
      "x = p * 0", "x = z * 3", "x = z / 5", "x = z * p", "x = p * k", "x = z ** 2", "x = p / inf",
      "x = p * 1e-30", "x = p - p", "x = 0 ** p",
      "x = 0 * 1e-300", "x = exp(p)", "x = p * 1e-50", "x = p / 1e50",
    ] {
      let before = run.lines.all.count
      try run.run(text)
      #expect(!run.lines.all.dropFirst(before).contains { $0.contains("became") }, "\(text)")
    }
  }

  /// A number that single precision does not hold makes float64, which does.
  @Test func smallNumbersAreKept() throws {
    let run = try ScriptRun()
    try run.run(
      """
      m = median (simulate nx=60 ny=50 seed=1); p = m * 0 + 2
      a = p * 1e-50; b = a[3, 3]; c = any(p * 0 == 1e-50); d = p; d[3, 4] = 1e-50; e = d[3, 4]
      f = maximum(p * 0, 1e-99); g = f[1, 1]; h = stats a max; i = p * 1e-320; j = log10(f); l = j[1, 1]
      """)
    #expect(run.number("b") == 2e-50 && run.number("e") == 1e-50 && run.number("g") == 1e-99)
    #expect(run.session["c"]?.value.literal == "no" && run.number("h") == 2e-50 && run.number("l") == -99)
    #expect(try image(run, "a").summary.hasSuffix("float64 adu, min 2e-50, median 2e-50, max 2e-50"))
    let small = try image(run, "i").summary
    #expect(small.contains("min 2e-320"), "\(small)")
    for power in [-1000, -700, -500, 500, 900] {
      try run.run(
        "n = stats m std; o = stats (m * 2.0 ** \(power)) std; q = (stats [1, 3] std); r = stats [1 * 2.0 ** \(power), 3 * 2.0 ** \(power)] std"
      )
      let scale = pow(2, Double(power))
      #expect(abs((run.number("o") ?? 0) / scale / (run.number("n") ?? 1) - 1) < 1e-6, "\(power)")
      #expect(abs((run.number("r") ?? 0) / scale / (run.number("q") ?? 1) - 1) < 1e-12, "\(power)")
    }
    // Ordinary numbers change no type.
    try run.run("x = p * 1e-30; y = p * 0; z = p ** 2; w = maximum(p, 0.1)")
    for name in ["x", "y", "z", "w"] { #expect(try image(run, name).storedType == .float32, "\(name)") }
  }

  /// Shifts by fractions of a pixel keep what float64 holds.
  @Test func shiftsKeepLargeAndSmallNumbers() throws {
    let run = try ScriptRun()
    try run.run("m = median (simulate nx=60 ny=50 seed=1); p = m * 0 + 2")
    for factor in [1e300, 1e-300] {
      try run.run("x = shift (p * \(factor)) 0.5 0.25; y = x[20, 20]; n = stats x pixels")
      #expect(run.number("y") == 2 * factor && (run.number("n") ?? 0) > 2800)
    }
    #expect(!run.lines.all.contains { $0.contains("not finite") }, "\(run.lines.all)")
  }
}
