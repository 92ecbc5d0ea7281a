/// Displacements as numina 0.36 measures them, biased towards 0 because every exposure is part of the median that it
/// is compared with. Only for compatibility.
package enum NuminaOffsets {
  /// - Parameters:
  ///   - exposures: [ADU], bias subtracted and scaled.
  ///   - median: their median.
  ///   - region: the part that is compared, at least 100 pixels.
  /// - Throws: `CRSError`: usage for a region outside; interrupted.
  package static func find(
    _ exposures: [Plane<Float>], median: Plane<Float>, region: Section, work: Work
  ) throws -> [Offset] {
    let inside = try region.validated(inside: median.shape, parameter: "mm_crosscorr_region")
    let shape = Shape(width: inside.width, height: inside.height)
    let transform = try FFT2D(width: shape.width, height: shape.height)
    func spectrum(_ plane: Plane<Float>) throws -> Plane<ComplexPair> {
      try transform.forward(PixelUse.finite(plane[inside]).map { Double($0) }, work: work)
    }
    let reference = try spectrum(median)
    return try exposures.map { exposure in
      let moving = try spectrum(exposure)
      var product = reference
      for i in 0..<product.count {
        product.pixels[i] = .product(reference.pixels[i], moving.pixels[i].conjugate)
      }
      let grid = try transform.inverse(product, work: work)
      var (peak, highest) = (0, -1.0)
      for i in 0..<grid.count where abs(grid.pixels[i]) > highest {
        (peak, highest) = (i, abs(grid.pixels[i]))
      }
      func signed(_ k: Int, _ size: Int) -> Double { Double(k > size / 2 ? k - size : k) }
      let start = Offset(
        x: signed(peak % shape.width, shape.width), y: signed(peak / shape.width, shape.height))
      let found = try TrigonometricSum(spectrum: product, shape: shape).highest(
        around: start, step: 0.01, range: -75...74, absolute: true, work: work)
      return Offset(x: -found.offset.x, y: -found.offset.y)
    }
  }
}
