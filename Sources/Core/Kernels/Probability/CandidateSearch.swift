/// Finds the pixels whose values differ by more than noise often makes them differ: the only ones that are worth a
/// probability.
struct CandidateSearch {
  /// The values must differ by so many standard deviations.
  static let least: Float = 2.4

  let noise: PixelNoise
  /// Smallest flux factor.
  let factor: Float
  /// Rank of the value that is tested, from 1.
  let tested: Int

  /// One bit for each of up to eight pixels: x_q - x_1 exceeds 2.4 standard deviations of x_(q-1).
  ///
  /// - Parameters:
  ///   - sources: the exposures.
  ///   - count: pixels from `i` on.
  ///   - values: room for one `Lanes` an exposure.
  @inline(__always)
  func bits(
    _ sources: UnsafeMutableBufferPointer<UnsafePointer<Float>>, _ i: Int, _ count: Int,
    _ values: UnsafeMutableBufferPointer<Lanes>
  ) -> UInt8 {
    let n = sources.count
    for k in 0..<n {
      values[k] = sources[k].lanes(i, count, filler: 0)
      var place = k
      while place > 0 {
        order(&values[place - 1], &values[place])
        place -= 1
      }
    }
    let (perSignal, readout) = noise.lanes(i, count)
    let below = upper(values[tested - 2], .zero)
    let squared = below * perSignal / factor + readout / (factor * factor)
    let difference = values[tested - 1] - values[0]
    return Kernels.bits(difference * difference .> (Self.least * Self.least) * squared)
  }
}
