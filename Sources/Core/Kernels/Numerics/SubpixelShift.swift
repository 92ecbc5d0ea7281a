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
  > { try moved(plane, by: offset, work) }

  /// The same in double precision.
  package static func fluxConserving(_ plane: Plane<Double>, by offset: Offset, work: Work) throws -> Plane<
    Double
  > { try moved(plane, by: offset, work) }

  @inline(__always)
  private static func moved<Number: BinaryFloatingPoint & Sendable>(
    _ plane: Plane<Number>, by offset: Offset, _ work: Work
  ) throws -> Plane<Number> {
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
                out[y * width + x] = Number(lower)
              } else {
                let upper = u == 0 ? value(j, i + 1) : (1 - u) * value(j, i + 1) + u * value(j + 1, i + 1)
                out[y * width + x] = Number((1 - v) * lower + v * upper)
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
  /// - Throws: `CRSError.interrupted`.
  package static func mask(_ mask: Mask?, shape: Shape, by offset: Offset, work: Work) throws -> Mask {
    let (width, height) = (shape.width, shape.height)
    let limit = Double(max(width, height) + 2)
    let (dx, dy) = (min(max(offset.x, -limit), limit), min(max(offset.y, -limit), limit))
    let (j, i) = (Int((-dx).rounded(.down)), Int((-dy).rounded(.down)))
    let columns = -dx == Double(j) ? [j] : [j, j + 1]
    let rows = -dy == Double(i) ? [i] : [i, i + 1]
    /// Columns, or rows, all of whose sources lie inside.
    func inside(_ sources: [Int], _ count: Int) -> Range<Int> {
      let first = max(0, -(sources.first ?? 0))
      return first..<max(first, min(count, count - (sources.last ?? 0)))
    }
    let (insideX, insideY) = (inside(columns, width), inside(rows, height))
    let plane = try Plane<UInt8>(width: width, height: height) { out in
      guard let base = out.baseAddress else { return }
      let shared = SharedPointer(base)
      try work.forTiles(height, size: 32) { tile in
        for y in tile {
          let row = shared.base + y * width
          guard insideY.contains(y) else {
            row.update(repeating: 1, count: width)
            continue
          }
          for x in 0..<width { row[x] = insideX.contains(x) ? 0 : 1 }
          guard let mask else { continue }
          for source in rows {
            for column in columns {
              for x in insideX where mask.plane.pixels[(y + source) * width + x + column] != 0 { row[x] = 1 }
            }
          }
        }
      }
    }
    return Mask(plane: plane)
  }
}

extension SubpixelShift {
  /// What a flux-conserving shift leaves of the noise of a pixel: the root of the sum of its squared weights, 0.5 to 1.
  package static func noise(by offset: Offset) -> Double {
    func share(_ shift: Double) -> Double {
      let part = shift - shift.rounded(.down)
      return (1 - part) * (1 - part) + part * part
    }
    return (share(offset.x) * share(offset.y)).squareRoot()
  }
}
