import Kernels

/// One number for each amplifier of an HDU, such as GAIN1, GAIN2 or ATODGNA to ATODGND.
struct AmplifierCards {
  /// The cards with what their keyword has behind the common stem.
  let amplifiers: [(suffix: String, card: ExposureCards.Found)]

  /// Cards `STEM` + one or two digits, or a letter from A to H; amplifiers that HST did not read (CCDAMP) left out.
  init(stem: String, in place: (header: Header, hdu: Int?, isInherited: Bool)) {
    var found: [(suffix: String, card: ExposureCards.Found)] = []
    for text in place.header.cards where text.hasPrefix(stem) {
      let keyword = HeaderCard(text).keyword
      let suffix = String(keyword.dropFirst(stem.count))
      guard Self.isSuffix(suffix[...]) else { continue }
      if let card = ExposureCards.find(keyword, place) { found.append((suffix, card)) }
    }
    let read = place.header.text("CCDAMP")?.trimmingBlanks().uppercased() ?? ""
    if !read.isEmpty, found.contains(where: { read.contains($0.suffix) }) {
      found = found.filter { read.contains($0.suffix) }
    }
    amplifiers = found
  }

  /// One or two digits, or a letter from A to H.
  static func isSuffix(_ suffix: Substring) -> Bool {
    guard suffix.count == 1 || suffix.count == 2 else { return false }
    return suffix.allSatisfy { $0.isASCII && $0.isNumber } || suffix.count == 1 && "ABCDEFGH".contains(suffix)
  }

  /// Cards of the outputs of ESO detectors: `ESO DET OUT1 CONAD`.
  init(name: String, in place: (header: Header, hdu: Int?, isInherited: Bool)) {
    amplifiers = place.header.cards.filter { $0.hasPrefix("HIERARCH ESO DET ") }.map {
      HeaderCard($0).keyword
    }
    .filter { $0.hasSuffix(" " + name) }.compactMap { keyword in
      ExposureCards.find(keyword, place).map {
        (String(keyword.dropFirst("ESO DET ".count).dropLast(name.count + 1)), $0)
      }
    }
  }

  /// The pixels of each amplifier where the image's header tells them.
  private func sections(in header: Header, shape: Shape) -> [String: Section] {
    var out: [String: Section] = [:]
    for (suffix, _) in amplifiers {
      for stem in ["DATASEC", "DSEC", "TRIMSEC", "TSEC"] {
        guard let text = header.text(stem + suffix), let section = try? Section(parsing: text),
          section.isInside(shape)
        else { continue }
        out[suffix] = section
        break
      }
    }
    return out
  }

  /// Numbers of the amplifiers as one value of the detector, and how they became one; nil for a single amplifier.
  ///
  /// - Parameters:
  ///   - header: of the image, which tells the sections.
  ///   - numbers: one for each amplifier.
  func value(_ numbers: [Double], in header: Header, shape: Shape) -> (value: DetectorValue, note: String?) {
    guard let first = numbers.first else { return (.constant(0), nil) }
    if numbers.allSatisfy({ $0 == first }) { return (.constant(first), nil) }
    let mean = numbers.reduce(0, +) / Double(numbers.count)
    let sections = sections(in: header, shape: shape)
    guard !sections.isEmpty else { return (.constant(mean), "their mean") }
    var plane = Plane(width: shape.width, height: shape.height, repeating: Float(mean))
    var used: Set<Double> = []
    for ((suffix, _), number) in zip(amplifiers, numbers) {
      guard let section = sections[suffix] else { continue }
      used.insert(number)
      for y in section.rows {
        for x in section.columns { plane.pixels[y * shape.width + x] = Float(number) }
      }
    }
    let whole = sections.values.contains { $0.width == shape.width && $0.height == shape.height }
    if whole, used.count == 1, let number = used.first { return (.constant(number), "by its section") }
    return (.plane(plane), "by their sections")
  }
}
