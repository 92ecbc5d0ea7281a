import Files
import Kernels
import TestSupport
import Testing

/// Spectra as images of one row: no pixel lies far enough from the borders for L.A.Cosmic.
@Suite struct NarrowExposureTests {
  private let folder: ScratchFolder
  init() throws { folder = try ScratchFolder() }

  private func write(rows: Int) throws {
    var random = SeededRandom(seed: 24)
    for k in 1...3 {
      var pixels = Plane<Float>(width: 300, height: rows, repeating: 500)
      for i in 0..<pixels.count {
        // Twelve uniform numbers: about the noise of 500 electrons.
        for _ in 0..<12 { pixels.pixels[i] += Float(random.below(81) - 40) / 40 * 11.5 }
      }
      pixels[20 * k, rows / 2] += 2000
      if k < 3 { for x in 150...151 { pixels[x, rows / 2] += 2500 } }
      var file = TestFile()
      file.image(.float32(pixels), nil, ["BUNIT = 'adu'", "GAIN = 1.0", "RDNOISE = 5.0 / electron"])
      try file.write("s\(k).fits", in: folder)
    }
  }

  private let stack = "s = load s1.fits s2.fits s3.fits; m = crmasks s bias=0 seed=1"

  @Test func crmasksLeavesOutWhatCannotJudge() throws {
    try write(rows: 1)
    let ended = try Program.run(["-c", "\(stack); save m m.fits"], in: folder.url)
    #expect(ended.status == 0, "\(ended.errors)")
    let told = ended.output + ended.errors
    #expect(told.contains("L.A.Cosmic is skipped") && told.contains("300x1"), "\(told)")
    #expect(!told.contains("psfsize"))
    let median = try Program.run(
      ["-c", "m = load m.fits; s = load s1.fits s2.fits s3.fits; c = combine s masks=m; save c c.fits"],
      in: folder.url)
    #expect(median.status == 0, "\(median.errors)")
    let image = try FITSReader.image(at: folder.file("c.fits"))
    #expect((image.pixels.pixels.max() ?? 0) < 700)
    // Nothing is left to find them where only L.A.Cosmic was asked for.
    let alone = try Program.run(["-c", "\(stack) crmethod=lacosmic"], in: folder.url)
    #expect(alone.status == 1 && alone.errors.contains("no pixel can be tested"), "\(alone.errors)")
  }

  @Test func lacosmicSaysThatNothingCanBeJudged() throws {
    try write(rows: 1)
    for words in ["fsmode=median", "fsmode=convolve"] {
      let ended = try Program.run(["-c", "c, m = lacosmic s1.fits \(words)"], in: folder.url)
      let told = ended.output + ended.errors
      #expect(ended.status == (words == "fsmode=median" ? 0 : 1), "\(told)")
      #expect(told.contains("no pixel can be tested") && told.contains("300x1"), "\(told)")
      #expect(!told.contains("psfsize"))
    }
    try write(rows: 9)
    let wide = try Program.run(["-c", "c, m = lacosmic s1.fits fsmode=median"], in: folder.url)
    #expect(wide.status == 0 && !(wide.output + wide.errors).contains("can be tested"), "\(wide.errors)")
  }
}
