import Files
import Kernels
import Pipeline

extension Stack {
  /// A plain combination: in single precision, or in double precision where an exposure has numbers that single
  /// precision cannot hold.
  func combined(
    _ exact: ExactCombination, by combination: Combination, work: Work,
    _ single: ([Plane<Float>]) throws -> Plane<Float>
  ) throws -> Image {
    CombinationCheck(self, combination.facts).notes.forEach { work.remark?($0) }
    let masks = exposures.masks(work)
    let planes = try countingPlanes(masks, work)
    try tellLevels(planes, combination.facts, work)
    guard exposures.contains(where: { $0.exactPixels != nil }) else {
      return try combined(single(planes), by: combination, work: work)
    }
    work.tellLostDigits(of: exposures, in: "a combination")
    let values = try exact.of(zip(exposures, masks).map { $0.countingValues($1) }, work: work)
    var image = try combined(values.map { Float($0) }, by: combination, work: work)
    image.setExactValues(values)
    return image
  }

  /// A combination without planes of its own; pixels without any value are masked.
  private func combined(_ pixels: Plane<Float>, by combination: Combination, work: Work) throws -> Image {
    if exposures.contains(where: { $0.uncertainty != nil }) {
      work.remark?("the uncertainties of the exposures are left out; combine gives a VARIANCE made of them")
    }
    let gaps = try pixels.isFinite(work: work) ? nil : Mask(plane: pixels.map { $0.isNaN ? 1 : 0 })
    return combined(pixels, by: combination, mask: gaps)
  }

  /// The exposures as they are, NaN where a value does not count.
  private func countingPlanes(_ masks: [Mask?], _ work: Work) throws -> [Plane<Float>] {
    let planes = zip(exposures, masks).map {
      ExposurePlanes(pixels: $0.pixels, mask: $1, bias: .constant(0))
    }
    return try MatchedExposures(planes, work: work).planes
  }

  /// Exposures that saw nothing, or far too much.
  private func tellLevels(_ planes: [Plane<Float>], _ facts: [DetectorFacts], _ work: Work) throws {
    let biases = facts.map { Float($0.bias?.value.typical ?? 0) }
    let levels = zip(planes, biases).map { plane, bias in bias == 0 ? plane : plane.map { $0 - bias } }
    try LevelCheck.notes(
      levels, noise: nil, expected: ExposureLevels(exposures, facts).relative, work: work
    ).forEach { work.remark?($0) }
  }
}

extension Image {
  /// The exact values, NaN where one does not count.
  fileprivate func countingValues(_ mask: Mask?) -> Plane<Double> {
    var values = exactValues
    guard let mask else { return values }
    for (i, flag) in mask.plane.pixels.enumerated() where flag != 0 { values.pixels[i] = .nan }
    return values
  }
}
