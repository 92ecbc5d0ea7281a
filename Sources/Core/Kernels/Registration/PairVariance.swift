/// What two exposures show without hits, and the noise of their difference.
struct PairVariance: Sendable {
  private let noise: (PixelNoise, PixelNoise)
  private let factors: (Float, Float)

  /// - Parameters:
  ///   - factors: relative flux that the exposures were divided by.
  ///   - noise: of the exposures before.
  init(factors: [Double], noise: StackNoise) {
    self.factors = (Float(factors[0]), Float(factors[1]))
    self.noise = (noise[0], noise[1])
  }

  /// Noise of the difference at eight pixels: variance for each ADU of signal, and of the readout.
  struct Own {
    fileprivate let perSignal: Lanes
    fileprivate let readout: Lanes

    /// Above 0, of exposures with this expected level.
    @inline(__always) func variance(_ level: Lanes) -> Lanes {
      upper(upper(level, .zero) * perSignal + readout, Lanes(repeating: 1e-12))
    }

    /// Their mean where they agree within 4 standard deviations, else the smaller one; 0 where one does not count.
    @inline(__always) func level(_ a: Lanes, _ b: Lanes) -> Lanes {
      let low = lower(a, b)
      let d = a - b
      let level = low.replacing(with: 0.5 * (a + b), where: d * d .< 16 * variance(low))
      return level.replacing(with: 0, where: d - d .!= 0)
    }
  }

  /// - Parameter pixel: the number of the pixel in a lane.
  @inline(__always) func own(_ pixel: (_ lane: Int) -> Int) -> Own {
    let (one, other) = factors
    guard noise.0.isUniform, noise.1.isUniform else { return differing(pixel) }
    let ((s1, r1), (s2, r2)) = (noise.0.at(0), noise.1.at(0))
    return Own(
      perSignal: Lanes(repeating: s1 / one + s2 / other),
      readout: Lanes(repeating: r1 / (one * one) + r2 / (other * other)))
  }

  @inline(never) private func differing(_ pixel: (_ lane: Int) -> Int) -> Own {
    let (one, other) = factors
    var (perSignal, readout) = (Lanes.zero, Lanes.zero)
    for k in 0..<8 {
      let i = pixel(k)
      let ((s1, r1), (s2, r2)) = (noise.0.at(i), noise.1.at(i))
      perSignal[k] = s1 / one + s2 / other
      readout[k] = r1 / (one * one) + r2 / (other * other)
    }
    return Own(perSignal: perSignal, readout: readout)
  }
}
