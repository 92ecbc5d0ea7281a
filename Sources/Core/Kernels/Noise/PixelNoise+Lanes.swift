extension PixelNoise {
  /// Variance [ADU^2] per ADU of signal, and variance of the readout [ADU^2], of up to eight pixels from `i` on.
  ///
  /// - Parameter count: pixels that exist from `i` on; behind them the values are those of pixel `i`.
  @inline(__always)
  func lanes(_ i: Int, _ count: Int) -> (perSignal: Lanes, readout: Lanes) {
    let first = at(i)
    var (perSignal, readout) = (Lanes(repeating: first.perSignal), Lanes(repeating: first.readout))
    if isUniform { return (perSignal, readout) }
    for k in 1..<max(2, min(8, count)) where k < count {
      (perSignal[k], readout[k]) = at(i + k)
    }
    return (perSignal, readout)
  }
}

extension UnsafePointer<Float> {
  /// Up to eight pixels from `i` on, `filler` behind the last of `count`.
  @inline(__always)
  func lanes(_ i: Int, _ count: Int, filler: Float) -> Lanes {
    if count >= 8 { return lanes(i) }
    var out = Lanes(repeating: filler)
    for k in 0..<count { out[k] = self[i + k] }
    return out
  }
}
