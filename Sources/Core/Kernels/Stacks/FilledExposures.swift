/// Finite stand-ins for values that do not count, where a kernel needs neighbours or whole rows: interpolation,
/// Fourier transforms, smoothing. What is filled in is never judged.
enum FilledExposures {
  /// Each exposure with the mean of the others, or what its neighbours suggest, where a value does not count.
  ///
  /// - Parameter exposures: on one scale, equal shapes.
  /// - Throws: `CRSError.interrupted`.
  static func filled(_ exposures: [Plane<Float>], work: Work) throws -> [Plane<Float>] {
    let shape = exposures[0].shape
    let isWhole = try exposures.map { try $0.isFinite(work: work) }
    guard isWhole.contains(false) else { return exposures }
    var mean = try withPixels(of: exposures) { sources in
      nonisolated(unsafe) let sources = sources
      return try Plane<Float>.byRows(shape, work: work) { y, row in
        for x in 0..<shape.width {
          let i = y * shape.width + x
          var (sum, count): (Float, Float) = (0, 0)
          for source in sources where source[i].isFinite {
            sum += source[i]
            count += 1
          }
          row[x] = sum / count
        }
      }
    }
    mean.fillGaps()
    let level = mean
    return try zip(exposures, isWhole).map { plane, isWhole in
      isWhole
        ? plane
        : try Plane<Float>.byRows(shape, work: work) { y, row in
          for i in y * shape.width..<(y + 1) * shape.width {
            row[i - y * shape.width] = plane.pixels[i].isFinite ? plane.pixels[i] : level.pixels[i]
          }
        }
    }
  }
}
