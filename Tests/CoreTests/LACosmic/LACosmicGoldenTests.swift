import Foundation
import Testing

@testable import Core

/// Masks and cleaned images of astroscrappy 1.3.0. Runs where the golden data are.
@Suite struct LACosmicGoldenTests {
  static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../../shared/golden/lacosmic").standardized
  static let isPresent = FileManager.default.fileExists(atPath: golden.path)

  static func cases() -> [[String: Any]] {
    guard let data = try? Data(contentsOf: golden.appendingPathComponent("manifest.json")),
      let manifest = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    else { return [] }
    return (manifest["cases"] as? [[String: Any]] ?? []).filter {
      $0["function"] as? String == "detect_cosmics"
    }
  }

  static let names = cases().compactMap { $0["name"] as? String }

  @Test(.enabled(if: isPresent), arguments: names)
  func sameAsTheReference(name: String) throws {
    let one = try #require(Self.cases().first { $0["name"] as? String == name })
    let inputs = try #require(one["inputs"] as? [String: Any])
    func file(_ key: String) -> String? {
      (inputs[key] as? String).map { Self.golden.appendingPathComponent($0).path }
    }
    let given = try #require(one["parameters"] as? [String: Any])
    func number(_ key: String) -> Double? { (given[key] as? NSNumber)?.doubleValue }
    var parameters = LACosmicParameters()
    parameters.sigclip = number("sigclip") ?? 4.5
    parameters.sigfrac = number("sigfrac") ?? 0.3
    parameters.objlim = number("objlim") ?? 5
    parameters.gain = number("gain") ?? 1
    parameters.readNoise = number("readnoise") ?? 6.5
    parameters.satlevel = number("satlevel") ?? 65536
    parameters.niter = Int(number("niter") ?? 4)
    parameters.sepmed = given["sepmed"] as? Bool ?? true
    parameters.cleanType = try #require(.init(rawValue: given["cleantype"] as? String ?? "meanmask"))
    parameters.fineStructure = try #require(.init(rawValue: given["fsmode"] as? String ?? "median"))
    var model = PSFModel()
    let profile = given["psfmodel"] as? String ?? "gauss"
    model.profile = try #require(.init(rawValue: profile))
    model.fwhmX = number("psffwhm_x") ?? number("psffwhm") ?? 2.5
    model.fwhmY = number("psffwhm_y") ?? number("psffwhm") ?? 2.5
    model.size = Int(number("psfsize") ?? 7)
    model.beta = number("psfbeta") ?? 4.765
    parameters.psf = .model(model)
    if let kernel = file("psfk") { parameters.psf = .kernel(try FITSReader.image(at: kernel).pixels) }
    let image = try FITSReader.image(at: try #require(file("data")))
    var exact: [Double]?
    if image.storedType.isInteger { exact = image.pixels.pixels.map(Double.init) }
    let result = try LACosmic.run(
      image.pixels, parameters: parameters, exactPixels: exact,
      inmask: try file("inmask").map { try FITSReader.mask(at: $0) },
      background: try file("inbkg").map { try FITSReader.image(at: $0).pixels },
      variance: try file("invar").map { try FITSReader.image(at: $0).pixels }, keepsBad: true, work: Work())
    let outputs = try #require(one["outputs"] as? [String: Any])
    let expected = Self.golden.appendingPathComponent(try #require(outputs["file"] as? String)).path
    let mask = try FITSReader.mask(at: expected, hdu: .name("MASK"))
    let clean = try FITSReader.image(at: expected, hdu: .name("CLEAN")).pixels
    #expect(result.mask == mask, "\(result.mask.flagged) pixels, expected \(mask.flagged)")
    #expect(result.bad == (try FITSReader.mask(at: expected, hdu: .name("BADMASK"))))
    if let lines = one["verbose_lines"] as? [String], !lines.isEmpty { #expect(result.verboseLines == lines) }
    var worst: Float = 0
    for i in 0..<clean.count {
      worst = max(worst, abs(result.clean.pixels[i] - clean.pixels[i]) / max(1, abs(clean.pixels[i])))
    }
    #expect(worst < 1e-5, "cleaned values differ by \(worst)")
  }

  @Test func sameForAnyNumberOfThreads() throws {
    var simulation = ExposureSimulation()
    simulation.density = 2e-3
    let exposure = try simulation.run(work: Work()).exposures[0]
    var parameters = LACosmicParameters(readNoise: 3.4, fineStructure: .convolve)
    parameters.psf = .model(PSFModel(profile: .gaussxy, size: 11))
    let results = try [1, 2, 7].map {
      try LACosmic.run(exposure, parameters: parameters, work: Work(threads: $0))
    }
    #expect(results[0].mask.flagged > 100)
    for result in results.dropFirst() {
      #expect(result.mask == results[0].mask)
      #expect(result.clean == results[0].clean)
    }
  }

  @Test(arguments: [(1, 1), (2, 2), (3, 7), (6, 6), (9, 5)])
  func smallImagesGiveTheTrivialAnswer(width: Int, height: Int) throws {
    let image = Plane<Float>(width: width, height: height, repeating: 10)
    let result = try LACosmic.run(image, parameters: LACosmicParameters(), work: Work())
    #expect(result.mask.flagged == 0)
    #expect(result.clean == image)
  }

  @Test func notANumberIsNeverFlaggedAndNeverSpreads() throws {
    var image = Plane<Float>(width: 60, height: 50, repeating: 100)
    var random = SplitMix64(state: 3)
    for i in 0..<image.count { image.pixels[i] += Float(8 * random.normal()) }
    image[30, 20] = .nan
    image[10, 10] = .infinity
    image[40, 40] = 5000
    let result = try LACosmic.run(image, parameters: LACosmicParameters(), work: Work())
    #expect(result.nonFinite == 2)
    #expect(result.clean[30, 20].isNaN && result.clean[10, 10] == .infinity)
    #expect(!result.mask[30, 20] && !result.mask[10, 10] && result.mask[40, 40])
    #expect(result.clean.pixels.filter { !$0.isFinite }.count == 2)
  }

  @Test func paddingFindsWhatTheFrameHides() throws {
    var image = Plane<Float>(width: 60, height: 50, repeating: 100)
    image[30, 1] = 3000
    var parameters = LACosmicParameters()
    #expect(try LACosmic.run(image, parameters: parameters, work: Work()).mask.flagged == 0)
    parameters.padWidth = 10
    #expect(try LACosmic.run(image, parameters: parameters, work: Work()).mask[30, 1])
  }

  @Test func badParametersAreErrors() {
    let image = Plane<Float>(width: 20, height: 20, repeating: 1)
    var even = LACosmicParameters(fineStructure: .convolve)
    even.psf = .model(PSFModel(size: 6))
    var wide = LACosmicParameters(fineStructure: .convolve)
    wide.psf = .model(PSFModel(size: 31))
    for parameters in [even, wide, LACosmicParameters(gain: -1), LACosmicParameters(readNoise: -1)] {
      #expect(throws: CRSError.self) { try LACosmic.run(image, parameters: parameters, work: Work()) }
    }
  }
}
