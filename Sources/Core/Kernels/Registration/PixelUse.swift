/// Which pixels an estimate may use.
enum PixelUse {
  /// 1 inside the union of the regions, or everywhere without any; pixels that are not finite in an exposure are 0.
  ///
  /// - Throws: `CRSError`: usage when a region lies outside, data when no pixel is left.
  static func plane(
    _ exposures: [Plane<Float>], regions: [Section]?, parameter: String
  ) throws -> Plane<UInt8> {
    guard regions?.isEmpty != true else {
      throw CRSError.usage(
        "the list of regions is empty", parameter: parameter, expected: "a region, or none for all pixels")
    }
    let shape = exposures[0].shape
    var use = Plane<UInt8>(width: shape.width, height: shape.height, repeating: regions == nil ? 1 : 0)
    for region in regions ?? [] {
      let inside = try region.validated(inside: shape, parameter: parameter)
      for y in inside.rows {
        for x in inside.columns { use.pixels[y * shape.width + x] = 1 }
      }
    }
    for exposure in exposures {
      exposure.pixels.withUnsafeBufferPointer { pixels in
        for i in 0..<pixels.count where !pixels[i].isFinite { use.pixels[i] = 0 }
      }
    }
    guard use.pixels.contains(1) else {
      throw CRSError.data(
        "no pixel is finite in all exposures", parameter: parameter, expected: "pixels with data")
    }
    return use
  }

  /// The exposure with 0 in place of what is not finite.
  static func finite(_ plane: Plane<Float>) -> Plane<Float> {
    plane.pixels.allSatisfy(\.isFinite) ? plane : plane.map { $0.isFinite ? $0 : 0 }
  }
}
