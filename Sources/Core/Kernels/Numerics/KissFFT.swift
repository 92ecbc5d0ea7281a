internal import CKissFFT

/// A pair of a real and an imaginary part.
package typealias ComplexPair = SIMD2<Double>

extension ComplexPair {
  @inline(__always) static func product(_ a: Self, _ b: Self) -> Self {
    Self(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x)
  }

  @inline(__always) var conjugate: Self { Self(x, -y) }
}

/// Owns a plan of the library for one length and direction.
///
/// Lengths without prime factors above 5 make no use of the plan's scratch memory, so that threads may share it.
final class KissFFT: @unchecked Sendable {
  private let plan: OpaquePointer

  /// - Parameter count: at least 2, with no prime factor above 5.
  /// - Throws: `CRSError` (data) when memory runs out.
  init(count: Int, inverse: Bool) throws {
    guard let length = Int32(exactly: count), let plan = crs_fft_create(length, inverse ? 1 : 0) else {
      throw CRSError.noMemory(
        for: "Fourier transforms of \(count) values", bytes: 16 * Double(count))
    }
    self.plan = plan
  }

  deinit { crs_fft_free(plan) }

  /// Not scaled; the two must not overlap and hold as many values as the plan.
  func transform(_ input: UnsafePointer<ComplexPair>, _ output: UnsafeMutablePointer<ComplexPair>) {
    crs_fft_transform(
      plan, UnsafeRawPointer(input).assumingMemoryBound(to: Double.self),
      UnsafeMutableRawPointer(output).assumingMemoryBound(to: Double.self))
  }
}
