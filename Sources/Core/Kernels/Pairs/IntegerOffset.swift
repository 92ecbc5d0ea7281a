/// Finds by how many whole pixels the second exposure must be moved to fall on the first.
///
/// The exposures, less their medians and clipped so that cosmic rays and bright sources do not outweigh the
/// rest, are cross-correlated. Around the highest peaks (spectra of equal fibres have one at every fibre) the
/// smallest mean absolute difference decides. Offsets of up to a quarter of each side are considered, of up to
/// 64 pixels at least.
package struct IntegerOffset: Sendable {
  private let first: ClippedPlane
  private let second: ClippedPlane

  /// - Parameters:
  ///   - ioffx: the offset in x where it is known.
  ///   - ioffy: the offset in y where it is known.
  /// - Returns: offsets with pixel (x, y) of `first` on (x - ioffx, y - ioffy) of `second`.
  /// - Throws: `CRSError`: data when the exposures have no structure in common, `interrupted`.
  package static func find(
    _ first: Plane<Float>, _ second: Plane<Float>, ioffx: Int? = nil, ioffy: Int? = nil, work: Work
  ) throws -> (ioffx: Int, ioffy: Int) {
    let search = IntegerOffset(
      first: try ClippedPlane(first, work: work), second: try ClippedPlane(second, work: work))
    let rangeX = ioffx.map { $0...$0 } ?? reach(first.width)
    let rangeY = ioffy.map { $0...$0 } ?? reach(first.height)
    let factor = max(1, (max(first.width, first.height) + 2047) / 2048)
    let near = try search.correlate(rangeX, rangeY, factor, work)
    return try search.refine(near, rangeX, rangeY, factor, work)
  }

  private static func reach(_ length: Int) -> ClosedRange<Int> {
    let most = min(length - 1, max(64, length / 4))
    return -most...most
  }

  /// The offsets with the highest correlations, on a grid of `factor` pixels.
  private func correlate(
    _ rangeX: ClosedRange<Int>, _ rangeY: ClosedRange<Int>, _ factor: Int, _ work: Work
  ) throws -> [(x: Int, y: Int)] {
    func padded(_ length: Int, _ range: ClosedRange<Int>) -> Int {
      let most = max(range.lowerBound.magnitude, range.upperBound.magnitude)
      return FFT2D.fastLength(atLeast: (length + Int(most)) / factor + 2)
    }
    let width = padded(first.plane.width, rangeX)
    let height = padded(first.plane.height, rangeY)
    let transform = try FFT2D(width: width, height: height)
    var product = try transform.forward(first.binned(factor, width, height), work: work)
    let other = try transform.forward(second.binned(factor, width, height), work: work)
    product.pixels.withUnsafeMutableBufferPointer { a in
      other.pixels.withUnsafeBufferPointer { b in
        for i in 0..<a.count { a[i] = .product(a[i], b[i].conjugate) }
      }
    }
    let correlation = try transform.inverse(product, work: work)
    let (gridX, gridY) = (grid(rangeX, factor), grid(rangeY, factor))
    func value(_ dx: Int, _ dy: Int) -> Double {
      guard gridX.contains(dx), gridY.contains(dy) else { return -.infinity }
      return correlation[dx < 0 ? dx + width : dx, dy < 0 ? dy + height : dy]
    }
    var peaks: [(value: Double, x: Int, y: Int)] = []
    for dy in gridY {
      for dx in gridX {
        let here = value(dx, dy)
        let least = peaks.count == Self.peaks ? peaks[Self.peaks - 1].value : 0
        guard here > least, here >= max(value(dx - 1, dy), value(dx + 1, dy)),
          here >= max(value(dx, dy - 1), value(dx, dy + 1))
        else { continue }
        if peaks.count == Self.peaks { peaks.removeLast() }
        peaks.insert(
          (here, dx * factor, dy * factor), at: peaks.firstIndex { $0.value < here } ?? peaks.count)
      }
    }
    guard !peaks.isEmpty else {
      throw CRSError.data(
        "the exposures have no structure in common", parameter: "ioffx",
        expected: "ioffx and ioffy as whole pixels")
    }
    return peaks.map { ($0.x, $0.y) }
  }

  /// Peaks of the correlation that are looked at closely.
  private static let peaks = 6

  private func grid(_ range: ClosedRange<Int>, _ factor: Int) -> ClosedRange<Int> {
    let low = (Double(range.lowerBound) / Double(factor)).rounded()
    let high = (Double(range.upperBound) / Double(factor)).rounded()
    return Int(low)...Int(high)
  }

  /// The offset with the smallest mean absolute difference around those found.
  private func refine(
    _ near: [(x: Int, y: Int)], _ rangeX: ClosedRange<Int>, _ rangeY: ClosedRange<Int>, _ factor: Int,
    _ work: Work
  ) throws -> (ioffx: Int, ioffy: Int) {
    let span = factor + 1
    let candidates = near.flatMap { peak in
      (-span...span).flatMap { dy in (-span...span).map { dx in (peak.x + dx, peak.y + dy) } }
    }.filter { rangeX.contains($0.0) && rangeY.contains($0.1) }
    // Some of the rows tell which few candidates are worth all of them.
    let (few, shift) = (12, 18)
    guard candidates.count > few, first.plane.count >> shift > 1 else {
      return try best(of: candidates, shift: 21, work).first ?? (0, 0)
    }
    let likely = try best(of: candidates, shift: shift, work).prefix(few)
    return try best(of: Array(likely), shift: 21, work).first ?? (0, 0)
  }

  /// The candidates in order of their mean absolute difference, each over as many rows as make about `1 << shift` pixels.
  private func best(
    of candidates: [(Int, Int)], shift: Int, _ work: Work
  ) throws -> [(ioffx: Int, ioffy: Int)] {
    var scores = [Double](repeating: 0, count: candidates.count)
    try scores.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      let out = SharedPointer(base)
      try work.forTiles(candidates.count, size: 1) { tile in
        for i in tile { out[i] = meanDifference(candidates[i].0, candidates[i].1, shift) }
      }
    }
    return scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }.map { candidates[$0] }
  }

  private func meanDifference(_ dx: Int, _ dy: Int, _ shift: Int) -> Double {
    guard let overlap = try? PairOverlap(of: first.plane.shape, ioffx: dx, ioffy: dy) else {
      return .infinity
    }
    let step = max(1, overlap.shape.count >> shift)
    var sum = 0.0
    var count = 0
    let columns = overlap.columns
    for y in stride(from: overlap.rows.lowerBound, to: overlap.rows.upperBound, by: step) {
      var row: Float = 0
      first.plane.pixels.withUnsafeBufferPointer { a in
        second.plane.pixels.withUnsafeBufferPointer { b in
          guard let a = a.baseAddress, let b = b.baseAddress else { return }
          let i = y * first.plane.width
          let j = (y - dy) * first.plane.width - dx
          var (sums, x) = (Lanes.zero, columns.lowerBound)
          while x + 8 <= columns.upperBound {
            let difference = first.clipped(a.lanes(i + x)) - second.clipped(b.lanes(j + x))
            sums += upper(difference, -difference)
            x += 8
          }
          row = sums.sum()
          while x < columns.upperBound {
            row += abs(first.clipped(a[i + x]) - second.clipped(b[j + x]))
            x += 1
          }
        }
      }
      sum += Double(row)
      count += columns.count
    }
    return sum / Double(count)
  }
}

