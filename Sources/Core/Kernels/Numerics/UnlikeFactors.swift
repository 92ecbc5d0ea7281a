extension [Double] {
  /// Relative fluxes so unlike that exposures with them cannot be compared before they are divided by them: one of them is
  /// more than 1.6 times another, or their mean differs from their median by more than 5 %.
  ///
  /// Where exposures are not divided, their median and their mean are no multiples of one sky then, and an exposure of much
  /// light lies above the boundary of medians with all of its pixels.
  package var areUnlikeFactors: Bool {
    guard count > 2, let low = self.min(), let high = self.max(), low > 0 else { return false }
    let sorted = self.sorted()
    let median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    let mean = reduce(0, +) / Double(count)
    return high > 1.6 * low || abs(mean / median - 1) > 0.05
  }
}
