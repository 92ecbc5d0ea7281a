extension Plane where Element == Float {
  /// A plane whose rows `fill` writes, in any order and on any thread.
  static func byRows(
    _ shape: Shape, work: Work, _ fill: @Sendable (_ y: Int, _ row: UnsafeMutablePointer<Float>) -> Void
  ) throws -> Plane<Float> {
    try Plane(width: shape.width, height: shape.height) { out in
      guard let base = out.baseAddress else { return }
      let shared = SharedPointer(base)
      try work.forTiles(shape.height, size: 16) { tile in
        for y in tile { fill(y, shared.base + y * shape.width) }
      }
    }
  }
}

extension Mask {
  /// A mask whose flags `fill` writes tile by tile, in any order and on any thread; tiles are runs of pixels in memory.
  static func byTiles(
    _ shape: Shape, work: Work,
    _ fill: @Sendable (_ tile: Range<Int>, _ out: UnsafeMutablePointer<UInt8>) -> Void
  ) throws -> Mask {
    Mask(
      plane: try Plane(width: shape.width, height: shape.height) { out in
        guard let base = out.baseAddress else { return }
        let shared = SharedPointer(base)
        try work.forTiles(shape.count, size: 1 << 16) { fill($0, shared.base) }
      })
  }
}

/// The pixels of several planes at once.
func withPixels<Result>(
  of planes: [Plane<Float>], _ body: ([UnsafeBufferPointer<Float>]) throws -> Result
) rethrows -> Result {
  func next(_ found: [UnsafeBufferPointer<Float>]) throws -> Result {
    if found.count == planes.count { return try body(found) }
    return try planes[found.count].pixels.withUnsafeBufferPointer { try next(found + [$0]) }
  }
  return try next([])
}

/// Calls `body` with the memory of all planes, a pointer each; planes must not be empty.
func withPointers<Result>(
  to planes: [Plane<Float>], _ body: (UnsafeMutableBufferPointer<UnsafePointer<Float>>) throws -> Result
) throws -> Result? {
  try withPixels(of: planes) { sources in
    try withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: sources.count) { pointers in
      for (k, source) in sources.enumerated() {
        guard let base = source.baseAddress else { return nil }
        pointers[k] = base
      }
      return try body(pointers)
    }
  }
}
