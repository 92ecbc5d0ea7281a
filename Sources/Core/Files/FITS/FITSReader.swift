internal import CCFITSIO
import Kernels

/// What a FITS file is as a whole.
package enum FITSContent: Sendable {
  case image(Image)
  case stack(Stack)
  case maskSet(MaskSet)
  /// Saved masks, usually one.
  case masks([Mask])
}

/// Reads FITS files of every kind that cfitsio knows: any BITPIX, scaled, gzipped, tile-compressed.
///
/// Names may carry brackets (`FITSChoice`: `file.fits[1]`, `file.fits[SCI]`, `file.fits[1][10:20,5:9]`); a name that
/// exists as it stands is that file. Everything throws `CRSError` (file) with the file and the HDU; nothing in
/// a file can end the process.
package enum FITSReader {
  /// One image: that HDU, or by default the primary image, or the first image behind an empty primary HDU.
  ///
  /// The file's other HDUs come along, whichever one is taken: masks and errors that belong to the image
  /// (`FileLayout`) become `mask` and `uncertainty`. BLANK pixels are NaN.
  ///
  /// - Parameters:
  ///   - strict: whether a DATASUM or CHECKSUM that does not fit is an error; otherwise it is a remark.
  ///   - report: takes what is worth a line; nil for remarks.
  package static func image(
    at path: String, hdu: HDUSelector? = nil, options: PlaneOptions = PlaneOptions(), strict: Bool = false,
    work: Work? = nil, report: ((ReadingReport) -> Void)? = nil
  ) throws -> Image {
    let path = try FITSPath(path)
    return try FITSLibrary.exclusively {
      let file = try FITSFile.open(path, strict: strict, work: work)
      return try image(file, path, combined(path, hdu), options: options, work: work, report: report)
    }
  }

  /// Whatever a file is as a whole: a saved stack, a saved mask, the masks of crmasks, or an image; of a chosen HDU or
  /// section a mask or an image.
  package static func content(
    at path: String, hdu: HDUSelector? = nil, options: PlaneOptions = PlaneOptions(), strict: Bool = false,
    work: Work? = nil,
    report: ((ReadingReport) -> Void)? = nil
  ) throws -> FITSContent {
    let path = try FITSPath(path)
    return try FITSLibrary.exclusively {
      let file = try FITSFile.open(path, strict: strict, work: work)
      let selector = try combined(path, hdu)
      if path.choice == FITSChoice(), hdu == nil {
        if let stack = try stack(file, work: work) { return .stack(stack) }
        if let masks = try savedMasks(file, work: work) { return .masks(masks) }
        if try file.descriptions().contains(where: { $0.name == "MEDIANCR" }) {
          return .maskSet(try maskSet(file, work: work))
        }
      } else if let mask = try savedMask(file, path, selector, work: work) {
        return .masks([mask])
      }
      return .image(try image(file, path, selector, options: options, work: work, report: report))
    }
  }

  private static func image(
    _ file: FITSFile, _ path: FITSPath, _ selector: HDUSelector?, options: PlaneOptions, work: Work?,
    report: ((ReadingReport) -> Void)?
  ) throws -> Image {
    let main: HDUDescription
    switch path.choice.part {
    case .bins(let bins)?:
      let (table, image, missing) = try histogram(
        bins, file, selector, version: path.choice.version, work: work)
      let notes = missing.map { "HDU \(table.number): \($0)" }
      if let report {
        report(ReadingReport(notes: notes))
      } else {
        notes.forEach { work?.remark?("\(path.file.text): \($0)") }
      }
      return image
    case .section(let section)?:
      let frame = try found(file, selector, path)
      if selector == nil { try tellMask(frame, file, work) }
      main = try file.plane(section, of: frame).plane
    case nil: main = try found(file, selector, path)
    }
    let (image, reading) = try wholeImage(
      file, main, isNamed: selector != nil, isChosen: selector != nil || main.part != nil, options: options,
      work: work)
    var told = reading
    if let error = file.cutShort {
      guard selector != nil else { throw error }
      told.notes = told.notes.filter { !$0.hasSuffix("are ignored") } + [error.message]
    }
    if let report {
      report(told)
    } else {
      (told.notes + [told.planes].compactMap { $0 }).forEach { work?.remark?("\(path.file.text): \($0)") }
    }
    return image
  }

  /// Every card of that HDU, or of the one that `image(at:)` takes by default, verbatim, END left out.
  ///
  /// A tile-compressed image shows the cards of the image, not those of the table that holds it.
  /// A file without an image gives its primary header.
  package static func header(at path: String, hdu: HDUSelector? = nil) throws -> Header {
    let path = try FITSPath(path)
    return try FITSLibrary.exclusively { try header(FITSFile.open(path), path, combined(path, hdu)).header }
  }

  /// The cards that describe an exposure: of that HDU or of the one that `image(at:)` takes, and of an empty primary
  /// HDU in front.
  package static func cards(at path: String, hdu: HDUSelector? = nil) throws -> ExposureCards {
    let path = try FITSPath(path)
    return try FITSLibrary.exclusively {
      let file = try FITSFile.open(path)
      let (header, number) = try header(file, path, combined(path, hdu))
      let primary = number > 0 ? try file.emptyPrimaryCards() : nil
      return ExposureCards(own: header, hdu: number, primary: primary)
    }
  }

  /// The headers of all HDUs of a file, in their order.
  ///
  /// - Throws: `CRSError` (file).
  package static func headers(at path: String) throws -> [(hdu: Int, name: String, header: Header)] {
    let path = try FITSPath(path)
    return try FITSLibrary.exclusively {
      try FITSFile.open(path).descriptions().map { ($0.number, $0.summary.name, $0.shownHeader) }
    }
  }

  private static func header(
    _ file: FITSFile, _ path: FITSPath, _ selector: HDUSelector?
  ) throws -> (header: Header, hdu: Int) {
    switch path.choice.part {
    case .bins(let bins)?:
      let (table, image, _) = try histogram(
        bins, file, selector, version: path.choice.version, work: nil)
      return (image.header, table.number)
    case .section(let section)?:
      let (plane, x, y) = try file.plane(section, of: found(file, selector, path))
      var header = plane.shownHeader
      for (axis, length) in [x.count, y.count].enumerated() {
        header.set("NAXIS\(axis + 1)", .integer(length))
      }
      for axis in plane.axes.indices.dropFirst(2) { header.set("NAXIS\(axis + 1)", .integer(1)) }
      ["CHECKSUM", "DATASUM"].forEach { header.remove($0) }
      header.follow(x, axis: 1)
      header.follow(y, axis: 2)
      return (header, plane.number)
    case nil: break
    }
    let found = try selector.map { try file.find($0, version: path.choice.version) } ?? file.firstImage()
    if let found { return (found.shownHeader, found.number) }
    _ = try file.move(to: 0)
    return (try file.describe().shownHeader, 0)
  }

  /// One line for each HDU; for the part that brackets choose one.
  package static func listing(of path: String) throws -> [HDUSummary] {
    let path = try FITSPath(path)
    return try FITSLibrary.exclusively {
      let file = try FITSFile.open(path)
      var (part, shape): (HDUSummary, Shape)
      switch path.choice.part {
      case nil:
        let all = try file.descriptions()
        guard path.choice.selector != nil else { return all.map(\.summary) }
        let number = try header(file, path, combined(path, nil)).1
        return all.filter { $0.number == number }.map(\.summary)
      case .section(let section)?:
        let (plane, x, y) = try file.plane(section, of: found(file, path.choice.selector, path))
        (part, shape) = (plane.summary, Shape(width: x.count, height: y.count))
      case .bins(let bins)?:
        let (table, image, _) = try histogram(
          bins, file, path.choice.selector, version: path.choice.version, work: nil)
        (part, shape) = (table.summary, image.shape)
        (part.kind, part.cards, part.format) = (.image, image.header.cards.count, image.storedType.rawValue)
      }
      part.dimensions = [shape.width, shape.height]
      return [part]
    }
  }

  /// A mask: nonzero pixels of that HDU or of the first image are flagged.
  ///
  package static func mask(
    at path: String, hdu: HDUSelector? = nil, work: Work? = nil
  ) throws -> Mask {
    let path = try FITSPath(path)
    return try FITSLibrary.exclusively {
      let file = try FITSFile.open(path, work: work)
      let selector = try combined(path, hdu)
      switch path.choice.part {
      case .bins(let bins)?:
        let (table, image, missing) = try histogram(
          bins, file, selector, version: path.choice.version, work: work)
        missing.forEach { work?.remark?("\(path.file.text), HDU \(table.number): \($0)") }
        return try told(MaskNumbers(image.pixels), file, table, work)
      case .section(let section)?:
        let frame = try found(file, selector, path)
        if selector == nil { try tellMask(frame, file, work) }
        return Mask(plane: try mask(file, file.plane(section, of: frame).plane, work: work).plane)
      case nil:
        let hdu = try found(file, selector, path)
        if selector == nil { try tellMask(hdu, file, work) }
        return try mask(file, hdu, work: work)
      }
    }
  }

  /// Says which of the masks of crmasks is taken where nobody chose one.
  private static func tellMask(_ hdu: HDUDescription, _ file: FITSFile, _ work: Work?) throws {
    guard hdu.name.uppercased() == "MEDIANCR" else { return }
    let masks = try file.descriptions().map(\.name).filter {
      $0.uppercased() == "MEANCRT" || $0.uppercased().hasPrefix("CRMASK")
    }
    _ = try file.move(to: hdu.number)
    guard let last = masks.last else { return }
    work?.remark?(
      "\(file.path): MEDIANCR is taken; other masks are \(masks.joined(separator: ", ")), as in '\(file.path)[\(last)]'"
    )
  }

  /// The HDU that a name chooses, or the first image.
  static func found(
    _ file: FITSFile, _ selector: HDUSelector?, _ path: FITSPath
  ) throws -> HDUDescription {
    guard let selector else { return try file.firstImageOrFail() }
    return try file.find(selector, version: path.choice.version)
  }

  static func combined(_ path: FITSPath, _ hdu: HDUSelector?) throws -> HDUSelector? {
    guard let hdu else { return path.choice.selector }
    guard path.choice.selector == nil || path.choice.selector == hdu else {
      throw CRSError.usage(
        "both the name '\(path.text)' and ext=\(hdu) choose an HDU", parameter: "ext", expected: "one of them"
      )
    }
    return hdu
  }

  /// One image, or the part of it that is meant, with its place and the cards of an empty primary HDU in front.
  static func image(_ file: FITSFile, _ hdu: HDUDescription, work: Work?) throws -> Image {
    let shape = try file.shape(of: hdu)
    try file.checkSums(hdu, work: work)
    let (pixels, exact) = try file.readImage(hdu, shape: shape, work: work)
    var image = Image(
      pixels: pixels, header: hdu.keptCards, storedType: hdu.storedType, exactPixels: exact)
    if hdu.number > 0, !hdu.wasPrimary, let primary = try file.emptyPrimary() {
      try file.checkSums(primary, work: work)
      image.primaryHeader = primary.keptCards
    }
    // Whole numbers that were moved beyond 64 bits.
    if case .float64? = exact { image.storedType = .float64 }
    image.inputType = image.storedType
    image.origin = ImageOrigin(file: file.path, hdu: hdu.number, name: hdu.name)
    image.unit = image.cards.unit
    if let part = hdu.part, let frame = hdu.shape {
      image.header.follow(part.geometry, shape: frame) { work?.remark?("\(file.path): \($0)") }
    }
    return image
  }

  static func mask(
    _ file: FITSFile, _ hdu: HDUDescription, work: Work?
  ) throws -> Mask {
    let shape = try file.shape(of: hdu)
    try file.checkSums(hdu, work: work)
    do {
      if hdu.storedType == .uint8, hdu.blank == nil {
        let values: [UInt8] = try file.readPixels(hdu, as: TBYTE, null: nil, work: work)
        let plane = Plane(width: shape.width, height: shape.height, pixels: values)
        return told(try MaskNumbers(plane), file, hdu, work)
      }
      let values: [Double] = try file.readPixels(hdu, as: TDOUBLE, null: Double.nan, work: work)
      return told(try MaskNumbers(values, shape: shape), file, hdu, work)
    } catch var error as CRSError {
      (error.file, error.hdu) = (error.file ?? file.path, error.hdu ?? hdu.number)
      throw error
    }
  }

  /// The mask; what is to be known of its numbers is told.
  private static func told(
    _ numbers: MaskNumbers, _ file: FITSFile, _ hdu: HDUDescription, _ work: Work?
  ) -> Mask {
    let name = hdu.name.isEmpty || hdu.number == 0 ? file.path : "\(file.path), \(hdu.name)"
    numbers.remarks.forEach { work?.remark?("\(name): \($0)") }
    var mask = numbers.mask
    mask.owner = MaskHeader(read: hdu.header)
    return mask
  }
}
