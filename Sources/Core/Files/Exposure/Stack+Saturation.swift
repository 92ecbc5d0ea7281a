import Kernels

extension [ExposurePlanes] {
  /// The same without saturated values where another exposure has a good one. Their number is told, and that of pixels that
  /// are saturated in all exposures.
  ///
  /// - Parameters:
  ///   - images: the exposures.
  ///   - facts: what is known of each. The level is that of the header, or the one on which the brightest pixels lie.
  /// - Throws: `CRSError.interrupted`.
  package func withoutSaturated(
    _ images: [Image], _ facts: [DetectorFacts], _ work: Work
  ) throws -> [ExposurePlanes] {
    guard count > 1, allSatisfy({ $0.shape == self[0].shape }) else { return self }
    var levels: [Float?] = []
    for k in indices {
      if let known = images[k].unit.isRate ? nil : facts[k].saturation {
        levels.append(Float(known.value))
      } else {
        levels.append(
          try SaturatedValues.plateau(
            of: images[k].pixels, gain: facts[k].gain?.value.typical, work: work))
      }
    }
    guard levels.contains(where: { $0 != nil }) else { return self }
    let found = SaturatedValues(
      in: self, levels: levels, relative: ExposureLevels(images, facts).relative)
    for k in found.unbelievable {
      work.tellOnce(
        "\(images[k].label(number: k + 1)): much of the image lies above its saturation level, "
          + "\(Double(levels[k] ?? 0).short) (\(facts[k].saturation.map { "\($0.source)" } ?? "pixels")): it is not used"
      )
    }
    let each = indices.filter { found.counts[$0] > 0 }.map { k in
      "\(found.counts[k]) of exposure \(k + 1) (from \(Double(levels[k] ?? 0).short) on, "
        + (facts[k].saturation.map { "\($0.source)" } ?? "the plateau of its brightest pixels") + ")"
    }
    if !each.isEmpty {
      let total = found.counts.reduce(0, +)
      work.tellOnce(
        "\(total) value\(total == 1 ? " is" : "s are") saturated where another exposure is not, and "
          + "\(total == 1 ? "does" : "do") not count: " + each.joined(separator: ", "))
    }
    if found.everywhere > 0, facts.contains(where: { $0.saturation != nil }) {
      work.tellOnce(
        "\(found.everywhere) pixel\(found.everywhere == 1 ? " is" : "s are") saturated in every exposure: the values there "
          + "are lower limits")
    }
    guard !found.masks.isEmpty else { return self }
    return zip(self, found.masks).map { exposure, mask in
      var exposure = exposure
      exposure.mask = exposure.mask.map { $0 | mask } ?? mask
      return exposure
    }
  }
}
