import Testing

@testable import Kernels
@testable import Pipeline

/// An exposure that looks hit far more often than the others is told: cosmic rays hit all alike.
@Suite struct UnequalHitsTests {
  /// Masks with tracks of `length` pixels, as many as `tracks` says of each exposure.
  private func masks(_ tracks: [Int], length: Int = 5, seed: UInt64 = 1) -> [Mask] {
    var random = SplitMix64(state: seed)
    return tracks.map { count in
      var mask = Mask(shape: Shape(width: 300, height: 200))
      for _ in 0..<count {
        let (x, y) = (Int(290 * random.uniform()), Int(199 * random.uniform()))
        let own = 1 + Int(Double(2 * length) * random.uniform())
        for k in 0..<min(own, 290 - x) { mask[x + k, y] = true }
      }
      return mask
    }
  }

  @Test func chanceIsNotTold() {
    for seed in 1...20 {
      for tracks in [[80, 80, 80], [60, 75], [20, 26, 23, 18, 25], [0, 0], [3, 1, 0]] {
        let masks = masks(tracks, seed: UInt64(seed))
        #expect(UnequalHits(masks, times: nil).warnings(explained: []).isEmpty, "\(tracks) \(seed)")
      }
    }
  }

  @Test func farMoreHitsAreTold() throws {
    let masks = masks([80, 80, 320])
    let told = try #require(UnequalHits(masks, times: nil).warnings(explained: []).first)
    #expect(told.contains("pixels of exposure 3 look hit") && told.contains("CRMASK3"), "\(told)")
    #expect(UnequalHits(masks, times: nil).warnings(explained: [3]).isEmpty)
    #expect(UnequalHits(masks, times: [300, 300, 1200]).warnings(explained: []).isEmpty)
    #expect(!UnequalHits(masks, times: [300, 300, 0]).warnings(explained: []).isEmpty)
  }

  /// As many hits in an exposure of a third of the time are too many.
  @Test func timesCount() throws {
    let told = UnequalHits(masks([200, 200]), times: [300, 1200]).warnings(explained: [])
    #expect(told.first?.contains("exposure 1 look hit") == true, "\(told)")
  }
}
