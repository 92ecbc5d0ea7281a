import Kernels

extension Value {
  /// The numbers, images and masks of a result, each with what went into it of the operands.
  func forEachPart(from operands: [Value], _ visit: (Value, [Value]) -> Void) {
    switch self {
    case .list(let items):
      for k in items.indices {
        items[k].forEachPart(from: operands.map { $0.part(k, of: items.count) }, visit)
      }
    case .stack(let stack):
      for k in stack.exposures.indices {
        visit(.image(stack.exposures[k]), operands.map { $0.part(k, of: stack.count) })
      }
    default: visit(self, operands)
    }
  }

  /// What goes into an element of a result: an exposure, an element of a list, or the value itself.
  private func part(_ place: Int, of count: Int) -> Value {
    switch self {
    case .list(let items) where items.count == count: items[place]
    case .stack(let stack) where stack.count == count: .image(stack.exposures[place])
    default: self
    }
  }
}

extension Plane<Float> {
  /// Whether any pixel has these bits of its exponent; all pixels are looked at, which is fast.
  func hasExponent(_ bits: UInt32) -> Bool {
    pixels.withUnsafeBufferPointer { pixels in
      var count: UInt32 = 0
      for pixel in pixels { count |= pixel.bitPattern & 0x7F80_0000 == bits ? 1 : 0 }
      return count > 0
    }
  }
}
