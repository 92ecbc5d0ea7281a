import Glibc

/// The discrete Fourier transform of one line of any length, not scaled.
///
/// Lengths with prime factors above 5 go through a convolution (Bluestein 1970), so that every length takes
/// n log n.
struct LineTransform: Sendable {
  let count: Int
  /// Complex values of working memory that `run` needs.
  var scratchCount: Int { 2 * (convolution?.length ?? 0) }
  private let direct: KissFFT?
  private let convolution: Convolution?

  private struct Convolution: Sendable {
    let length: Int
    let forward: KissFFT
    let inverse: KissFFT
    let chirp: [ComplexPair]
    let kernel: [ComplexPair]
  }

  /// - Throws: `CRSError` (data) when memory runs out.
  init(count: Int, inverse: Bool) throws {
    self.count = count
    if count < 2 {
      (direct, convolution) = (nil, nil)
    } else if FFT2D.fastLength(atLeast: count) == count {
      (direct, convolution) = (try KissFFT(count: count, inverse: inverse), nil)
    } else {
      (direct, convolution) = (nil, try Self.convolution(count, inverse: inverse))
    }
  }

  private static func convolution(_ count: Int, inverse: Bool) throws -> Convolution {
    let length = FFT2D.fastLength(atLeast: 2 * count - 1)
    let chirp = (0..<count).map { k in
      // The phase is reduced while it is an integer: exact for long lines.
      let phase = Double.pi * Double(k * k % (2 * count)) / Double(count)
      return ComplexPair(cos(phase), inverse ? sin(phase) : -sin(phase))
    }
    var taps = [ComplexPair](repeating: .zero, count: length)
    for (k, value) in chirp.enumerated() {
      taps[k] = value.conjugate
      if k > 0 { taps[length - k] = value.conjugate }
    }
    let forward = try KissFFT(count: length, inverse: false)
    var kernel = taps
    taps.withUnsafeBufferPointer { input in
      kernel.withUnsafeMutableBufferPointer { output in
        if let input = input.baseAddress, let output = output.baseAddress { forward.transform(input, output) }
      }
    }
    return Convolution(
      length: length, forward: forward, inverse: try KissFFT(count: length, inverse: true), chirp: chirp,
      kernel: kernel.map { $0 / Double(length) })
  }

  /// Transforms `count` values; the three must not overlap.
  func run(
    _ input: UnsafePointer<ComplexPair>, _ output: UnsafeMutablePointer<ComplexPair>,
    scratch: UnsafeMutablePointer<ComplexPair>
  ) {
    if let direct { return direct.transform(input, output) }
    guard let convolution else { return output.update(from: input, count: count) }
    let (first, second) = (scratch, scratch + convolution.length)
    for k in 0..<count { first[k] = .product(input[k], convolution.chirp[k]) }
    for k in count..<convolution.length { first[k] = .zero }
    convolution.forward.transform(first, second)
    for k in 0..<convolution.length { second[k] = .product(second[k], convolution.kernel[k]) }
    convolution.inverse.transform(second, first)
    for k in 0..<count { output[k] = .product(first[k], convolution.chirp[k]) }
  }
}
