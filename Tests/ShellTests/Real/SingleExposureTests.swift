import Files
import Foundation
import Kernels
import TestSupport
import Testing

/// `lacosmic` as somebody types it who has one raw exposure.
@Suite struct SingleExposureTests {
  private let folder: ScratchFolder
  init() throws { folder = try ScratchFolder() }

  private func crs(_ text: String) throws -> Program.Ended { try Program.run(["-c", text], in: folder.url) }

  private func write(_ name: String, _ pixels: Plane<Float>, _ cards: [String] = []) throws {
    var file = TestFile()
    file.image(.float32(pixels), nil, cards)
    try file.write(name, in: folder)
  }

  /// Whole numbers, as raw frames have them.
  private func writeRaw(_ name: String, _ pixels: Plane<Float>, _ cards: [String] = []) throws {
    var file = TestFile()
    file.image(
      .uint16(
        Plane(
          width: pixels.width, height: pixels.height,
          pixels: pixels.pixels.map { UInt16(max(0, min(65535, $0.rounded()))) })), nil, cards)
    try file.write(name, in: folder)
  }

  private func mask(_ name: String) throws -> Mask {
    Mask(plane: try FITSReader.image(at: folder.file(name)).pixels.map { $0 != 0 ? 1 : 0 })
  }

  /// Faint sky in ADU of 2 electrons, with hits.
  private func frame(seed: UInt64 = 1) -> Plane<Float> {
    var scene = Scene()
    (scene.width, scene.height, scene.sky, scene.hits) = (160, 140, 40, 60)
    return scene.counts(seed: seed)
  }