/// A plane whose values are seen less their median, clipped at some robust sigmas, and 0 where not finite.
private struct ClippedPlane: Sendable {
  let plane: Plane<Float>
  private let level: Float
  private let limit: Float

  init(_ plane: Plane<Float>, work: Work) throws {
    self.plane = plane
    let statistics = try plane.pixels.withUnsafeBufferPointer { pixels in
      try pixels.baseAddress.flatMap {
        try RobustStatistics(of: StoredRows(base: $0, width: plane.width, height: plane.height), work: work)
      }
    }
    level = statistics?.median ?? 0
    let deviation = Float(statistics?.standardDeviation ?? 0)
    limit = deviation > 0 ? 10 * deviation : .greatestFiniteMagnitude
  }

  @inline(__always) func clipped(_ value: Float) -> Float {
    let above = value - level
    return above.isFinite ? min(max(above, -limit), limit) : 0
  }

  @inline(__always) func clipped(_ values: Lanes) -> Lanes {
    let above = values - level
    let inside = upper(lower(above, Lanes(repeating: limit)), Lanes(repeating: -limit))
    return inside.replacing(with: 0, where: .!((above - above) .== 0))
  }

  /// Sums of `factor` x `factor` pixels in the corner of a plane of zeros.
  func binned(_ factor: Int, _ width: Int, _ height: Int) -> Plane<Double> {
    var out = Plane<Double>(width: width, height: height, repeating: 0)
    plane.pixels.withUnsafeBufferPointer { source in
      out.pixels.withUnsafeMutableBufferPointer { target in
        for y in 0..<plane.height {
          let row = y / factor * width
          for x in 0..<plane.width {
            target[row + x / factor] += Double(clipped(source[y * plane.width + x]))
          }
        }
      }
    }
    return out
  }
}
