import Files

/// What an operation makes of finite numbers that is no number any more: division by zero, roots of negative pixels,
/// products beyond what a pixel can hold, pixels beside a number that is none.
package enum NonFinite {
  /// Operators and functions that may do so.
  package static let operations: Set<String> = [
    "+", "-", "*", "/", "//", "%", "**", "sqrt", "log", "log10", "exp",
  ]

  /// How many values of a result are infinite or NaN although those that it was made of are finite and not masked.
  package static func arisen(in result: Value, from operands: [Value]) -> Int {
    switch result {
    case .number(let number):
      return number.isFinite || operands.contains { !($0.double?.isFinite ?? false) } ? 0 : 1
    case .list(let items):
      return items.indices.reduce(0) { sum, k in
        sum + arisen(in: items[k], from: operands.map { $0.part(k, of: items.count) })
      }
    case .stack(let stack):
      return stack.exposures.indices.reduce(0) { sum, k in
        sum + arisen(in: .image(stack.exposures[k]), from: operands.map { $0.part(k, of: stack.count) })
      }
    case .image(let image):
      guard count(in: image.pixels.pixels) > 0 else { return 0 }
      return arisen(in: image, from: operands)
    default: return 0
    }
  }

  private static func count(in pixels: [Float]) -> Int {
    pixels.withUnsafeBufferPointer { pixels in
      var count: UInt32 = 0
      // The exponent of what is not finite has all bits.
      for pixel in pixels { count &+= pixel.bitPattern & 0x7F80_0000 == 0x7F80_0000 ? 1 : 0 }
      return Int(count)
    }
  }

  private static func arisen(in image: Image, from operands: [Value]) -> Int {
    let result = Numbers(image)
    let sources = operands.compactMap { operand -> Numbers? in
      guard case .image(let source) = operand, source.pixels.count == image.pixels.count else { return nil }
      return Numbers(source)
    }
    let flags = image.mask?.plane.pixels ?? []
    return image.pixels.pixels.withUnsafeBufferPointer { pixels in
      var count = 0
      // Most are finite.
      for k in 0..<pixels.count where !pixels[k].isFinite {
        if result.isFinite(k) || !flags.isEmpty && flags[k] != 0 { continue }
        if sources.allSatisfy({ $0.isFinite(k) }) { count += 1 }
      }
      return count
    }
  }

  /// The pixels of an image as exact as it holds them.
  private struct Numbers {
    private let single: [Float]
    private var exact: [Double] = []

    init(_ image: Image) {
      single = image.pixels.pixels
      if case .float64(let values) = image.exactPixels { exact = values }
    }

    func isFinite(_ k: Int) -> Bool { exact.isEmpty ? single[k].isFinite : exact[k].isFinite }
  }
}

extension Value {
  /// What goes into an element of a result: an exposure, an element of a list, or the value itself.
  fileprivate func part(_ place: Int, of count: Int) -> Value {
    switch self {
    case .list(let items) where items.count == count: items[place]
    case .stack(let stack) where stack.count == count: .image(stack.exposures[place])
    default: self
    }
  }
}
