import Testing

@testable import Kernels

/// Unusual images and wrong parameters.
@Suite struct LACosmicEdgeTests {
  @Test(arguments: [(1, 1), (2, 2), (1, 50), (3, 7), (6, 6), (9, 5)], LACosmicPropertyTests.modes.indices)
  func smallImagesGiveTheTrivialAnswer(size: (Int, Int), mode: Int) throws {
    var image = Plane<Float>(width: size.0, height: size.1, repeating: 10)
    image.pixels[image.count / 2] = 11
    var parameters = LACosmicPropertyTests.modes[mode]
    if parameters.fineStructure == .convolve { parameters.psf = .model(PSFModel(.gauss, size: 1)) }
    let result = try LACosmic.run(image, parameters: parameters, work: Work())
    #expect(result.mask.flagged == 0)
    #expect(result.clean == image)
  }

  @Test func allMaskedOrSaturatedFindsNothing() throws {
    let image = LACosmicPropertyTests.scene()
    let all = Mask(plane: image.map { _ in 1 })
    let masked = try LACosmic.run(image, parameters: LACosmicParameters(), inmask: all, work: Work())
    #expect(masked.mask.flagged == 0 && masked.clean == image)
    let full = image.map { $0 + 90000 }
    let saturated = try LACosmic.run(full, parameters: LACosmicParameters(), keepsBad: true, work: Work())
    #expect(saturated.mask.flagged == 0 && saturated.clean == full)
    #expect((saturated.bad?.flagged ?? 0) > image.count / 2)
  }

  @Test func noIterationsFindNothing() throws {
    let image = LACosmicPropertyTests.scene()
    let result = try LACosmic.run(image, parameters: LACosmicParameters(niter: 0), work: Work())
    #expect(result.mask.flagged == 0 && result.perIteration.isEmpty)
    #expect(result.verboseLines == ["Starting 0 L.A.Cosmic iterations"])
  }

  @Test func notANumberIsNeverFlaggedAndNeverSpreads() throws {
    var image = Plane<Float>(width: 60, height: 50, repeating: 100)
    var random = SplitMix64(state: 3)
    for index in 0..<image.count { image.pixels[index] += Float(8 * random.normal()) }
    image[30, 20] = .nan
    image[10, 10] = .infinity
    image[0, 0] = -.infinity
    image[40, 40] = 5000
    let result = try LACosmic.run(image, parameters: LACosmicParameters(), work: Work())
    #expect(result.nonFinite == 3)
    #expect(result.clean[30, 20].isNaN && result.clean[10, 10] == .infinity)
    #expect(!result.mask[30, 20] && !result.mask[10, 10] && result.mask[40, 40])
    #expect(result.clean.pixels.filter { !$0.isFinite }.count == 3)
    let nothing = image.map { _ in Float.nan }
    #expect(try LACosmic.run(nothing, parameters: LACosmicParameters(), work: Work()).mask.flagged == 0)
  }

  @Test func notANumberInBackgroundAndVarianceIsMasked() throws {
    let image = LACosmicPropertyTests.scene()
    var background = image.map { _ in Float(90) }
    var variance = image.map { max(25, $0) }
    background[50, 50] = .nan
    variance[60, 60] = .infinity
    let result = try LACosmic.run(
      image, parameters: LACosmicParameters(), background: background, variance: variance, keepsBad: true,
      work: Work())
    #expect(result.bad?[50, 50] == true && result.bad?[60, 60] == true && result.bad?.flagged == 18)
    let allFinite = result.clean.pixels.allSatisfy { $0.isFinite }
    #expect(allFinite)
  }

  @Test func paddingFindsWhatTheFrameHides() throws {
    var image = Plane<Float>(width: 60, height: 50, repeating: 100)
    image[30, 1] = 3000
    image[0, 25] = 2000
    var parameters = LACosmicParameters()
    #expect(try LACosmic.run(image, parameters: parameters, work: Work()).mask.flagged == 0)
    parameters.padWidth = 10
    let result = try LACosmic.run(image, parameters: parameters, work: Work())
    #expect(result.mask[30, 1] && result.mask[0, 25])
    #expect(result.clean[30, 1] == 100 && result.clean.shape == image.shape)
  }

