import Foundation
import Testing

@testable import Kernels

@Suite struct ExactDiagramTests {
  @Test func tailAgreesWithTheExactSum() {
    for (lambda, noise) in [(0.01, 3.4), (1.0, 3.4), (20, 3.4), (300, 3.4), (5, 1.5)] {
      for sigmas in stride(from: -2.0, through: 6, by: 0.5) {
        let x = lambda + sigmas * (lambda + noise * noise).squareRoot()
        var exact = 0.0
        for k in 0..<Int(lambda + 60 * lambda.squareRoot() + 60) {
          let p = exp(Double(k) * log(lambda) - lambda - lgamma(Double(k) + 1))
          exact += p * NoiseTail.upperTail((x - Double(k)) / noise)
        }
        let value = NoiseTail.upperTail(NoiseTail.z(x, lambda: lambda, variance: noise * noise, gain: 1))
        #expect(abs(value - exact) < 2.5e-3 * exact, "lambda \(lambda), x \(x): \(value), exact \(exact)")
      }
    }
  }

  /// Simulations of an exposed ramp against the expectation, chi-square over full bins.
  @Test(arguments: [
    ([1.0, 1, 1], 60), ([1, 1, 1, 1], 40), ([1, 1, 1, 1, 1], 40), ([1, 1, 1, 1, 1, 1], 40),
    ([0.8, 1, 1.2], 60),
    ([0.7, 1, 1.1, 1.3], 40), ([0.8, 0.9, 1, 1.1, 1.2], 40),
  ])
  func simulationsConvergeToIt(factors: [Double], simulations: Int) throws {
    let level = Plane<Float>(width: 200, height: 100, pixels: (0..<20000).map { 150 * Float($0) / 20000 })
    let bins = DiagramBins(xMin: -15, xMax: 220, yMax: 110)
    let exact = try ExactDiagram(bins: bins, noise: StackNoise([Detector(gain: 1, readoutNoise: 3.4)]))
      .counts(
        level: level, members: DiagramMembers(all: factors.count), factors: factors, work: Work())
    var expectations: [Plane<Float>] = []
    for factor in factors { expectations.append(level.map { $0 * Float(factor) }) }
    let simulated = try DiagramSimulation(
      expectations: expectations, members: DiagramMembers(all: factors.count),
      noise: StackNoise([Detector(gain: 1, readoutNoise: 3.4)])
    ).counts(in: bins, simulations: simulations, seed: 3, work: Work())
    var (chiSquare, count) = (0.0, 0.0)
    for (e, s) in zip(exact, simulated) {
      let expected = e * Double(simulations)
      guard expected > 5 else { continue }
      chiSquare += (s - expected) * (s - expected) / expected
      count += 1
    }
    #expect(abs(exact.reduce(0, +) - 20000) < 20)
    #expect(chiSquare / count < 1.12, "chi-square per bin \(chiSquare / count) of \(count) bins")
    #expect(chiSquare / count > 0.85)
  }

