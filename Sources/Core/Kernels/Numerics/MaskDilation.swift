extension Mask {
  /// The mask grown by one pixel in all eight directions, `times` times; pixels outside count as unflagged.
  ///
  /// - Parameter times: at least 0.
  /// - Throws: `CRSError.interrupted`.
  package func dilated(times: Int, work: Work) throws -> Mask {
    var current = self
    let (width, height) = (width, height)
    for _ in 0..<min(times, max(width, height)) {
      var across = Mask(shape: shape)
      try current.plane.pixels.withUnsafeBufferPointer { source in
        try across.plane.pixels.withUnsafeMutableBufferPointer { target in
          nonisolated(unsafe) let (source, target) = (source, target)
          try work.forTiles(height, size: 64) { rows in
            for y in rows { Mask.growRow(source, target, y * width, width) }
          }
        }
      }
      try across.plane.pixels.withUnsafeBufferPointer { source in
        try current.plane.pixels.withUnsafeMutableBufferPointer { target in
          nonisolated(unsafe) let (source, target) = (source, target)
          try work.forTiles(height, size: 64) { rows in
            for y in rows {
              let (above, below) = (max(0, y - 1) * width, min(height - 1, y + 1) * width)
              for x in 0..<width {
                target[y * width + x] = source[y * width + x] | source[above + x] | source[below + x]
              }
            }
          }
        }
      }
    }
    return current
  }

  private static func growRow(
    _ source: UnsafeBufferPointer<UInt8>, _ target: UnsafeMutableBufferPointer<UInt8>, _ start: Int,
    _ width: Int
  ) {
    guard width > 1 else {
      if width == 1 { target[start] = source[start] }
      return
    }
    target[start] = source[start] | source[start + 1]
    for x in start + 1..<start + width - 1 { target[x] = source[x - 1] | source[x] | source[x + 1] }
    target[start + width - 1] = source[start + width - 1] | source[start + width - 2]
  }
}
