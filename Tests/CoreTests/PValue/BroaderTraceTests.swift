import Testing

@testable import Kernels

/// A bright trace that the seeing makes broader in one exposure: its wings stand on the sky of the others.
@Suite struct BroaderTraceTests {
  private func slit(_ count: Int, _ broader: Double, tilt: Double) -> ChangedSlit {
    var slit = ChangedSlit(tracks: 60)
    let rest = [Double](repeating: 1, count: count - 1)
    (slit.sky, slit.object, slit.move) = (rest + [1], rest + [1], rest.map { _ in 0 } + [0])
    (slit.broader, slit.tilt) = (rest + [broader], tilt)
    // In wings on dark sky emission lines show nowhere else, and stay.
    (slit.peak, slit.seed, slit.emissionLines) = (6000, 11, 0)
    return slit
  }

  /// The wings are no hits, and hits on and beside the trace are found.
  @Test(arguments: [3, 4], [1.15, 1.3])
  func wingsAreNoHits(count: Int, broader: Double) throws {
    let slit = slit(count, broader, tilt: 0.02)
    let scene = slit.exposures()
    func wrong(_ result: MaskingResult) -> [Int] {
      scene.images.indices.map { slit.score(result.masks.exposures[$0], scene, $0).false }
    }
    let unknown = wrong(try slit.masks(scene.images) { $0.pvalue.mismatch = 0 })
    let result = try slit.masks(scene.images)
    #expect(unknown.max() ?? 0 > 300, "\(unknown)")
    #expect(wrong(result).allSatisfy { $0 <= 25 }, "\(wrong(result))")
    for k in scene.images.indices { #expect(slit.score(result.masks.exposures[k], scene, k).found > 0.93) }
    #expect(Self.spoilt(result, scene) <= 60, "\(Self.spoilt(result, scene))")
  }

  /// Nor are they where the trace runs across many rows.
  @Test(arguments: [0.1, -0.3]) func tracesMayBeTilted(tilt: Double) throws {
    let slit = slit(3, 1.2, tilt: tilt)
    let scene = slit.exposures()
    let result = try slit.masks(scene.images)
    for k in scene.images.indices {
      let score = slit.score(result.masks.exposures[k], scene, k)
      #expect(score.false <= 20 && score.found > 0.93, "\(score)")
    }
    #expect(Self.spoilt(result, scene) <= 60, "\(Self.spoilt(result, scene))")
  }

  /// Medians that are flagged though nothing hit the pixel.
  private static func spoilt(_ result: MaskingResult, _ scene: ChangedSlit.Result) -> Int {
    let median = result.masks.medianCR
    return (0..<median.plane.count).count { i in
      median.plane.pixels[i] != 0 && scene.charges.allSatisfy { $0.pixels[i] == 0 }
    }
  }
}
