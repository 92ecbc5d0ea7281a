internal import CCFITSIO
import Kernels

/// Reads FITS files of every kind that cfitsio knows: any BITPIX, scaled, gzipped, tile-compressed.
///
/// Names may carry cfitsio's extended syntax (`file.fits[1]`, `file.fits[SCI]`, `file.fits[1][10:20,5:9]`);
/// a name that exists as it stands is that file. Everything throws `CRSError` (file) with the file and the
/// HDU; nothing in a file can end the process.
package enum FITSReader {
  /// One image: that HDU, or by default the primary image, or the first image behind an empty primary HDU.
  ///
  /// By default extensions MASK and UNCERT of the same shape become `mask` and `uncertainty` (cr2images.md
  /// section 10), other images of that shape `planes`, and everything else `carried`. BLANK pixels are NaN.
  package static func image(at path: String, hdu: HDUSelector? = nil, work: Work? = nil) throws -> Image {
    let path = try FITSPath(path)
    return try FITSLibrary.exclusively {
      let file = try FITSFile.open(path)
      let selector = try combined(path, hdu)
      if path.isFiltered { return try image(file, file.describe(), work: work) }
      if let selector {
        let found = try file.find(selector, version: path.version)
        var image = try image(file, found, work: work)
        if found.number > 0, !found.wasPrimary { image.primaryHeader = try file.emptyPrimaryCards() }
        return image
      }
      return try wholeImage(file, work: work)
    }
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
      if path.isFiltered { return try file.describe().shownHeader }
      if let selector { return try file.find(selector, version: path.version).shownHeader }
      if let first = try file.firstImage() { return first.shownHeader }
      _ = try file.move(to: 0)
      return try file.describe().shownHeader
    }
  }

  /// One line for each HDU.
  package static func listing(of path: String) throws -> [HDUSummary] {
    let path = try FITSPath(path)
    return try FITSLibrary.exclusively {
      let file = try FITSFile.open(path)
      return try path.isFiltered ? [file.describe().summary] : file.descriptions().map(\.summary)
    }
  }

  /// A mask: nonzero pixels of that HDU or of the first image are flagged.
  package static func mask(at path: String, hdu: HDUSelector? = nil, work: Work? = nil) throws -> Mask {
    let path = try FITSPath(path)
    return try FITSLibrary.exclusively {
      let file = try FITSFile.open(path)
      let selector = try combined(path, hdu)
      let found =
        if path.isFiltered {
          try file.describe()
        } else if let selector {
          try file.find(selector, version: path.version)
        } else {
          try file.firstImageOrFail()
        }
      return try mask(file, found, work: work)
    }
  }

  static func combined(_ path: FITSPath, _ hdu: HDUSelector?) throws -> HDUSelector? {
    guard let hdu else { return path.selector }
    guard path.selector == nil || path.selector == hdu, !path.isFiltered else {
      throw CRSError.usage(
        "both the name '\(path.text)' and ext=\(hdu) choose an HDU", parameter: "ext", expected: "one of them"
      )
    }
    return hdu
  }

  static func image(_ file: FITSFile, _ hdu: HDUDescription, work: Work?) throws -> Image {
    let shape = try file.shape(of: hdu)
    let (pixels, exact) = try file.readImage(hdu, shape: shape, work: work)
    let header = hdu.keptCards
    return Image(
      pixels: pixels, unit: PixelUnit(parsing: header.text("BUNIT") ?? ""), header: header,
      storedType: hdu.storedType, exactPixels: exact)
  }

  static func mask(_ file: FITSFile, _ hdu: HDUDescription, work: Work?) throws -> Mask {
    let shape = try file.shape(of: hdu)
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
