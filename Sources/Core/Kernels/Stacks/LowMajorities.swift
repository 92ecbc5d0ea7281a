/// Low values that half of the exposures of a pixel or more have. Hits, and light that a blurred exposure has beside its sources,
/// make the other exposures look low; only what is darker than the image has anywhere is surely lost.
struct LowMajorities {
  private let exposures: [Plane<Float>]
  private let scales: [Float]
  private let noise: StackNoise
  private let isUnlike: Bool
  /// What the image has anywhere [ADU]; nil where nobody knows.
  private let floor: Float?

  /// The part of the pixels that may be darker than the floor, deviations below it, and pixels that tell it.
  private static let (part, outlier, sample): (Double, Float, Int) = (0.005, 5, 20_000)
  /// Exposures from which on all but one that are low must be surely lost.
  private static let many = 3

  init(_ exposures: [Plane<Float>], factors: [Double], noise: StackNoise, isUnlike: Bool) {
    (self.exposures, scales, self.noise) = (exposures, factors.map { Float($0) }, noise)
    self.isUnlike = isUnlike
    let count = exposures[0].count
    let step = max(1, count / Self.sample) | 1
    // Hits only raise values, and the highest one of a pixel is not lost unless all are.
    let highest = stride(from: 0, to: count, by: step).compactMap { i in
      exposures.lazy.map { $0.pixels[i] }.filter(\.isFinite).max()
    }.sorted()
    floor = highest.isEmpty ? nil : highest[Int(Self.part * Double(highest.count))]
  }

  /// The findings without those that something else explains. Of two exposures that are alike either may be wrong.
  func believed(_ findings: [LowValues.Finding]) -> [LowValues.Finding] {
    guard exposures.count > 2 || isUnlike, !findings.isEmpty else { return findings }
    var low: [Int: [Int]] = [:]
    for finding in findings { low[finding.pixel, default: []] += finding.exposure.map { [$0] } ?? [] }
    var verdicts: [Int: Bool] = [:]
    for (pixel, exposures) in low { verdicts[pixel] = isBelieved(pixel, exposures) }
    return findings.filter { verdicts[$0.pixel] ?? true }
  }

  /// - Parameter low: the exposures whose values are too low; none where no value fits.
  private func isBelieved(_ pixel: Int, _ low: [Int]) -> Bool {
    let there = exposures.indices.filter { exposures[$0].pixels[pixel].isFinite }
    let isMost = there.count >= Self.many && low.count >= there.count - 1
    guard isMost || isUnlike && 2 * max(low.count, low.isEmpty ? there.count : 0) >= there.count else {
      return true
    }
    guard let floor else { return true }
    let lost = there.filter { k in
      let (perSignal, readout) = noise[k].at(pixel)
      let square = max(floor, 0) * perSignal / scales[k] + readout / (scales[k] * scales[k])
      return exposures[k].pixels[pixel] < floor - Self.outlier * square.squareRoot()
    }
    return low.isEmpty ? 2 * lost.count >= there.count : low.allSatisfy(lost.contains)
  }
}
