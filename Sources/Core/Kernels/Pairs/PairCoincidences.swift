/// A pixel that a cosmic ray seems to have hit in both exposures, so that neither can repair the other.
///
/// It was repaired with the other exposure's value, but that value stands out of its own surroundings.
package struct PairCoincidence: Sendable, Equatable {
  /// The exposure that was repaired, 1 or 2.
  package let exposure: Int
  /// Column and row in the first exposure, FITS pixels.
  package let x1: Int
  package let y1: Int
  /// Column and row in the second exposure, FITS pixels.
  package let x2: Int
  package let y2: Int
  /// Value before the repair.
  package let value: Double
  /// The other exposure's value, to be distrusted.
  package let companion: Double
  /// The highest of the companion's pixels around it that are not flagged.
  package let surroundings: Double
}

/// Looks among repaired pixels for those whose replacement is a cosmic ray itself: above every pixel near it
/// that is flagged in neither exposure by more than the peak threshold.
struct CoincidenceSearch<Scalar: SortableScalar> {
  let difference: PairDifference<Scalar>
  /// First exposure's frame.
  let mask1: Mask
  /// Second exposure's frame.
  let mask2: Mask
  /// tsigma_peak robust sigmas [unit of the first exposure].
  let excess: Double

  func coincidences(of runs: [ConnectedRuns.Run], exposure: Int) -> [PairCoincidence] {
    guard excess > 0 else { return [] }
    return runs.flatMap { run in run.columns.compactMap { coincidence($0, Int(run.row), exposure) } }
  }

  private func coincidence(_ x: Int, _ y: Int, _ exposure: Int) -> PairCoincidence? {
    let companion = Double(value(x, y, of: 3 - exposure))
    let excess = exposure == 1 ? excess * Double(difference.scale) : excess
    guard let highest = surroundings(x, y, below: companion - excess, of: 3 - exposure) else { return nil }
    let overlap = difference.overlap
    return PairCoincidence(
      exposure: exposure, x1: x + overlap.columns.lowerBound + 1, y1: y + overlap.rows.lowerBound + 1,
      x2: x + overlap.columns2.lowerBound + 1, y2: y + overlap.rows2.lowerBound + 1,
      value: Double(value(x, y, of: exposure)), companion: companion, surroundings: highest)
  }

  /// The highest unflagged value within three pixels, more when fewer than eight are unflagged; nil when
  /// there are too few or one is not below the limit.
  private func surroundings(_ x: Int, _ y: Int, below limit: Double, of exposure: Int) -> Double? {
    for reach in 3...7 {
      var highest = -Double.infinity
      var count = 0
      for j in max(0, y - reach)...min(difference.height - 1, y + reach) {
        for i in max(0, x - reach)...min(difference.width - 1, x + reach)
        where !isFlagged(i, j) && !isMasked(i, j, in: exposure) {
          let neighbour = Double(value(i, j, of: exposure))
          guard neighbour.isFinite else { continue }
          if neighbour >= limit { return nil }
          highest = max(highest, neighbour)
          count += 1
        }
      }
      if count >= 8 { return highest }
    }
    return nil
  }

  private func isFlagged(_ x: Int, _ y: Int) -> Bool {
    let overlap = difference.overlap
    return mask1[x + overlap.columns.lowerBound, y + overlap.rows.lowerBound]
      || mask2[x + overlap.columns2.lowerBound, y + overlap.rows2.lowerBound]
  }

  private func isMasked(_ x: Int, _ y: Int, in exposure: Int) -> Bool {
    let (first, second) = difference.isMasked(x, y)
    return exposure == 1 ? first : second
  }

  private func value(_ x: Int, _ y: Int, of exposure: Int) -> Scalar {
    let overlap = difference.overlap
    let columns = exposure == 1 ? overlap.columns : overlap.columns2
    let rows = exposure == 1 ? overlap.rows : overlap.rows2
    let base = exposure == 1 ? difference.first : difference.second
    return base[(y + rows.lowerBound) * difference.stride + x + columns.lowerBound]
  }
}
