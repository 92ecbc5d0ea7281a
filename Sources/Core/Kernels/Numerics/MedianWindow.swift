/// The rectangle over which a median filter runs, and the filter.
///
/// A window of even length m covers the offsets -m/2 ... m/2 - 1, one of odd length is symmetric.
package struct MedianWindow: Sendable, Equatable, CustomStringConvertible {
  package let rows: Int
  package let columns: Int

  /// - Throws: `CRSError` (usage) when a side is not in 1...1023.
  package init(rows: Int, columns: Int) throws {
    guard (1...1023).contains(rows), (1...1023).contains(columns) else {
      throw CRSError.usage(
        "[\(rows), \(columns)] is not a window", parameter: "median_size",
        expected: "[rows, columns] of 1 to 1023 pixels")
    }
    (self.rows, self.columns) = (rows, columns)
  }

  package var count: Int { rows * columns }
  package var description: String { "(\(rows), \(columns))" }

  /// The element of rank `count / 2` (from 0) around each pixel; the borders are mirrored with repetition of
  /// the edge. Values that are not finite are left out, with the rank of those that remain.
  ///
  /// - Throws: `CRSError.interrupted`.
  package func filtered(_ plane: Plane<Float>, work: Work) throws -> Plane<Float> {
    try selected(plane, work: work)
  }

  /// The same in double precision.
  package func filtered(_ plane: Plane<Double>, work: Work) throws -> Plane<Double> {
    try selected(plane, work: work)
  }

  private func selected<Scalar: SortableScalar>(_ plane: Plane<Scalar>, work: Work) throws -> Plane<Scalar> {
    guard plane.count > 0 else { return plane }
    let (width, height) = (plane.width, plane.height)
    let network = count <= 400 ? SelectionNetwork(selecting: count / 2, of: count) : nil
    let side = (columns: 256, rows: max(16, min(64, rows * 2)))
    let across = (width + side.columns - 1) / side.columns
    let down = (height + side.rows - 1) / side.rows
    return try plane.pixels.withUnsafeBufferPointer { source in
      try Plane<Scalar>(width: width, height: height) { out in
        guard let base = source.baseAddress, let target = out.baseAddress else { return }
        let input = StoredRows(base: base, width: width, height: height)
        let output = SharedPointer(target)
        try work.forTiles(across * down, size: 1, stage: "median filter") { tiles in
          for tile in tiles {
            let x0 = tile % across * side.columns
            let y0 = tile / across * side.rows
            let block = MirroredBlock(
              of: input, window: self, columns: x0..<min(width, x0 + side.columns),
              rows: y0..<min(height, y0 + side.rows))
            if let network {
              block.select(with: network, into: output.base, stride: width)
            } else {
              block.slide(into: output.base, stride: width)
            }
          }
        }
      }
    }
  }
}

/// A rectangle of pixels with the margin that its windows reach into, mirrored at the image's edges.
struct MirroredBlock<Scalar: SortableScalar> {
  let window: MedianWindow
  let columns: Range<Int>
  let rows: Range<Int>
  /// Pixels of a row of `values`, with room for a last vector.
  let stride: Int
  let values: [Scalar]

  init(of image: StoredRows<Scalar>, window: MedianWindow, columns: Range<Int>, rows: Range<Int>) {
    self.window = window
    self.columns = columns
    self.rows = rows
    let wide = columns.count + window.columns - 1
    let high = rows.count + window.rows - 1
    let stride = wide + 16
    let sources = (0..<wide).map {
      Self.mirrored(columns.lowerBound + $0 - window.columns / 2, image.width)
    }
    values = [Scalar](unsafeUninitializedCapacity: stride * high) { buffer, initialised in
      for j in 0..<high {
        let y = Self.mirrored(rows.lowerBound + j - window.rows / 2, image.height)
        let row = image.base + y * image.width
        for i in 0..<wide { buffer[j * stride + i] = row[sources[i]] }
        for i in wide..<stride { buffer[j * stride + i] = 0 }
      }
      initialised = stride * high
    }
    self.stride = stride
  }

  /// d c b a | a b c d | d c b a, any number of times.
  private static func mirrored(_ index: Int, _ count: Int) -> Int {
    let folded = index % (2 * count)
    let position = folded < 0 ? folded + 2 * count : folded
    return position < count ? position : 2 * count - 1 - position
  }

  /// Neighbouring windows side by side, sorted as far as the middle needs it.
  func select(with network: SelectionNetwork, into target: UnsafeMutablePointer<Scalar>, stride out: Int) {
    let lanes = Scalar.lanes
    values.withUnsafeBufferPointer { values in
      withUnsafeTemporaryAllocation(of: Scalar.self, capacity: (window.count + 1) * lanes) { memory in
        guard let base = values.baseAddress, let scratch = memory.baseAddress else { return }
        let result = scratch + window.count * lanes
        for j in 0..<rows.count {
          for i in Swift.stride(from: 0, to: columns.count, by: lanes) {
            let pixel = target + (rows.lowerBound + j) * out + columns.lowerBound + i
            let count = min(lanes, columns.count - i)
            if Scalar.select(
              base + j * stride + i, stride: stride, window: window, network: network, scratch: scratch,
              result: result)
            {
              pixel.update(from: result, count: count)
            } else {
              for k in 0..<count { pixel[k] = median(i + k, j, base) }
            }
          }
        }
      }
    }
  }

  /// One window with values that are not finite.
  private func median(_ i: Int, _ j: Int, _ base: UnsafePointer<Scalar>) -> Scalar {
    var finite: [Scalar] = []
    for dy in 0..<window.rows {
      for dx in 0..<window.columns {
        let value = base[(j + dy) * stride + i + dx]
        if value.isFinite { finite.append(value) }
      }
    }
    finite.sort()
    return finite.upperMiddle ?? .nan
  }
}
