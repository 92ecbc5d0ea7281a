/// Moves images by whole pixels and fractions of them.
package enum SubpixelShift {
  /// The image moved towards larger x and y, conserving flux; pixels outside count as 0.
  ///
  /// A pixel of the result is the mean of the source over the pixel's area moved back, which is bilinear
  /// interpolation; whole pixels move exactly.
  /// - Parameter offset: pixels, finite.
  /// - Throws: `CRSError.interrupted`.
  package static func fluxConserving(_ plane: Plane<Float>, by offset: Offset, work: Work) throws -> Plane<
    Float
  > {
    if offset == .zero { return plane }
    let (width, height) = (plane.width, plane.height)
    let limit = Double(max(width, height) + 2)
    let (dx, dy) = (min(max(offset.x, -limit), limit), min(max(offset.y, -limit), limit))
    let columns = (-dx).rounded(.down)
    let rows = (-dy).rounded(.down)
    let (u, v) = (-dx - columns, -dy - rows)
    let (shiftX, shiftY) = (Int(columns), Int(rows))
    return try Plane(width: width, height: height) { out in
      nonisolated(unsafe) let out = out
      try plane.pixels.withUnsafeBufferPointer { source in
        nonisolated(unsafe) let source = source
        try work.forTiles(height, size: 32) { tile in
          for y in tile {
            for x in 0..<width {
              let (j, i) = (x + shiftX, y + shiftY)
              func value(_ j: Int, _ i: Int) -> Double {
                j >= 0 && j < width && i >= 0 && i < height ? Double(source[i * width + j]) : 0
              }
              let lower = u == 0 ? value(j, i) : (1 - u) * value(j, i) + u * value(j + 1, i)
              if v == 0 {
                out[y * width + x] = Float(lower)
              } else {
                let upper = u == 0 ? value(j, i + 1) : (1 - u) * value(j, i + 1) + u * value(j + 1, i + 1)
                out[y * width + x] = Float((1 - v) * lower + v * upper)
              }
            }
          }
        }
      }
    }
  }
}

extension SubpixelShift {
  /// Pixels of a moved image that a masked pixel or the outside contributes to.
  ///
  /// - Parameter offset: pixels, finite.
  package static func mask(_ mask: Mask?, shape: Shape, by offset: Offset) -> Mask {
    var out = Mask(shape: shape)
    let limit = Double(max(shape.width, shape.height) + 2)
    let (dx, dy) = (min(max(offset.x, -limit), limit), min(max(offset.y, -limit), limit))
    let (j, i) = (Int((-dx).rounded(.down)), Int((-dy).rounded(.down)))
    let columns = -dx == Double(j) ? [j] : [j, j + 1]
    let rows = -dy == Double(i) ? [i] : [i, i + 1]
    for y in 0..<shape.height {
      for x in 0..<shape.width {
        let isSpoilt = rows.contains { row in
          columns.contains { column in
            let (sourceX, sourceY) = (x + column, y + row)
            guard sourceX >= 0, sourceX < shape.width, sourceY >= 0, sourceY < shape.height else {
              return true
            }
            return mask.map { $0.plane[sourceX, sourceY] != 0 } ?? false
          }
        }
        if isSpoilt { out.plane.pixels[y * shape.width + x] = 1 }
      }
    }
    return out
  }
}
