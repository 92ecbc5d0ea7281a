/// The pixels that may be flagged: a later list wins over an earlier one.
struct CleanableArea: Sendable {
  private(set) var mask: Mask
  /// Pixels to be replaced by a local median that could have been flagged otherwise.
  private(set) var overlappingLocalMedians = 0

  /// - Throws: `CRSError` (data) when a rectangle or pixel lies outside.
  init(_ options: MaskingOptions, shape: Shape) throws {
    mask = Mask(plane: Plane(width: shape.width, height: shape.height, repeating: 1))
    for region in options.skippedRegions {
      let region = try region.validated(inside: shape, parameter: "regions_to_be_skipped")
      for y in region.rows {
        for x in region.columns { mask[x, y] = false }
      }
    }
    for pixel in options.flaggedPixels {
      try CleanableArea.check(pixel.x, pixel.y, shape, "pixels_to_be_flagged_as_cr")
      mask[pixel.x - 1, pixel.y - 1] = true
    }
    for pixel in options.ignoredPixels {
      try CleanableArea.check(pixel.x, pixel.y, shape, "pixels_to_be_ignored_as_cr")
      mask[pixel.x - 1, pixel.y - 1] = false
    }
    for pixel in options.localMedians {
      try CleanableArea.check(pixel.x, pixel.y, shape, "pixels_to_be_replaced_by_local_median")
      if mask[pixel.x - 1, pixel.y - 1] { overlappingLocalMedians += 1 }
      mask[pixel.x - 1, pixel.y - 1] = false
    }
  }

  /// Takes pixels out, except those that the user wants flagged.
  mutating func leaveOut(_ mask: Mask, but flagged: [PixelPosition]) {
    self.mask = self.mask & !mask
    for pixel in flagged { self.mask[pixel.x - 1, pixel.y - 1] = true }
  }

  private static func check(_ x: Int, _ y: Int, _ shape: Shape, _ parameter: String) throws {
    guard (1...shape.width).contains(x), (1...shape.height).contains(y) else {
      throw CRSError.data(
        "pixel [\(x), \(y)] is out of bounds", parameter: parameter,
        expected: "x in 1...\(shape.width), y in 1...\(shape.height)")
    }
  }
}

/// Which detector flagged a pixel: 2 the diagram, 3 L.A.Cosmic, 4 both.
enum MaskCodes {
  static func codes(mmcosmic: Mask, lacosmic: Mask) -> Plane<UInt8> {
    var codes = mmcosmic.plane
    for i in 0..<codes.count {
      let (mm, la) = (codes.pixels[i], lacosmic.plane.pixels[i])
      codes.pixels[i] = mm & la != 0 ? 4 : la != 0 ? 3 : mm != 0 ? 2 : 0
    }
    return codes
  }

  /// Marks pixels that the user wants flagged as found by both.
  static func force(_ pixels: [PixelPosition], in codes: inout Plane<UInt8>) {
    for pixel in pixels where (1...codes.width).contains(pixel.x) && (1...codes.height).contains(pixel.y) {
      codes[pixel.x - 1, pixel.y - 1] = 4
    }
  }
}
