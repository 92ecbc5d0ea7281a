import Kernels

extension Image {
  /// The mask and the errors of pixels that were put into a section.
  ///
  /// - Parameter part: as large as the section; nil for numbers, which are good values without errors.
  package mutating func takePlanes(of part: Image?, in section: Section) {
    takeMask(part?.mask, in: section)
    guard uncertainty != nil, let own = part?.uncertainty, let kind = uncertainty?.kind else { return }
    let width = width
    for (k, y) in section.rows.enumerated() {
      for (l, x) in section.columns.enumerated() {
        let number = own.kind.convert(own.number(k * section.width + l), to: kind)
        uncertainty?.set(y * width + x, number)
      }
    }
  }

  /// What was masked in the section is so no more, unless the new pixels are; planes of bits and of 0 and 1 follow.
  private mutating func takeMask(_ flags: Mask?, in section: Section) {
    guard mask != nil || flags != nil else { return }
    if let flags, mask == nil, flags.flagged > 0 { mask = Mask(shape: shape) }
    var isUnmasked = false
    for (k, y) in section.rows.enumerated() {
      for (l, x) in section.columns.enumerated() {
        let (old, new) = (mask?[x, y] ?? false, flags?[l, k] ?? false)
        if old != new { mask?[x, y] = new }
        if old && !new { isUnmasked = true }
      }
    }
    guard isUnmasked else { return }
    for index in others.indices {
      guard case .plane(var plane) = others[index], let good = plane.goodNumber else { continue }
      let places = plane.masked(in: section, unless: flags)
      guard !places.isEmpty else { continue }
      for place in places { plane.mask?.plane.pixels[place] = 0 }
      plane.pixels.set(places, good)
      others[index] = .plane(plane)
    }
  }
}

extension ExtraPlane {
  /// The pixels of a section that the plane masks, where new flags do not.
  fileprivate func masked(in section: Section, unless flags: Mask?) -> [Int] {
    guard let mask else { return [] }
    var places: [Int] = []
    for (k, y) in section.rows.enumerated() {
      for (l, x) in section.columns.enumerated() where mask[x, y] && !(flags?[l, k] ?? false) {
        places.append(y * mask.plane.width + x)
      }
    }
    return places
  }

  /// The stored number of a good pixel; nil where the plane is none of bits, or of 0 and 1 for bad pixels.
  fileprivate var goodNumber: Int? {
    guard mask != nil, furtherAxes.isEmpty else { return nil }
    let role = PlaneName(name: name, header: header)?.role
    guard role == .mask || role == .quality else { return nil }
    var (zero, scale) = (0.0, 1.0)
    for card in scaling {
      guard let number = Header(cards: [card]).number(card.hasPrefix("BZERO") ? "BZERO" : "BSCALE") else {
        return nil
      }
      if card.hasPrefix("BZERO") { zero = number } else { scale = number }
    }
    return Int(exactly: -zero / scale)
  }
}

extension StoredPixels {
  /// Makes some pixels one number, where its type has that.
  fileprivate mutating func set(_ places: [Int], _ number: Int) {
    func changed<Number: FixedWidthInteger>(_ plane: Plane<Number>) -> Plane<Number> {
      guard let number = Number(exactly: number) else { return plane }
      var plane = plane
      for place in places { plane.pixels[place] = number }
      return plane
    }
    switch self {
    case .uint8(let plane): self = .uint8(changed(plane))
    case .int8(let plane): self = .int8(changed(plane))
    case .int16(let plane): self = .int16(changed(plane))
    case .uint16(let plane): self = .uint16(changed(plane))
    case .int32(let plane): self = .int32(changed(plane))
    case .uint32(let plane): self = .uint32(changed(plane))
    case .int64(let plane): self = .int64(changed(plane))
    case .uint64(let plane): self = .uint64(changed(plane))
    case .float32(var plane):
      for place in places { plane.pixels[place] = Float(number) }
      self = .float32(plane)
    case .float64(var plane):
      for place in places { plane.pixels[place] = Double(number) }
      self = .float64(plane)
    }
  }
}

extension Image {
  /// What of the image does not describe pixels that are put into it: a sentence each.
  ///
  /// - Parameter part: the image that is put there; nil for numbers.
  package func remarks(onChangeTo part: Image?, in section: Section) -> [String] {
    var remarks: [String] = []
    for plane in planes where plane.goodNumber == nil {
      let places = plane.masked(in: section, unless: part?.mask)
      guard !places.isEmpty else { continue }
      remarks.append(
        "\(plane.name) still masks \(places.count) of the pixels that were changed, when they are saved and loaded again"
      )
    }
    if let part, case let kept = unlike(part), let first = kept.first {
      let isOne = kept.count == 1 && first != Self.noise
      remarks.append(
        (isOne
          ? "the \(first) of the image stays and does"
          : "\(kept.joined(separator: ", ")) of the image stay and do")
          + " not hold for the part that was put into it, which has \(isOne ? "another" : "others") or none")
    }
    if let errors = uncertainty, part?.uncertainty == nil {
      remarks.append(
        "\(errors.name) keeps the old errors of the pixels that were changed: what was put there has none")
    }
    return remarks
  }

  private static let noise = "gain and readout noise"

  /// Whether what is known of the image holds for the pixels of another one too.
  package func describes(_ part: Image) -> Bool { unlike(part).isEmpty }

  /// What is known of the image and does not hold for the pixels of another one.
  private func unlike(_ part: Image) -> [String] {
    if detector == part.detector, origin != nil, origin == part.origin { return [] }
    let (own, other) = (ExposureDetector(self).facts, ExposureDetector(part).facts.ofChosen)
    var unlike: [String] = []
    if !Self.agree(own.gain, other.gain) || !Self.agree(own.readoutNoise, other.readoutNoise) {
      unlike.append(Self.noise)
    }
    // A bias that is not known is taken for 0.
    let none = Known(DetectorValue.constant(0), .assumed)
    if own.bias != nil || other.bias != nil, !Self.agree(own.bias ?? none, other.bias) {
      unlike.append("bias")
    }
    if let time = own.exposureTime?.value {
      let isLike = other.exposureTime.map { Self.agree(time, $0.value) } ?? false
      if !isLike { unlike.append("exposure time") }
    }
    return unlike
  }

  private static func agree(_ own: Known<DetectorValue>?, _ other: Known<DetectorValue>?) -> Bool {
    guard let own else { return true }
    guard let other else { return false }
    // Amplifiers differ from place to place.
    guard case .constant(let a) = own.value, case .constant(let b) = other.value else { return true }
    return agree(a, b)
  }

  /// Whether they are alike but for rounding: a thousandth.
  private static func agree(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-3 * abs(a) }
}
