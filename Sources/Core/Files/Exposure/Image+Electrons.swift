import Kernels

extension Image {
  /// Multiplies the values by the gain: the unit becomes electrons, and bias, noise, saturation and errors follow.
  ///
  /// - Parameter gain: [electron per unit of the pixels], above 0.
  package mutating func convertToElectrons(gain: Double) {
    let known = knownDetector
    if gain != 1 {
      pixels = pixels.map { Float(Double($0) * gain) }
      exactPixels = nil
      storedType = .float32
      uncertainty = uncertainty?.scaled(by: gain)
      detector = known.after(.scaled(gain))
    }
    // An electron for each unit, now that these are the unit.
    detector.gain = Known(.constant(1), .value)
    if unit.quantity != .electrons || unit.isRate || unit.scale != 1 { unit = .electron }
    writeDetectorCards()
    // The gain of the raw frame is none of these pixels.
    if cards.find("GAIN") != nil { header.set("GAIN", .real(1), comment: "[electron/electron] effective") }
  }
}