  @Test func nothingGivenIsWhatAstroscrappyDoes() throws {
    var scene = Scene()
    (scene.width, scene.height, scene.hits) = (160, 120, 120)
    let pixels = scene.electrons(seed: 5).map { $0 * 20 }
    try write("a.fits", pixels)
    #expect(
      try crs("c, m = lacosmic a.fits gain=1.5 readnoise=6.5; save m m.fits; save c c.fits").status == 0)
    // Those parameters are the kernel's own, whose results are astroscrappy's (LACosmicGoldenTests).
    let wanted = try LACosmic.run(
      pixels, parameters: LACosmicParameters(gain: 1.5, readNoise: 6.5), work: Work())
    #expect(wanted.mask.flagged > 50)
    #expect(try mask("m.fits") == wanted.mask)
    #expect(try FITSReader.image(at: folder.file("c.fits")).pixels == wanted.clean)
    let spelt = "sigclip=4.5 sigfrac=0.3 objlim=5 niter=4 sepmed=yes cleantype=meanmask fsmode=median"
    let help = try Program.run(["help", "lacosmic"], in: folder.url).output
      .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(help.contains("fsmode") && help.contains("default median"), "\(help)")
    #expect(
      try crs("c, m = lacosmic a.fits gain=1.5 readnoise=6.5 \(spelt); save m n.fits").status == 0)
    #expect(try mask("n.fits") == wanted.mask)
  }

  @Test func aKnownBiasIsTakenOffAndPutBack() throws {
    let pixels = frame()
    try write("plain.fits", pixels)
    try write("raw.fits", pixels.map { $0 + 797 })
    let first = try crs("c, m = lacosmic plain.fits gain=2 rnoise=4; save m m0.fits; save c c0.fits")
    #expect(first.status == 0 && first.output.contains("bias 0.0 ADU (default)"))
    let loaded = try crs(
      "x = load raw.fits gain=2 rnoise=4 bias=797; c, m = lacosmic x; save m m1.fits; save c c1.fits")
    #expect(loaded.output.contains("bias 797.0 ADU (value), subtracted"), "\(loaded.output)")
    #expect(loaded.errors.isEmpty, "\(loaded.errors)")
    #expect(try crs("c, m = lacosmic raw.fits gain=2 rnoise=4 bias=797; save m m2.fits").status == 0)
    let wanted = try mask("m0.fits")
    #expect(wanted.flagged > 40)
    for name in ["m1.fits", "m2.fits"] { #expect(try mask(name) == wanted) }
    let (plain, raw) = (
      try FITSReader.image(at: folder.file("c0.fits")).pixels,
      try FITSReader.image(at: folder.file("c1.fits")).pixels
    )
    for i in 0..<plain.count { #expect(abs(raw.pixels[i] - plain.pixels[i] - 797) < 0.001) }
    // Nobody named it: far fewer are found, a note says why, and strict stops.
    let careless = try crs("c, m = lacosmic raw.fits gain=2 rnoise=4; save m m3.fits")
    #expect(try mask("m3.fits").flagged < wanted.flagged)
    #expect(
      careless.errors.contains("bias of about") && careless.errors.contains("bias="), "\(careless.errors)")
    let strict = try crs("c, m = lacosmic raw.fits gain=2 rnoise=4 strict=yes")
    #expect(strict.status == 1 && strict.errors.contains("bias of about"), "\(strict.errors)")
    let wrong = try crs("c, m = lacosmic raw.fits gain=2 rnoise=4 bias=400")
    #expect(wrong.errors.contains("the bias seems to be about"), "\(wrong.errors)")
    let low = try crs("c, m = lacosmic raw.fits gain=2 rnoise=4 bias=797 satlevel=500")
    #expect(low.status == 2 && low.errors.contains("below the bias"), "\(low.errors)")
  }

  @Test func whatIsNotJudgedIsTold() throws {
    let pixels = frame().map { $0 + 40_000 }
    try write("bright.fits", pixels)
    let ended = try crs("c, m = lacosmic bright.fits gain=2 rnoise=4")
    #expect(
      ended.errors.contains("100 % of the pixels are not tested") && ended.errors.contains("satlevel=inf"),
      "\(ended.errors)")
    let open = try crs("c, m = lacosmic bright.fits gain=2 rnoise=4 satlevel=inf; countflagged m")
    #expect(open.status == 0 && !open.errors.contains("not tested"), "\(open.errors)")
    #expect((open.output.split(separator: "\n").last.flatMap { Int($0) } ?? 0) > 20)
    let crmasks = try crs("s = simulate nx=60 ny=50 seed=1; m = crmasks s seed=1 satlevel=inf")
    #expect(crmasks.status == 0, "\(crmasks.errors)")
  }

  @Test func aBackgroundThatIsGoneIsNoBackground() throws {
    var scene = Scene()
    (scene.width, scene.height, scene.sky) = (160, 140, 2000)
    let pixels = scene.counts(seed: 3)
    try write("full.fits", pixels)
    try write("subtracted.fits", pixels.map { $0 - 1000 })
    try write("sky.fits", pixels.map { _ in 1000 })
    let right = try crs("c, m = lacosmic full.fits gain=2 rnoise=4 inbkg=sky.fits; save m m0.fits")
    #expect(right.errors.isEmpty, "\(right.errors)")
    let gone = try crs("c, m = lacosmic subtracted.fits gain=2 rnoise=4 subtracted=sky.fits; save m m1.fits")
    #expect(gone.errors.isEmpty, "\(gone.errors)")
    #expect(try mask("m0.fits") == mask("m1.fits"))
    let wrong = try crs("c, m = lacosmic subtracted.fits gain=2 rnoise=4 inbkg=sky.fits")
    #expect(
      wrong.errors.contains("subtracted already") && wrong.errors.contains("subtracted="), "\(wrong.errors)")
  }

  @Test func aVarianceStandsForTheReadoutNoise() throws {
    try write("a.fits", frame())
    try write("v.fits", frame().map { _ in 40 })
    try write("small.fits", Plane(width: 20, height: 10, repeating: 40))
    let ended = try crs("c, m = lacosmic a.fits gain=2 invar=v.fits")
    #expect(ended.status == 0 && !ended.output.contains("rnoise"), "\(ended.errors)")
    let wrong = try crs("c, m = lacosmic a.fits gain=2 invar=small.fits")
    #expect(wrong.status == 1 && wrong.errors.contains("invar is 20x10"), "\(wrong.errors)")
    #expect(!wrong.errors.contains("no positive variance"))
  }

  @Test func namesWithDigitsBehindDotsAreNames() throws {
    try write("NS.20160414.52519.fits", frame())
    let ended = try crs(
      "x = load NS.20160414.52519.fits; save x mm4.6.fits; y = (NS.20160414.52519.fits + mm4.6.fits); save y a.1b.fits; "
        + "c, m = lacosmic NS.20160414.52519.fits gain=2 rnoise=4; save m m.2.fits; info a.1b.fits")
    #expect(ended.status == 0, "\(ended.errors)")
    #expect(folder.names == ["NS.20160414.52519.fits", "a.1b.fits", "m.2.fits", "mm4.6.fits"])
    let missing = try crs("load NS.20160415.1.fits")
    #expect(missing.errors.contains("NS.20160415.1.fits: no such file"), "\(missing.errors)")
  }
}
