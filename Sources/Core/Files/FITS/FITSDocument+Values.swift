import Kernels

extension FITSDocument {
  /// An image as its file was laid out, with everything that stood beside it.
  ///
  /// The cards are those of the image, verbatim; BUNIT is written only where the unit is another than the card's.
  /// - Parameters:
  ///   - pixelType: another number type for the pixels: rounded to the nearest, limited to its range, NaN
  ///     written as BLANK. Nil keeps the image's own type and its exact values.
  ///   - history: lines for HISTORY cards behind the others.
  /// - Throws: `CRSError` (data) when exact values and pixels differ in number, or a pixel does not fit the image's
  ///   own type.
  package init(image: Image, pixelType: PixelType? = nil, history: [String] = []) throws {
    let type = pixelType ?? image.storedType
    var header = image.header
    header.setUnit(image.unit, inherited: image.cards.unit)
    if pixelType == nil { try image.checkFits(type) }
    let (pixels, blank) = try image.pixels(as: type)
    header.remove("BLANK")
    if let blank { header.set("BLANK", .integer(Int(blank)), comment: "value of pixels without data") }
    history.forEach { header.addHistory($0) }
    self.init(
      primary: image.primaryHeader, main: FITSOutputHDU(header: header, content: .image(pixels)),
      companions: image)
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
      exposure.others = []
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
}

extension Header {
  /// Writes the unit as BUNIT, unless the cards mean it already: its spelling and comment stay.
  ///
  /// - Parameter known: what the image's own cards and those of the primary HDU say.
  mutating func setUnit(_ unit: PixelUnit, inherited known: PixelUnit) {
    guard known != unit else { return }
    remove("BUNIT")
    // A blank unit hides that of the primary HDU.
    if unit != .none || known != .none { set("BUNIT", .text(unit.description)) }
  }
}
