internal import CCFITSIO
import Kernels

/// What is worth a line when an image is read.
package struct ReadingReport: Sendable, Equatable {
  /// `masked 120 (DQ: bits 4, 512), uncertainty from ERR`; nil for an image without such planes.
  package var planes: String?
  /// Notes: which HDU is taken, planes that are not used.
  package var notes: [String] = []
}

extension FITSReader {
  /// An image, or the part of it that is meant, together with everything else in its file, in the file's order.
  ///
  /// - Parameters:
  ///   - isNamed: whether somebody named this HDU.
  ///   - isChosen: whether somebody chose this HDU or a part of it, and did not ask for the file.
  static func wholeImage(
    _ file: FITSFile, _ main: HDUDescription, isNamed: Bool = false, isChosen: Bool = false,
    options: PlaneOptions, work: Work?
  ) throws -> (image: Image, report: ReadingReport) {
    var carried: [Int: CarriedHDU] = [:]
    let layout = FileLayout(try file.descriptions())
    var (image, report) = try wholeImage(
      file, main, layout: layout, isChosen: isChosen, options: options, carried: &carried, work: work)
    if let choice = layout.choice(main, isNamed: isNamed) { report.notes.insert(choice, at: 0) }
    return (image, report)
  }

  /// - Parameter carried: HDUs that are only passed on, by number; those that are not there are read and added.
  static func wholeImage(
    _ file: FITSFile, _ main: HDUDescription, layout: FileLayout, isChosen: Bool = false,
    options: PlaneOptions, carried: inout [Int: CarriedHDU], work: Work?
  ) throws -> (image: Image, report: ReadingReport) {
    guard try file.move(to: main.number) else {
      throw CRSError.file("has no HDU \(main.number)", file: file.path)
    }
    var image = try image(file, main, work: work)
    let (uses, remarks) = layout.uses(for: main)
    image.origin?.siblings = layout.images.count { $0.number != main.number }
    var report = ReadingReport(notes: remarks)
    var reading = PlaneReading(image: image, options: options)
    var left: [String] = []
    image.others.reserveCapacity(layout.hdus.count)
    for number in layout.hdus.indices where number != main.number {
      let use = uses[number] ?? .other
      // Before cfitsio goes there and reads its header again.
      if use == .other, let known = carried[number] {
        if number < main.number { image.othersInFront += 1 }
        image.others.append(.carried(known))
        continue
      }
      try work?.checkCancelled()
      var hdu = layout.hdus[number]
      guard try file.move(to: hdu.number) else { break }
      // The empty primary HDU is made anew; its cards are in `primaryHeader`.
      if hdu.number == 0, !hdu.hasPixels {
        try file.checkSums(hdu, isAsked: !isChosen, work: work)
        continue
      }
      if use == .other, main.part != nil, try file.dataBytes() > FramePart.moderate {
        left.append(layout.label(hdu))
        continue
      }
      if hdu.number < main.number { image.othersInFront += 1 }
      if use != .other { hdu.part = main.part }
      let isUsed = use != .other && use != .plane
      try file.checkSums(hdu, isAsked: isUsed || !isChosen, work: work)
      let companion = try reading.companion(file, hdu, main, use, work: work)
      if case .carried(let other) = companion { carried[hdu.number] = other }
      image.others.append(companion)
    }
    if !left.isEmpty {
      report.notes.append(
        "not passed on with a section, being larger than \(FramePart.moderate >> 20) MB: "
          + left.joined(separator: ", "))
    }
    image.mask = image.fileMask
    image.uncertainty = image.planes.compactMap(\.uncertainty).first
    report.planes = reading.line(for: image)
    report.notes +=
      reading.notes + reading.idleOptions + Scaling.textNotes(main.header) + image.cards.contradictions
    if let line = image.unusableErrors { report.notes.append(line) }
    if image.unit.isNonsense {
      report.notes.append(
        "BUNIT '\(image.unit)' is no unit that crs knows: the pixels count neither as ADU nor as electrons")
    }
    if !reading.hasValues(image) {
      report.notes.append("no pixel has a value: all are NaN, infinite or masked")
    }
    if let behind = file.unpacked?.bytesBehind, behind > 0 {
      report.notes.append("\(behind) bytes behind the gzip data are ignored")
    }
    if file.bytesBehind > 0 {
      report.notes.append("\(file.bytesBehind) bytes behind the last HDU are ignored")
    }
    return (image, report)
  }
}

