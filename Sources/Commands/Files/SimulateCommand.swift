import Calling
import Files
import Kernels

/// `simulate`: exposures of a fibre spectrograph with cosmic rays, whose truth is known.
struct SimulateCommand: Command {
  static let info = CommandInfo(
    "simulate", "Simulate equivalent exposures of a fibre spectrograph with cosmic rays", family: .files,
    effect: .files,
    results: [
      .result("exposures", .stack, "the exposures [ADU]"),
      .result("truth", .stack, "electrons deposited by cosmic rays in each exposure"),
      .result("scene", .image, "the noiseless scene [ADU]"),
    ], examples: ["exposures, truth = simulate nx=100 ny=80 seed=1"])

  @Parameter("columns", unit: "pixel", in: 20...20000) var nx = 300
  @Parameter("rows", unit: "pixel", in: 20...20000) var ny = 240
  @Parameter("exposures", in: 1...99) var n = 3
  @Parameter("random seed; chosen and reported if omitted", in: 0...9e15) var seed: Int? = nil
  @Parameter("exposure time; the scene is made for 1200 s", unit: "s", in: 0...1e7) var exptime = 1200.0
  @Parameter("gain", unit: "e-/ADU", in: 1e-3...1000) var gain = 1.0
  @Parameter("readout noise", unit: "ADU", in: 0...1e5) var rnoise = 3.4
  @Parameter("bias level", unit: "ADU", in: -1e6...1e6) var bias = 0.0
  @Parameter("cosmic rays per pixel and exposure", unit: "1/pixel", in: 0...0.1) var density = 9e-4
  @Parameter("number of coincident hits: same pixels in two exposures", in: 0...1e6) var coincidences =
    40
  @Parameter("relative flux of each exposure") var flux: [Double] = []
  @Parameter("offset [dx, dy] of each exposure", unit: "pixel") var offsets: [[Double]] = []
  @Parameter("brightest sky lines", unit: "electron", in: 0...1e6) var peak = 260.0
  @Parameter("also write PREFIX_1.fits, ..., PREFIX_truth.fits") var prefix: FileName? = nil
  @Parameter("replace existing files") var overwrite = false

  static func check(_ bound: Bound) throws {
    if case .integer(1)? = bound["n"], bound["coincidences"]?.double != 0 {
      try bound.refuse(["coincidences"], "on one exposure", expected: "n of 2 or more beside it")
    }
    if bound["exptime"]?.double == 0 {
      try bound.refuse(["flux", "offsets", "peak"], "with exptime=0, which has no light")
    }
    if bound["prefix"] == nil { try bound.refuse(["overwrite"], "without prefix=: nothing is written") }
  }

  func run(_ context: CommandContext) throws -> CommandResult {
    var simulation = ExposureSimulation()
    (simulation.width, simulation.height, simulation.exposures) = (nx, ny, n)
    let drawn = seed ?? Int.random(in: 1...999_999_999)
    if seed == nil { context.report("seed: \(drawn) (drawn)") }
    simulation.seed = UInt64(drawn)
    (simulation.exposureTime, simulation.gain, simulation.readoutNoise) = (exptime, gain, rnoise)
    (simulation.bias, simulation.density, simulation.coincidences) = (bias, density, coincidences)
    (simulation.flux, simulation.peak) = (flux, peak)
    simulation.offsets = try offsets.map { pair in
      guard pair.count == 2 else {
        throw CRSError.usage("an offset has two numbers", parameter: "offsets", expected: "[[dx, dy], ...]")
      }
      return Offset(x: pair[0], y: pair[1])
    }
    // Exposures and truth stay, the scene and two planes beside them.
    try context.work.require(
      bytes: 4 * Double(nx) * Double(ny) * Double(2 * n + 4),
      for: "\(n) exposures of \(nx)x\(ny) pixels and their truth")
    let names = prefix.map { Self.names($0.path, count: n) } ?? []
    // What cannot be written is said before the work.
    for name in names { _ = try AtomicFile(name, existing: .init(overwrite: overwrite)) }
    let result = try simulation.run(work: context.work)
    var header = Header()
    header.set("OBJECT", .text("simulated fibre field"))
    header.set("EXPTIME", .real(exptime), comment: "[s] exposure time")
    header.set("GAIN", .real(gain), comment: "[electron/adu] detector gain")
    header.set("RDNOISE", .real(rnoise), comment: "[adu] readout noise")
    header.set("CRSSEED", .integer(drawn), comment: "seed of the simulation")
    let hints = DetectorFacts(gain: gain, readoutNoise: rnoise, bias: bias)
    let exposures = try Stack(
      exposures: result.exposures.map { Image(pixels: $0, unit: .adu, header: header, detector: hints) })
    let truth = try Stack(
      exposures: result.cosmicRays.map { Image(pixels: $0, unit: .electron, header: header) })
    let scene = Image(pixels: result.scene, unit: .adu, header: header)
    if let prefix { try write(exposures, truth, scene, prefix.path, context) }
    return CommandResult(
      [.stack(exposures), .stack(truth), .image(scene)], resolved: ["seed": .integer(drawn)])
  }

  private static func names(_ prefix: String, count: Int) -> [String] {
    (1...count).map { "\(prefix)_\($0).fits" } + [prefix + "_truth.fits"]
  }

  private func write(
    _ exposures: Stack, _ truth: Stack, _ scene: Image, _ prefix: String, _ context: CommandContext
  ) throws {
    let files = AtomicFiles()
    let names = Self.names(prefix, count: exposures.count)
    let targets = try names.map { try files.file($0, existing: .init(overwrite: overwrite)) }
    for (image, file) in zip(exposures.exposures, targets) {
      try FITSWriter.write(FITSDocument(image: image, pixelType: .float32), to: file, work: context.work)
    }
    var document = FITSDocument(hdus: [FITSOutputHDU(content: .empty)])
    for (index, image) in truth.exposures.enumerated() {
      document.hdus.append(FITSOutputHDU(name: "CR\(index + 1)", content: .image(.float32(image.pixels))))
    }
    document.hdus.append(FITSOutputHDU(name: "SCENE", content: .image(.float32(scene.pixels))))
    try FITSWriter.write(document, to: targets[exposures.count], work: context.work)
    try files.commit()
    for name in names { context.report("wrote \(name.visible)") }
  }
}
