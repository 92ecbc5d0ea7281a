internal import CCFITSIO
import Kernels

extension FITSReader {
  /// An image, the default one of its file, together with everything else there.
  static func wholeImage(_ file: FITSFile, _ main: HDUDescription, work: Work?) throws -> Image {
    var image = try image(file, main, work: work)
    if main.number > 0, !main.wasPrimary { image.primaryHeader = try file.emptyPrimaryCards() }
    for number in 1..<Int.max where number != main.number {
      try work?.checkCancelled()
      guard try file.move(to: number) else { break }
      try take(file, file.describe(), into: &image, work: work)
    }
    return image
  }

  private static func take(
    _ file: FITSFile, _ hdu: HDUDescription, into image: inout Image, work: Work?
  ) throws {
    let name = hdu.name.uppercased()
    let matches = hdu.shape == image.shape
    if name == "MASK", image.mask == nil, matches, hdu.storedType.isInteger {
      image.mask = try mask(file, hdu, work: work)
    } else if name == "UNCERT", image.uncertainty == nil, matches, hdu.uncertaintyKind != nil {
      image.uncertainty = try uncertainty(file, hdu, work: work)
    } else if matches, !hdu.isScaled, let pixels = try planePixels(file, hdu, image.shape, work) {
      image.planes.append(ExtraPlane(name: hdu.name, pixels: pixels, header: hdu.keptCards))
    } else {
      image.carried.append(try file.carryCurrentHDU(named: hdu.name))
    }
  }

  /// The errors that an HDU holds; nil when it is not one of errors.
  static func uncertainty(_ file: FITSFile, _ hdu: HDUDescription, work: Work?) throws -> Uncertainty? {
    guard let kind = hdu.uncertaintyKind else { return nil }
    let (values, exact) = try file.readImage(hdu, shape: file.shape(of: hdu), work: work)
    var doubles: [Double]?
    if case .float64(let exact)? = exact { doubles = exact }
    return Uncertainty(kind: kind, values: values, exactValues: doubles, header: hdu.keptCards)
  }

  /// The pixels of a further plane in their own type; nil for the types that a plane does not have.
  private static func planePixels(
    _ file: FITSFile, _ hdu: HDUDescription, _ shape: Shape, _ work: Work?
  ) throws -> ExtraPlane.Pixels? {
    func plane<Element: Sendable>(_ type: Int32, null: Element?) throws -> Plane<Element> {
      Plane(
        width: shape.width, height: shape.height,
        pixels: try file.readPixels(hdu, as: type, null: null, work: work))
    }
    return switch hdu.storedType {
    case .float32: .float32(try plane(TFLOAT, null: hdu.isCompressed ? Float.nan : nil))
    case .float64: .float64(try plane(TDOUBLE, null: hdu.isCompressed ? Double.nan : nil))
    case .uint8: .uint8(try plane(TBYTE, null: nil))
    case .int16: .int16(try plane(TSHORT, null: nil))
    case .int32: .int32(try plane(TINT, null: nil))
    default: nil
    }
  }
}

extension HDUDescription {
  /// What UNCERT holds; without UTYPE a standard deviation, nil when UTYPE is not understood or the numbers
  /// are no plain floats.
  var uncertaintyKind: Uncertainty.Kind? {
    guard !isScaled, storedType == .float32 || storedType == .float64 else { return nil }
    switch header.text("UTYPE") {
    case nil: return .standardDeviation
    case let text?: return Uncertainty.Kind(rawValue: text.trimmingBlanks())
    }
  }

  /// Whether a tile-compressed image was a primary one before.
  var wasPrimary: Bool { isCompressed && header["ZSIMPLE"] != nil }

  var summary: HDUSummary {
    let kind: HDUSummary.Kind =
      switch self.kind {
      case .image: isCompressed ? .compressedImage : number == 0 ? .primary : .image
      case .asciiTable: .asciiTable
      case .binaryTable: .binaryTable
      }
    let format: String
    if self.kind == .image {
      format = axes.isEmpty ? "" : storedType.rawValue
    } else {
      let columns = header.integer("TFIELDS") ?? 0
      let formats = (1...max(1, min(columns, 999))).compactMap { header.text("TFORM\($0)") }
      format = "[" + formats.joined(separator: ", ") + "]"
    }
    let dimensions = self.kind == .image ? axes : [axes[0], axes[1]]
    return HDUSummary(
      number: number, name: name.isEmpty && number == 0 ? "PRIMARY" : name,
      version: header.integer("EXTVER") ?? 1, kind: kind, cards: header.cards.count, dimensions: dimensions,
      format: format)
  }
}
