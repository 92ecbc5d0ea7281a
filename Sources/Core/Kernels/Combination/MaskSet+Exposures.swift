extension MaskSet {
  /// Masks of single exposures, made by any program, as the masks of a run.
  ///
  /// - Parameters:
  ///   - exposures: one for each exposure, at least 1, of equal shapes.
  ///   - medianCR: pixels whose median is spoilt; nil for those that half of the masks or more flag.
  /// - Throws: `CRSError` (data) when there is no mask or shapes differ.
  package init(exposures: [Mask], medianCR: Mask? = nil) throws {
    guard let first = exposures.first else {
      throw CRSError.data("there are no masks", parameter: "masks", expected: "one for each exposure")
    }
    for (number, mask) in (exposures + [medianCR].compactMap { $0 }).enumerated()
    where mask.shape != first.shape {
      throw CRSError.data(
        "mask \(number + 1) is \(mask.shape), mask 1 is \(first.shape)", parameter: "masks",
        expected: "equal shapes")
    }
    var counts = [Int32](repeating: 0, count: first.shape.count)
    var identity = ContentHash()
    for mask in exposures {
      for (i, flag) in mask.plane.pixels.enumerated() { counts[i] += Int32(flag) }
      identity.add(mask.plane.map { Float($0) })
    }
    let half = Int32((exposures.count + 1) / 2)
    let spoilt = Mask(
      plane: Plane(width: first.width, height: first.height, pixels: counts.map { $0 >= half ? 1 : 0 }))
    self.init(
      medianCR: medianCR ?? spoilt, meanCRT: exposures.dropFirst().reduce(first, |), exposures: exposures,
      fluxFactors: exposures.map { _ in 1 }, uuid: identity.uuid, history: ["CRMasks made of given masks"])
  }
}
