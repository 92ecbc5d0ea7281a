import Testing

@testable import Files
@testable import Kernels
@testable import Pipeline

/// Causes of unexpected noise: each is named where it is the cause, and none that the header excludes.
@Suite struct NoiseDiagnosisTests {
  private let gain = 2.0
  private let readNoise = 8.0

  /// Sky of 400 electrons with photon and readout noise, in ADU.
  private func frame(gain: Double = 2, sky: Double = 400, readNoise: Double = 8, seed: UInt64 = 1) -> Plane<
    Float
  > {
    var random = SplitMix64(state: seed)
    return Plane(
      width: 160, height: 140,
      pixels: (0..<160 * 140).map { _ in
        Float((sky + (sky + readNoise * readNoise).squareRoot() * random.normal()) / gain)
      })
  }

  private func diagnosis(
    _ pixels: Plane<Float>, gain: Double? = nil, readNoise: Double? = nil,
    _ change: (inout NoiseEvidence) -> Void = { _ in }
  ) throws -> NoiseDiagnosis {
    var evidence = NoiseEvidence()
    change(&evidence)
    let check = try NoiseCheck(
      pixels,
      parameters: LACosmicParameters(gain: gain ?? self.gain, readNoise: readNoise ?? self.readNoise),
      work: Work())
    return NoiseDiagnosis(check, evidence)
  }

  private func text(_ diagnosis: NoiseDiagnosis) -> String {
    diagnosis.warnings(takesSubtracted: true).joined(separator: " | ")
  }

  @Test func rightNumbersSayNothing() throws {
    let found = try diagnosis(frame()) {
      $0.frames = (9, "NCOMBINE"); $0.seconds = 300; $0.reads = (16, "NDR")
    }
    #expect(found.isConsistent && text(found) == "")
  }

  @Test func aBiasIsNamedWithItsLevel() throws {
    let pixels = frame(sky: 20).map { $0 + 797 }
    let found = try diagnosis(pixels) {
      $0.isWhole = true; $0.seconds = 40
    }
    guard case .bias(let level)? = found.causes.first else {
      Issue.record("\(found.causes)")
      return
    }
    #expect(abs(level - 797) < 12)
    #expect(text(found).contains("only 0.") && text(found).contains("bias="))
    // A header that says that it is gone excludes it, as electrons and rates do.
    for change in [
      { (e: inout NoiseEvidence) in e.biasIsGone = "OVERSCAN" }, { $0.unit = .electrons },
      { $0.isRate = true },
    ] {
      let other = try diagnosis(pixels, change)
      #expect(!other.isConsistent)
      #expect(!other.causes.contains { if case .bias = $0 { true } else { false } }, "\(other.causes)")
    }
  }