extension FITSReader {
  /// One of several exposures in a file, with its own mask and errors only.
  static func exposure(
    _ file: FITSFile, _ layout: FileLayout, _ main: HDUDescription, work: Work?
  ) throws -> Image {
    guard try file.move(to: main.number) else {
      throw CRSError.file("has no HDU \(main.number)", file: file.path)
    }
    var image = try image(file, main, work: work)
    var reading = PlaneReading(image: image, options: PlaneOptions())
    let (uses, _) = layout.uses(for: main)
    for hdu in layout.hdus {
      guard let use = uses[hdu.number], use != .other, use != .plane, try file.move(to: hdu.number) else {
        continue
      }
      try file.checkSums(hdu, work: work)
      guard case .plane(let plane) = try reading.companion(file, hdu, main, use, work: work) else { continue }
      if let mask = plane.mask { image.mask = image.mask.map { $0 | mask } ?? mask }
      image.uncertainty = image.uncertainty ?? plane.uncertainty
    }
    return image
  }
}

/// Reads the other HDUs of an image's file one by one.
private struct PlaneReading {
  let cards: ExposureCards
  let shape: Shape
  let options: PlaneOptions
  private(set) var notes: [String] = []
  /// Planes that mask, as the line at load lists them.
  private var masking: [String] = []
  private var errors: String?
  /// Whether the bits of a plane, or weights, were read as the options say.
  private var (usesBits, usesWeights) = (false, false)
  /// The image without its planes.
  private let image: Image

  init(image: Image, options: PlaneOptions) {
    (cards, shape, self.options, self.image) = (image.cards, image.shape, options, image)
  }

  /// Whether any pixel has a value that is not masked.
  func hasValues(_ image: Image) -> Bool {
    let flags = image.mask?.plane.pixels
    return image.pixels.pixels.indices.contains { flags?[$0] ?? 0 == 0 && image.isFinite($0) }
  }

  mutating func companion(
    _ file: FITSFile, _ hdu: HDUDescription, _ main: HDUDescription, _ use: FileLayout.Use, work: Work?
  ) throws -> Companion {
    var hdu = hdu
    if use != .plane, use != .other, !hdu.is2D {
      // The same plane of a cube.
      (hdu.axes, hdu.firstPixel) = (main.axes, main.firstPixel)
    }
    guard use != .other, var plane = try stored(file, hdu, work) else {
      return .carried(try file.carryCurrentHDU(named: hdu.name, number: hdu.number))
    }
    switch use {
    case .mask(let isInverted): try readMask(file, hdu, &plane, isInverted: isInverted, work)
    case .quality: try readQuality(file, hdu, &plane, work)
    case .uncertainty(let kind): try readErrors(file, hdu, &plane, kind, work)
    case .weight: try readWeights(file, hdu, &plane, work)
    case .plane, .other: break
    }
    if let part = main.part, let frame = main.shape { plane.follow(part.geometry, shape: frame) }
    return .plane(plane)
  }

  /// The plane as its numbers are stored; nil for what cfitsio does not unpack.
  private func stored(_ file: FITSFile, _ hdu: HDUDescription, _ work: Work?) throws -> ExtraPlane? {
    func plane<Element: Sendable>(_ type: Int32, null: Element? = nil) throws -> Plane<Element> {
      let pixels: [Element] = try file.readPixels(hdu, as: type, null: null, scaling: Scaling(), work: work)
      return Plane(width: shape.width, height: pixels.count / max(1, shape.width), pixels: pixels)
    }
    let pixels: StoredPixels
    switch hdu.scaling.bitpix {
    case 8: pixels = .uint8(try plane(TBYTE))
    case 16: pixels = .int16(try plane(TSHORT))
    case 32: pixels = .int32(try plane(TINT))
    case 64 where !hdu.isCompressed: pixels = .int64(try plane(TLONGLONG))
    case -32: pixels = .float32(try plane(TFLOAT, null: hdu.isCompressed ? Float.nan : nil))
    case -64: pixels = .float64(try plane(TDOUBLE, null: hdu.isCompressed ? Double.nan : nil))
    default: return nil
    }
    let scaling = hdu.header.cards.filter {
      ["BSCALE", "BZERO"].contains($0.prefix(8).trimmingBlanks().uppercased())
    }
    return ExtraPlane(
      name: hdu.name, pixels: pixels, header: hdu.planeCards, number: hdu.number, scaling: scaling,
      furtherAxes: Array(hdu.axes.dropFirst(2)))
  }

