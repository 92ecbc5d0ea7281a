import Files
import Foundation
import Kernels
import TestSupport
import Testing

@testable import Calling
@testable import Commands

/// A bias that nobody gave and that is left in the pixels is told by every command that takes one, once.
@Suite struct LeftBiasTests {
  private let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  /// A call of each command with a `bias`, without it. Those that take no bias off are left out.
  private static let calls = [
    "apply": "x = apply inputlist='DIR/l.txt' input_mask=masks output_combined='DIR/a.fits'",
    "combine": "x = combine s masks=masks",
    "compute": "x = compute inputlist='DIR/l.txt' output_masks='DIR/c.fits' seed=1",
    "crmasks": "x = crmasks s seed=1",
    "fluxfactor": "x = fluxfactor s",
    "lacosmic": "x = lacosmic a",
    "mmcosmic": "x = mmcosmic s boundary",
    "mmdiagram": "x = mmdiagram s seed=1",
    "mmpvalue": "x = mmpvalue s",
    "offsets": "x = offsets s",
  ]
  private static let leftOut: Set<String> = ["load", "simulate"]

  @Test func everyCommandWithABiasIsTried() throws {
    let registry = try Builtins.registry()
    let names = try registry.names.filter { name in
      try registry.entry(named: name).manifest.parameters.contains { $0.name == "bias" }
    }
    #expect(Set(names).subtracting(Self.leftOut) == Set(Self.calls.keys))
  }

  /// Three exposures of one sky with a bias of 300 ADU; columns 91 to 110 are overscan, if there are any.
  private func write(overscan: Int, cards: [String] = []) throws {
    let (width, height, bias) = (90, 80, 300.0)
    for k in 1...3 {
      var random = SeededRandom(seed: UInt64(k))
      var pixels: [UInt16] = []
      for y in 0..<height {
        for x in 0..<width + overscan {
          let light = x < width ? 20 + 400 * exp(-Double((y - 40) * (y - 40)) / 20) : 0
          let hit = x < width && random.uniform() < 0.003 ? 500 : 0.0
          let value = bias + light + hit + random.normal() * (light / 2 + 9).squareRoot()
          pixels.append(UInt16(value.rounded()))
        }
      }
      var file = TestFile()
      file.image(
        .uint16(Plane(width: width + overscan, height: height, pixels: pixels)), nil,
        ["GAIN = 2.0", "RDNOISE = 6.0", "EXPTIME = 100.0"] + cards)
      try file.write("r\(k).fits", in: scratch)
    }
    _ = try scratch.write((1...3).map { scratch.file("r\($0).fits\n") }.joined(), "l.txt")
  }

  /// A session with the exposures, masks and a boundary.
  private func session() throws -> ScriptRun {
    let run = try ScriptRun()
    let names = (1...3).map { "'\(scratch.file("r\($0).fits"))'" }
    try run.run(
      """
      a = load \(names[0]); s = load \(names.joined(separator: " "))
      masks = crmasks s bias=300 seed=1 log_level=ERROR
      boundary = fitboundary (mmdiagram s bias=300 seed=1)
      """)
    return run
  }

  private func notes(_ call: String, _ run: ScriptRun) throws -> [String] {
    let before = run.lines.all.count
    try run.run(call.replacingOccurrences(of: "DIR", with: scratch.path))
    return run.lines.all.dropFirst(before).filter { $0.contains(/a bias of about \d/) }
  }

  @Test(arguments: [0, 20]) func aBiasThatIsLeftInIsTold(overscan: Int) throws {
    try write(overscan: overscan, cards: overscan > 0 ? ["DATASEC = '[1:90,1:80]'"] : [])
    let run = try session()
    #expect(!run.lines.all.contains { $0.contains("a bias of about") }, "\(run.lines.all)")
    for (name, call) in Self.calls.sorted(by: { $0.key < $1.key }) {
      let told = try notes(call, run)
      #expect(told.count == 1, "\(name): \(run.lines.all.suffix(12))")
      #expect(told.first?.contains(/about (29|30)\d/) == true, "\(name): \(told)")
      #expect(try notes(call + " bias=300", run).isEmpty, "\(name)")
    }
    #expect(try notes("x = combine s masks=masks", run)[0].contains("VARIANCE takes it for light"))
    #expect(try notes("x = combine s masks=masks variance=scatter", run).isEmpty)
  }

