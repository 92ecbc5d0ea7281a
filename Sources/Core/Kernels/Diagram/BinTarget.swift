/// Finds the bins of eight points at once.
struct BinTarget {
  /// Counters behind those of the bins, for points outside.
  static let spare = 1

  private let x0: Float
  private let xScale: Float
  private let yScale: Float

  init(_ bins: DiagramBins) {
    let last = Diagram.bins
    x0 = Float(bins.xEdges[0])
    xScale = Float(Double(last) / (bins.xEdges[last] - bins.xEdges[0]))
    yScale = Float(Double(last) / bins.yEdges[last])
  }

  /// Counts the first `lanes` points; values on the upper edges belong to the last bins.
  ///
  /// - Parameter counts: `DiagramBins.count` and `spare` counters.
  @inline(__always)
  func count(
    _ x: SIMD8<Float>, _ y: SIMD8<Float>, lanes: Int, into counts: UnsafeMutableBufferPointer<UInt64>
  ) {
    let limit = Float(Diagram.bins)
    let (across, up) = ((x - x0) * xScale, y * yScale)
    var (column, row) = (VectorMath.floor(across), VectorMath.floor(up))
    column.replace(with: limit - 1, where: across .== limit)
    row.replace(with: limit - 1, where: up .== limit)
    let inside = (column .>= 0) .& (column .< limit) .& (row .>= 0) .& (row .< limit)
    let number = SIMD8(repeating: Float(DiagramBins.count)).replacing(
      with: row * limit + column, where: inside)
    let index = wholeNumbers(number)
    guard let base = counts.baseAddress else { return }
    if lanes == 8 {
      for lane in 0..<8 { base[Int(index[lane])] &+= 1 }
    } else {
      for lane in 0..<lanes { base[Int(index[lane])] &+= 1 }
    }
  }
}