  // MARK: - Masks

  private mutating func readMask(
    _ file: FITSFile, _ hdu: HDUDescription, _ plane: inout ExtraPlane, isInverted: Bool, _ work: Work?
  ) throws {
    guard isWanted(hdu.name) else { return }
    let (values, _) = try file.readImage(hdu, shape: shape, work: work)
    let isPlain = values.pixels.allSatisfy { $0 == 0 || $0 == 1 || $0 == 255 || $0.isNaN }
    guard isPlain else {
      if isBits(values, hdu) {
        notes.append("\(hdu.name) holds other numbers than 0 and 1: every bit masks")
        try readQuality(file, hdu, &plane, work)
      }
      return
    }
    noteGaps(values, hdu.name)
    let mask = Mask(plane: values.map { ($0 == 0) == isInverted || $0.isNaN ? 1 : 0 })
    plane.mask = mask
    masking.append(hdu.name)
    warn(hdu.name, flagged: mask.flagged, of: shape.count)
  }

  private mutating func isWanted(_ name: String) -> Bool {
    if !options.usesQuality { notes.append("\(name) is not used (dq=no)") }
    return options.usesQuality
  }

  private mutating func readQuality(
    _ file: FITSFile, _ hdu: HDUDescription, _ plane: inout ExtraPlane, _ work: Work?
  ) throws {
    guard isWanted(hdu.name) else { return }
    let (single, exact) = try file.readImage(hdu, shape: shape, work: work)
    guard hdu.storedType.isInteger || isBits(single, hdu) else { return }
    noteGaps(single, hdu.name)
    let width = abs(hdu.scaling.bitpix)
    let limit: UInt64 = width < 64 ? (1 << UInt64(width)) - 1 : .max
    func bits(_ value: Int64) -> UInt64 { UInt64(bitPattern: value) & limit }
    let values: [UInt64] =
      switch exact {
      case .int64(let numbers)?: numbers.map(bits)
      case .uint64(let numbers)?: numbers
      case .float64(let numbers)?: numbers.map { Int64(exactly: $0).map { UInt64(bitPattern: $0) } ?? 1 }
      case nil: single.pixels.map { Int64(exactly: $0).map(bits) ?? 1 }
      }
    usesBits = true
    let rules = QualityRules(plane: hdu.header, cards: cards, options: options)
    let all = Plane(width: shape.width, height: shape.height, pixels: values)
    let found = QualityMask(all, bits: rules.bits)
    plane.mask = found.mask
    masking.append(
      found.counts.isEmpty
        ? hdu.name
        : "\(hdu.name): bit\(found.counts.count == 1 ? "" : "s") "
          + found.counts.map { "\($0.bit)" }.joined(separator: ", "))
    warn(hdu.name, flagged: found.mask.flagged, of: found.mask.plane.count, found.counts)
  }

  /// Whether the numbers of a plane can be bits; says so where not.
  private mutating func isBits(_ values: Plane<Float>, _ hdu: HDUDescription) -> Bool {
    guard
      let i = values.pixels.firstIndex(where: { !($0.isNaN || $0 >= 0 && $0 == $0.rounded() && $0.isFinite) })
    else { return true }
    let place = hdu.place(of: i)
    notes.append(
      "\(hdu.name) is not used: pixel [\(place.x), \(place.y)] is \(Double(values.pixels[i]).plain),"
        + " a mask holds 0 and 1 or whole numbers of bits")
    return false
  }

  private mutating func noteGaps(_ values: Plane<Float>, _ name: String) {
    let gaps = values.pixels.count { $0.isNaN }
    if gaps > 0 { notes.append("\(name): \(gaps) NaN pixel\(gaps == 1 ? "" : "s") mask") }
  }

  /// Says when a plane masks so much that its bits may mean something else.
  private mutating func warn(
    _ name: String, flagged: Int, of all: Int, _ counts: [(bit: UInt64, pixels: Int)] = []
  ) {
    guard 5 * flagged > all else { return }
    func share(_ pixels: Int) -> String { "\((100 * Double(pixels) / Double(all)).fixed(1)) %" }
    notes.append(
      "\(name) masks \(share(flagged)) of the image"
        + (counts.isEmpty
          ? 2 * flagged > all ? "; if 1 means a good pixel there, dq=no leaves it out" : ""
          : " (" + counts.map { "bit \($0.bit): \(share($0.pixels))" }.joined(separator: ", ")
            + "); dq_ignore= names bits that do not mask"))
  }

