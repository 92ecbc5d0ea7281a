import Files
import Foundation
import Kernels
import TestSupport
import Testing

@testable import Pipeline

/// The unit of the values changes no detection: exposures that are multiplied by a power of two give the same masks.
@Suite struct UnitSizeRules {
  private func masks(_ run: ScriptRun, _ name: String) throws -> [[UInt8]] {
    guard case .maskSet(let masks)? = run.session[name]?.value else {
      throw CRSError.data("no masks \(name)")
    }
    return ([masks.medianCR, masks.meanCRT] + masks.exposures).map(\.plane.pixels)
  }

  @Test(arguments: ["s", "s[1:2]", "s[1:3]"]) func masksAreTheSame(stack: String) throws {
    let run = try ScriptRun()
    try run.run("s = simulate nx=100 ny=80 seed=3 n=5; t = \(stack); k = crmasks t seed=1 log_level=ERROR")
    let expected = try masks(run, "k")
    #expect(expected[1].contains(1))
    for power in [-83, -56, -20, 40, 83] {
      try run.run("u = t * 2.0 ** \(power); k = crmasks u seed=1 log_level=ERROR")
      #expect(try masks(run, "k") == expected, "2^\(power)")
    }
  }

  /// Products of stacks that are written, and of parameter files.
  @Test func productsAreTheSame() throws {
    let scratch = try ScratchFolder()
    let run = try ScriptRun()
    try run.run("s = simulate nx=100 ny=80 seed=3 n=3")
    for (name, power) in [("a", 0), ("b", -18)] {
      try run.run("t = s * 2.0 ** \(power)")
      for k in 1...3 { try run.run("e = t[\(k)]; save e '\(scratch.file("\(name)\(k).fits"))'") }
      let settings = """
        images:
        \((1...3).map { "  - \(scratch.file("\(name)\($0).fits"))" }.joined(separator: "\n"))
        gain: \(pow(2, -Double(power)))
        rnoise: \(3.4 * pow(2, Double(power)))
        bias: 0.0

        """
      let file = try scratch.write(settings, "\(name).yaml")
      try run.run("crmasks '\(file)' output_dir='\(scratch.file(name))' figures=no seed=1 log_level=ERROR")
      try run.run(
        """
        k\(name) = load '\(scratch.file(name))/crmasks.fits'
        c\(name) = load '\(scratch.file(name))/combined_mediancr.fits'
        n\(name) = (stats c\(name) mean) / 2.0 ** \(power)
        """)
    }
    #expect(try masks(run, "ka") == masks(run, "kb"))
    #expect(try masks(run, "ka")[1].contains(1))
    #expect(abs((run.number("nb") ?? 0) / (run.number("na") ?? 1) - 1) < 1e-6)
  }

  @Test func measurementsAreTheSame() throws {
    let run = try ScriptRun()
    try run.run(
      "s = simulate nx=100 ny=80 seed=3 n=3; f = fluxfactor s; o = offsets s; p, m = mmpvalue s; n = countflagged m"
    )
    let (factors, offsets, count) = (
      run.session["f"]?.value.literal, run.session["o"]?.value.literal, run.number("n")
    )
    for power in [-83, -56, 83] {
      try run.run(
        "t = s * 2.0 ** \(power); f = fluxfactor t; o = offsets t; p, m = mmpvalue t; n = countflagged m")
      #expect(run.session["f"]?.value.literal == factors && run.session["o"]?.value.literal == offsets)
      #expect(run.number("n") == count, "2^\(power)")
    }
  }

  /// A boundary, fixed points and thresholds are given in the unit of the exposures.
  @Test(arguments: [
    "detector=boundary boundary=b", "threshold=(25 * f)", "satlevel=(150 * f)",
    "detector=boundary fixed_points_in_boundary=[[0, 25 * f], [50 * f, 30 * f]]",
    "detector=boundary boundary_fit=piecewise fixed_points_in_boundary=[[0, 25 * f], [50 * f, 30 * f]]",
  ]) func givenLevelsFollow(settings: String) throws {
    let scratch = try ScratchFolder()
    let run = try ScriptRun()
    let make = "b = fitboundary (mmdiagram t seed=1); k = crmasks t seed=1 log_level=ERROR \(settings)"
    try run.run("s = simulate nx=100 ny=80 seed=3 n=5; t = s; f = 1; " + make)
    let expected = try masks(run, "k")
    #expect(expected[0].contains(1) && expected[1].contains(1))
    for power in [-83, -40, 40, 83] {
      try run.run("f = 2.0 ** \(power); t = s * f; " + make)
      #expect(try masks(run, "k") == expected, "2^\(power)")
    }
    // Products that are written too.
    try run.run(
      "k = crmasks t seed=1 log_level=ERROR figures=no output_dir='\(scratch.file("o"))' \(settings)")
    #expect(try masks(run, "k") == expected)
  }

