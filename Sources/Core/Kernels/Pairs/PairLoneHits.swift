/// Hits of one exposure of a pair where the other one has no value: nothing but their shape tells of them, nothing replaces
/// them, and they replace nothing.
struct PairLoneHits {
  /// Of each exposure, in its own frame.
  let masks: [Mask]

  /// Pixels that are searched together, and how far beyond them L.A.Cosmic looks.
  private static let (size, margin) = (64, 12)

  /// - Parameters:
  ///   - onlyFirst: whether hits of the second exposure matter to nobody.
  ///   - low: values that are too low; pixels of these are judged already.
  ///   - statistics: of the difference.
  /// - Returns: nil where there are none.
  /// - Throws: `CRSError.interrupted`.
  init?<Scalar: SortableScalar>(
    _ difference: PairDifference<Scalar>, onlyFirst: Bool, low: PairLowValues?,
    statistics: RobustStatistics<Scalar>, work: Work
  ) throws {
    let deviation = statistics.standardDeviation / 2.0.squareRoot()
    let tiles = Self.tiles(of: difference)
    guard deviation > 0, !tiles.isEmpty else { return nil }
    // Bright pixels have at most the noise that all of it would make if photons made it.
    let sky = max(Double(PairLowValues.middle(of: difference) ?? 0), deviation)
    let gain = sky / (deviation * deviation)
    let parameters = LACosmicParameters(
      gain: gain, readNoise: gain * deviation, satlevel: .infinity, padWidth: 10)
    let frame = Shape(width: difference.stride, height: difference.rows)
    var masks = [Mask](repeating: Mask(shape: frame), count: 2)
    var count = 0
    let overlap = difference.overlap
    let starts = [
      (overlap.columns.lowerBound, overlap.rows.lowerBound),
      (overlap.columns2.lowerBound, overlap.rows2.lowerBound),
    ]
    for (tile, isLone) in tiles {
      for k in 0..<(onlyFirst ? 1 : 2) where isLone[k] {
        let columns = max(0, tile.x - Self.margin)..<min(difference.width, tile.x + Self.size + Self.margin)
        let rows = max(0, tile.y - Self.margin)..<min(difference.height, tile.y + Self.size + Self.margin)
        var window = Plane<Float>(width: columns.count, height: rows.count, repeating: 0)
        for (j, y) in rows.enumerated() {
          for (i, x) in columns.enumerated() { window[i, j] = difference.value(x, y, of: k) }
        }
        guard parameters.canJudge(window.shape) else { continue }
        let found = try LACosmic.run(window, parameters: parameters, keepsClean: false, work: work).mask
          .standingOut(of: window) { Float((Double(max($1, 0)) / gain + deviation * deviation).squareRoot()) }
        for y in tile.y..<min(difference.height, tile.y + Self.size) {
          for x in tile.x..<min(difference.width, tile.x + Self.size)
          where found[x - columns.lowerBound, y - rows.lowerBound] && difference.isLone(x, y, k) {
            if let low, (k == 0 ? low.second : low.first)[x + starts[1 - k].0, y + starts[1 - k].1] {
              continue
            }
            masks[k][x + starts[k].0, y + starts[k].1] = true
            count += 1
          }
        }
      }
    }
    guard count > 0 else { return nil }
    self.masks = masks
  }

  /// Tiles of the overlap that hold pixels which only one exposure has, with the exposures that have them.
  private static func tiles<Scalar: SortableScalar>(
    of difference: PairDifference<Scalar>
  ) -> [(tile: (x: Int, y: Int), isLone: [Bool])] {
    let across = (difference.width + size - 1) / size
    var found = [[Bool]](repeating: [], count: across * ((difference.height + size - 1) / size))
    for y in 0..<difference.height {
      for x in 0..<difference.width {
        for k in 0..<2 where difference.isLone(x, y, k) {
          let tile = y / size * across + x / size
          if found[tile].isEmpty { found[tile] = [false, false] }
          found[tile][k] = true
        }
      }
    }
    return found.enumerated().filter { !$0.element.isEmpty }.map {
      ((x: $0.offset % across * size, y: $0.offset / across * size), $0.element)
    }
  }
}

extension PairDifference {
  /// Whether exposure `k` (0 or 1) has the only value of a pixel.
  @inline(__always) fileprivate func isLone(_ x: Int, _ y: Int, _ k: Int) -> Bool {
    let (i, j) = start(y)
    let masked = isMasked(x, y)
    let first = !masked.0 && first[i + x].isFinite
    let second = !masked.1 && second[j + x].isFinite
    return first != second && first == (k == 0)
  }
}
