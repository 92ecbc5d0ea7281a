extension LocalMismatch {
  /// How far wings reach beyond steep places: so many steps of so many pixels.
  private static let (steps, step) = (4, 3)

  /// With the places beside the lines that change where the exposure deviates along the same lines: a trace that is broader in
  /// one exposure has wings where the others show the sky, which is not steep.
  ///
  /// - Parameters:
  ///   - steep: how far pixels deviate; NaN where they do not count.
  ///   - deviations: how far the pixels of a mask do.
  /// - Throws: `CRSError.interrupted`.
  func withWings(
    _ steep: Plane<Float>, _ work: Work, _ deviations: (Mask) throws -> Plane<Float>
  ) throws -> LocalMismatch {
    guard var all = excess else { return self }
    var inner = Mask(shape: steep.shape)
    for i in 0..<steep.count where all.pixels[i] > 0 && steep.pixels[i].isFinite { inner.plane.pixels[i] = 1 }
    var seen = inner
    var wings: Mask?
    for _ in 0..<Self.steps {
      let ring = try inner.dilated(times: Self.step, work: work) & !seen
      let found = try LocalMismatch(deviations(ring), beside: 0, work: work)
      guard let more = found.excess else { break }
      inner = Mask(shape: steep.shape)
      for i in 0..<all.count where ring.plane.pixels[i] != 0 && more.pixels[i] > 0 {
        all.pixels[i] = max(all.pixels[i], more.pixels[i])
        inner.plane.pixels[i] = 1
      }
      seen = seen | ring
      wings = wings.map { $0 | inner } ?? inner
    }
    return LocalMismatch(excess: all, part: Self.part(all), axes: axes, wings: wings)
  }
}
