import Kernels

extension FITSDocument {
  /// An image as its file was laid out: the primary HDU (or an extension behind the empty primary HDU it
  /// came with), MASK, UNCERT, the further planes, and what was only carried along.
  ///
  /// The cards are those of the image, verbatim; BUNIT is `adu` or `electron` where that is the unit.
  /// - Parameters:
  ///   - pixelType: another number type for the pixels: rounded to the nearest, limited to its range, NaN
  ///     written as BLANK. Nil keeps the image's own type and its exact values.
  ///   - history: lines for HISTORY cards behind the others.
  /// - Throws: `CRSError` (data) when exact values and pixels differ in number.
  package init(image: Image, pixelType: PixelType? = nil, history: [String] = []) throws {
    let type = pixelType ?? image.storedType
    var header = image.header
    header.setUnit(image.unit)
    let (pixels, blank) = try image.pixels(as: type)
    header.remove("BLANK")
    if let blank { header.set("BLANK", .integer(Int(blank)), comment: "value of pixels without data") }
    history.forEach { header.addHistory($0) }
    var hdus: [FITSOutputHDU] = []
    if let primary = image.primaryHeader { hdus.append(FITSOutputHDU(header: primary, content: .empty)) }
    hdus.append(FITSOutputHDU(header: header, content: .image(pixels)))
    hdus += FITSDocument.companions(of: image)
    hdus += image.carried.map { FITSOutputHDU(content: .carried($0)) }
    self.init(hdus: hdus)
  }

  /// A mask of 0 and 1, one byte a pixel, in the primary HDU.
  package init(mask: Mask, header: Header = Header(), history: [String] = []) {
    var header = header
    history.forEach { header.addHistory($0) }
    self.init(hdus: [FITSOutputHDU(header: header, content: .image(.uint8(mask.plane)))])
  }

  /// The exposures as extensions EXPOSURE1, EXPOSURE2, ... behind a primary HDU with CRSSTACK, their number;
  /// their masks and errors as MASKi and UNCERTi. `FITSReader.stack(at:)` reads it back.
  ///
  /// Further planes and carried HDUs of the exposures belong to their own files and are left out.
  package init(stack: Stack, pixelType: PixelType? = nil, history: [String] = []) throws {
    var primary = Header()
    primary.set("CRSSTACK", .integer(stack.count), comment: "number of equivalent exposures")
    history.forEach { primary.addHistory($0) }
    var hdus = [FITSOutputHDU(header: primary, content: .empty)]
    for (index, exposure) in stack.exposures.enumerated() {
      var exposure = exposure
      exposure.primaryHeader = nil
      exposure.carried = []
      exposure.planes = []
      for var hdu in try FITSDocument(image: exposure, pixelType: pixelType).hdus {
        let own = hdu.name ?? "EXPOSURE"
        hdu.header.remove("EXTNAME")
        hdu.name = own + "\(index + 1)"
        hdus.append(hdu)
      }
    }
    self.init(hdus: hdus)
  }

  /// The masks of one crmasks run (crmasks.md section 12).
  package init(maskSet: MaskSet) {
    var primary = Header()
    primary.set("UUID", .text(maskSet.uuid))
    for (index, factor) in maskSet.fluxFactors.enumerated() {
      primary.set("FLUXF\(index + 1)", .real(factor))
    }
    maskSet.history.forEach { primary.addHistory($0) }
    var hdus = [FITSOutputHDU(header: primary, content: .empty)]
    func add(_ name: String, _ pixels: FITSPixels) {
      hdus.append(FITSOutputHDU(name: name, content: .image(pixels)))
    }
    add("MEDIANCR", .uint8(maskSet.medianCR.plane))
    add("MEANCRT", .uint8(maskSet.meanCRT.plane))
    for (index, mask) in maskSet.exposures.enumerated() { add("CRMASK\(index + 1)", .uint8(mask.plane)) }
    if let plane = maskSet.laMedian { add("LAMEDIAN", .float32(plane)) }
    if !maskSet.localMedians.isEmpty {
      let rows = maskSet.localMedians
      hdus.append(
        FITSOutputHDU(
          name: "RPMEDIAN",
          content: .table([
            .init(name: "X_pixel", values: rows.map { Int64($0.x) }),
            .init(name: "Y_pixel", values: rows.map { Int64($0.y) }),
            .init(name: "X_width", values: rows.map { Int64($0.xWidth) }),
            .init(name: "Y_width", values: rows.map { Int64($0.yWidth) }),
          ])))
    }
    if let plane = maskSet.significance { add("MMPVALUE", .float32(plane)) }
    self.init(hdus: hdus)
  }

  private static func companions(of image: Image) -> [FITSOutputHDU] {
    var hdus: [FITSOutputHDU] = []
    if let mask = image.mask { hdus.append(FITSOutputHDU(name: "MASK", content: .image(.uint8(mask.plane)))) }
    if let uncertainty = image.uncertainty {
      var header = uncertainty.header
      if Uncertainty.Kind(rawValue: header.text("UTYPE") ?? "") != uncertainty.kind {
        header.set("UTYPE", .text(uncertainty.kind.rawValue))
      }
      let values = uncertainty.values
      var pixels = FITSPixels.float32(values)
      if let exact = uncertainty.exactValues, exact.count == values.count {
        pixels = .float64(Plane(width: values.width, height: values.height, pixels: exact))
      }
      hdus.append(FITSOutputHDU(name: "UNCERT", header: header, content: .image(pixels)))
    }
    for plane in image.planes {
      let pixels: FITSPixels =
        switch plane.pixels {
        case .float32(let plane): .float32(plane)
        case .float64(let plane): .float64(plane)
        case .uint8(let plane): .uint8(plane)
        case .int16(let plane): .int16(plane)
        case .int32(let plane): .int32(plane)
        }
      hdus.append(FITSOutputHDU(name: plane.name, header: plane.header, content: .image(pixels)))
    }
    return hdus
  }
}

extension Header {
  /// Writes the unit as BUNIT unless the card says just that already.
  mutating func setUnit(_ unit: PixelUnit) {
    switch unit {
    case .none: if PixelUnit(parsing: text("BUNIT") ?? "") != PixelUnit.none { remove("BUNIT") }
    default: if text("BUNIT") != unit.description { set("BUNIT", .text(unit.description)) }
    }
  }
}
