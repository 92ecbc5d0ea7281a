/// Finds the value that replaces a cosmic-ray pixel (lacosmic.md section 9).
struct PixelCleaner: Sendable {
  let frame: LACosmicFrame
  let type: LACosmicParameters.CleanType

  struct Replacement: Sendable {
    var index: Int
    var value: Float
    var variance: Float
    /// No good pixel in the window: the median level of the image is taken.
    var needsLevel: Bool
  }

  /// 1 / distance of each pixel of the window from its centre.
  private static let inverseDistance: [Float] = {
    let byDistance: [Int: Float] = [1: 1, 2: 0.70710678, 4: 0.5, 5: 0.4472136, 8: 0.35355339, 0: 0]
    return (0..<25).map { k in
      let (dy, dx) = (k / 5 - 2, k % 5 - 2)
      return byDistance[dy * dy + dx * dx] ?? 0
    }
  }()

  /// - Parameters: a flagged pixel at least 2 pixels away from every border.
  func replacement(_ x: Int, _ y: Int) -> Replacement {
    let index = y * frame.width + x
    if type == .median {
      var (values, variances): ([Float], [Float]) = ([], [])
      forEachPixel(x, y) { _, i, j in
        let at = j * frame.width + i
        let isCosmic = frame.cosmic.isSet(i, j)
        values.append(isCosmic ? frame.patch[at] : frame.electrons(at))
        variances.append(isCosmic ? frame.variancePatch[at] : frame.varianceElectrons(at))
      }
      return Replacement(
        index: index, value: lowMedian(sorting: &values), variance: lowMedian(sorting: &variances),
        needsLevel: false)
    }
    switch type {
    case .medmask:
      var (values, variances): ([Float], [Float]) = ([], [])
      forEachGood(x, y) { _, at in
        values.append(frame.electrons(at))
        variances.append(frame.varianceElectrons(at))
      }
      guard !values.isEmpty else { return none(index) }
      return Replacement(
        index: index, value: lowMedian(sorting: &values), variance: lowMedian(sorting: &variances),
        needsLevel: false)
    case .idw:
      var (sum, variance, weights): (Float, Float, Float) = (0, 0, 0)
      forEachGood(x, y) { k, at in
        let weight = Self.inverseDistance[k]
        sum += weight * frame.electrons(at)
        variance += weight * frame.varianceElectrons(at)
        weights += weight
      }
      guard weights >= 1e-6 else { return none(index) }
      return Replacement(index: index, value: sum / weights, variance: variance / weights, needsLevel: false)
    default:
      var (sum, variance, count): (Float, Float, Float) = (0, 0, 0)
      forEachGood(x, y) { _, at in
        sum += frame.electrons(at)
        variance += frame.varianceElectrons(at)
        count += 1
      }
      guard count > 0 else { return none(index) }
      return Replacement(index: index, value: sum / count, variance: variance / count, needsLevel: false)
    }
  }

  private func none(_ index: Int) -> Replacement {
    Replacement(index: index, value: 0, variance: 0, needsLevel: true)
  }

  private func lowMedian(sorting values: inout [Float]) -> Float {
    values.sort()
    return values[(values.count - 1) / 2]
  }

  /// The window row by row, as the reference adds it up.
  @inline(__always)
  private func forEachPixel(_ x: Int, _ y: Int, _ body: (Int, Int, Int) -> Void) {
    for k in 0..<25 { body(k, x + k % 5 - 2, y + k / 5 - 2) }
  }

  @inline(__always)
  private func forEachGood(_ x: Int, _ y: Int, _ body: (Int, Int) -> Void) {
    forEachPixel(x, y) { k, i, j in
      if !frame.cosmic.isSet(i, j), !(frame.hasMasked && frame.masked.isSet(i, j)) {
        body(k, j * frame.width + i)
      }
    }
  }
}
