import Testing

@testable import Kernels
@testable import Pipeline

/// Offsets that are not right are named, with what would make them right.
@Suite struct MisplacedExposureTests {
  private let places = [0, 1.6, -2.3]

  private func findings(_ offsets: [Offset], places: [Double]? = nil) throws -> StackFindings {
    let places = places ?? self.places
    let (exposures, _) = SourceChangesTests().field(widths: places.map { _ in 3.2 }, places: places)
    var options = FluxAndSkyTests.options(exposures.count)
    options.offsets = offsets
    return try Masking(exposures, options: options, auxiliary: nil, work: Work()).examinedStack().findings
  }

  private func notes(_ findings: StackFindings) -> String {
    StackReport.warnings(findings).joined(separator: "\n")
  }

  @Test func rightOffsetsAreLeftAlone() throws {
    let findings = try findings(places.map { Offset(x: $0, y: -0.5 * $0) })
    #expect(findings.misplaced == nil)
    #expect(!notes(findings).contains("offset"))
  }

  @Test func oppositeSignsAreNamed() throws {
    let findings = try findings(places.map { Offset(x: -$0, y: 0.5 * $0) })
    #expect(findings.misplaced?.remedy == .oppositeSigns)
    #expect(notes(findings).contains("the offsets fit with opposite signs"), "\(notes(findings))")
  }

  @Test func exchangedAxesAreNamed() throws {
    let findings = try findings(places.map { Offset(x: -0.5 * $0, y: $0) })
    #expect(findings.misplaced?.remedy == .exchanged)
    #expect(notes(findings).contains("with x and y exchanged: x is the first number"), "\(notes(findings))")
  }

  @Test func exposuresThatLieOnEachOtherNeedNone() throws {
    let findings = try findings(places.map { Offset(x: $0, y: -0.5 * $0) }, places: [0, 0, 0])
    #expect(findings.misplaced?.remedy == .noOffsets)
    #expect(notes(findings).contains("without offsets"), "\(notes(findings))")
  }

  /// One wrong offset is measured.
  @Test func oneWrongOffsetIsMeasured() throws {
    var offsets = places.map { Offset(x: $0, y: -0.5 * $0) }
    offsets[2] = Offset(x: offsets[2].x + 1.2, y: offsets[2].y - 0.7)
    let found = try #require(try findings(offsets).misplaced)
    #expect(found.remedy == nil && found.farthest?.exposure == 3)
    guard case .offset(let x, let y)? = found.farthest?.cause else {
      Issue.record("\(found)")
      return
    }
    #expect(abs(x + 1.2) < 0.1 && abs(y - 0.7) < 0.1, "\(x), \(y)")
  }

  /// Displaced stars are as bright as before.
  @Test func displacedStarsHaveNoOtherFlux() throws {
    let findings = try findings([.zero, .zero, .zero], places: [0, 0.8, -0.7])
    #expect(findings.displacement != nil)
    #expect(findings.displacement?.otherFlux == 1, "\(findings.displacement?.otherFlux ?? 0)")
  }
}
