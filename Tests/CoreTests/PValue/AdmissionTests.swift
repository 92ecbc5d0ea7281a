import Glibc
import Testing

@testable import Kernels

/// Candidates of another detector share the false alarms of the image.
@Suite struct AdmissionTests {
  private let shape = Shape(width: 200, height: 200)

  private func admission(_ score: Plane<Float>, falseAlarms: Double) throws -> Admission {
    try Admission(
      score, alone: nil, allowed: Mask(plane: Plane(width: 200, height: 200, repeating: 1)),
      limit: log10(Double(shape.count) / falseAlarms), falseAlarms: falseAlarms, work: Work())
  }

  /// Thousands of candidates that noise alone made keep to what was asked.
  @Test(arguments: [1, 2, 3] as [UInt64]) func manyAreJudgedStrictly(seed: UInt64) throws {
    var random = SplitMix64(state: seed)
    var score = Plane<Float>(width: 200, height: 200, repeating: 0)
    for i in 0..<score.count { score.pixels[i] = Float(-log10(max(1e-9, random.uniform()))) }
    var candidates = Mask(shape: shape)
    for y in stride(from: 0, to: 200, by: 2) { for x in 0..<200 { candidates[x, y] = true } }
    for falseAlarms in [1.0, 10] {
      let found = try admission(score, falseAlarms: falseAlarms).admitted(
        candidates, beside: Mask(shape: shape), work: Work())
      #expect(Double(found.flagged) <= 2.2 * falseAlarms + 3)
    }
  }

  /// A few are as welcome as before, and so is what touches a hit.
  @Test func fewAndThoseBesideHitsAreNot() throws {
    var score = Plane<Float>(width: 200, height: 200, repeating: 0)
    var (candidates, found) = (Mask(shape: shape), Mask(shape: shape))
    for x in [10, 50] {
      score[x, 20] = 3
      candidates[x, 20] = true
    }
    let admission = try admission(score, falseAlarms: 1)
    #expect(try admission.admitted(candidates, beside: found, work: Work()).flagged == 2)
    // Among thousands of others only the one beside a hit remains.
    for y in stride(from: 40, to: 200, by: 2) { for x in 0..<200 { candidates[x, y] = true } }
    found[11, 20] = true
    let judged = try admission.admitted(candidates, beside: found, work: Work())
    #expect(judged[10, 20] && !judged[50, 20] && judged.flagged == 1)
  }
}