  /// Pairs take a threshold too.
  @Test func thresholdsOfPairsFollow() throws {
    let run = try ScriptRun()
    try run.run(
      "s = simulate nx=100 ny=80 seed=3 n=5; t = s[1:2]; p, m = mmpvalue t threshold=40; n = countflagged m")
    let expected = run.number("n")
    for power in [-83, 83] {
      try run.run(
        "u = t * 2.0 ** \(power); p, m = mmpvalue u threshold=(40 * 2.0 ** \(power)); n = countflagged m")
      #expect(run.number("n") == expected, "2^\(power)")
    }
  }

  /// Three exposures whose errors alone are known, and an image of them, as many times as large.
  private func withErrors(_ factor: Double, _ scratch: ScratchFolder) throws -> [String] {
    try (1...3).map { k in
      var random = SeededRandom(seed: UInt64(k))
      var common = SeededRandom(seed: 9)
      var pixels = (0..<6000).map { _ in 100 + 7 * random.normal() }
      for _ in 0..<30 { pixels[random.below(6000)] += 300 }
      for _ in 0..<15 {
        let place = common.below(6000)
        if k < 3 { pixels[place] += 400 }
      }
      var file = TestFile()
      file.image(.float32(Plane(width: 100, height: 60, pixels: pixels.map { Float($0 * factor) })))
      file.image(.float32(Plane(width: 100, height: 60, repeating: Float(7 * factor))), "ERR", [])
      return "'\(try file.write("e\(k).fits", in: scratch))'"
    }
  }

  @Test func errorsOfAnySizeFindTheSame() throws {
    let scratch = try ScratchFolder()
    var found: [[Double?]] = []
    for power in [0, -80, -66, -62, -61, -60, -40, 40, 60, 80] {
      let names = try withErrors(pow(2, Double(power)), scratch)
      let run = try ScriptRun()
      try run.run(
        """
        s = load \(names.joined(separator: " ")); b = fitboundary (mmdiagram s seed=1); m = mmcosmic s b
        k = crmasks s seed=1 log_level=ERROR detector=boundary boundary=b; n = countflagged m
        o = countflagged (extract k MEDIANCR); q = countflagged (extract k MEANCRT); d = -1
        """)
      // Those of a single image have squares in single precision.
      if abs(power) < 64 { try run.run("c, m = lacosmic s[1]; d = countflagged m") }
      found.append(["n", "o", "q"].map { run.number($0) } + (abs(power) < 64 ? [run.number("d")] : []))
    }
    #expect((found[0][0] ?? 0) > 5 && (found[0][3] ?? 0) > 20, "\(found[0])")
    for (k, other) in found.enumerated() {
      #expect(other == Array(found[0].prefix(other.count)), "\(k): \(found)")
    }
  }

