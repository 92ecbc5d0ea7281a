extension [ExposurePlanes] {
  /// The exposures in a unit for which the algorithms' limits are made: where the noise of the first one is far smaller or
  /// larger than that of counts, all are multiplied by a power of two.
  package func inUsualUnits() -> [ExposurePlanes] {
    // Noise of errors is in such a unit already.
    guard let detector = first?.detector,
      allSatisfy({ $0.knowsNoise && !$0.isNoiseOfErrors && $0.scale == 1 })
    else { return self }
    let unit = Swift.max(detector.readoutNoise.typical, 1 / detector.gain.typical)
    guard unit > 0, unit.isFinite, !ExposurePlanes.usualNoise.contains(unit) else { return self }
    let scale = Double(
      sign: .plus, exponent: Swift.min(120, Swift.max(-120, -Int(unit.exponent))), significand: 1)
    return map { exposure in
      var out = exposure.multiplied(by: scale)
      out.detector.multiplyNoise(by: scale)
      return out
    }
  }
}

extension ExposurePlanes {
  /// Readout noise, or an electron, of counts and of rates of long exposures [ADU].
  fileprivate static let usualNoise = 0x1p-11...0x1p20

  /// The same values in another unit; gain and readout noise do not follow.
  func multiplied(by factor: Double) -> ExposurePlanes {
    var out = self
    let single = Float(factor)
    out.pixels = pixels.map { $0 * single }
    out.deviation = deviation?.map { $0 * single }
    out.detector.bias = detector.bias.combined(.constant(factor), *)
    out.scale = factor
    return out
  }

  /// The values as they were read, with their noise.
  package var asRead: ExposurePlanes {
    guard scale != 1 else { return self }
    var out = multiplied(by: 1 / scale)
    out.detector.multiplyNoise(by: 1 / scale)
    out.scale = 1
    return out
  }
}

extension Detector {
  fileprivate mutating func multiplyNoise(by factor: Double) {
    gain = gain.combined(.constant(1 / factor), *)
    readoutNoise = readoutNoise.combined(.constant(factor), *)
  }
}
