/// The 100 x 100 equal bins of a median-minimum diagram.
struct DiagramBins: Sendable {
  let xEdges: [Double]
  let yEdges: [Double]

  /// Edges from `xMin` to `xMax` and from 0 to `yMax` [ADU]; both ranges must not be empty.
  init(xMin: Double, xMax: Double, yMax: Double) {
    xEdges = DiagramBins.edges(xMin, xMax)
    yEdges = DiagramBins.edges(0, yMax)
  }

  init(xEdges: [Double], yEdges: [Double]) {
    self.xEdges = xEdges
    self.yEdges = yEdges
  }

  static var count: Int { Diagram.bins * Diagram.bins }

  /// Equal steps, computed so that both ends are exact.
  private static func edges(_ low: Double, _ high: Double) -> [Double] {
    let step = (high - low) / Double(Diagram.bins)
    var edges = (0...Diagram.bins).map { Double($0) * step + low }
    edges[Diagram.bins] = high
    return edges
  }

  /// Counts of pixels: `edge[k] <= v < edge[k + 1]`, the last bin with its upper edge; others are dropped.
  ///
  /// - Parameters:
  ///   - x: min2d [ADU].
  ///   - median: median2d [ADU], the same shape; y is the float32 difference.
  func histogram(minimum x: Plane<Float>, median: Plane<Float>, work: Work) throws -> [Double] {
    let total = CountGrid()
    try x.pixels.withUnsafeBufferPointer { x in
      try median.pixels.withUnsafeBufferPointer { median in
        nonisolated(unsafe) let (x, median) = (x, median)
        try work.forTiles(x.count, size: 65536) { tile in
          var counts = [UInt64](repeating: 0, count: DiagramBins.count)
          counts.withUnsafeMutableBufferPointer { counts in
            xEdges.withUnsafeBufferPointer { xEdges in
              yEdges.withUnsafeBufferPointer { yEdges in
                guard let x = x.baseAddress, let median = median.baseAddress else { return }
                let (columns, rows) = (EdgeSearch(xEdges), EdgeSearch(yEdges))
                for first in stride(from: tile.lowerBound, to: tile.upperBound, by: 8) {
                  let here = min(8, tile.upperBound - first)
                  let a = x.lanes(first, here, filler: -.infinity)
                  let b = median.lanes(first, here, filler: 0) - a
                  let (column, unsureColumn) = columns.bins(a)
                  let (row, unsureRow) = rows.bins(b)
                  let inside = (column .>= 0) .& (row .>= 0)
                  let unsure = bits(unsureColumn .| unsureRow)
                  let sure = bits(inside) & ~unsure
                  let place = wholeNumbers(
                    Lanes.zero.replacing(with: row * Float(Diagram.bins) + column, where: inside))
                  for lane in 0..<here where sure & 1 << UInt8(lane) != 0 {
                    counts[Int(place[lane])] &+= 1
                  }
                  guard unsure != 0 else { continue }
                  for lane in 0..<here where unsure & 1 << UInt8(lane) != 0 {
                    let (column, row) = (columns.bin(Double(a[lane])), rows.bin(Double(b[lane])))
                    if column >= 0, row >= 0 { counts[row * Diagram.bins + column] &+= 1 }
                  }
                }
              }
            }
          }
          total.add(counts)
        }
      }
    }
    return total.counts
  }
}

/// Finds the bin of a value among equally spaced edges, as the edges themselves decide.
private struct EdgeSearch {
  private let edges: UnsafeBufferPointer<Double>
  private let scale: Double
  private let last: Int
  private let first: Float
  private let singleScale: Float
  private let count: Float
  private let tolerance: Float

  init(_ edges: UnsafeBufferPointer<Double>) {
    self.edges = edges
    last = edges.count - 1
    scale = Double(last) / (edges[last] - edges[0])
    (first, singleScale, count) = (Float(edges[0]), Float(scale), Float(last))
    // Rounding of the first edge, of the difference and of the product.
    tolerance = Float(1e-4 + 4e-7 * scale * max(abs(edges[0]), abs(edges[last])))
  }

  /// The bins of eight values, -1 outside, and which of them single precision cannot tell.
  @inline(__always)
  func bins(_ value: Lanes) -> (Lanes, SIMDMask<SIMD8<Int32>>) {
    let place = (value - first) * singleScale
    let isFar = (place .> -1) .& (place .< count + 1)
    let whole = VectorMath.floor(Lanes(repeating: -1).replacing(with: place, where: isFar))
    let rest = place - whole
    let unsure = isFar .& ((rest .< tolerance) .| (rest .> 1 - tolerance))
    let inside = (whole .>= 0) .& (whole .< count)
    return (Lanes(repeating: -1).replacing(with: whole, where: inside), unsure)
  }

  /// -1 outside.
  @inline(__always)
  func bin(_ value: Double) -> Int {
    guard value >= edges[0], value <= edges[last] else { return -1 }
    var k = min(last - 1, Int((value - edges[0]) * scale))
    while k > 0, value < edges[k] { k -= 1 }
    while k < last - 1, value >= edges[k + 1] { k += 1 }
    return k
  }
}