  @Test func expectationsOfTheirOwnAgreeWithFactors() throws {
    let level = Plane<Float>(width: 100, height: 60, pixels: (0..<6000).map { 120 * Float($0) / 6000 })
    let bins = DiagramBins(xMin: -15, xMax: 180, yMax: 90)
    let exact = try ExactDiagram(bins: bins, noise: StackNoise([Detector(gain: 1, readoutNoise: 3.4)]))
    let factors = [0.8, 1, 1.2]
    let a = try exact.counts(
      level: level, members: DiagramMembers(all: factors.count), factors: factors, work: Work())
    let b = try exact.counts(
      levels: factors.map { f in level.map { $0 * Float(f) } }, members: DiagramMembers(all: 3), work: Work())
    for (x, y) in zip(a, b) where x > 5 { #expect(abs(x - y) < 0.05 * x + 0.5) }
  }

  /// Displaced exposures of a frame so large that rare sets of expectations share coarser cells.
  @Test func displacedExposuresConvergeToo() throws {
    var simulation = ExposureSimulation()
    (simulation.width, simulation.height, simulation.density) = (1000, 800, 0)
    let scene = try simulation.run(work: Work()).exposures[0].map { max($0, 0) }
    let offsets = [Offset(x: -0.5, y: 0.5), .zero, Offset(x: 0.5, y: -0.25)]
    let levels = try offsets.map { try SubpixelShift.fluxConserving(scene, by: $0, work: Work()) }
    let bins = DiagramBins(xMin: -15, xMax: 260, yMax: 150)
    let exact = try ExactDiagram(bins: bins, noise: StackNoise([Detector(gain: 1, readoutNoise: 3.4)]))
      .counts(
        levels: levels, members: DiagramMembers(all: 3), work: Work())
    let simulated = try DiagramSimulation(
      expectations: levels, members: DiagramMembers(all: 3),
      noise: StackNoise([Detector(gain: 1, readoutNoise: 3.4)])
    ).counts(in: bins, simulations: 10, seed: 3, work: Work())
    var (chiSquare, count) = (0.0, 0.0)
    for (e, s) in zip(exact, simulated) where 10 * e > 5 {
      chiSquare += (s - 10 * e) * (s - 10 * e) / (10 * e)
      count += 1
    }
    print("displaced exposures: chi-square per bin", chiSquare / count, "of", count)
    #expect(chiSquare / count < 1.5)
  }

  /// Sets of very unlike expectations are drawn: in seconds where exact cells need hours, as simulations have it.
  @Test(arguments: [[0.1, 1, 2], [0.1, 1, 2, 5], [0.1, 0.5, 1, 2, 5]]) func unlikeExpectations(
    factors: [Double]
  ) throws {
    let level = Plane<Float>(width: 120, height: 100, pixels: (0..<12000).map { 4000 * Float($0) / 12000 })
    let levels = factors.enumerated().map { k, factor in
      // Each pixel has a set of its own.
      Plane<Float>(
        width: 120, height: 100,
        pixels: level.pixels.indices.map { Float(factor) * level.pixels[($0 * (2 * k + 1) * 7) % 12000] })
    }
    let noise = StackNoise([Detector(gain: 1, readoutNoise: 3.4)])
    let bins = DiagramBins(xMin: -15, xMax: 3000, yMax: 4000)
    let start = ContinuousClock.now
    let exact = try ExactDiagram(bins: bins, noise: noise)
      .counts(levels: levels, members: DiagramMembers(all: factors.count), work: Work())
    #expect(ContinuousClock.now - start < .seconds(120))
    let simulated = try DiagramSimulation(
      expectations: levels, members: DiagramMembers(all: factors.count), noise: noise
    ).counts(in: bins, simulations: 20, seed: 3, work: Work())
    let (all, drawn) = (exact.reduce(0, +), simulated.reduce(0, +) / 20)
    #expect(abs(all - drawn) < 60, "\(all) \(drawn)")
    var (chiSquare, count) = (0.0, 0.0)
    for (e, s) in zip(exact, simulated) where 20 * e > 5 {
      chiSquare += (s - 20 * e) * (s - 20 * e) / (20 * e)
      count += 1
    }
    let square = chiSquare / count
    // Draws scatter too: 64 for each pixel, beside 20 of the simulation.
    #expect(square < 2.5 && count > 100, "chi-square per bin \(square) of \(count)")
    let again = try ExactDiagram(bins: bins, noise: noise)
      .counts(levels: levels, members: DiagramMembers(all: factors.count), work: Work(threads: 1))
    #expect(again == exact)
  }

  @Test func boundaryRisesAndHasNoSeed() throws {
    let level = Plane<Float>(width: 200, height: 100, pixels: (0..<20000).map { 150 * Float($0) / 20000 })
    let planes = try StackPlanes([level, level, level], work: Work())
    let boundaries = try ([1, 2] as [UInt64]).map { seed in
      let parameters = DiagramParameters(
        fluxFactors: [1, 1, 1], offsets: [.zero, .zero, .zero], simulations: 0, seed: seed)
      return try Diagram(
        simulating: planes, of: [level, level, level],
        noise: StackNoise([Detector(gain: 1, readoutNoise: 3.4)]), parameters: parameters, work: Work())
    }
    let points = boundaries[0].points
    #expect(points.count > 50)
    #expect(zip(points, points.dropFirst()).allSatisfy { $0.y <= $1.y })
    let curve = try Boundary(monotone: points)
    #expect(curve.value(at: 75) > 20)
    #expect(curve.value(at: 75) < 60)
  }

  @Test func fullFrameIsQuick() throws {
    var simulation = ExposureSimulation()
    (simulation.width, simulation.height) = (2016, 1596)
    let exposures = try simulation.run(work: Work()).exposures
    let planes = try StackPlanes(exposures, work: Work())
    let bins = DiagramBins(xMin: -20, xMax: 320, yMax: 150)
    let start = ContinuousClock.now
    let counts = try ExactDiagram(bins: bins, noise: StackNoise([Detector(gain: 1, readoutNoise: 3.4)]))
      .counts(
        level: planes.median.map { $0 > 0 ? $0 : 0 }, members: DiagramMembers(all: 3), factors: [1, 1, 1],
        work: Work())
    print("exact diagram of 2016x1596:", ContinuousClock.now - start)
    #expect(counts.reduce(0, +) > 3_200_000)
  }
}
