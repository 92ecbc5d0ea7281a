import Foundation
import Testing

@testable import Files
@testable import Kernels

/// What the reference made of the fixtures (Fixtures/lacosmic/PROVENANCE.md).
struct LACosmicCase: Sendable, CustomTestStringConvertible {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../Fixtures/lacosmic").standardized

  let name: String
  private let inputs: [String: String]
  private let numbers: [String: Double]
  private let words: [String: String]
  let lines: [String]

  var testDescription: String { name }

  static let all: [LACosmicCase] = {
    guard let data = try? Data(contentsOf: folder.appendingPathComponent("cases.json")),
      let list = try? JSONSerialization.jsonObject(with: data) as? [[String: Any]]
    else { return [] }
    return list.map { one in
      let given = one["parameters"] as? [String: Any] ?? [:]
      return LACosmicCase(
        name: one["name"] as? String ?? "", inputs: one["inputs"] as? [String: String] ?? [:],
        numbers: given.compactMapValues { ($0 as? NSNumber)?.doubleValue },
        words: given.compactMapValues { $0 as? String }, lines: one["lines"] as? [String] ?? [])
    }
  }()

  static func path(_ file: String) -> String { folder.appendingPathComponent(file + ".gz").path }

  static func plane(_ file: String, _ hdu: String) throws -> Plane<Float> {
    try FITSReader.image(at: path(file), hdu: .name(hdu)).pixels
  }

  static func flags(_ file: String, _ hdu: String) throws -> Mask {
    try FITSReader.mask(at: path(file), hdu: .name(hdu))
  }

  private func image(_ key: String) throws -> Plane<Float>? {
    try inputs[key].map { try FITSReader.image(at: Self.path($0)).pixels }
  }

  func parameters() throws -> LACosmicParameters {
    var parameters = LACosmicParameters()
    parameters.sigclip = numbers["sigclip"] ?? parameters.sigclip
    parameters.sigfrac = numbers["sigfrac"] ?? parameters.sigfrac
    parameters.objlim = numbers["objlim"] ?? parameters.objlim
    parameters.gain = numbers["gain"] ?? parameters.gain
    parameters.readNoise = numbers["readnoise"] ?? parameters.readNoise
    parameters.satlevel = numbers["satlevel"] ?? parameters.satlevel
    parameters.niter = Int(numbers["niter"] ?? 4)
    parameters.sepmed = numbers["sepmed"] != 0
    if let word = words["cleantype"] { parameters.cleanType = try #require(.init(rawValue: word)) }
    if let word = words["fsmode"] { parameters.fineStructure = try #require(.init(rawValue: word)) }
    var model = PSFModel()
    if let word = words["psfmodel"] { model.profile = try #require(.init(rawValue: word)) }
    model.fwhmX = numbers["psffwhm_x"] ?? numbers["psffwhm"] ?? 2.5
    model.fwhmY = numbers["psffwhm_y"] ?? numbers["psffwhm"] ?? 2.5
    model.size = Int(numbers["psfsize"] ?? 7)
    model.beta = numbers["psfbeta"] ?? 4.765
    parameters.psf = .model(model)
    if let kernel = try image("psfk") { parameters.psf = .kernel(kernel) }
    return parameters
  }

  func input() throws -> Plane<Float> { try #require(try image("data")) }

  func run(_ parameters: LACosmicParameters, work: Work) throws -> LACosmicResult {
    let pixels = try input()
    return try LACosmic.run(
      pixels, parameters: parameters, exactPixels: pixels.pixels.map(Double.init),
      inmask: try inputs["inmask"].map { try FITSReader.mask(at: Self.path($0)) },
      background: try image("inbkg"), variance: try image("invar"), keepsBad: true, work: work)
  }

  func noise(_ parameters: LACosmicParameters) throws -> NoiseCheck {
    try NoiseCheck(
      try input(), parameters: parameters, variance: try image("invar"), work: Work())
  }
}
