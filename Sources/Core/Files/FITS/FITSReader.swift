internal import CCFITSIO
import Kernels

/// What a FITS file is as a whole.
package enum FITSContent: Sendable {
  case image(Image)
  case stack(Stack)
  case maskSet(MaskSet)
}

/// Reads FITS files of every kind that cfitsio knows: any BITPIX, scaled, gzipped, tile-compressed.
///
/// Names may carry brackets (`FITSChoice`: `file.fits[1]`, `file.fits[SCI]`, `file.fits[1][10:20,5:9]`); a name that
/// exists as it stands is that file. Everything throws `CRSError` (file) with the file and the HDU; nothing in
/// a file can end the process.
package enum FITSReader {
  /// One image: that HDU, or by default the primary image, or the first image behind an empty primary HDU.
  ///
  /// By default extensions MASK and UNCERT of the same shape become `mask` and `uncertainty` (cr2images.md
  /// section 10), other images of that shape `planes`, and everything else `carried`. BLANK pixels are NaN.
  ///
  /// - Parameter strict: whether a DATASUM or CHECKSUM that does not fit is an error; otherwise it is a remark.
  package static func image(
    at path: String, hdu: HDUSelector? = nil, strict: Bool = false, work: Work? = nil
  ) throws -> Image {
    let path = try FITSPath(path)
    return try FITSLibrary.exclusively {
      try image(FITSFile.open(path, strict: strict, work: work), path, combined(path, hdu), work: work)
    }
  }

  /// Whatever a file is as a whole: a saved stack, the masks of crmasks, or an image.
  package static func content(at path: String, strict: Bool = false, work: Work? = nil) throws -> FITSContent
  {
    let path = try FITSPath(path)
    return try FITSLibrary.exclusively {
      let file = try FITSFile.open(path, strict: strict, work: work)
      if path.choice == FITSChoice() {
        if let stack = try stack(file, work: work) { return .stack(stack) }
        if try file.descriptions().contains(where: { $0.name == "MEDIANCR" }) {
          return .maskSet(try maskSet(file, work: work))
        }
      }
      return .image(try image(file, path, path.choice.selector, work: work))
    }
  }

  private static func image(
    _ file: FITSFile, _ path: FITSPath, _ selector: HDUSelector?, work: Work?
  ) throws -> Image {
    let main: HDUDescription
    var spans: (x: AxisSpan, y: AxisSpan)?
    switch path.choice.part {
    case .bins(let bins)?:
      return try histogram(bins, file, selector, version: path.choice.version, work: work).image
    case .section(let section)?:
      let (plane, x, y) = try file.plane(section, of: found(file, selector, path))
      (main, spans) = (plane, (x, y))
    case nil: main = try found(file, selector, path)
    }
    var image: Image
    if selector == nil {
      image = try wholeImage(file, main, work: work)
    } else {
      image = try self.image(file, main, work: work)
      if main.number > 0, !main.wasPrimary { image.primaryHeader = try file.emptyPrimaryCards() }
    }
    if let (x, y) = spans { image = image.section(x, y) }
    return image
  }

  /// Every card of that HDU, or of the one that `image(at:)` takes by default, verbatim, END left out.
  ///
  /// A tile-compressed image shows the cards of the image, not those of the table that holds it.
  /// A file without an image gives its primary header.
  package static func header(at path: String, hdu: HDUSelector? = nil) throws -> Header {
    let path = try FITSPath(path)
    return try FITSLibrary.exclusively {
      let file = try FITSFile.open(path)
      let selector = try combined(path, hdu)
      switch path.choice.part {
      case .bins(let bins)?:
        return try histogram(bins, file, selector, version: path.choice.version, work: nil).image.header
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
        return header
      case nil: break
      }
      if let selector { return try file.find(selector, version: path.choice.version).shownHeader }
      if let first = try file.firstImage() { return first.shownHeader }
      _ = try file.move(to: 0)
      return try file.describe().shownHeader
    }
  }

  /// One line for each HDU; for the part that brackets choose one.
  package static func listing(of path: String) throws -> [HDUSummary] {
    let path = try FITSPath(path)
    return try FITSLibrary.exclusively {
      let file = try FITSFile.open(path)
      var (part, shape): (HDUSummary, Shape)
      switch path.choice.part {
      case nil: return try file.descriptions().map(\.summary)
      case .section(let section)?:
        let (plane, x, y) = try file.plane(section, of: found(file, path.choice.selector, path))
        (part, shape) = (plane.summary, Shape(width: x.count, height: y.count))
      case .bins(let bins)?:
        let (table, image) = try histogram(
          bins, file, path.choice.selector, version: path.choice.version, work: nil)
        (part, shape) = (table.summary, image.shape)
        (part.kind, part.cards, part.format) = (.image, image.header.cards.count, image.storedType.rawValue)
      }
      part.dimensions = [shape.width, shape.height]
      return [part]
    }
  }

  /// A mask: nonzero pixels of that HDU or of the first image are flagged.
  package static func mask(at path: String, hdu: HDUSelector? = nil, work: Work? = nil) throws -> Mask {
    let path = try FITSPath(path)
    return try FITSLibrary.exclusively {
      let file = try FITSFile.open(path, work: work)
      let selector = try combined(path, hdu)
      switch path.choice.part {
      case .bins(let bins)?:
        let image = try histogram(bins, file, selector, version: path.choice.version, work: work).image
        return Mask(plane: image.pixels.map { $0 == 0 ? 0 : 1 })
      case .section(let section)?:
        let (plane, x, y) = try file.plane(section, of: found(file, selector, path))
        return Mask(plane: try mask(file, plane, work: work).plane[x, y])
      case nil: return try mask(file, found(file, selector, path), work: work)
      }
    }
  }

  /// The HDU that a name chooses, or the first image.
  private static func found(
    _ file: FITSFile, _ selector: HDUSelector?, _ path: FITSPath
  ) throws -> HDUDescription {
    guard let selector else { return try file.firstImageOrFail() }
    return try file.find(selector, version: path.choice.version)
  }

  private static func combined(_ path: FITSPath, _ hdu: HDUSelector?) throws -> HDUSelector? {
    guard let hdu else { return path.choice.selector }
    guard path.choice.selector == nil || path.choice.selector == hdu else {
      throw CRSError.usage(
        "both the name '\(path.text)' and ext=\(hdu) choose an HDU", parameter: "ext", expected: "one of them"
      )
    }
    return hdu
  }

  static func image(_ file: FITSFile, _ hdu: HDUDescription, work: Work?) throws -> Image {
    let shape = try file.shape(of: hdu)
    try file.checkSums(hdu, work: work)
    let (pixels, exact) = try file.readImage(hdu, shape: shape, work: work)
    let header = hdu.keptCards
    return Image(
      pixels: pixels, unit: PixelUnit(parsing: header.text("BUNIT") ?? ""), header: header,
      storedType: hdu.storedType, exactPixels: exact)
  }

  static func mask(_ file: FITSFile, _ hdu: HDUDescription, work: Work?) throws -> Mask {
    let shape = try file.shape(of: hdu)
    try file.checkSums(hdu, work: work)
    let bytes: [UInt8]
    if hdu.storedType == .uint8, hdu.blank == nil {
      let values: [UInt8] = try file.readPixels(hdu, as: TBYTE, null: nil, work: work)
      bytes = values.map { $0 == 0 ? 0 : 1 }
    } else {
      let values: [Double] = try file.readPixels(hdu, as: TDOUBLE, null: nil, work: work)
      bytes = values.map { $0 == 0 ? 0 : 1 }
    }
    return Mask(plane: Plane(width: shape.width, height: shape.height, pixels: bytes))
  }
}