  @Test func ratesAreNamed() throws {
    let pixels = frame().map { $0 / 100 }
    let found = try diagnosis(pixels) { $0.seconds = 100 }
    #expect(found.causes.contains(.rate(seconds: 100)))
    #expect(text(found).contains("gain=200 rnoise=0.04"))
    #expect(
      try !diagnosis(pixels) {
        $0.seconds = 100; $0.isRate = true
      }.causes.contains(.rate(seconds: 100)))
    #expect(try !diagnosis(pixels).causes.contains { if case .rate = $0 { true } else { false } })
    guard case .scaled(let factor, _)? = try diagnosis(pixels) { $0.biasIsGone = "BIASCOR" }.causes.first
    else {
      Issue.record("scaled data are not named")
      return
    }
    #expect((0.008...0.012).contains(factor))
  }

  @Test func meansOfFramesAreToldNotApplied() throws {
    var sum = Plane<Float>(width: 160, height: 140, repeating: 0)
    for seed in 1...9 as ClosedRange<UInt64> {
      let one = frame(seed: seed)
      for i in 0..<sum.count { sum.pixels[i] += one.pixels[i] }
    }
    let mean = sum.map { $0 / 9 }
    let found = try diagnosis(mean) { $0.frames = (9, "NCOMBINE") }
    #expect(found.causes == [.averaged(frames: 9, card: "NCOMBINE")])
    #expect(text(found).contains("NCOMBINE says") && text(found).contains("gain=18 rnoise=1.33"))
    // Nine more frames than the noise shows.
    #expect(
      try !diagnosis(mean) { $0.frames = (81, "NCOMBINE") }.causes.contains(
        .averaged(frames: 81, card: "NCOMBINE")))
    // Two frames change the noise by less than anything else would be told for.
    var two = frame(seed: 1)
    let other = frame(seed: 2)
    for i in 0..<two.count { two.pixels[i] = (two.pixels[i] + other.pixels[i]) / 2 }
    #expect(try diagnosis(two).isConsistent)
    #expect(
      try diagnosis(two) { $0.frames = (2, "NCOMBINE") }.causes == [.averaged(frames: 2, card: "NCOMBINE")])
    // A sum is noisier than one frame of its level.
    let dark = try diagnosis(
      frame(sky: 40, readNoise: 24), gain: 2, readNoise: 8
    ) { $0.frames = (9, "NCOMBINE") }
    #expect(dark.causes == [.summed(frames: 9, card: "NCOMBINE")])
  }

  /// A sky from 100 to 1500 electrons, so that noise at several levels is seen.
  private func slope(frames: Int, bias: Double = 0) -> Plane<Float> {
    var random = SplitMix64(state: 11)
    let (gain, readNoise) = (gain, readNoise)
    return Plane(
      width: 280, height: 140,
      pixels: (0..<280 * 140).map { i in
        let sky = 100 + 5 * Double(i % 280)
        let noise = ((sky + readNoise * readNoise) / Double(frames)).squareRoot() * random.normal()
        return Float(((sky + noise) / gain + bias).rounded())
      })
  }

  /// Whole numbers do not make a mean of frames one frame with a bias, where noise at several levels says otherwise.
  @Test func meansWithoutACardAreNoBias() throws {
    let mean = try diagnosis(slope(frames: 9)) { $0.isWhole = true }
    guard case .scaled(_, let frames)? = mean.causes.first, mean.causes.count == 1 else {
      Issue.record("\(mean.causes)")
      return
    }
    #expect((7...13).contains(frames))
    #expect(
      text(mean).contains("the mean of about") && text(mean).contains("frames (gain=")
        && !text(mean).contains("bias"))
    let said = try diagnosis(slope(frames: 9)) { ($0.isWhole, $0.frames) = (true, (9, "NCOMBINE")) }
    #expect(said.causes == [.averaged(frames: 9, card: "NCOMBINE")])
    let biased = try diagnosis(slope(frames: 1, bias: 3000)) { $0.isWhole = true }
    guard case .bias(let level)? = biased.causes.first else {
      Issue.record("\(biased.causes)")
      return
    }
    #expect(abs(level - 3000) < 60)
    // A bias together with a readout noise that is taken for too large.
    let raw = frame(sky: 5, readNoise: 4).map { ($0 + 900).rounded() }
    let both = try diagnosis(raw, readNoise: 8) { $0.isWhole = true }
    guard case .biasAndReadout(let most, let noise)? = both.causes.first else {
      Issue.record("\(both.causes)")
      return
    }
    #expect(abs(most - 902) < 5 && noise > 1.5 && noise < 3 && !text(both).contains("frames"))
  }

  @Test func severalReadsAreTold() throws {
    let found = try diagnosis(frame(sky: 20, readNoise: 3), gain: 2, readNoise: 12) { $0.reads = (16, "NDR") }
    #expect(found.causes == [.reads(16, card: "NDR")])
    #expect(text(found).contains("rnoise=1.5"))
  }

  @Test func electronsTakenForADUAreNamed() throws {
    let electrons = frame(gain: 1)
    for wrong in [3.0, 0.3] {
      let found = try diagnosis(electrons, gain: wrong, readNoise: 8)
      #expect(found.causes.contains(.electrons), "\(wrong): \(found.causes)")
      #expect(text(found).contains("gain=1 rnoise=8"))
      let said = try diagnosis(electrons, gain: wrong, readNoise: 8) { $0.unit = .counts }
      #expect(!said.isConsistent && !said.causes.contains(.electrons))
    }
  }

  @Test func invertedGainsAreNamed() throws {
    for gain in [0.4, 2.5] {
      let found = try diagnosis(frame(gain: gain), gain: 1 / gain)
      guard case .gainInverted(let better)? = found.causes.first else {
        Issue.record("\(gain): \(found.causes)")
        continue
      }
      #expect(abs(better - gain) < 1e-9)
    }
  }

  @Test func cameraSettingsAreNamed() throws {
    let found = try diagnosis(frame(), gain: 120) {
      $0.gainCard = "GAIN"; $0.unit = .counts
    }
    #expect(found.causes == [.cameraSetting(card: "GAIN")])
    #expect(text(found).contains("GAIN 120 looks like a setting of the camera"))
    #expect(text(found).contains("a gain near 2"))
  }

  @Test func subtractedSkiesAreNamed() throws {
    let found = try diagnosis(frame().map { $0 - 200 })
    guard case .skySubtracted(let sky)? = found.causes.first else {
      Issue.record("\(found.causes)")
      return
    }
    #expect((150...240).contains(sky))
    #expect(text(found).contains("subtracted=") && !text(found).contains("inbkg"))
    #expect(found.causes.count == 1)
  }

  @Test func smoothedImagesAreNamed() throws {
    var smooth = frame()
    let image = smooth
    for i in 161..<image.count {
      smooth.pixels[i] =
        (image.pixels[i] + image.pixels[i - 1] + image.pixels[i - 160] + image.pixels[i - 161]) / 4
    }
    guard case .smoothed? = try diagnosis(smooth).causes.first else {
      Issue.record("\(try diagnosis(smooth).causes)")
      return
    }
  }

  /// A colour mosaic is no subtracted sky, whatever its neighbours say.
  @Test func mosaicsAreNoSubtractedSky() throws {
    var mosaic = frame(gain: 1)
    for y in 0..<140 {
      for x in 0..<160 where (x + y) % 2 == 0 { mosaic[x, y] *= 3 }
    }
    #expect(try diagnosis(mosaic, gain: 1).causes == [.alternating])
  }

  @Test func cardsOfReadsAndCoaddsAreRead() {
    func evidence(_ keyword: String, _ number: Int, _ comment: String? = nil) -> NoiseEvidence {
      var image = Image(pixels: Plane(width: 4, height: 4, repeating: 1))
      image.header.set(keyword, .integer(number), comment: comment)
      return NoiseEvidence(image)
    }
    for keyword in ["NDR", "NDRS", "NREADS", "NSAMP", "FOWLER"] {
      let found = evidence(keyword, 16)
      #expect(found.reads?.count == 16 && found.reads?.card == keyword)
    }
    #expect(evidence("READS", 8, "number of non-destructive reads").reads?.card == "READS")
    #expect(evidence("READS", 8, "something else").reads == nil && evidence("NDR", 1).reads == nil)
    #expect(evidence("COADDS", 5).frames?.count == 5)
  }

  @Test func headersAreRead() throws {
    var header = Header()
    header.set("BUNIT", .text("adu"))
    header.set("NCOMBINE", .integer(5))
    header.set("EXPTIME", .real(30))
    header.set("BAYERPAT", .text("RGGB"))
    header.addHistory("Bias frame subtracted by ccdproc")
    let image = Image(pixels: frame(), header: header, storedType: .uint16)
    let evidence = NoiseEvidence(image, gainCard: "GAIN")
    #expect(evidence.frames?.count == 5 && evidence.seconds == 30 && evidence.isWhole)
    #expect(
      evidence.unit == .counts && evidence.biasIsGone == "HISTORY" && evidence.mosaic == "BAYERPAT = RGGB")
    let bare = NoiseEvidence(Image(pixels: frame()))
    #expect(bare.unit == .unknown && bare.frames == nil && bare.biasIsGone == nil && bare.mosaic == nil)
  }
}
