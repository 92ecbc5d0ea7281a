import Kernels

/// What a calculation does to an image's values, as far as its noise is concerned.
package enum Arithmetic: Sendable, Equatable {
  /// A number is added: gain and noise hold, the bias moves.
  case offset(Double)
  /// Values are multiplied by a number: bias and noise with them, the gain is divided by it.
  case scaled(Double)
  /// Values are limited, rounded or chosen: gain, noise and bias are those of what is left of them, and no more those of
  /// the image.
  case chosen(String)
  /// Anything else: gain, noise and bias no longer hold. The phrase completes "it does not hold for ...".
  case other(String)
}

extension DetectorFacts {
  /// What still holds behind a calculation with an image of which this is known.
  func after(_ arithmetic: Arithmetic) -> DetectorFacts {
    var out = self
    out.chosen = nil
    switch arithmetic {
    case .chosen(let reason):
      out = after(.other(reason))
      if lost == nil || chosen != nil {
        out.chosen = chosen ?? Chosen(gain: gain, readoutNoise: readoutNoise, bias: bias)
      }
    case .offset(let number):
      out.bias = bias.map { Known($0.value.combined(with: .constant(number)) { $0 + $1 }, .value) }
      out.saturation = saturation.map { Known($0.value + number, .value) }
    case .scaled(let factor) where factor > 0 && factor.isFinite:
      out.gain = gain.map { Known($0.value.scaled(by: 1 / factor), .value) }
      out.readoutNoise = readoutNoise.map { Known($0.value.scaled(by: factor), .value) }
      out.bias = bias.map { Known($0.value.scaled(by: factor), .value) }
      out.saturation = saturation.map { Known($0.value * factor, .value) }
      for case .constant(let number)? in [out.gain?.value, out.readoutNoise?.value, out.bias?.value]
      where !number.isFinite {
        return after(.other("values that were multiplied beyond what numbers hold"))
      }
    case .scaled: return after(.other("values that were multiplied by a number that is not above 0"))
    case .other(let reason):
      (out.gain, out.readoutNoise, out.bias, out.saturation) = (nil, nil, nil, nil)
      out.lost = lost ?? reason
    }
    return out
  }
}

extension Image {
  /// An image with calculated values on the same pixels: header and primary header stay, the detector is known as far as
  /// it still holds, and the masks of all operands are joined. The file's other HDUs are left out.
  ///
  /// - Parameters:
  ///   - pixels: of this image's shape.
  ///   - others: further images that the values come from.
  ///   - uncertainty: the errors of the result; nil where they are not known.
  ///   - unit: of the result.
  ///   - note: takes a sentence on what is left out.
  package func calculated(
    _ pixels: Plane<Float>, by arithmetic: Arithmetic, with others: [Image] = [], uncertainty: Uncertainty?,
    unit: PixelUnit, note: (String) -> Void = { _ in }
  ) -> Image {
    var out = Image(
      pixels: pixels, unit: unit, header: header, mask: mask, uncertainty: uncertainty, detector: detector)
    (out.primaryHeader, out.origin, out.inputType) = (primaryHeader, origin, inputType)
    (out.shifted, out.timeShare) = (shifted, timeShare)
    for other in others {
      guard let mask = other.mask, mask.shape == shape else { continue }
      out.mask = out.mask.map { $0 | mask } ?? mask
    }
    out.detector = knownDetector.after(arithmetic)
    if unit != self.unit { out.header.setUnit(unit, inherited: out.cards.unit) }
    out.writeDetectorCards()
    let left = leftOut()
    if !left.isEmpty {
      note(
        "\(left.joined(separator: ", ").visibleLine)\(origin.map { " of \($0.file)" } ?? "") "
          + (left.count == 1 ? "is" : "are") + " left out of the result")
    }
    return out
  }

  /// The other HDUs that a calculated image does without; masks and errors are kept apart from them.
  ///
  /// - Parameter isLeftOut: which HDUs are left out.
  func leftOut(_ isLeftOut: (Companion) -> Bool = { _ in true }) -> [String] {
    others.filter(isLeftOut).compactMap { other in
      if case .plane(let plane) = other, plane.uncertainty != nil { return nil }
      let name = other.name.isEmpty ? "an HDU without a name" : other.name
      if case .plane(let plane) = other, plane.mask != nil {
        return PlaneName(name: plane.name, header: plane.header)?.role == .mask
          ? nil : "\(name) (but its mask)"
      }
      return name
    }
  }

  /// An image with other values of the same sky: cleaned or calibrated. Everything else stays; float64 stays float64,
  /// with all digits of the values that did not change, other types become float32.
  ///
  /// - Parameters:
  ///   - pixels: of this image's shape.
  ///   - mask: pixels to be masked beside those that are.
  package func edited(_ pixels: Plane<Float>, mask edited: Mask? = nil) -> Image {
    var out = self
    out.exactPixels = exactPixels.flatMap { $0.keeping(self.pixels, where: pixels) }
    out.pixels = pixels
    if case .float64? = out.exactPixels, storedType == .float64 {
      out.storedType = .float64
    } else {
      out.storedType = .float32
    }
    if let edited { out.mask = mask.map { $0 | edited } ?? edited }
    return out
  }

  /// The exposure with its bias taken off; its cards no longer tell of one, and of a saturation that is lower by it.
  ///
  /// - Parameters:
  ///   - pixels: without the bias.
  ///   - bias: what was taken off.
  package func calibrated(_ pixels: Plane<Float>, bias: DetectorValue) -> Image {
    var out = edited(pixels)
    guard bias != .constant(0) else { return out }
    let known = knownDetector
    out.detector = bias.uniform.map { known.after(.offset(-$0)) } ?? known
    if known.bias != nil { out.detector.bias = Known(.constant(0), .value) }
    out.writeDetectorCards()
    return out
  }
}

extension ExactPixels {
  /// The exact values where single precision did not change, and the new ones elsewhere; nil where nothing is left of
  /// the exact ones.
  ///
  /// New values are real numbers: whole ones become float64 where that holds all of them, and stay whole otherwise.
  /// - Parameters:
  ///   - old: these values in single precision.
  ///   - new: as many.
  fileprivate func keeping(_ old: Plane<Float>, where new: Plane<Float>) -> ExactPixels? {
    let (old, new) = (old.pixels, new.pixels)
    guard count == old.count, new.count == old.count else { return nil }
    let isSame = { (i: Int) in old[i] == new[i] || old[i].isNaN && new[i].isNaN }
    guard old.indices.contains(where: isSame) else { return nil }
    func mixed(_ exact: (Int) -> Double) -> ExactPixels {
      .float64(old.indices.map { isSame($0) && !old[$0].isNaN ? exact($0) : Double(new[$0]) })
    }
    // Whole numbers up to here are doubles.
    let limit = 1 << 53
    switch self {
    case .float64(let values): return mixed { values[$0] }
    case .int64(let values):
      if values.allSatisfy({ $0.magnitude <= UInt64(limit) }) { return mixed { Double(values[$0]) } }
      return .int64(old.indices.map { isSame($0) ? values[$0] : Int64(limiting: Double(new[$0])) })
    case .uint64(let values):
      if values.allSatisfy({ $0 <= UInt64(limit) }) { return mixed { Double(values[$0]) } }
      return .uint64(old.indices.map { isSame($0) ? values[$0] : UInt64(limiting: Double(new[$0])) })
    }
  }
}
