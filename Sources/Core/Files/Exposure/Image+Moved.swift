import Kernels

extension Image {
  /// The part inside a section, which must lie inside the image; see `moved(_:note:)`.
  package func section(_ section: Section) -> Image { moved(.section(section)) }

  /// The same numbers elsewhere: mask, errors and every plane of the image move along, exact values and number type stay,
  /// and the cards that say where the pixels are follow.
  ///
  /// Spans must lie inside the image. Pixels that a shift brings in from outside are 0 and masked. HDUs that are only
  /// passed on stay as they are.
  /// - Parameter note: takes a sentence on what cannot follow.
  package func moved(_ geometry: Geometry, note: (String) -> Void = { _ in }) -> Image {
    let change = MovedPlane(geometry: geometry, shape: shape)
    var out = self
    out.pixels = change.applied(to: pixels, filling: 0)
    out.exactPixels = exactPixels.map { $0.changed(change) }
    out.detector.move { $0.changed(change) }
    out.mask = mask.map { Mask(plane: change.applied(to: $0.plane, filling: 1)) }
    if case .shift = geometry, mask == nil {
      out.mask = Mask(plane: change.applied(to: Mask(shape: shape).plane, filling: 1))
    }
    out.uncertainty = uncertainty.map { $0.changed(change, geometry, note: { _ in }) }
    out.others = others.map { other in
      guard case .plane(let plane) = other else { return other }
      return .plane(plane.changed(change, geometry))
    }
    out.header.follow(geometry, shape: shape, note: note)
    if case .shift(let x, let y) = geometry { out.shifted = shifted.moved(x: Double(x), y: Double(y)) }
    return out
  }
}

extension Offset {
  fileprivate func moved(x: Double, y: Double) -> Offset { Offset(x: self.x + x, y: self.y + y) }
}

extension Image {
  /// The image moved by fractions of pixels.
  ///
  /// Masks and errors follow: a pixel is masked where a masked one contributes to it. Other planes, bits of quality
  /// among them, cannot be divided and are left out.
  /// - Parameters:
  ///   - pixels: moved by `SubpixelShift.fluxConserving`.
  ///   - note: takes a sentence on what is left out.
  /// - Throws: `CRSError.interrupted`.
  package func shifted(
    _ pixels: Plane<Float>, by offset: Offset, work: Work, note: (String) -> Void
  ) throws -> Image {
    var out = Image(
      pixels: pixels, unit: unit, header: header,
      mask: try SubpixelShift.mask(mask, shape: shape, by: offset, work: work),
      uncertainty: try uncertainty?.shifted(by: offset, work: work), detector: detector)
    (out.primaryHeader, out.origin, out.inputType) = (primaryHeader, origin, inputType)
    out.shifted = shifted.moved(x: offset.x, y: offset.y)
    out.others = others.filter { if case .carried = $0 { true } else { false } }
    let left = leftOut { if case .plane = $0 { true } else { false } }
    if !left.isEmpty { note("\(left.joined(separator: ", ")) cannot move by fractions of a pixel: left out") }
    let whole = Geometry.shift(x: Int(offset.x.rounded()), y: Int(offset.y.rounded()))
    out.header.follow(whole, shape: shape, note: note)
    out.header.moveReference(x: offset.x - offset.x.rounded(), y: offset.y - offset.y.rounded())
    return out
  }
}

extension DetectorValue {
  func changed(_ change: MovedPlane) -> DetectorValue {
    guard case .plane(let plane) = self else { return self }
    // Pixels from outside get the typical value; they are masked.
    return .plane(change.applied(to: plane, filling: Float(typical)))
  }
}

extension DetectorFacts {
  /// Moves what is known pixel by pixel.
  mutating func move(_ change: (DetectorValue) -> DetectorValue) {
    if let value = gain?.value { gain?.value = change(value) }
    if let value = readoutNoise?.value { readoutNoise?.value = change(value) }
    if let value = bias?.value { bias?.value = change(value) }
  }
}
