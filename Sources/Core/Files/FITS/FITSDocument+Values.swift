import Kernels

extension FITSDocument {
  /// An image as its file was laid out, with everything that stood beside it.
  ///
  /// The cards are those of the image, verbatim; BUNIT is written only where the unit is another than the card's.
  /// - Parameters:
  ///   - pixelType: another number type for the pixels: rounded to the nearest, NaN written as BLANK. Nil keeps the
  ///     image's own type and its exact values.
  ///   - clips: whether values that do not fit the type become its limits; otherwise they are an error.
  ///   - history: lines for HISTORY cards behind the others.
  /// - Throws: `CRSError` (data) when exact values and pixels differ in number, or a pixel does not fit the type.
  package init(
    image: Image, pixelType: PixelType? = nil, clips: Bool = false, history: [String] = []
  ) throws {
    let type = pixelType ?? image.storedType
    var image = image
    image.writeDetectorCards()
    var header = image.header
    header.setUnit(image.unit, inherited: image.cards.unit)
    if !clips { try image.checkFits(type, isAsked: pixelType != nil) }
    let (pixels, blank) = try image.pixels(as: type)
    header.remove("BLANK")
    if let blank { header.set("BLANK", .integer(Int(blank)), comment: "value of pixels without data") }
    header.renewRange(of: image)
    history.forEach { header.addHistory($0) }
    self.init(
      primary: image.primaryHeader, main: FITSOutputHDU(header: header, content: .image(pixels)),
      companions: image)
  }

  /// A mask of 0 and 1, one byte a pixel, in the primary HDU, with object, observation and world coordinates of the image
  /// that it was made for. `FITSReader.savedMask(at:)` reads it back.
  ///
  /// - Parameter header: further cards.
  package init(mask: Mask, header further: Header = Header(), history: [String] = []) {
    var header = Header(cards: further.cards + MaskHeader.saved(mask).cards)
    // A version without a name says nothing.
    if header["EXTNAME"] == nil { header.remove(MaskHeader.version) }
    history.forEach { header.addHistory($0) }
    self.init(hdus: [FITSOutputHDU(header: header, content: .image(.uint8(mask.plane)))])
  }

  /// The exposures as extensions EXPOSURE1, EXPOSURE2, ... behind a primary HDU with CRSSTACK, their number;
  /// their masks and errors as MASKi and UNCERTi. `FITSReader.stack(at:)` reads it back.
  ///
  /// Further planes and carried HDUs of the exposures belong to their own files and are left out.
  package init(
    stack: Stack, pixelType: PixelType? = nil, clips: Bool = false, history: [String] = []
  ) throws {
    var primary = stack.exposures[0].primaryHeader ?? Header()
    primary.set("CRSSTACK", .integer(stack.count), comment: "number of equivalent exposures")
    history.forEach { primary.addHistory($0) }
    var hdus = [FITSOutputHDU(header: primary, content: .empty)]
    for (index, exposure) in stack.exposures.enumerated() {
      var exposure = exposure
      // Each exposure stands for itself: cards of its own file's primary header are with it.
      exposure.header = exposure.mergedHeader
      exposure.primaryHeader = nil
      (exposure.others, exposure.origin) = ([], nil)
      exposure.uncertainty?.name = "UNCERT"
      for var hdu in try FITSDocument(image: exposure, pixelType: pixelType, clips: clips).hdus {
        let own = hdu.name ?? "EXPOSURE"
        hdu.header.remove("EXTNAME")
        hdu.name = own + "\(index + 1)"
        hdus.append(hdu)
      }
    }
    self.init(hdus: hdus)
  }

  /// The masks of one crmasks run.
  package init(maskSet: MaskSet) {
    var primary = Header()
    primary.set("UUID", .text(maskSet.uuid))
    for (index, factor) in maskSet.fluxFactors.enumerated() {
      primary.set("FLUXF\(index + 1)", .real(factor))
    }
    for (index, sky) in maskSet.skies.enumerated() { primary.set("SKYLEV\(index + 1)", .real(sky)) }
    for (index, mask) in maskSet.exposures.enumerated() {
      (mask.owner as? MaskHeader)?.tell(exposure: index + 1, in: &primary)
    }
    MaskHeader.tellPlace(of: maskSet.exposures, in: &primary)
    maskSet.history.forEach { primary.addHistory($0) }
    var hdus = [FITSOutputHDU(header: primary, content: .empty)]
    func add(_ name: String, _ pixels: StoredPixels) {
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
    for (index, mask) in maskSet.leftOut.enumerated() { add("LEFTOUT\(index + 1)", .uint8(mask.plane)) }
    self.init(hdus: hdus)
  }
}

extension Image {
  /// The image's own cards and those that it takes from the primary header.
  fileprivate var mergedHeader: Header {
    guard let primary = primaryHeader else { return header }
    var merged = header
    if header["INHERIT"] != .logical(false) {
      let own = Set(header.keywords)
      let further = primary.cards.filter {
        let keyword = HeaderCard($0).keyword
        return !own.contains(keyword) && !ArrayCards.describesArray(keyword)
      }
      merged = Header(cards: header.cards + further)
    }
    merged.set("INHERIT", .logical(false))
    return merged
  }
}

extension Header {
  /// Brings DATAMIN and DATAMAX, where there are such cards, up to date.
  fileprivate mutating func renewRange(of image: Image) {
    guard self["DATAMIN"] != nil || self["DATAMAX"] != nil else { return }
    let values: [Double]
    switch image.exactPixels {
    case .float64(let exact): values = exact.filter(\.isFinite)
    case .int64(let exact):
      values = zip(exact, image.pixels.pixels).filter { $1.isFinite }.map { Double($0.0) }
    case .uint64(let exact):
      values = zip(exact, image.pixels.pixels).filter { $1.isFinite }.map { Double($0.0) }
    case nil: values = image.pixels.pixels.filter(\.isFinite).map { Double($0) }
    }
    for (keyword, value) in [("DATAMIN", values.min()), ("DATAMAX", values.max())] where self[keyword] != nil
    {
      guard let value else {
        remove(keyword)
        continue
      }
      // float32 pixels are often described by shorter numbers.
      if let old = number(keyword), Float(old) == Float(value) { continue }
      set(keyword, .real(value))
    }
  }
}
