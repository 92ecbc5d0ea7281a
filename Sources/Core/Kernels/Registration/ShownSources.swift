/// What the exposures show without hits, of any of them or all: the median, or the mean of the values that agree with the lowest
/// one, where no pixel stands alone as hits and hot pixels do; NaN where fewer than two have a value.
struct ShownSources {
  private let exposures: [Plane<Float>]
  /// The median of three and more; of two the first.
  private let middles: Plane<Float>
  private let noise: PixelNoise
  private let sky: Float
  private let work: Work

  private var isPair: Bool { exposures.count == 2 }

  /// What values may exceed the lowest one by and count: so many deviations and a part of its light, more than small changes
  /// make; the median of three exposures and more may exceed it by more, for a sharp image of a star is no hit.
  private static let (deviations, ofLight, ofMedian): (Float, Float, Float) = (5.7, 0.15, 0.25)
  /// The same where the cores of sources differ that much: the seeing changed, and no hits lie on most of them.
  private static let (ofUnlikeLight, ofUnlikeMedian): (Float, Float) = (1, 1.2)
  /// How many times as bright as its brightest neighbour a pixel of a source may be.
  private static let sharpest: Float = 2.2

  /// - Parameter exposures: at least 2, on one scale [ADU]; NaN where a value does not count.
  /// - Throws: `CRSError.interrupted`.
  init(_ exposures: [Plane<Float>], noise: PixelNoise, work: Work) throws {
    self.exposures = exposures
    self.noise = noise
    self.work = work
    sky = exposures.map(WholeDisplacement.level).min() ?? 0
    middles = exposures.count > 2 ? try StackPlanes(exposures, work: work).median : exposures[0]
  }

  /// - Throws: `CRSError.interrupted`.
  func image() throws -> Plane<Float> { try withoutLonePixels(agreed(coresDiffer())) }

  /// Deviations that pixels stand out of the sky by to tell whether cores differ; how many of them tell it, and which part of
  /// them must differ: more than hits of half of the exposures make.
  private static let (bright, telling, many): (Float, Int, Float) = (30, 100, 0.12)
  /// Pixels of large images that are looked at, about.
  private static let sample = 250_000
  /// The part of these that one exposure of two must be the lower one in: hits lie in both.
  private static let oneSided: Float = 0.8

  /// Whether sources differ in more of their pixels than hits make: half of the exposures show them sharper than another one.
  private func coresDiffer() -> Bool {
    var (all, differing) = (0, 0)
    var lowest = [Int](repeating: 0, count: exposures.count)
    withPixels(of: exposures + [middles]) { planes in
      for i in stride(from: 0, to: middles.count, by: max(1, middles.count / Self.sample) | 1) {
        var (low, high, which) = (Float.infinity, -Float.infinity, 0)
        for k in exposures.indices where planes[k][i].isFinite {
          if planes[k][i] < low { (low, which) = (planes[k][i], k) }
          high = max(high, planes[k][i])
        }
        guard high.isFinite else { continue }
        let (perSignal, readout) = noise.at(i)
        let deviation = (max(low, 0) * perSignal + readout).squareRoot()
        guard low - sky > Self.bright * deviation else { continue }
        all += 1
        let higher = isPair ? high : planes[exposures.count][i]
        if higher > low + Self.deviations * deviation + Self.ofMedian * (low - sky) {
          differing += 1
          lowest[which] += 1
        }
      }
    }
    guard all >= Self.telling, Float(differing) > Self.many * Float(all) else { return false }
    return !isPair || Float(lowest.max() ?? 0) > Self.oneSided * Float(differing)
  }

  /// Medians, or means of what agrees with the lowest value.
  private func agreed(_ areUnlike: Bool) throws -> Plane<Float> {
    let (ofLight, ofMedian) =
      areUnlike ? (Self.ofUnlikeLight, Self.ofUnlikeMedian) : (Self.ofLight, Self.ofMedian)
    let (shape, isPair, sky, noise) = (middles.shape, isPair, sky, noise)
    return try withPixels(of: exposures + [middles]) { planes in
      nonisolated(unsafe) let sources = Array(planes.dropLast())
      nonisolated(unsafe) let middle = planes[planes.count - 1]
      return try Plane<Float>.byRows(shape, work: work) { y, row in
        for x in 0..<shape.width {
          let i = y * shape.width + x
          var (low, there) = (Float.infinity, 0)
          for source in sources where source[i].isFinite {
            low = min(low, source[i])
            there += 1
          }
          // A lone value may be hit.
          guard there > 1 else {
            row[x] = .nan
            continue
          }
          let (perSignal, readout) = noise.at(i)
          let spread = Self.deviations * (max(low, 0) * perSignal + readout).squareRoot()
          if !isPair, middle[i] <= low + spread + ofMedian * max(low - sky, 0) {
            row[x] = middle[i]
            continue
          }
          let limit = low + spread + ofLight * max(low - sky, 0)
          var (sum, count): (Float, Float) = (0, 0)
          for source in sources where source[i] <= limit {
            sum += source[i]
            count += 1
          }
          row[x] = sum / count
        }
      }
    }
  }

  /// Pixels that are far brighter than all their neighbours get the light of the brightest of these.
  private func withoutLonePixels(_ agreed: Plane<Float>) throws -> Plane<Float> {
    let (shape, sky, noise) = (agreed.shape, sky, noise)
    return try withPixels(of: [agreed]) { planes in
      nonisolated(unsafe) let image = planes[0]
      return try Plane<Float>.byRows(shape, work: work) { y, row in
        for x in 0..<shape.width {
          let i = y * shape.width + x
          row[x] = image[i]
          guard y > 0, y < shape.height - 1, x > 0, x < shape.width - 1 else { continue }
          var highest = -Float.infinity
          for j in [i - 1, i + 1, i - shape.width, i + shape.width] where image[j] > highest {
            highest = image[j]
          }
          let (perSignal, readout) = noise.at(i)
          let limit =
            sky + Self.sharpest * max(highest - sky, 0) + 3
            * (max(highest, 0) * perSignal + readout).squareRoot()
          if image[i] > limit { row[x] = max(highest, sky) }
        }
      }
    }
  }
}
