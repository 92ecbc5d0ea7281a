/// An image whose gain or readout noise differ from pixel to pixel, as those of several amplifiers do, made ready for
/// L.A.Cosmic: in electrons, so that levels do not jump where gains do, and with the variance of each pixel.
package struct UnevenImage: Sendable {
  /// [electron]
  package let electrons: Plane<Float>
  /// Photons and readout, as L.A.Cosmic counts them itself for one detector [electron^2].
  package let variance: Plane<Float>
  /// [electron] What is gone from the pixels but left its noise.
  package let subtracted: Plane<Float>?
  private let gain: DetectorValue
  private let pixels: Plane<Float>

  /// - Parameters:
  ///   - pixels: in the unit that the gain turns into electrons [ADU].
  ///   - detector: planes of the shape of `pixels`; the bias is not used.
  ///   - subtracted: [ADU], see `LACosmic.run`.
  package init(_ pixels: Plane<Float>, detector: Detector, subtracted: Plane<Float>? = nil) {
    (self.pixels, gain) = (pixels, detector.gain)
    electrons = Self.product(pixels, detector.gain)
    self.subtracted = subtracted.map { Self.product($0, detector.gain) }
    let readout = detector.readoutNoise.combined(detector.gain, *)
    var variance = electrons
    for i in 0..<variance.count {
      let noise = Float(readout.value(at: i))
      variance.pixels[i] += noise * noise + (self.subtracted?.pixels[i] ?? 0)
    }
    self.variance = variance
  }

  private static func product(_ plane: Plane<Float>, _ gain: DetectorValue) -> Plane<Float> {
    var out = plane
    for i in 0..<out.count { out.pixels[i] = Float(Double(out.pixels[i]) * gain.value(at: i)) }
    return out
  }

  /// Finds and cleans cosmic rays; gain and readout noise of the parameters do not count.
  ///
  /// - Returns: results in the unit of the pixels; those that are not cleaned are bit-identical.
  /// - Throws: as `LACosmic.run`.
  package func run(
    _ parameters: LACosmicParameters, inmask: Mask? = nil, background: Plane<Float>? = nil,
    keepsClean: Bool = true, work: Work
  ) throws -> LACosmicResult {
    let found = try LACosmic.run(
      electrons, parameters: inElectrons(parameters), inmask: inmask,
      background: background.map { Self.product($0, gain) }, subtracted: subtracted, variance: variance,
      keepsClean: keepsClean, work: work)
    var clean = pixels
    if keepsClean {
      for i in 0..<clean.count where found.clean.pixels[i] != electrons.pixels[i] {
        clean.pixels[i] = Float(Double(found.clean.pixels[i]) / gain.value(at: i))
      }
    }
    return LACosmicResult(
      clean: clean, mask: found.mask, bad: found.bad, perIteration: found.perIteration,
      iterationLimit: found.iterationLimit, nonFinite: found.nonFinite, unjudged: found.unjudged,
      varianceFloorFraction: found.varianceFloorFraction)
  }

  /// Compares the noise of the image with its model; see `NoiseCheck`, in electrons.
  ///
  /// - Throws: `CRSError.interrupted`.
  package func noiseCheck(
    _ parameters: LACosmicParameters, mask: Mask? = nil, work: Work
  ) throws -> NoiseCheck {
    try NoiseCheck(
      electrons, parameters: inElectrons(parameters), mask: mask, subtracted: subtracted, variance: variance,
      work: work)
  }

  private func inElectrons(_ parameters: LACosmicParameters) -> LACosmicParameters {
    var parameters = parameters
    (parameters.gain, parameters.readNoise) = (1, 0)
    return parameters
  }
}
