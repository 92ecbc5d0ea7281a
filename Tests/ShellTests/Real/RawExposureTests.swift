import Files
import Foundation
import Kernels
import TestSupport
import Testing

/// Stacks of raw exposures as they come from a telescope: bias and overscan in them, and nothing given but the files.
@Suite struct RawExposureTests {
  private let folder: ScratchFolder
  private let width = 220
  private let height = 160
  private let overscan = 20

  init() throws { folder = try ScratchFolder() }

  private func crs(_ text: String) throws -> Program.Ended { try Program.run(["-c", text], in: folder.url) }

  private func flagged(_ text: String) throws -> (Int, Program.Ended) {
    let ended = try crs(text)
    #expect(ended.status == 0, "\(ended.errors)")
    return (ended.output.split(separator: "\n").last.flatMap { Int($0) } ?? -1, ended)
  }

  /// Three exposures of one sky in whole ADU of one electron, with their own hits and 40 that two of them share.
  private func write(_ cards: [String] = [], overscan: Int? = nil, bias: Double = 797, from first: Int = 1)
    throws
  {
    let overscan = overscan ?? self.overscan
    var common = SeededRandom(seed: 9)
    let shared = (0..<40).map { _ in (5 + common.below(width - 10), 5 + common.below(height - 10)) }
    for k in first...3 {
      var random = SeededRandom(seed: UInt64(k))
      var pixels = [UInt16]()
      var light = [Double](repeating: 0, count: width * height)
      for y in 0..<height {
        for x in 0..<width {
          let (dx, dy) = (Double(x - 90), Double(y - 80))
          light[y * width + x] = 15 + 900 * exp(-(dx * dx + dy * dy) / 30)
        }
      }
      for i in light.indices { light[i] += random.normal() * light[i].squareRoot() }
      for _ in 0..<60 {
        light[(2 + random.below(height - 4)) * width + 2 + random.below(width - 4)] +=
          100 + 900 * random.uniform()
      }
      if k < 3 { for (x, y) in shared { light[y * width + x] += 60 + 400 * random.uniform() } }
      for y in 0..<height {
        for x in 0..<width + overscan {
          let value = bias + (x < width ? light[y * width + x] : 0) + 3 * random.normal()
          pixels.append(UInt16(max(0, min(65535, value.rounded()))))
        }
      }
      var file = TestFile()
      file.image(
        .uint16(Plane(width: width + overscan, height: height, pixels: pixels)), nil,
        ["GAIN = 1.0", "RDNOISE = 3.0"] + cards)
      try file.write("r\(k).fits", in: folder)
    }
  }

  /// Biases that one detector cannot have are told, whoever measures them.
  @Test func measuredBiasesThatDifferAreTold() throws {
    try write()
    let call = "s = load r1.fits r2.fits r3.fits; m = crmasks s bias=auto seed=1"
    #expect(!(try crs(call).errors.contains("hardly differ")))
    try write(bias: 850, from: 3)
    for text in [call, "s = load r1.fits r2.fits r3.fits bias=auto; m = crmasks s seed=1"] {
      let errors = try crs(text).errors
      #expect(errors.contains(/bias=auto measures 797[.0-9]*, 797[.0-9]*, 850[.0-9]* ADU/), "\(errors)")
      #expect(errors.contains("give the right one with bias="))
    }
    let lines = ["images: [r1.fits, r2.fits, r3.fits]", "gain: 1", "rnoise: 3", "bias: auto"]
    _ = try folder.write(lines.joined(separator: "\n") + "\n", "p.yaml")
    #expect(try crs("crmasks p.yaml").errors.contains("hardly differ"))
  }

  private let median = "; k = extract masks MEDIANCR; countflagged k"

