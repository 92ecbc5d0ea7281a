import Files
import Foundation
import Kernels

/// A run of the reference program numina-crmasks: its parameters, its masks and the boundary that it fitted.
package struct CrmasksGolden: Sendable {
  package static let folder = Repository.goldens.appendingPathComponent("crmasks")

  /// The exposures of one scene, for instance `eq3`.
  package static func exposures(_ scene: String, count: Int) throws -> [Plane<Float>] {
    try (1...count).map {
      try FITSReader.image(at: folder.appendingPathComponent("inputs/\(scene)_\($0).fits.gz").path).pixels
    }
  }

  private struct Case: Decodable {
    struct Spline: Decodable {
      let knots: [Double]
      let coefficients: [Double]
    }
    let boundary: Spline?
    let laMedianOf: String?
  }

  package let folder: URL
  /// The last spline of the run, or nil where it fitted none.
  package let boundary: Boundary?
  private let laMedianOf: String?

  package init(_ name: String) throws {
    let cases = try JSONDecoder().decode(
      [String: Case].self, from: Data(contentsOf: Self.folder.appendingPathComponent("cases.json")))
    guard let found = cases[name] else {
      throw CRSError.usage("no golden case '\(name)'", hint: "see Tests/Goldens/crmasks/cases.json")
    }
    folder = Self.folder.appendingPathComponent(name)
    laMedianOf = found.laMedianOf
    boundary = try found.boundary.map {
      Boundary(
        curve: .spline(try CubicSpline(knots: $0.knots, coefficients: $0.coefficients)), points: [],
        outside: .continued)
    }
  }

  package func path(_ file: String) -> String { folder.appendingPathComponent(file).path }

  package func text(_ file: String) throws -> String {
    try String(contentsOfFile: path(file), encoding: .utf8).replacingOccurrences(of: "\r", with: "")
  }

  package func masks() throws -> MaskSet { try FITSReader.maskSet(at: path("crmasks.fits.gz")) }

  /// The median without what L.A.Cosmic found: equal in many runs, it lies in the file of one of them.
  package func laMedian() throws -> Plane<Float>? {
    try laMedianOf.flatMap { try CrmasksGolden($0).masks().laMedian }
  }
}
