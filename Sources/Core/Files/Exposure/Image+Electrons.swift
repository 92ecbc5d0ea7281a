import Kernels

extension Image {
  /// Multiplies the values by the gain: the unit becomes electrons, and bias, noise, saturation and errors follow.
  ///
  /// - Parameter gain: [electron per unit of the pixels], above 0; a plane has the shape of the image.
  package mutating func convertToElectrons(gain: DetectorValue) {
    let known = knownDetector
    if gain.uniform != 1 {
      if exactPixels != nil {
        var values = exactValues
        for i in 0..<values.count { values.pixels[i] *= gain.value(at: i) }
        setExactValues(values)
      } else {
        for i in 0..<pixels.count { pixels.pixels[i] = Float(Double(pixels.pixels[i]) * gain.value(at: i)) }
        storedType = .float32
      }
      if let factor = gain.uniform {
        uncertainty = uncertainty?.scaled(by: factor)
        detector = known.after(.scaled(factor))
      } else {
        if let errors = uncertainty {
          var deviation = errors.deviation
          for i in 0..<deviation.count { deviation.pixels[i] *= Float(gain.value(at: i)) }
          uncertainty = errors.replacing(deviation: deviation)
        }
        detector = known
        detector.readoutNoise = known.readoutNoise.map { Known($0.value.combined(with: gain, *), .value) }
        detector.bias = known.bias.map { Known($0.value.combined(with: gain, *), .value) }
        // A level of counts is none of electrons where gains differ.
        detector.saturation = nil
      }
    }
    // An electron for each unit, now that these are the unit.
    detector.gain = Known(.constant(1), .value)
    if unit.quantity != .electrons || unit.isRate || unit.scale != 1 { unit = .electron }
    writeDetectorCards()
    // The gain of the raw frame is none of these pixels.
    if cards.find("GAIN") != nil { header.set("GAIN", .real(1), comment: "[electron/electron] effective") }
    header.setUnit(unit, inherited: cards.unit)
  }
}