  @Test func doublesAreMultipliedBeforeTheyAreRounded() throws {
    let pixels: [Double] = (0..<400).map { 16_777_216.5 + Double($0 % 7) }
    let image = Plane<Float>(width: 20, height: 20, pixels: pixels.map { Float($0) })
    let parameters = LACosmicParameters(gain: 1.7, satlevel: 1e9)
    let result = try LACosmic.run(image, parameters: parameters, exactPixels: pixels, work: Work())
    #expect(result.clean == image)
  }

  /// A22: a spectrum of one row has no pixel that is judged, whatever the kernel.
  @Test func narrowImagesHaveNothingToJudge() throws {
    let parameters = LACosmicParameters(fineStructure: .convolve, psf: .model(PSFModel(size: 11)))
    let error = #expect(throws: CRSError.self) {
      try LACosmic.run(Plane(width: 300, height: 1, repeating: 1), parameters: parameters, work: Work())
    }
    #expect(error?.parameter == "image" && error?.message.contains("no pixel can be tested") == true)
    // Wider ones are told which kernel fits.
    let other = #expect(throws: CRSError.self) {
      try LACosmic.run(Plane(width: 300, height: 8, repeating: 1), parameters: parameters, work: Work())
    }
    #expect(other?.parameter == "psfsize" && other?.hint?.contains("psfsize=7") == true)
    for height in 1...9 {
      var narrow = Plane<Float>(width: 40, height: height, repeating: 100)
      narrow[20, height / 2] = 5000
      for sepmed in [true, false] {
        let median = LACosmicParameters(sepmed: sepmed)
        let found = try LACosmic.run(narrow, parameters: median, work: Work())
        #expect((found.mask.flagged > 0) == median.canJudge(narrow.shape), "\(height) rows, sepmed \(sepmed)")
      }
    }
  }

  @Test func wrongParametersAreErrors() {
    let image = Plane<Float>(width: 20, height: 20, repeating: 1)
    func convolving(_ psf: PSF) -> LACosmicParameters {
      LACosmicParameters(fineStructure: .convolve, psf: psf)
    }
    let cases: [(LACosmicParameters, String)] = [
      (convolving(.model(PSFModel(size: 6))), "psfsize"), (convolving(.model(PSFModel(size: 31))), "psfsize"),
      (convolving(.model(PSFModel(fwhmX: 0))), "psffwhm_x"),
      (convolving(.kernel(Plane(width: 4, height: 3, repeating: 1))), "psfk"),
      (convolving(.kernel(Plane(width: 3, height: 3, repeating: .nan))), "psfk"),
      (LACosmicParameters(gain: -1), "gain"), (LACosmicParameters(gain: .nan), "gain"),
      (LACosmicParameters(readNoise: -1), "readnoise"), (LACosmicParameters(sigclip: 0), "sigclip"),
      (LACosmicParameters(satlevel: -5), "satlevel"), (LACosmicParameters(niter: -1), "niter"),
      (LACosmicParameters(padWidth: 20), "padwidth"),
    ]
    for (parameters, name) in cases {
      let error = #expect(throws: CRSError.self) {
        try LACosmic.run(image, parameters: parameters, work: Work())
      }
      #expect(error?.parameter == name)
    }
    let other = Plane<Float>(width: 20, height: 19, repeating: 1)
    let error = #expect(throws: CRSError.self) {
      try LACosmic.run(image, parameters: LACosmicParameters(), background: other, work: Work())
    }
    #expect(error?.parameter == "inbkg")
  }

  @Test func canBeInterrupted() {
    let work = Work()
    work.cancellation.raise()
    #expect(throws: CRSError.interrupted) {
      try LACosmic.run(LACosmicPropertyTests.scene(), parameters: LACosmicParameters(), work: work)
    }
  }
}
