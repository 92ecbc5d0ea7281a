import Testing

@testable import Kernels

/// The rare counts at the upper edge, which decide where the boundary lies.
@Suite struct DiagramTailTests {
  @Test(arguments: [3, 5]) func rareCountsAreAsExpected(n: Int) throws {
    var simulation = ExposureSimulation()
    (simulation.density, simulation.coincidences, simulation.seed) = (6e-3, 60, 13)
    simulation.exposures = n
    let scene = try simulation.run(work: Work())
    let level = try StackPlanes(scene.exposures, work: Work()).median.map { max($0, 0) }
    let bins = DiagramBins(xMin: -16, xMax: 300, yMax: 90)
    let sets = 400.0
    let exact = try ExactDiagram(bins: bins, noise: StackNoise([Detector(gain: 1, readoutNoise: 3.4)]))
      .counts(
        level: level, members: DiagramMembers(all: n), factors: [Double](repeating: 1, count: n), work: Work()
      )
    let simulated = try DiagramSimulation(
      expectations: [level], members: DiagramMembers(all: n),
      noise: StackNoise([Detector(gain: 1, readoutNoise: 3.4)])
    ).counts(in: bins, simulations: Int(sets), seed: 77, work: Work())
    for decade in [(1e-3, 1e-2), (1e-2, 0.1), (0.1, 1), (1, 10)] {
      var (expected, found) = (0.0, 0.0)
      for (e, s) in zip(exact, simulated) where e >= decade.0 && e < decade.1 {
        expected += sets * e
        found += s
      }
      let deviation = (found - expected) / expected.squareRoot()
      print(
        "n \(n), bins of \(decade.0) to \(decade.1): expected \(expected), found \(found), \(deviation) sigma"
      )
      // The exact counts hold to half a per cent.
      #expect(abs(found - expected) < 4 * expected.squareRoot() + 0.005 * expected)
    }
  }
}
