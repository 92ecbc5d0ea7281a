import TestSupport
import Testing

@testable import Files
@testable import Kernels
@testable import Pipeline

/// What a calculated image takes over, and that it is the same once it was saved and loaded.
@Suite struct DerivedTests: CalculatesImages {
  let folder: ScratchFolder
  init() throws { folder = try ScratchFolder() }

  private func image(
    _ cards: [String] = ["BUNIT = 'adu'", "GAIN = 2.0", "RDNOISE = 8.0", "SATURATE = 60000.0"]
  ) -> Image {
    var image = Image(pixels: Plane(width: 6, height: 4, repeating: 100), header: TestFile.header(cards))
    image.unit = image.cards.unit
    return image
  }

  /// The detector that is known, checked in memory and after saving and loading.
  private func check(
    _ image: Image, gain: Double?, noise: Double?, bias: Double? = nil, saturation: Double? = nil,
    time: Double? = nil,
    location: SourceLocation = #_sourceLocation
  ) throws {
    func close(_ a: Double?, _ b: Double?) -> Bool {
      guard let a, let b else { return a == nil && b == nil }
      return abs(a - b) <= 1e-9 * max(1, abs(b))
    }
    for (known, place) in [(image.knownDetector, "memory"), (try loaded(image).knownDetector, "file")] {
      let found = [
        known.gain?.value.uniform, known.readoutNoise?.value.uniform, known.bias?.value.uniform,
        known.saturation?.value, known.exposureTime?.value,
      ]
      #expect(
        zip(found, [gain, noise, bias, saturation, time]).allSatisfy { close($0, $1) }, "\(place): \(found)",
        sourceLocation: location)
    }
  }

  @Test func numbersScaleGainNoiseAndBias() throws {
    let x = image()
    try check(x, gain: 2, noise: 4, saturation: 60000)
    try check(calculated("*", .image(x), .integer(2)), gain: 1, noise: 8, saturation: 120_000)
    try check(calculated("*", .number(0.5), .image(x)), gain: 4, noise: 2, saturation: 30000)
    try check(calculated("/", .image(x), .integer(4)), gain: 8, noise: 1, saturation: 15000)
    // A bias of 0 that nobody gave stays; one that was given moves.
    try check(calculated("-", .image(x), .integer(10)), gain: 2, noise: 4, saturation: 59990)
    var given = x
    given.detector = DetectorFacts(gain: 1.5, readoutNoise: 3, bias: 500)
    try check(given, gain: 1.5, noise: 3, bias: 500, saturation: 60000)
    try check(calculated("-", .image(given), .integer(500)), gain: 1.5, noise: 3, bias: 0, saturation: 59500)
    try check(calculated("+", .integer(20), .image(given)), gain: 1.5, noise: 3, bias: 520, saturation: 60020)
    let both = try calculated("*", .image(calculated("-", .image(given), .integer(100))), .integer(3))
    try check(both, gain: 0.5, noise: 9, bias: 1200, saturation: 179_700)
  }

  @Test func cardsTellWhatHolds() throws {
    let doubled = try calculated("*", .image(image()), .integer(2))
    #expect(
      doubled.header.number("GAIN") == 1 && doubled.header.comment(of: "GAIN")?.contains("effective") == true)
    #expect(doubled.header.number("RDNOISE") == 8)
    // The cards of the primary header too, and those with other names.
    var inherited = image([])
    inherited.primaryHeader = TestFile.header([
      "EGAIN = 2.0", "GAIN = 120", "RDNOISE = 4.0 / [adu]", "BUNIT = 'adu'",
    ])
    inherited.unit = inherited.cards.unit
    try check(inherited, gain: 2, noise: 4)
    try check(calculated("*", .image(inherited), .integer(2)), gain: 1, noise: 8)
    let gone = try calculated("-", .image(inherited), .image(inherited))
    #expect(
      gone.primaryHeader?["EGAIN"] == nil && gone.primaryHeader?["GAIN"] == nil
        && gone.header["RDNOISE"] == nil)
    // Units of electrons and rates.
    let electrons = image(["BUNIT = 'electron'", "GAIN = 2.0", "RDNOISE = 8.0"])
    try check(electrons, gain: 1, noise: 8)
    try check(calculated("*", .image(electrons), .integer(2)), gain: 0.5, noise: 16)
    let rate = image(["BUNIT = 'DN/s'", "GAIN = 2.0", "RDNOISE = 8.0", "EXPTIME = 100.0"])
    try check(rate, gain: 200, noise: 0.04, time: 100)
    try check(calculated("/", .image(rate), .integer(2)), gain: 400, noise: 0.02, time: 100)
  }

  @Test func whatNoLongerHoldsIsNotKnownAndSaysWhy() throws {
    let x = image()
    for (result, words) in [
      (try calculated("-", .image(x), .image(x)), "a difference of two images"),
      (try calculated("+", .image(x), .image(x)), "a sum of two images"),
      (try calculated("/", .image(x), .image(x)), "a quotient of two images"),
      (try calculated("**", .image(x), .integer(2)), "a power of an image"),
      (try calculated("-", .integer(5), .image(x)), "a difference of an image"),
      (try calculated("*", .image(x), .integer(-1)), "not above 0"),
    ] {
      try check(result, gain: nil, noise: nil)
      let error = crsError { _ = try DetectorLookup(image: result, gain: nil, readoutNoise: nil) }
      #expect(
        error?.parameter == "gain" && error?.message.contains(words) == true,
        "\(error?.description ?? "none")")
      #expect(try DetectorLookup(image: result, gain: 1, readoutNoise: 2).detector.gain == .constant(1))
    }
  }

  @Test func errorsPropagateAndMasksJoin() throws {
    var (a, b) = (image(), image())
    a.pixels = Plane(width: 6, height: 4, repeating: 8)
    b.pixels = Plane(width: 6, height: 4, repeating: 2)
    a.uncertainty = Uncertainty(
      kind: .variance, values: Plane(width: 6, height: 4, repeating: 9), name: "VAR")
    b.uncertainty = Uncertainty(kind: .standardDeviation, values: Plane(width: 6, height: 4, repeating: 4))
    a.mask = Mask(shape: a.shape)
    a.mask?.plane.pixels[3] = 1
    b.mask = Mask(shape: b.shape)
    b.mask?.plane.pixels[7] = 1
    func deviation(_ symbol: String, _ a: Value, _ b: Value) throws -> Double {
      let result = try calculated(symbol, a, b)
      #expect(result.uncertainty?.kind == .variance && result.uncertainty?.name == "VAR")
      return Double(result.uncertainty?.deviation.pixels[0] ?? -1)
    }
    #expect(try abs(deviation("+", .image(a), .image(b)) - 5) < 1e-6)
    #expect(try abs(deviation("-", .image(a), .image(b)) - 5) < 1e-6)
    #expect(try abs(deviation("*", .image(a), .image(b)) - (36 + 1024).squareRoot()) < 1e-5)
    #expect(try abs(deviation("/", .image(a), .image(b)) - (9.0 / 4 + 64.0 * 16 / 16).squareRoot()) < 1e-5)
    #expect(try abs(deviation("-", .image(a), .integer(3)) - 3) < 1e-6)
    #expect(try abs(deviation("*", .image(a), .integer(-2)) - 6) < 1e-6)
    #expect(try abs(deviation("/", .integer(16), .image(a)) - 0.75) < 1e-6)
    #expect(try abs(deviation("**", .image(a), .integer(2)) - 48) < 1e-5)
    let sum = try calculated("+", .image(a), .image(b))
    #expect(sum.mask?.plane.pixels[3] == 1 && sum.mask?.plane.pixels[7] == 1 && sum.mask?.flagged == 2)
    // An unknown error stays unknown.
    a.uncertainty?.values.pixels[0] = 0
    #expect(try calculated("+", .image(a), .image(b)).uncertainty?.deviation.pixels[0].isNaN == true)
    let again = try loaded(sum)
    #expect(again.uncertainty == nil ? false : again.uncertainty?.deviation == sum.uncertainty?.deviation)
    #expect(again.mask == sum.mask)
  }

  @Test func otherHDUsOfACalculatedImageAreTold() throws {
    var x = image()
    x.primaryHeader = TestFile.header(["INSTRUME = 'CAM'"])
    x.origin = ImageOrigin(file: "mef.fits", hdu: 1, name: "SCI")
    x.uncertainty = Uncertainty(
      kind: .standardDeviation, values: Plane(width: 6, height: 4, repeating: 1), name: "ERR")
    x.others = [
      .plane(
        ExtraPlane(
          name: "ERR", pixels: .float32(Plane(width: 6, height: 4, repeating: 1)), uncertainty: x.uncertainty)
      ),
      .plane(
        ExtraPlane(
          name: "DQ", pixels: .int16(Plane(width: 6, height: 4, repeating: 1)), mask: Mask(shape: x.shape))),
      .plane(ExtraPlane(name: "SKY", pixels: .int16(Plane(width: 6, height: 4, repeating: 1)))),
    ]
    let notes = Lines()
    var work = Work()
    work.remark = { notes.add($0) }
    let stack = try Stack(exposures: [x, x, x])
    _ = try ValueArithmetic.binary("-", .stack(stack), .integer(5), work: work)
    #expect(notes.all == ["DQ (but its mask), SKY of mef.fits are left out of the result"])
    let result = try calculated("-", .image(x), .integer(5))
    #expect(
      result.primaryHeader?.text("INSTRUME") == "CAM" && result.others.isEmpty && result.uncertainty != nil)
  }

  @Test func combinationsHaveTheNoiseOfTheirPixels() throws {
    func exposure(_ number: Int, _ cards: [String] = []) -> Image {
      var image = image(
        [
          "BUNIT = 'adu'", "GAIN = 2.0", "RDNOISE = 8.0", "EXPTIME = \(100 * number).0",
          "EXPSTART = \(60000 - number).5",
          "EXPEND = \(60000 - number).6", "DATE-OBS = '2024-01-0\(4 - number)T00:00:00'",
        ] + cards)
      image.origin = ImageOrigin(file: "dir/e\(number).fits", hdu: 0, name: "")
      return image
    }
    let stack = try Stack(exposures: (1...3).map { exposure($0) })
    let pixels = stack.exposures[0].pixels
    let mean = stack.combined(pixels, by: Combination(.mean, of: stack))
    try check(mean, gain: 6, noise: 4 / 3.0.squareRoot(), time: 200)
    #expect(abs((mean.header.number("RDNOISE") ?? 0) - 8 * 3.0.squareRoot()) < 1e-9)
    #expect(mean.header.integer("NCOMBINE") == 3 && mean.header.number("TOTEXP") == 600)
    #expect(mean.header.text("DATE-OBS") == "2024-01-01T00:00:00")
    #expect(mean.header.number("EXPSTART") == 59997.5 && mean.header.number("EXPEND") == 59999.6)
    #expect(mean.header.history.contains("- e2.fits"))
    let median = stack.combined(pixels, by: Combination(.median, of: stack))
    try check(median, gain: 6 / 1.35, noise: 4 * (1.35 / 3).squareRoot(), time: 200)
    // Scaled exposures: the noise of each is divided by its factor; the time is that of the reference.
    let scaled = stack.combined(pixels, by: Combination(.mean, of: stack, factors: [0.5, 1, 1.5]))
    let inverse = 1 / (2 * 0.5) + 1 / 2.0 + 1 / (2 * 1.5)
    try check(scaled, gain: 9 / inverse, noise: (64 + 16 + 64 / 9.0).squareRoot() / 3, time: 200)
    let least = stack.combined(pixels, by: Combination(.other("the smallest of several values"), of: stack))
    #expect(least.knownDetector.gain == nil && least.header["GAIN"] == nil)
    // Combinations of combinations count all exposures.
    let twice = try Stack(exposures: [mean, mean])
    let both = twice.combined(pixels, by: Combination(.mean, of: twice)).header
    #expect(both.integer("NCOMBINE") == 6 && both.number("TOTEXP") == 1200 && both.number("EXPTIME") == 200)
    // Rates: the same gain and the sum of the times.
    let rates = try Stack(
      exposures: (1...3).map { _ in
        var rate = image(["BUNIT = 'adu/s'", "GAIN = 2.0", "RDNOISE = 8.0", "EXPTIME = 100.0"])
        rate.unit = rate.cards.unit
        return rate
      })
    let rate = rates.combined(pixels, by: Combination(.mean, of: rates))
    #expect(rate.header.number("GAIN") == 2 && rate.header.number("EXPTIME") == 300)
    try check(rate, gain: 600, noise: 0.04 / 3.0.squareRoot(), time: 300)
  }

  @Test func electronsFollowTheGain() throws {
    var x = image(["BUNIT = 'adu'", "GAIN = 2.0", "RDNOISE = 8.0", "SATURATE = 60000.0"])
    x.detector.bias = Known(.constant(10), .value)
    for (kind, value) in [
      (Uncertainty.Kind.standardDeviation, Float(8)), (.variance, 16), (.inverseVariance, 1),
    ] {
      var y = x
      y.uncertainty = Uncertainty(kind: kind, values: Plane(width: 6, height: 4, repeating: 4))
      y.convertToElectrons(gain: .constant(2))
      #expect(y.pixels.pixels[0] == 200 && y.unit == .electron && y.uncertainty?.values.pixels[0] == value)
      try check(y, gain: 1, noise: 8, bias: 20, saturation: 120_000)
      #expect(try loaded(y).header.text("BUNIT") == "electron" && loaded(y).header.number("GAIN") == 1)
    }
  }

  /// Errors that single precision does not hold keep their numbers.
  @Test(arguments: [Uncertainty.Kind.standardDeviation, .variance, .inverseVariance], [1e-25, 1e30])
  func errorsOfTinyAndHugeUnits(kind: Uncertainty.Kind, factor: Double) {
    let errors = Uncertainty(kind: kind, values: Plane(width: 3, height: 2, repeating: 4))
    let scaled = errors.scaled(by: factor)
    let truth = Uncertainty.Kind.standardDeviation.convert(
      kind.convert(4, to: .standardDeviation) * factor, to: kind)
    #expect(abs(scaled.number(5) / truth - 1) < 1e-6, "\(scaled.number(5)) \(truth)")
    #expect(abs(scaled.scaled(by: 1 / factor).number(0) / 4 - 1) < 1e-6)
  }
}
