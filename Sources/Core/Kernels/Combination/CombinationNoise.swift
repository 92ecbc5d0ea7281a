/// The variance of single values of a stack, from which that of its combinations follows.
struct CombinationNoise: Sendable {
  /// Exposures on the scale of the combination; NaN where a value does not count.
  let exposures: [Plane<Float>]
  /// Relative flux that they were divided by.
  private let factors: [Double]
  /// Standard deviations on the same scale, where exposures brought their own.
  private let deviations: [Plane<Float>?]
  /// nil where gain and readout noise of an exposure are not known.
  private let noise: StackNoise?
  /// Whether nothing but a noise model is needed, the same for all values of a pixel.
  let isSimple: Bool

  init(
    _ exposures: [Plane<Float>], factors: [Double], deviations: [Plane<Float>?], noise: StackNoise?
  ) {
    (self.exposures, self.factors, self.deviations, self.noise) = (exposures, factors, deviations, noise)
    isSimple =
      deviations.allSatisfy { $0 == nil } && (noise?.isCommon ?? false) && factors.allSatisfy { $0 == 1 }
  }

  /// The variance of the value of exposure `k` where the level is `level`; nil where nobody knows it. Never 0.
  @inline(__always)
  func variance(_ k: Int, _ i: Int, level: Float) -> Float? {
    if let deviation = deviations[k]?.pixels[i], deviation > 0, deviation < .infinity {
      return deviation * deviation
    }
    guard let noise else { return nil }
    let (perSignal, readout) = noise[k].at(i)
    let factor = Float(factors[k])
    let square = max(level, 0) * perSignal / factor + readout / (factor * factor)
    // Without readout noise and signal one electron is what may have been missed.
    return square > 0 ? square : perSignal * perSignal / (factor * factor)
  }

  /// The noise of every value where nothing else is needed; nil otherwise.
  var simple: PixelNoise? { isSimple ? noise?[0] : nil }

  /// The variance of a value of that noise [ADU^2], never 0.
  @inline(__always)
  static func variance(_ noise: PixelNoise, _ i: Int, level: Float) -> Float {
    let (perSignal, readout) = noise.at(i)
    let square = max(level, 0) * perSignal + readout
    // Without readout noise and signal one electron is what may have been missed.
    return square > 0 ? square : perSignal * perSignal
  }

  /// The mean variance of the values for which `isUsed`; nil where one of them is not known.
  @inline(__always)
  func mean(_ i: Int, level: Float, _ isUsed: (Int) -> Bool) -> Float? {
    var (sum, count): (Float, Float) = (0, 0)
    for k in exposures.indices where isUsed(k) {
      guard let square = variance(k, i, level: level) else { return nil }
      sum += square
      count += 1
    }
    return count > 0 ? sum / count : nil
  }

  /// The variance that stands for the unlike ones of the values for which `isUsed` where they make a median; nil where
  /// one of them is not known.
  @inline(__always)
  func central(_ i: Int, level: Float, _ isUsed: (Int) -> Bool) -> Float? {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: exposures.count) { variances in
      var count = 0
      for k in exposures.indices where isUsed(k) {
        guard let square = variance(k, i, level: level) else { return nil }
        variances[count] = square
        count += 1
      }
      return count > 0 ? OrderNoise.central(UnsafeMutableBufferPointer(rebasing: variances[0..<count])) : nil
    }
  }

  /// The scatter of the values for which `isUsed`, n - 1 in the denominator; nil for fewer than `least`.
  func scatter(_ i: Int, least: Int, _ isUsed: (Int) -> Bool) -> Float? {
    var (sum, count): (Float, Int) = (0, 0)
    for k in exposures.indices where isUsed(k) {
      sum += exposures[k].pixels[i]
      count += 1
    }
    guard count >= max(2, least) else { return nil }
    let mean = sum / Float(count)
    var squares: Float = 0
    for k in exposures.indices where isUsed(k) {
      let d = exposures[k].pixels[i] - mean
      squares += d * d
    }
    return squares / Float(count - 1)
  }
}
