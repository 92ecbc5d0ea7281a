/// What a mask was made for; kernels only pass it on.
package protocol MaskOwner: Sendable {}

/// A plane of flags: 1 where a pixel is flagged, 0 elsewhere.
package struct Mask: Sendable {
  /// One byte a pixel, 0 or 1.
  package var plane: Plane<UInt8>
  /// The image that the mask was made for, where somebody said so; it is no part of what makes masks equal.
  package var owner: (any MaskOwner)?

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

  package static func | (a: Mask, b: Mask) -> Mask { a.combined(b) { $0 | $1 } }
  package static func & (a: Mask, b: Mask) -> Mask { a.combined(b) { $0 & $1 } }
  package static prefix func ! (a: Mask) -> Mask {
    var out = a
    out.plane = a.plane.map { 1 - $0 }
    return out
  }

  /// Pixel by pixel; both masks must have the same shape.
  @inline(__always) private func combined(_ other: Mask, _ operation: (UInt8, UInt8) -> UInt8) -> Mask {
    precondition(shape == other.shape, "masks of \(shape) and \(other.shape)")
    var out = self
    out.owner = owner ?? other.owner
    out.plane.pixels.withUnsafeMutableBufferPointer { target in
      other.plane.pixels.withUnsafeBufferPointer { source in
        for i in 0..<target.count { target[i] = operation(target[i], source[i]) }
      }
    }
    return out
  }
}

extension Mask: Equatable {
  package static func == (a: Mask, b: Mask) -> Bool { a.plane == b.plane }
}