  @Test func aForgottenBiasIsNamedAndAutoTakesIt() throws {
    try write(["DATASEC = '[1:220,1:160]'"])
    let call = "s = load r1.fits r2.fits r3.fits; masks = crmasks s seed=1"
    let (right, quiet) = try flagged(call + " bias=797" + median)
    #expect(quiet.errors.isEmpty, "\(quiet.errors)")
    #expect(quiet.output.contains("trim: only DATASEC [1:220, 1:160] is tested"), "\(quiet.output)")
    let (auto, told) = try flagged(call + " bias=auto" + median)
    #expect(abs(auto - right) <= 6 && right > 250, "\(auto), \(right)")
    #expect(
      told.output.contains("auto: overscan, columns 221 to 240") && told.errors.isEmpty,
      "\(told.output) \(told.errors)")
    let (careless, noted) = try flagged(call + median)
    #expect(careless < right)
    let notes = noted.errors.split(separator: "\n").filter { $0.contains("bias") }
    #expect(notes.count == 1 && notes[0].contains("a bias of about 797"), "\(noted.errors)")
    // The same from a file, with the mask set that the prompt makes.
    let loaded = try flagged(
      "s = load r1.fits r2.fits r3.fits bias=auto; masks = crmasks s seed=1" + median)
    #expect(loaded.0 == auto)
    for command in ["p, m = mmpvalue s", "f, t = fluxfactor s", "d = mmdiagram s seed=1", "o, t = offsets s"]
    {
      let ended = try crs("s = load r1.fits r2.fits r3.fits; \(command) bias=auto")
      #expect(ended.status == 0 && ended.output.contains("auto: overscan"), "\(command): \(ended.errors)")
    }
    // A bias that is left in brings factors near to 1.
    let factors = try crs("s = load r1.fits r2.fits r3.fits; f, t = fluxfactor s")
    let lines = factors.errors.split(separator: "\n").filter { $0.contains("counts as light") }
    #expect(lines.count == 1 && lines[0].contains("a bias of about 797"), "\(factors.errors)")
    #expect(
      try !crs("s = load r1.fits r2.fits r3.fits; f, t = fluxfactor s bias=797").errors.contains("bias"))
  }

  @Test func withoutOverscanTheNoiseTellsTheBias() throws {
    try write(overscan: 0)
    let call = "s = load r1.fits r2.fits r3.fits; masks = crmasks s seed=1"
    let (right, _) = try flagged(call + " bias=797" + median)
    let (auto, told) = try flagged(call + " bias=auto" + median)
    #expect(Double(auto) > 0.9 * Double(right), "\(auto), \(right)")
    #expect(told.output.contains("without photon noise"), "\(told.output)")
    let (_, noted) = try flagged(call + median)
    #expect(noted.errors.contains("a bias of about") && noted.errors.contains("bias="), "\(noted.errors)")
  }

  @Test func overscanIsTrimmedOrTold() throws {
    try write()
    let call = "s = load r1.fits r2.fits r3.fits; masks = crmasks s seed=1 bias=797"
    let (_, told) = try flagged(call + median)
    #expect(told.errors.contains("columns 221 to 240 look like overscan"), "\(told.errors)")
    try write(["TRIMSEC = '[1:220,1:160]'"])
    let saved = try crs(call + "; c = combine s masks=masks bias=797; save c c.fits; save masks m.fits")
    #expect(saved.status == 0 && saved.errors.isEmpty, "\(saved.errors)")
    let combined = try FITSReader.image(at: folder.file("c.fits")).pixels
    #expect(combined.width == 240 && combined.pixels.allSatisfy(\.isFinite))
    let all = try crs(call + " trim=no")
    #expect(
      all.status == 0 && !all.output.contains("trim: only") && all.errors.contains("trim=header"),
      "\(all.errors)")
  }

  @Test func parameterFilesTakeBiasAuto() throws {
    try write(["TRIMSEC = '[1:220,1:160]'"])
    let yaml = """
      images: [r1.fits, r2.fits, r3.fits]
      gain: 1.0
      rnoise: 3.0
      bias: BIAS
      requirements:
        crmethod: mm_lacosmic
        use_lamedian: False
        flux_factor: none
        apply_flux_factor_to: simulated
        interactive: False
        la_cleantype: meanmask
        la_fsmode: convolve
        la_psfmodel: gaussxy
        la_psffwhm_x: 2.5
        la_psffwhm_y: 2.5
        la_psfsize: 11
        mm_boundary_fit: spline
        mm_knots_splfit: 3
        mm_detector: pvalue
        mm_seed: 1
      """
    for (name, bias) in [("auto", "auto"), ("none", "0.0")] {
      _ = try folder.write(yaml.replacingOccurrences(of: "BIAS", with: bias), "\(name).yaml")
    }
    let auto = try Program.run(
      ["crmasks", "auto.yaml", "--output_dir", "a", "--figures", "no"], in: folder.url)
    #expect(auto.status == 0 && !auto.errors.contains("bias"), "\(auto.errors)")
    #expect(auto.output.contains("trim: only TRIMSEC"), "\(auto.output)")
    let combined = try FITSReader.image(at: folder.file("a/combined_mediancr.fits")).pixels
    #expect(combined.pixels.allSatisfy(\.isFinite) && abs(combined[230, 20]) < 20)
    let none = try Program.run(
      ["crmasks", "none.yaml", "--output_dir", "n", "--figures", "no"], in: folder.url)
    #expect(none.status == 0 && none.errors.contains("a bias of about 797"), "\(none.errors)")
  }

  @Test func wrongNoiseIsNamedWithItsSize() throws {
    try write(["DATASEC = '[1:220,1:160]'"])
    for rnoise in [2.0, 4.5] {
      let ended = try crs(
        "s = load r1.fits r2.fits r3.fits bias=797; masks = crmasks s seed=1 rnoise=\(rnoise)")
      #expect(
        ended.errors.contains("the overscan scatters by") && ended.errors.contains("rnoise="),
        "\(ended.errors)")
      let single = try crs("c, m = lacosmic r1.fits bias=797 rnoise=\(rnoise)")
      #expect(single.errors.contains("the overscan scatters by"), "\(single.errors)")
    }
  }

  @Test func aMissingNoiseIsSuggestedByTheOverscan() throws {
    try write(["DATASEC = '[1:220,1:160]'"])
    var file = TestFile()
    file.image(.float32(try FITSReader.image(at: folder.file("r1.fits")).pixels), nil, ["GAIN = 1.0"])
    try file.write("plain.fits", in: folder)
    let missing = try crs("c, m = lacosmic plain.fits")
    #expect(missing.status == 2 && missing.errors.contains("the overscan scatters by"), "\(missing.errors)")
  }

  @Test func lacosmicKnowsTheOverscan() throws {
    try write(["DATASEC = '[1:220,1:160]'"])
    let (right, _) = try flagged("c, m = lacosmic r1.fits bias=797; countflagged m")
    let (auto, told) = try flagged("c, m = lacosmic r1.fits bias=auto; countflagged m")
    #expect(
      abs(auto - right) <= 2 && told.output.contains("auto: overscan"), "\(auto), \(right): \(told.output)")
    let ended = try crs("c, m = lacosmic r1.fits")
    #expect(
      ended.errors.contains("a bias of about 797") && ended.errors.contains("bias=auto"), "\(ended.errors)")
    #expect(try crs("c, m = lacosmic r1.fits strict=yes").status == 1)
  }
}
