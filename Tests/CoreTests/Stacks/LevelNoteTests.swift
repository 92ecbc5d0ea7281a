import Testing

@testable import Kernels
@testable import Pipeline

/// What a report says of exposures of another level.
@Suite struct LevelNoteTests {
  /// A remedy that was taken is not asked for.
  @Test(arguments: [[1, 1, 1.2], [1, 1.2]]) func measuredFluxIsNotAskedFor(factors: [Double]) throws {
    let planes = factors.enumerated().map { k, factor in
      var scene = StackScene(level: { _, _ in 900 * factor })
      scene.detectors = factors.map { _ in (gain: 1, noise: 4) }
      return scene.planes()[k]
    }
    let levels = StackLevels(
      planes, planes: try StackPlanes(planes, work: Work()),
      noise: StackNoise([Detector(gain: 1, readoutNoise: 4)]))
    var findings = StackFindings()
    (findings.levels, findings.deviating) = (levels, levels.deviating)
    let remedy = ": flux_factor=auto makes up for it"
    let asked = try #require(StackReport.warnings(findings).first)
    #expect(asked.contains("times the level") && asked.hasSuffix(remedy), "\(asked)")
    let told = try #require(StackReport.warnings(findings, isFluxMeasured: true).first)
    #expect(told + remedy == asked)
  }
}
