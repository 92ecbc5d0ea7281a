/// Turns raw exposures into what the algorithms work on.
package enum Calibration {
  /// The exposure with its bias subtracted and divided by its flux factor: f32(f32(I - bias) / F).
  ///
  /// - Parameters:
  ///   - bias: [ADU], a number or a plane of the same shape.
  ///   - fluxFactor: relative flux, not 0.
  /// - Throws: `CRSError.interrupted`.
  package static func calibrated(
    _ plane: Plane<Float>, bias: DetectorValue, fluxFactor: Double = 1, work: Work
  ) throws -> Plane<Float> {
    if case .constant(0) = bias, fluxFactor == 1 { return plane }
    return try Plane(width: plane.width, height: plane.height) { out in
      nonisolated(unsafe) let out = out
      try work.forTiles(plane.count, size: 65536) { tile in
        plane.pixels.withUnsafeBufferPointer { source in
          for i in tile { out[i] = Float(Double(Float(Double(source[i]) - bias.value(at: i))) / fluxFactor) }
        }
      }
    }
  }
}
