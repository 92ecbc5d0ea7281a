/// Large bright structures around saturated pixels.
struct SaturatedStars {
  /// Saturated pixels of bright surroundings, grown twice by the 5x5 square without corners.
  let mask: BitPlane

  /// - Parameters:
  ///   - pixels: before the background is subtracted.
  ///   - scale: factor of the pixels to electrons.
  ///   - limit: saturation level [electron].
  /// - Throws: `CRSError.interrupted`.
  init(in pixels: Plane<Float>, scale: Float, limit: Float, sepmed: Bool, work: Work) throws {
    let electrons = scale == 1 ? pixels : pixels.map { $0 * scale }
    let smooth =
      sepmed
      ? try MedianFilter.separable(electrons, size: 7, work: work)
      : try MedianFilter.square(electrons, size: 5, work: work)
    let stars = BitPlane(width: pixels.width, height: pixels.height)
    let tenth = limit / 10
    let width = pixels.width
    electrons.pixels.withUnsafeBufferPointer { electrons in
      smooth.pixels.withUnsafeBufferPointer { smooth in
        for y in 0..<pixels.height {
          for x in 0..<width where electrons[y &* width &+ x] >= limit && smooth[y &* width &+ x] > tenth {
            stars.set(x, y)
          }
        }
      }
    }
    mask = stars.grown(reach: 2, corners: false).grown(reach: 2, corners: false)
  }
}
