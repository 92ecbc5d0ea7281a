/// Tries displacements of two exposures by whole pixels: a true one leaves little but noise, wherever hits are.
///
/// A correlation follows what is brightest. Cosmic rays that hit the same pixel of two exposures are brighter than faint
/// structure and say that nothing moved.
struct OffsetTrial {
  private let first: Plane<Float>
  private let second: Plane<Float>
  /// Variances of the pixels of both, 0 where a pixel tells nothing [ADU^2].
  private let weights: (Plane<Float>, Plane<Float>)
  private let rows: Int
  private let work: Work
  /// Displacements along each axis that are tried.
  private let reach: Int

  /// Squared deviations count up to here, so that what is hit decides nothing.
  private static let most: Float = 9
  /// Pixels that are compared, about.
  private static let sample = 40_000
  /// Side of the part in the middle that they are taken from [pixel].
  private static let side = 1024
  /// Deviations above the median of 25 pixels that make a pixel sharp.
  private static let sharp: Float = 5
  /// By how many times what chance makes of the noise a trial must be better.
  private static let clear = 6.0

  /// - Parameters:
  ///   - largest: displacement up to which exposures may lie apart [pixel].
  /// - Throws: `CRSError.interrupted`.
  init(
    _ first: Plane<Float>, _ second: Plane<Float>, noise: (PixelNoise, PixelNoise), largest: Double,
    work: Work
  ) throws {
    let full = first.width
    let (start, first, second) = (
      Self.start(of: first), try Self.middle(of: first), try Self.middle(of: second)
    )
    let ratio = Self.ratio(first, second)
    (self.first, self.second) = (first, ratio == 1 ? second : second.map { $0 / ratio })
    reach = min(9, max(4, Int(min(largest, 9).rounded(.up)) + 1), (min(first.width, first.height) - 8) / 3)
    rows = max(1, first.count / Self.sample)
    self.work = work
    let (a, b) = (
      try Self.variances(self.first, noise.0, scale: 1, full, start, work),
      try Self.variances(self.second, noise.1, scale: ratio, full, start, work)
    )
    var hit = Mask(shape: first.shape)
    for i in 0..<hit.plane.count where a.isSharp[i] && b.isSharp[i] { hit.plane.pixels[i] = 1 }
    hit = try hit.dilated(times: 1, work: work)
    var (own, other) = (a.variance, b.variance)
    for i in 0..<hit.plane.count where hit.plane.pixels[i] != 0 { (own.pixels[i], other.pixels[i]) = (0, 0) }
    weights = (own, other)
  }

  private static func middle(of plane: Plane<Float>) throws -> Plane<Float> {
    let (width, height) = (min(plane.width, side), min(plane.height, side))
    guard width < plane.width || height < plane.height else { return plane }
    let (x, y) = start(of: plane)
    return plane[try Section(x1: x + 1, x2: x + width, y1: y + 1, y2: y + height)]
  }

  private static func start(of plane: Plane<Float>) -> (x: Int, y: Int) {
    ((plane.width - min(plane.width, side)) / 2, (plane.height - min(plane.height, side)) / 2)
  }

  /// How much brighter the second exposure is; 1 where nothing tells.
  private static func ratio(_ first: Plane<Float>, _ second: Plane<Float>) -> Float {
    let step = max(1, first.count / 20_000) | 1
    let (a, b) = (
      lowMedian(stride(from: 0, to: first.count, by: step).map { first.pixels[$0] }),
      lowMedian(stride(from: 0, to: second.count, by: step).map { second.pixels[$0] })
    )
    guard let a, let b, a > 0, b > 0, a.isFinite, b.isFinite else { return 1 }
    return abs(b / a - 1) < 0.02 ? 1 : b / a
  }

  private static func variances(
    _ plane: Plane<Float>, _ noise: PixelNoise, scale: Float, _ full: Int, _ start: (x: Int, y: Int),
    _ work: Work
  ) throws -> (variance: Plane<Float>, isSharp: [Bool]) {
    let smooth = try MedianFilter.separable(plane, size: 5, work: work)
    var variance = smooth
    var isSharp = [Bool](repeating: false, count: plane.count)
    for i in 0..<plane.count {
      let (perSignal, readout) = noise.at((i / plane.width + start.y) * full + i % plane.width + start.x)
      let square = max(smooth.pixels[i], 0) * perSignal / scale + readout / (scale * scale)
      variance.pixels[i] = square
      let excess = plane.pixels[i] - smooth.pixels[i]
      isSharp[i] = excess > 0 && excess * excess > sharp * sharp * square
    }
    return (variance, isSharp)
  }

  /// The squared deviations of the whole image where the second exposure lies by so many pixels away.
  private func misfit(_ dx: Int, _ dy: Int) -> Double {
    measure(dx, dy).misfit
  }

  /// What the noise alone makes the misfits of two trials differ by.
  private func chance(_ x: Int, _ y: Int) -> Double {
    Double(first.count) * (4 / Double(max(1, measure(x, y).pixels))).squareRoot()
  }

