/// What the neighbours of a single pixel say about its level: the best of several predictions from the combined values
/// around it, and how far those predictions miss nearby.
struct LocalLevel {
  /// Predicted level [ADU].
  let level: Float
  /// How far the prediction may be off: the root mean square of its misses nearby [ADU].
  let deviation: Float
  /// Difference of the largest and smallest values around the pixel [ADU].
  let range: Float
  /// The smallest value within three pixels [ADU].
  let lowest: Float

  /// Pixels to each side whose predictions are compared with their values, and those that they need around them.
  private static let (reach, rim) = (2, 2)
  private static let side = 2 * (reach + rim) + 1
  /// Fewest comparisons that say how good a prediction is.
  private static let fewest = 6

  /// nil where the neighbours have too few values.
  ///
  /// - Parameter value: combined values [ADU] by column and row, NaN outside the image and where there is none.
  init?(x: Int, y: Int, _ value: (Int, Int) -> Float) {
    let side = Self.side
    let found = withUnsafeTemporaryAllocation(of: Float.self, capacity: side * side) {
      (window: UnsafeMutableBufferPointer<Float>) -> (Float, Float, Float, Float)? in
      let half = side / 2
      for j in 0..<side {
        for i in 0..<side { window[j * side + i] = value(x + i - half, y + j - half) }
      }
      let centre = half * side + half
      // The pixel itself tells nothing about its neighbourhood.
      window[centre] = .nan
      var (low, high) = (Float.infinity, -Float.infinity)
      for j in half - Self.reach...half + Self.reach {
        for i in half - Self.reach...half + Self.reach where window[j * side + i].isFinite {
          low = min(low, window[j * side + i])
          high = max(high, window[j * side + i])
        }
      }
      var lowest = Float.infinity
      for j in -3...3 {
        for i in -3...3 where window[centre + j * side + i].isFinite {
          lowest = min(lowest, window[centre + j * side + i])
        }
      }
      var best: (level: Float, square: Float)?
      for predictor in 0..<Self.predictors + Self.corners {
        // Corners have neighbours on no two opposite sides.
        if predictor >= Self.predictors, best != nil { break }
        let level = Self.prediction(predictor, window, centre)
        guard level.isFinite else { continue }
        var (sum, count): (Float, Int) = (0, 0)
        for j in half - Self.reach...half + Self.reach {
          for i in half - Self.reach...half + Self.reach {
            let miss = Self.prediction(predictor, window, j * side + i) - window[j * side + i]
            guard miss.isFinite else { continue }
            sum += miss * miss
            count += 1
          }
        }
        guard count >= Self.fewest else { continue }
        let square = sum / Float(count)
        if best.map({ square < $0.square }) ?? true { best = (level, square) }
      }
      guard let best, lowest < .infinity else { return nil }
      return (best.level, best.square.squareRoot(), high - low, lowest)
    }
    guard let found else { return nil }
    (level, deviation, range, lowest) = found
  }

  private static let (predictors, corners) = (9, 4)

  /// From the neighbours along x, along y, farther ones, their extrapolations, all around, and into corners.
  private static func prediction(
    _ predictor: Int, _ window: UnsafeMutableBufferPointer<Float>, _ at: Int
  ) -> Float {
    func mean(_ step: Int) -> Float { (window[at - step] + window[at + step]) * 0.5 }
    let line = side
    return switch predictor {
    case 0: mean(1)
    case 1: mean(line)
    case 2: (mean(1) + mean(2)) * 0.5
    case 3: (mean(line) + mean(2 * line)) * 0.5
    case 4: (mean(1) + mean(line)) * 0.5
    case 5: (4 * mean(1) - mean(2)) / 3
    case 6: (4 * mean(line) - mean(2 * line)) / 3
    case 7: (mean(line + 1) + mean(line - 1)) * 0.5
    case 8: (mean(1) + mean(line) + mean(line + 1) + mean(line - 1)) * 0.25
    case 9: window[at + 1] + window[at + line] - window[at + line + 1]
    case 10: window[at - 1] + window[at + line] - window[at + line - 1]
    case 11: window[at + 1] + window[at - line] - window[at - line + 1]
    default: window[at - 1] + window[at - line] - window[at - line - 1]
    }
  }
}
