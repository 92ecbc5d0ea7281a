import Files

/// What an operation makes of finite numbers that is no number any more: division by zero, roots of negative pixels,
/// products beyond what a pixel can hold, pixels beside a number that is none.
package enum NonFinite {
  /// Operators and functions that may do so.
  package static let operations: Set<String> = [
    "+", "-", "*", "/", "//", "%", "**", "sqrt", "log", "log10", "exp",
  ]

  /// Values of a result that are infinite or NaN although those that it was made of are finite and not masked.
  package struct Count: Sendable, Equatable {
    package var all = 0
    /// Those of them that are numbers beyond 3.4e38, where single precision ends.
    package var beyondSingle = 0

    package init(all: Int = 0, beyondSingle: Int = 0) { (self.all, self.beyondSingle) = (all, beyondSingle) }

    package static func += (a: inout Count, b: Count) {
      a.all += b.all
      a.beyondSingle += b.beyondSingle
    }
  }

  /// - Parameter operation: one of `operations`.
  package static func arisen(in result: Value, by operation: String, from operands: [Value]) -> Count {
    var sum = Count()
    result.forEachPart(from: operands) { part, operands in
      switch part {
      case .number(let number):
        if !number.isFinite, operands.allSatisfy({ $0.double?.isFinite ?? false }) { sum.all += 1 }
      // The exponent of what is not finite has all bits.
      case .image(let image) where image.pixels.hasExponent(0x7F80_0000):
        sum += arisen(in: image, by: operation, from: operands)
      default: break
      }
    }
    return sum
  }

  private static func arisen(in image: Image, by operation: String, from operands: [Value]) -> Count {
    let result = Numbers(image)
    let sources = operands.map { operand -> Numbers? in
      guard case .image(let source) = operand, source.pixels.count == image.pixels.count else { return nil }
      return Numbers(source)
    }
    // What is divided by 0 is infinite in any precision, and so is what a number gives that is none.
    let isSingle = image.exactPixels == nil && operands.allSatisfy { $0.double?.isFinite ?? true }
    let poles: (Numbers?, Value?) =
      switch operation {
      case "/", "//", "%": (sources.last ?? nil, operands.last)
      case "**", "log", "log10": (sources.first ?? nil, operands.first)
      default: (nil, nil)
      }
    func isPole(_ k: Int) -> Bool {
      guard let operand = poles.1 else { return false }
      if let pixels = poles.0 { return pixels[k] == 0 }
      if case .mask(let mask) = operand, mask.plane.count == image.pixels.count {
        return mask.plane.pixels[k] == 0
      }
      return operand.double == 0
    }
    let flags = image.mask?.plane.pixels ?? []
    return image.pixels.pixels.withUnsafeBufferPointer { pixels in
      var count = Count()
      // Most are finite.
      for k in 0..<pixels.count where !pixels[k].isFinite {
        if result.isFinite(k) || !flags.isEmpty && flags[k] != 0 { continue }
        guard sources.allSatisfy({ $0?.isFinite(k) ?? true }) else { continue }
        count.all += 1
        if isSingle, !pixels[k].isNaN, !isPole(k) { count.beyondSingle += 1 }
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

    subscript(_ k: Int) -> Double { exact.isEmpty ? Double(single[k]) : exact[k] }

    func isFinite(_ k: Int) -> Bool { exact.isEmpty ? single[k].isFinite : exact[k].isFinite }
  }
}
