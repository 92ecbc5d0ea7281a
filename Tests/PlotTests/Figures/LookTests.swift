import Foundation
import Testing

@testable import Files
@testable import Kernels
@testable import Pipeline
@testable import Plot

/// Compares figures with what they looked like when somebody last looked at them.
struct LookTests {
  static let scene = Synthetic()

  static func figure(_ name: String) throws -> Figure {
    switch name {
    case "diagnostic_histogram2d":
      let (diagram, boundary) = try GoldenDiagram.load()
      return try DiagnosticHistogram2D.figure(diagram: diagram, boundary: boundary)
    case "diagnostic_mediancr": return try scene.diagnostic.figure()
    case "identified":
      let pages = try IdentifiedPages(
        exposures: scene.exposures, median: scene.median, codes: scene.mmcosmic.plane,
        minimum: scene.minimum, groups: scene.groups, semiwindow: 8)
      return try #require(pages.page(3))
    case "problematic":
      let pages = try ProblematicPages(
        exposures: scene.exposures, masks: scene.exposures.map { _ in scene.mmcosmic }, median: scene.median,
        problematic: scene.mmcosmic, groups: scene.groups, semiwindow: 8)
      return try #require(pages.page(2))
    case "flux_histogram":
      return try FluxHistogram.figure(
        exposures: scene.exposures, median: scene.median, factors: [1, 0.9, 1.1])
    case "median_position":
      return try MedianPositionFigure.figure(
        exposures: scene.exposures, median: scene.median, regions: [Section(x1: 20, x2: 60, y1: 10, y2: 40)])
    case "flux_factor":
      let spline = try CubicSpline(knots: [0.5, 0.8, 1], coefficients: [10, 20, 60, 110, 120])
      let edges = (0...101).map { Double($0) * 1.4 }
      let ratios = (0...101).map { 0.495 + 0.01 * Double($0) }
      let counts = (0..<101 * 101).map { k -> Double in
        let far = 4 * (k % 101) + 12 * abs(k / 101 - 50)
        return Double(max(0, 300 - far))
      }
      return try FluxFactorFigure(
        number: 1, valueEdges: edges, ratioEdges: ratios, counts: counts, cleaned: counts,
        sides: [.init(points: [(15, 0.6), (60, 0.8)], spline: spline, mode: (120, 0.98))], factor: 0.98
      ).figure()
    case "crosscorr":
      return try CrossCorrelationFigure(
        number: 2, region: Section(x1: 21, x2: 70, y1: 11, y2: 50), median: scene.median,
        exposure: scene.exposures[1], shifted: scene.exposures[1], offset: Offset(x: -0.16, y: 0.27)
      ).figure()
    case "image_mask":
      return try ValuePlots.image(
        Image(pixels: scene.exposures[0]), mask: scene.mmcosmic, title: "exposure 1")
    case "stack":
      return try ValuePlots.stack(Stack(exposures: scene.exposures.map { Image(pixels: $0) }))
    case "boundary": return try ValuePlots.boundary(scene.boundary)
    case "mask": return try ValuePlots.mask(scene.mmcosmic)
    case "mask_set":
      return try ValuePlots.maskSet(
        MaskSet(
          medianCR: scene.mmcosmic, meanCRT: scene.mmcosmic | scene.lacosmic,
          exposures: [scene.lacosmic, scene.mmcosmic, scene.lacosmic], fluxFactors: [1, 1, 1], uuid: ""))
    case "table":
      let rows: [[Table.Cell]] = (0..<40).map {
        [.integer($0), .real(sin(Double($0) / 5)), .real(Double($0) / 30)]
      }
      return try ValuePlots.table(Table(columns: ["n", "first", "second"], rows: rows))
    case "diagnostic_column": return try scene.diagnostic.figure(style: .suited(to: 3.5))
    case "pair_data": return try pair(named: "data1_with_CR")
    case "pair_labels": return try pair(named: "labels_pos_tail")
    case "pair_difference": return try pair(named: "diff")
    case "pair_histogram": return try pair(named: "diff_histogram")
    case "histogram": return try ValuePlots.histogram(scene.exposures[0])
    default: throw CRSError.usage("no figure '\(name)'", expected: names.joined(separator: ", "))
    }
  }

  static let names = [
    "diagnostic_histogram2d", "diagnostic_mediancr", "identified", "problematic", "flux_histogram",
    "median_position", "flux_factor", "crosscorr", "image_mask", "stack", "boundary", "histogram",
    "mask", "mask_set", "table", "diagnostic_column", "pair_data", "pair_labels", "pair_difference",
    "pair_histogram",
  ]

  /// A figure of cr2images.
  private static func pair(named name: String) throws -> Figure {
    let parameters = CR2ImagesParameters(
      skippedRegions: [try Section(x1: 60, x2: 70, y1: 5, y2: 50)], keepsPlanes: true)
    let result = try CR2Images.run(
      first: Image(pixels: scene.exposures[0]), second: Image(pixels: scene.exposures[1]),
      parameters: parameters)
    let figures = try PairFigures(
      result.found, parameters: result.parameters, first: scene.exposures[0], second: scene.exposures[1],
      clean1: result.clean1.pixels,
      clean2: result.clean2.pixels
    )
    .figures(level: 2)
    return try #require(figures.first { $0.name == name }, "\(figures.map(\.name))").figure
  }

  @Test(arguments: names) func looksAsBefore(name: String) throws {
    let cells = Self.reduced(try Self.figure(name).pixels(dpi: 100))
    let file = Files.fixtures.appending(path: "looks/\(name).rgb")
    if ProcessInfo.processInfo.environment["CRS_UPDATE_LOOKS"] == "1" { try Data(cells).write(to: file) }
    let expected = [UInt8](try Data(contentsOf: file))
    try #require(expected.count == cells.count)
    let differences = zip(cells, expected).map { abs(Int($0) - Int($1)) }
    let mean = Double(differences.reduce(0, +)) / Double(differences.count)
    let changed = Double(differences.filter { $0 > 40 }.count) / Double(differences.count)
    #expect(mean < 1.0, "mean difference \(mean) of 255")
    #expect(changed < 0.002, "\(changed) of the cells changed")
  }

  /// Mean colours of blocks of 10x10 pixels.
  private static func reduced(_ figure: FigurePixels) -> [UInt8] {
    var out: [UInt8] = []
    for y in stride(from: 0, to: figure.height - 9, by: 10) {
      for x in stride(from: 0, to: figure.width - 9, by: 10) {
        var sums = (0, 0, 0)
        for dy in 0..<10 {
          for dx in 0..<10 {
            let pixel = figure.pixels[(y + dy) * figure.width + x + dx]
            sums.0 += Int(pixel >> 16)
            sums.1 += Int(pixel >> 8 & 255)
            sums.2 += Int(pixel & 255)
          }
        }
        out += [UInt8(sums.0 / 100), UInt8(sums.1 / 100), UInt8(sums.2 / 100)]
      }
    }
    return out
  }
}