  private func measure(_ dx: Int, _ dy: Int) -> (misfit: Double, pixels: Int) {
    let (width, height) = (first.width, first.height)
    let columns = max(0, -dx)..<max(max(0, -dx), min(width, width - dx))
    var (sum, count) = (0.0, 0)
    first.pixels.withUnsafeBufferPointer { a in
      second.pixels.withUnsafeBufferPointer { b in
        weights.0.pixels.withUnsafeBufferPointer { u in
          weights.1.pixels.withUnsafeBufferPointer { v in
            for y in stride(from: max(0, -dy), to: min(height, height - dy), by: rows) {
              var (line, there): (Float, Int) = (0, 0)
              let step = dy * width + dx
              for i in columns.lowerBound + y * width..<columns.upperBound + y * width {
                guard u[i] > 0, v[i + step] > 0 else { continue }
                let difference = a[i] - b[i + step]
                line += min(difference * difference / (u[i] + v[i + step]), Self.most)
                there += 1
              }
              sum += Double(line)
              count += there
            }
          }
        }
      }
    }
    return (count > 0 ? sum / Double(count) * Double(first.count) : .infinity, count)
  }

  /// A displacement that fits clearly better than what a correlation found.
  ///
  /// - Returns: `found` where there is none.
  /// - Throws: `CRSError.interrupted`.
  func better(than found: Offset) throws -> Offset {
    guard let (best, misfits) = try best(), abs(found.x) < 1e6, abs(found.y) < 1e6 else { return found }
    let (x, y) = (Int(found.x.rounded()), Int(found.y.rounded()))
    guard max(abs(best.x - x), abs(best.y - y)) > 1 else { return found }
    let own = cells(around: x, y).map { misfits[$0.x, $0.y] ?? misfit($0.x, $0.y) }.min() ?? .infinity
    guard let least = misfits[best.x, best.y], least < own - Self.clear * chance(best.x, best.y) else {
      return found
    }
    return Offset(
      x: Double(best.x) + Self.peak(misfits[best.x - 1, best.y], least, misfits[best.x + 1, best.y]),
      y: Double(best.y) + Self.peak(misfits[best.x, best.y - 1], least, misfits[best.x, best.y + 1]))
  }

  /// Another displacement that fits clearly better, though it lies farther away than the errors of the found one allow.
  ///
  /// - Throws: `CRSError.interrupted`.
  func rival(of found: Offset, error: Offset) throws -> Offset? {
    guard let (_, misfits) = try best(), abs(found.x) < 1e6, abs(found.y) < 1e6 else { return nil }
    let (x, y) = (Int(found.x.rounded()), Int(found.y.rounded()))
    let own = cells(around: x, y).map { misfits[$0.x, $0.y] ?? misfit($0.x, $0.y) }.min() ?? .infinity
    var least = own - Self.clear * chance(0, 0)
    var rival: Offset?
    for (cell, misfit) in misfits.all
    where misfit < least
      && (abs(Double(cell.x) - found.x) > 2 + 6 * error.x || abs(Double(cell.y) - found.y) > 2 + 6 * error.y)
    {
      (least, rival) = (misfit, Offset(x: Double(cell.x), y: Double(cell.y)))
    }
    return rival
  }

  private func cells(around x: Int, _ y: Int) -> [(x: Int, y: Int)] {
    (-1...1).flatMap { j in (-1...1).map { (x + $0, y + j) } }
      .filter { abs($0.0) < first.width && abs($0.1) < first.height }
  }

  private struct Misfits {
    let reach: Int
    let values: [Double]
    var all: [(cell: (x: Int, y: Int), misfit: Double)] {
      let side = 2 * reach + 1
      return values.enumerated().map {
        ((x: $0.offset % side - reach, y: $0.offset / side - reach), $0.element)
      }
    }
    subscript(x: Int, y: Int) -> Double? {
      guard abs(x) <= reach, abs(y) <= reach else { return nil }
      return values[(y + reach) * (2 * reach + 1) + x + reach]
    }
  }

  /// The whole pixels that fit best, and how well all of them fit; nil where the image is too small.
  private func best() throws -> (cell: (x: Int, y: Int), misfits: Misfits)? {
    guard reach >= 2 else { return nil }
    let side = 2 * reach + 1
    let rows = OrderedResults<[Double]>(side)
    try work.forTiles(side, size: 1) { tile in
      for line in tile { rows.set(line, (-reach...reach).map { misfit($0, line - reach) }) }
    }
    let misfits = Misfits(reach: reach, values: rows.values.flatMap { $0 })
    return misfits.all.min { $0.misfit < $1.misfit }.map { ($0.cell, misfits) }
  }

  /// Where a parabola through three values has its lowest point, from the middle one.
  private static func peak(_ left: Double?, _ middle: Double, _ right: Double?) -> Double {
    guard let left, let right, left.isFinite, right.isFinite, left + right > 2 * middle else { return 0 }
    return max(-0.5, min(0.5, 0.5 * (left - right) / (left + right - 2 * middle)))
  }
}
