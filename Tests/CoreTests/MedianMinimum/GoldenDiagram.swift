import Foundation

@testable import Kernels

/// A diagram of the reference program with its boundary points and spline fits.
struct GoldenDiagram: Decodable {
  struct Fit: Decodable {
    let x: [Double]
    let y: [Double]
    let weights: [Double]
    let knots: [Double]
    let optimum: [Double]
    let coefficients: [Double]
    let loss: Double
  }
  let xmin: Double
  let xmax: Double
  let ymax: Double
  let simulations: Int
  let knots: Int
  let weight: Double
  let extensions: Int
  let fixed: [[Double]]
  let counts: [[Int]]
  let rows: [Int]
  let x: [Double]
  let iterations: [Fit]

  static let cases = [
    "example1_mm_lacosmic", "spline_fixed_points", "spline_5knots_options", "boundary_collapse",
    "example4_xy_offsets", "five_exposures", "four_exposures", "flux_list_simulated",
  ]

  init(_ name: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = folder.appendingPathComponent("Fixtures/crmasks/diagram_\(name).json")
    self = try JSONDecoder().decode(GoldenDiagram.self, from: Data(contentsOf: file))
  }

  var diagram: Diagram {
    let bins = DiagramBins(xMin: xmin, xMax: xmax, yMax: ymax)
    var simulated = [Double](repeating: 0, count: DiagramBins.count)
    for entry in counts { simulated[entry[0] * Diagram.bins + entry[1]] = Double(entry[2]) }
    return Diagram(
      xEdges: bins.xEdges, yEdges: bins.yEdges, simulated: simulated, original: simulated,
      simulations: simulations, seed: 0)
  }

  var fixedPoints: [BoundaryPoint] {
    fixed.map { BoundaryPoint(x: $0[0], y: $0[1], weight: $0[2], isFixed: true) }
  }
}