  /// Reports name the unit of the exposures.
  @Test func reportsNameTheUnit() throws {
    let scratch = try ScratchFolder()
    for unit in ["adu", "electron"] {
      let names = try (1...3).map { k in
        var random = SeededRandom(seed: UInt64(k))
        var file = TestFile()
        let pixels = (0..<9000).map { i -> Float in
          // Every ninth row is bright; the third exposure has more sky and more noise.
          let level = (i / 100 % 9 == 8 ? 500.0 : 100.0) + (k == 3 ? 60 : 0)
          return Float(level + random.normal() * (k == 3 ? 30 : 12))
        }
        file.image(
          .float32(Plane(width: 100, height: 90, pixels: pixels)), nil,
          ["BUNIT = '\(unit)'", "GAIN = 1.0", "RDNOISE = 3.0"])
        return "'\(try file.write("\(unit)\(k).fits", in: scratch))'"
      }
      let run = try ScriptRun()
      try run.run(
        """
        s = load \(names.joined(separator: " ")); m = crmasks s seed=1 sky=auto flux_factor=auto
        f = fluxfactor s; m = crmasks s seed=1 sky=none force=yes; t = s[2:3]; m = crmasks t sky=none force=yes
        """)
      let name = unit == "adu" ? "ADU" : "electron"
      let told = run.lines.all.filter {
        $0.contains(/(more|less) sky|additional sky|sky beside|differ as if/)
      }
      #expect(told.count >= 3 && told.allSatisfy { $0.contains(name) }, "\(run.lines.all)")
      if unit == "electron" { #expect(!run.lines.all.contains { $0.contains("ADU") }, "\(told)") }
    }
  }

  /// Variances that no gain turns into electrons are refused.
  @Test func gainsWithoutSquaresAreRefused() throws {
    let run = try ScriptRun()
    try run.run("m = median (simulate nx=60 ny=50 seed=1); v = abs(m) + 10; x = m * 1e-25")
    #expect(
      run.error("c = lacosmic x invar=v")?.message.contains("float32 does not hold the square of") == true)
    try run.run("c = lacosmic m invar=v")
  }

  /// What detection multiplies is told, once.
  @Test(arguments: [
    "p, m = mmpvalue t", "f = fluxfactor t", "m = crmasks t seed=1", "m = crmasks t seed=1 output_dir='OUT'",
  ])
  func otherUnitIsToldOnce(statement: String) throws {
    let scratch = try ScratchFolder()
    let run = try ScriptRun()
    try run.run(
      "s = simulate nx=100 ny=80 seed=3 n=3; t = s * 2.0 ** -56; "
        + statement.replacingOccurrences(of: "OUT", with: scratch.file("out")))
    let told = run.lines.all.filter { $0.contains("multiplied by") }
    #expect(told.count == 1 && told[0].contains("far smaller than counts"), "\(told)")
  }

  /// Products are in the unit of the exposures, whatever detection multiplied them with.
  @Test func combinationsKeepTheirUnit() throws {
    let scratch = try ScratchFolder()
    var generator = SystemRandomNumberGenerator()
    let run = try ScriptRun()
    var names: [String] = []
    for k in 1...3 {
      let pixels = (0..<3000).map { _ in
        Float((100 + 7 * Double.random(in: -1...1, using: &generator)) * 1e-17)
      }
      var file = TestFile()
      file.image(
        .float32(Plane(width: 60, height: 50, pixels: pixels)), nil, ["BUNIT = 'erg/s/cm2/Angstrom'"])
      file.image(.float32(Plane(width: 60, height: 50, repeating: 4e-17)), "ERR", [])
      names.append("'\(try file.write("f\(k).fits", in: scratch))'")
    }
    let folder = scratch.file("out")
    try run.run(
      """
      s = load \(names.joined(separator: " ")); m = crmasks s seed=1 output_dir='\(folder)' figures=no
      x = load '\(folder)/combined_mediancr.fits'; a = stats x median; c = combine s masks=m; b = stats c median
      v = load '\(folder)/combined_mediancr.fits' ext=VARIANCE; d = stats v median
      """)
    let (written, combined, variance) = (run.number("a") ?? 0, run.number("b") ?? 1, run.number("d") ?? 0)
    #expect(run.lines.all.contains { $0.contains("values are multiplied by") }, "\(run.lines.all)")
    #expect(abs(written / combined - 1) < 1e-6 && abs(written / 1e-15 - 1) < 0.01, "\(written) \(combined)")
    #expect(variance > 1e-34 && variance < 1e-32, "\(variance)")
    // A sky is given in that unit too.
    try run.run("k = crmasks s seed=1 flux_factor=auto sky=[3e-16, 0, 0]")
    guard case .maskSet(let masks)? = run.session["k"]?.value else { throw CRSError.data("no masks") }
    #expect(masks.skies.isEmpty || abs((masks.skies.max() ?? 0) / 3e-16 - 1) < 1e-6, "\(masks.skies)")
  }
}
