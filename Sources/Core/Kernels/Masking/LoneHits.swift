/// Hits among values that are the only ones of their pixel: nothing but their shape tells of them.
struct LoneHits {
  let mask: Mask
  /// What L.A.Cosmic puts in their place [ADU]; nil where nobody asked.
  let clean: Plane<Float>?

  /// The hits that exposure `k` has.
  func hits(of exposure: Plane<Float>) -> Mask {
    var out = mask
    for i in 0..<out.plane.count where out.plane.pixels[i] != 0 && !exposure.pixels[i].isFinite {
      out.plane.pixels[i] = 0
    }
    return out
  }
}

extension Masking {
  /// What L.A.Cosmic finds of pixels with a single value; nil where there is none.
  ///
  /// It sees the smallest value of every pixel, so that hits of other pixels do not stand beside them.
  /// - Throws: `CRSError.interrupted`.
  func loneHits(of stack: ExaminedStack, _ cleanable: CleanableArea) throws -> LoneHits? {
    guard !isCompatible, let detector = loneDetector ?? auxiliary, let used = stack.planes.used,
      used.pixels.contains(1)
    else { return nil }
    let low = try stack.commonPlanes(work: work).minimum
    let found = try detector(stack.surrounded(low), stack.readoutNoise, true)
    var mask = found.mask & cleanable.mask
    for i in 0..<mask.plane.count where used.pixels[i] != 1 { mask.plane.pixels[i] = 0 }
    mask = standingOut(mask, of: low, stack)
    guard mask.flagged > 0 else { return nil }
    return LoneHits(mask: mask, clean: stack.isCommonScale && stack.skies == nil ? found.clean : nil)
  }

  /// Groups that stand out of the level around them by more than noise.
  func standingOut(_ mask: Mask, of low: Plane<Float>, _ stack: ExaminedStack) -> Mask {
    let noise = stack.noise.typical
    return mask.standingOut(of: low) { i, level in
      let (perSignal, readout) = noise.at(i)
      return (max(level, 0) * perSignal + readout).squareRoot()
    }
  }
}
