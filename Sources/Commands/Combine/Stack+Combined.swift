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
    guard exposures.contains(where: { $0.exactPixels != nil }) else {
      return try combined(single(countingPlanes(work)), by: combination, work: work)
    }
    let values = try exact.of(
      zip(exposures, exposures.masks(work)).map { $0.countingValues($1) }, work: work)
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
  private func countingPlanes(_ work: Work) throws -> [Plane<Float>] {
    let planes = zip(exposures, exposures.masks(work)).map {
      ExposurePlanes(pixels: $0.pixels, mask: $1, bias: .constant(0))
    }
    return try MatchedExposures(planes, work: work).planes
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
