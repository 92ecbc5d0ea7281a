/// A plane of flags: 1 where a pixel is flagged, 0 elsewhere.
package struct Mask: Sendable, Equatable {
  /// One byte a pixel, 0 or 1.
  package var plane: Plane<UInt8>

  package init(plane: Plane<UInt8>) { self.plane = plane }

  /// An empty mask.
  package init(shape: Shape) { plane = Plane(width: shape.width, height: shape.height, repeating: 0) }

  package var width: Int { plane.width }
  package var height: Int { plane.height }
  package var shape: Shape { plane.shape }

  /// The number of flagged pixels.
  package var flagged: Int { plane.pixels.reduce(0) { $0 &+ Int($1) } }

  package subscript(x: Int, y: Int) -> Bool {
    get { plane[x, y] != 0 }
    set { plane[x, y] = newValue ? 1 : 0 }
  }

  package static func | (a: Mask, b: Mask) -> Mask { a.combined(b, |) }
  package static func & (a: Mask, b: Mask) -> Mask { a.combined(b, &) }
  package static prefix func ! (a: Mask) -> Mask { Mask(plane: a.plane.map { 1 - $0 }) }

  /// Pixel by pixel; both masks must have the same shape.
  private func combined(_ other: Mask, _ operation: (UInt8, UInt8) -> UInt8) -> Mask {
    precondition(shape == other.shape, "masks of \(shape) and \(other.shape)")
    var out = self
    out.plane.pixels.withUnsafeMutableBufferPointer { target in
      other.plane.pixels.withUnsafeBufferPointer { source in
        for i in 0..<target.count { target[i] = operation(target[i], source[i]) }
      }
    }
    return out
  }
}
