// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Foundation
import Testing

@testable import Files
@testable import Kernels

// (names of the JSON file)

/// One golden case: parameters, and the masked pixels with their values as teareduce gives them.
struct PairCase: Decodable, Sendable, CustomTestStringConvertible {
  struct Parameters: Decodable, Sendable {
    var ioffx: Int
    var ioffy: Int
    var tsigma_peak: Double
    var tsigma_tail: Double
    var maxsize: Int?
    var list_skipped_regions: [[Int]]?
    var image_region: [Int]?
    var median_size: [Int]?
    var single_mode: Bool?
  }
  struct Changes: Decodable, Sendable {
    var pixels: [Int]
    var values: [Double]
  }
  struct Counts: Decodable, Sendable {
    var median: Double
    var robust_std: Double
    var replaced_data1: Int
    var replaced_data2: Int
  }
  var name: String
  var parameters: Parameters
  var counts: Counts
  var report: [String]
  var convert_input_to: String?
  var history: [String]?
  var inputs: [String]
  var images: [Changes]
  var uncertainties: [Changes]?

  var testDescription: String { name }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/pairs")

  static let all: [PairCase] = {
    guard let data = try? Data(contentsOf: folder.appendingPathComponent("expected.json")) else { return [] }
    return (try? JSONDecoder().decode([PairCase].self, from: data)) ?? []
  }()

  static func image(_ name: String) throws -> Image {
    try PlainFITS(folder.appendingPathComponent(name)).image
  }

  func settings() throws -> CR2ImagesParameters {
    func section(_ limits: [Int]) throws -> Section {
      try Section(x1: limits[0], x2: limits[1], y1: limits[2], y2: limits[3])
    }
    return CR2ImagesParameters(
      ioffx: parameters.ioffx, ioffy: parameters.ioffy, tsigmaPeak: parameters.tsigma_peak,
      tsigmaTail: parameters.tsigma_tail, maxsize: parameters.maxsize,
      skippedRegions: try parameters.list_skipped_regions?.map(section),
      imageRegion: try parameters.image_region.map(section),
      medianSize: try parameters.median_size.map { try MedianWindow(rows: $0[0], columns: $0[1]) },
      singleMode: parameters.single_mode ?? false)
  }

  func inputImages() throws -> [Image] {
    try inputs.map { name in
      var image = try Self.image(name)
      if convert_input_to == "float32" { image.storedType = .float32 }
      return image
    }
  }
}
