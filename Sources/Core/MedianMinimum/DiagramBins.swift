/// The 100 x 100 equal bins of a median-minimum diagram (crmasks.md section 6.3).
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
                let (columns, rows) = (EdgeSearch(xEdges), EdgeSearch(yEdges))
                for i in tile {
                  let column = columns.bin(Double(x[i]))
                  let row = rows.bin(Double(median[i] - x[i]))
                  if column >= 0, row >= 0 { counts[row * Diagram.bins + column] &+= 1 }
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

  init(_ edges: UnsafeBufferPointer<Double>) {
    self.edges = edges
    last = edges.count - 1
    scale = Double(last) / (edges[last] - edges[0])
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