  // MARK: - Errors

  private mutating func readErrors(
    _ file: FITSFile, _ hdu: HDUDescription, _ plane: inout ExtraPlane, _ kind: Uncertainty.Kind,
    _ work: Work?
  ) throws {
    let (values, exact) = try file.readImage(hdu, shape: shape, work: work)
    var doubles: [Double]?
    if case .float64(let exact)? = exact { doubles = exact }
    let found = Uncertainty(
      kind: kind, values: values, exactValues: doubles, header: plane.header, name: hdu.name)
    plane.uncertainty = inUnitOfImage(found, hdu.name)
    if let uncertainty = plane.uncertainty {
      errors = hdu.name
      // Other programs take the numbers of UNCERT for those of the image's unit whatever its BUNIT says.
      if uncertainty.values != found.values, PlaneName(name: hdu.name, header: hdu.header)?.word == "UNCERT" {
        (plane.pixels, plane.header, plane.scaling) = (uncertainty.stored, uncertainty.header, [])
      }
    }
    guard kind == .inverseVariance else { return }
    let mask = found.notAboveZero
    guard mask.flagged > 0 else { return }
    plane.mask = mask
    masking.append("\(hdu.name) = 0")
    warn(hdu.name, flagged: mask.flagged, of: shape.count)
  }

  /// Errors in the unit of the image, as far as their own tells; nil where it cannot be converted, which is noted.
  private mutating func inUnitOfImage(_ errors: Uncertainty, _ name: String) -> Uncertainty? {
    let text = errors.header.text("BUNIT")
    switch ErrorUnit.reading(text, errors.kind, of: image, gain: options.gain) {
    case .refused(let reason):
      notes.append("\(name) is not used: \(reason)")
      return nil
    case .factor(let factor, let note):
      if let note { notes.append("\(name) \(note)") }
      guard factor != .constant(1) else { return errors }
      var out = errors.scaled(by: factor)
      out.setUnit(of: image.unit)
      let size = factor.uniform.map { " (\($0.short) as standard deviation)" } ?? ", pixel by pixel"
      notes.append("\(name) is in \(text ?? ""): converted to \(image.unit.name)\(size)")
      return out
    }
  }

  private mutating func readWeights(
    _ file: FITSFile, _ hdu: HDUDescription, _ plane: inout ExtraPlane, _ work: Work?
  ) throws {
    let (values, exact) = try file.readImage(hdu, shape: shape, work: work)
    var found = Uncertainty(kind: .inverseVariance, values: values, header: plane.header, name: hdu.name)
    if case .float64(let doubles)? = exact { found.exactValues = doubles }
    let mask = found.notAboveZero
    if options.takesWeights, errors == nil {
      plane.uncertainty = inUnitOfImage(found, hdu.name)
      if plane.uncertainty != nil { errors = hdu.name }
      usesWeights = true
    }
    guard mask.flagged > 0 else { return }
    plane.mask = mask
    masking.append("\(hdu.name) = 0")
    warn(hdu.name, flagged: mask.flagged, of: shape.count)
  }

  /// Options for planes that the image does not have. Scripts for many instruments give them to all files.
  var idleOptions: [String] {
    var idle: [String] = []
    if !usesBits, options.ignoredBits != 0 {
      idle.append("dq_ignore has no effect: no plane of bits is read")
    }
    if !usesBits, options.badBits != nil { idle.append("dq_bad has no effect: no plane of bits is read") }
    if options.takesWeights, !usesWeights {
      idle.append(
        "uncertainty=ivar has no effect: "
          + (errors.map { "\($0) tells the errors" } ?? "no weights (WHT) are read"))
    }
    return idle
  }

  /// The line at load; nil for an image without planes that mean something.
  func line(for image: Image) -> String? {
    guard !masking.isEmpty || errors != nil else { return nil }
    var parts: [String] = []
    if !masking.isEmpty {
      let flags = image.mask?.plane.pixels
      var (masked, notFinite) = (0, 0)
      for i in image.pixels.pixels.indices {
        let isFinite = image.isFinite(i)
        if !isFinite { notFinite += 1 }
        if !isFinite || flags?[i] == 1 { masked += 1 }
      }
      let all = masking + (notFinite > 0 ? ["\(notFinite) not finite"] : [])
      parts.append("masked \(masked) (\(all.joined(separator: "; ")))")
    }
    if let errors { parts.append("uncertainty from \(errors)") }
    return parts.joined(separator: ", ")
  }
}
