import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Kernels
@testable import Plot

/// A small scene with cosmic rays that does not depend on any other part of the program.
struct Synthetic {
  let width: Int
  let height: Int
  var exposures: [Plane<Float>]
  var minimum: Plane<Float>
  var median: Plane<Float>
  var mean: Plane<Float>
  var lacosmic: Mask
  var mmcosmic: Mask

  init(width: Int = 90, height: Int = 60) {
    self.width = width
    self.height = height
    var generator = SeededRandom(seed: 1)
    func random() -> Float { Float(generator.uniform()) }
    exposures = (0..<3).map { _ in
      var plane = Plane<Float>(width: width, height: height, repeating: 0)
      for y in 0..<height {
        for x in 0..<width {
          let line: Float = x % 30 == 15 ? 120 : 0
          let fibre: Float = y % 6 < 3 ? 8 : 0
          plane[x, y] = line + fibre + 6 * (random() + random() + random() - 1.5)
        }
      }
      return plane
    }
    lacosmic = Mask(shape: exposures[0].shape)
    mmcosmic = lacosmic
    for ray in 0..<24 {
      let x = 3 + (ray * 37) % (width - 6)
      let y = 3 + (ray * 23) % (height - 6)
      for step in 0..<3 {
        exposures[ray % 3][x + step, y] += 300 + 20 * Float(ray)
        exposures[(ray + 1) % 3][x + step, y] += 200 + 30 * Float(ray)
        if ray % 3 != 0 { mmcosmic[x + step, y] = true }
        if ray % 3 != 1 { lacosmic[x + step, y] = true }
      }
    }
    minimum = exposures[0]
    median = exposures[0]
    mean = exposures[0]
    for k in minimum.pixels.indices {
      let sorted = exposures.map { $0.pixels[k] }.sorted()
      minimum.pixels[k] = sorted[0]
      median.pixels[k] = sorted[1]
      mean.pixels[k] = (sorted[0] + sorted[1] + sorted[2]) / 3
    }
  }

  var boundary: Boundary {
    Boundary(
      curve: .piecewise,
      points: [BoundaryPoint(x: -10, y: 15), BoundaryPoint(x: 60, y: 35), BoundaryPoint(x: 130, y: 45)])
  }

  var diagnostic: DiagnosticDiagram {
    DiagnosticDiagram(
      min2d: minimum, target: median, targetName: "median2d", mean2d: mean,
      finders: Plane(
        width: minimum.width, height: minimum.height,
        pixels: zip(lacosmic.plane.pixels, mmcosmic.plane.pixels).map { $0 | $1 << 1 }), usesLacosmic: true,
      usesMM: true, boundary: boundary, threshold: 0, xRange: -12...130)
  }

  var groups: ConnectedRuns { ConnectedRuns(of: (lacosmic | mmcosmic).plane, connectivity: .eight) }
}

/// Files of the tests and programs that read them.
enum Files {
  static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
    path: "Fixtures")

  /// Runs `body` with a folder of its own.
  static func inFolder<T>(_ body: (URL) throws -> T) throws -> T {
    let scratch = try ScratchFolder()
    return try withExtendedLifetime(scratch) { try body(scratch.url) }
  }

  /// Standard output of a program.
  static func output(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(program) \(arguments)")
    return String(decoding: data, as: UTF8.self)
  }
}

/// The diagram of the reference case.
enum GoldenDiagram {
  static func load() throws -> (Diagram, Boundary) {
    let path = Files.fixtures.appending(path: "golden/hist2d.fits.gz").path
    let simulated = try FITSReader.image(at: path + "[1]").pixels
    let original = try FITSReader.image(at: path + "[2]").pixels
    let text = try String(
      contentsOf: Files.fixtures.appending(path: "golden/boundary.txt"), encoding: .utf8)
    var limits: [Double] = []
    var points: [BoundaryPoint] = []
    var knots: [[Double]] = []
    var coefficients: [[Double]] = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      let numbers = words.dropFirst().compactMap { Double($0) }
      switch words[0] {
      case "limits": limits = numbers
      case "point": points.append(BoundaryPoint(x: numbers[0], y: numbers[1]))
      case "knots": knots.append(numbers)
      default: coefficients.append(numbers)
      }
    }
    func edges(_ low: Double, _ high: Double) -> [Double] {
      (0...100).map { low + (high - low) * Double($0) / 100 }
    }
    let diagram = Diagram(
      xEdges: edges(limits[0], limits[1]), yEdges: edges(limits[2], limits[3]),
      simulated: simulated.pixels.map { Double($0) }, original: original.pixels.map { Double($0) },
      simulations: 10, seed: 1, points: points)
    let curves = try zip(knots, coefficients).map { try CubicSpline(knots: $0, coefficients: $1) }
    let last = try #require(curves.last)
    return (diagram, Boundary(curve: .spline(last), points: points, iterations: curves))
  }
}