  /// An exposure with a bias beside others whose bias is known.
  @Test func anotherExposureIsNamed() throws {
    try write(overscan: 20, cards: ["DATASEC = '[1:90,1:80]'"])
    let run = try ScriptRun()
    let names = (1...3).map { "'\(scratch.file("r\($0).fits"))'" }
    try run.run("a = load \(names[0]) bias=300; b = load \(names[1]); c = load \(names[2]); s = [a, b, c]")
    for call in ["x = fluxfactor s", "x = combine s method=median"] {
      let told = try notes(call, run)
      #expect(told.count == 1 && told[0].contains("r2.fits"), "\(call): \(told)")
    }
  }

  /// Bias-subtracted exposures, and those whose gain nobody knows, get no such note without reason.
  @Test func otherExposuresGetNoNote() throws {
    let run = try ScriptRun()
    try run.run(
      "s = simulate nx=100 ny=90 seed=3; masks = crmasks s seed=1 log_level=ERROR; a = s[1]; boundary = fitboundary (mmdiagram s seed=1)"
    )
    for name in [
      "combine", "crmasks", "fluxfactor", "lacosmic", "mmcosmic", "mmdiagram", "mmpvalue", "offsets",
    ] {
      #expect(try notes(Self.calls[name] ?? "", run).isEmpty, "\(name)")
    }
    var names: [String] = []
    for k in 1...3 {
      var random = SeededRandom(seed: UInt64(k))
      var file = TestFile()
      file.image(
        .float32(
          Plane(width: 80, height: 70, pixels: (0..<5600).map { _ in Float(300 + 3 * random.normal()) })))
      names.append("'\(try file.write("n\(k).fits", in: scratch))'")
    }
    try run.run("s = load \(names.joined(separator: " "))")
    for call in [
      "x = combine s method=median", "x = mmcosmic s boundary rnoise=3", "x = offsets s compat=numina-0.36",
    ] {
      #expect(try notes(call, run).isEmpty, "\(call): \(run.lines.all.suffix(5))")
    }
  }

  /// A bias that a file tells is taken off by the two-step form too.
  @Test func theTwoStepFormTakesTheBiasOfTheFiles() throws {
    try write(overscan: 0, cards: ["CRSBIAS = 300.0"])
    let run = try session()
    for name in ["compute", "apply"] { #expect(try notes(Self.calls[name] ?? "", run).isEmpty, "\(name)") }
    try run.run("x = load '\(scratch.file("a.fits"))'; m = stats x median")
    #expect(abs((run.number("m") ?? 0) - 20) < 5, "\(run.number("m") ?? 0)")
  }

  /// Frames that `run` took the bias off tell of none any more, and it is not taken off again.
  @Test func preprocessedFramesHaveNoBias() throws {
    try write(overscan: 0, cards: ["CRSBIAS = 300.0"])
    let frames = (1...3).map { scratch.file("r\($0).fits") }.joined(separator: ", ")
    let path = try scratch.write(
      """
      id: 1
      mode: MegaraCrDetection
      instrument: MEGARA
      frames: [\(frames)]
      requirements:
        gain: 2
        rnoise: 3
        bias: 300
        mm_seed: 1
        save_preprocessed: true
      """, "obs.yaml")
    let (run, work) = (try ScriptRun(), scratch.file("out/obsid1_work"))
    try run.run("run '\(path)' output_dir='\(scratch.file("out"))' figures=no")
    let names = (1...3).map { "'\(work)/preprocessed_\($0).fits'" }.joined(separator: " ")
    try run.run("s = load \(names); b = info (s[1]) bias; x = combine s method=median; m = stats x median")
    #expect(run.number("b") == 0 && abs((run.number("m") ?? 0) - 20) < 5, "\(run.lines.all.suffix(6))")
  }
}
