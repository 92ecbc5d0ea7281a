import TestSupport
import Testing

@testable import Files
@testable import Kernels
@testable import Pipeline

/// Number types of saved pixels, BLANK, and masks with the cards of their image.
@Suite struct SavedTypesTests {
  private let folder: ScratchFolder
  init() throws { folder = try ScratchFolder() }

  private func write(_ pixels: StoredPixels, _ cards: [String] = []) throws -> Image {
    var file = TestFile()
    file.image(pixels, nil, cards)
    return try FITSReader.image(at: file.write("in.fits", in: folder))
  }

  private func saved(_ image: Image, _ type: SavedType, clips: Bool = false) throws -> Image {
    let path = folder.file("out.fits")
    try ValueWriter.write(.image(image), to: path, overwrite: true, type: type, clips: clips, work: Work())
    #expect(try fitsverifyPasses(path) != false)
    return try FITSReader.image(at: path)
  }

  private func plus(_ image: Image, _ number: Double) throws -> Image {
    guard
      case .image(let result) = try ValueArithmetic.binary("+", .image(image), .number(number), work: Work())
    else {
      throw CRSError.data("no image")
    }
    return result
  }

  @Test func resultsInTheTypeOfTheInput() throws {
    for pixels in [
      StoredPixels.uint8(Plane(width: 2, height: 2, pixels: [0, 9, 250, 7])),
      .int16(Plane(width: 2, height: 2, pixels: [-5, 9, 250, 7])),
      .uint16(Plane(width: 2, height: 2, pixels: [0, 9, 65000, 7])),
      .int32(Plane(width: 2, height: 2, pixels: [0, -9, 70000, 7])),
      .uint32(Plane(width: 2, height: 2, pixels: [0, 9, 4_000_000_000, 7])),
      .float32(Plane(width: 2, height: 2, pixels: [0, 9.5, 250, 7])),
    ] {
      let image = try write(pixels)
      let result = try plus(image.edited(image.pixels), 1)
      let again = try saved(result, .input)
      #expect(again.storedType == pixels.type, "\(pixels.type)")
      #expect(again.pixels.pixels == result.pixels.pixels)
      #expect(try saved(result, .own).storedType != pixels.type || pixels.type == .float32)
    }
  }

  @Test func whatDoesNotFitIsNeverClippedUnasked() throws {
    var image = try write(.float32(Plane(width: 3, height: 1, pixels: [42784, -3, 100])))
    let error = crsError { _ = try saved(image, .given(.int16)) }
    #expect(error?.kind == .data && error?.parameter == "bitpix")
    #expect(
      error?.message == "one value does not fit int16: pixel [1, 1] is 42784"
        && error?.hint?.contains("clip=yes") == true)
    #expect(try saved(image, .given(.int16), clips: true).pixels.pixels == [32767, -3, 100])
    #expect(
      crsError { _ = try saved(image, .given(.uint8)) }?.message.hasPrefix("2 values do not fit uint8")
        == true)
    image.pixels.pixels[0] = .infinity
    #expect(crsError { _ = try saved(image, .given(.int32)) } != nil)
    // A masked gap before it hides nothing.
    var whole = try write(.int32(Plane(width: 3, height: 1, pixels: [-999, 70000, 5])), ["BLANK = -999"])
    #expect(whole.pixels.pixels[0].isNaN)
    #expect(crsError { _ = try saved(whole, .given(.int16)) } != nil)
    whole.pixels.pixels[1] = 5
    whole.exactPixels = .int64([-999, 5, 5])
    #expect(try saved(whole, .given(.int16)).pixels.pixels[0].isNaN)
  }

  @Test func undefinedPixelsGetANumberOfTheirOwn() throws {
    // The file's BLANK stays.
    var image = try write(.int16(Plane(width: 3, height: 1, pixels: [-7, 5, 6])), ["BLANK = -7"])
    #expect(image.pixels.pixels[0].isNaN)
    #expect(try saved(image, .own).header.integer("BLANK") == -7)
    // Unless a pixel has it now.
    image.pixels.pixels[1] = -7
    var again = try saved(image, .own)
    #expect(
      again.pixels.pixels[0].isNaN && again.pixels.pixels[1] == -7 && again.header.integer("BLANK") == -32768)
    // Numbers at the limits of the type stay themselves.
    image = Image(pixels: Plane(width: 4, height: 1, pixels: [.nan, -32768, 32767, 0]))
    again = try saved(image, .given(.int16))
    #expect(again.pixels.pixels[0].isNaN && Array(again.pixels.pixels[1...]) == [-32768, 32767, 0])
    // Every number is in use.
    var all = (0..<257).map { Float($0) }
    all[256] = .nan
    image = Image(pixels: Plane(width: 257, height: 1, pixels: all))
    #expect(crsError { _ = try saved(image, .given(.uint8)) }?.message.contains("BLANK") == true)
    #expect(try saved(image, .given(.uint16)).pixels.pixels[256].isNaN)
    // Real numbers lose the card.
    image = try write(.int16(Plane(width: 3, height: 1, pixels: [-7, 5, 6])), ["BLANK = -7"])
    again = try saved(try plus(image, 1), .own)
    #expect(again.header["BLANK"] == nil && again.pixels.pixels[0].isNaN)
  }

  @Test func wholeNumbersStayExactInCalculations() throws {
    let image = try write(.int32(Plane(width: 3, height: 1, pixels: [16_777_217, 2_000_000_001, -3])))
    let result = try plus(plus(image, 2), -1)
    guard case .float64(let values)? = try saved(result, .own).exactPixels else {
      Issue.record("not in double precision")
      return
    }
    #expect(values == [16_777_218, 2_000_000_002, -2])
    guard case .int64(let whole)? = try saved(result, .input).exactPixels else { return }
    #expect(whole == [16_777_218, 2_000_000_002, -2])
    // 64-bit integers are passed on.
    let wide = try write(.int64(Plane(width: 2, height: 1, pixels: [1 << 60, (1 << 53) + 1])))
    guard case .int64(let passed)? = try saved(wide, .own).exactPixels else { return }
    #expect(passed == [1 << 60, (1 << 53) + 1])
  }

  @Test func masksKeepTheirImagesCards() throws {
    var image = try write(
      .float32(Plane(width: 6, height: 4, repeating: 1)),
      [
        "OBJECT = 'NGC 1'", "DATE-OBS = '2024-01-01'", "CRPIX1 = 3.0", "CRVAL1 = 10.0", "CTYPE1 = 'RA---TAN'",
        "GAIN = 2.0", "BUNIT = 'adu'",
      ])
    image.primaryHeader = TestFile.header(["TELESCOP = 'T'", "OBJECT = 'other'"])
    var plane = Plane<UInt8>(width: 6, height: 4, repeating: 0)
    plane.pixels[8] = 1
    let mask = image.owning(Mask(plane: plane))
    let path = folder.file("m.fits")
    try ValueWriter.write(.mask(mask | Mask(plane: plane)), to: path, overwrite: true, work: Work())
    let header = try FITSReader.header(at: path)
    #expect(
      header.text("OBJECT") == "NGC 1" && header.number("CRPIX1") == 3 && header.text("TELESCOP") == "T")
    #expect(header["GAIN"] == nil && header["BUNIT"] == nil && header["CRSMASK"] == .logical(true))
    let again = try FITSReader.savedMasks(at: path)?.first
    #expect(again == mask && (again?.owner as? MaskHeader)?.header.text("OBJECT") == "NGC 1")
    let part = again?.section(try Section(x1: 2, x2: 4, y1: 2, y2: 3))
    #expect(part?.flagged == 1 && (part?.owner as? MaskHeader)?.header.number("CRPIX1") == 2)
    // An image of 0 and 1 is no mask.
    #expect(try FITSReader.savedMasks(at: folder.file("in.fits")) == nil)
    #expect(try fitsverifyPasses(path) != false)
  }

  @Test func stacksKeepWhatEachExposureHas() throws {
    var exposures: [Image] = []
    for k in 1...3 {
      var file = TestFile()
      file.empty([
        "GAIN = \(k).5", "RDNOISE = 3.0", "EXPTIME = \(k)0.0", "OBJECT = 'field'", "OBSERVER = 'o\(k)'",
      ])
      file.image(.float32(Plane(width: 4, height: 3, repeating: Float(k))), "SCI", ["BUNIT = 'adu'"])
      file.image(.float32(Plane(width: 4, height: 3, repeating: 2)), "ERR")
      file.image(.uint8(Plane(width: 4, height: 3, pixels: (0..<12).map { $0 == k ? 1 : 0 })), "DQ")
      exposures.append(try FITSReader.image(at: file.write("e\(k).fits", in: folder)))
    }
    let stack = try Stack(exposures: exposures)
    let path = folder.file("s.fits")
    try ValueWriter.write(.stack(stack), to: path, overwrite: true, work: Work())
    #expect(try FITSReader.header(at: path, hdu: .number(0)).text("OBJECT") == "field")
    let again = try #require(try FITSReader.stack(at: path))
    for (a, b) in zip(again.exposures, exposures) {
      #expect(
        a.pixels == b.pixels && a.mask == b.mask && a.uncertainty?.deviation == b.uncertainty?.deviation)
      #expect(a.knownDetector.gain?.value == b.knownDetector.gain?.value)
      #expect(a.knownDetector.exposureTime?.value == b.knownDetector.exposureTime?.value && a.unit == b.unit)
      #expect(a.cards.text("OBSERVER") == b.cards.text("OBSERVER"))
    }
    #expect(try fitsverifyPasses(path) != false)
  }

  @Test func imagesOfOneFileBecomeOneFileAgain() throws {
    var file = TestFile()
    file.empty(["OBJECT = 'field'"])
    for k in 1...3 {
      file.image(.float32(Plane(width: 4, height: 3, repeating: Float(k))), "SCI", ["EXTVER = \(k)"])
      file.image(
        .uint8(Plane(width: 4, height: 3, pixels: (0..<12).map { $0 == k ? 4 : 0 })), "DQ", ["EXTVER = \(k)"])
    }
    file.hdus.append(FITSOutputHDU(name: "LOG", content: .table([.init(name: "N", values: [1])])))
    let path = try file.write("mef.fits", in: folder)
    var images = try FITSReader.images(at: path) { _ in }
    #expect(images.map { $0.mask?.flagged } == [1, 1, 1])
    images = images.map { $0.edited($0.pixels.map { $0 + 10 }) }
    let out = folder.file("out.fits")
    try ValueWriter.write(.list(images.map { .image($0) }), to: out, overwrite: true, work: Work())
    #expect(
      try FITSReader.listing(of: out).map(\.name) == [
        "PRIMARY", "SCI", "DQ", "SCI", "DQ", "SCI", "DQ", "LOG",
      ])
    for k in 1...3 {
      let image = try FITSReader.image(at: out, hdu: .number(2 * k - 1))
      #expect(image.pixels.pixels[0] == Float(10 + k) && image.mask?.plane.pixels[k] == 1)
    }
    // Two of three: the third stays as it was.
    try ValueWriter.write(
      .list([.image(images[2]), .image(images[0])]), to: out, overwrite: true, work: Work())
    #expect(try FITSReader.image(at: out, hdu: .number(3)).pixels.pixels[0] == 2)
    #expect(try FITSReader.image(at: out, hdu: .number(5)).pixels.pixels[0] == 13)
    let error = crsError {
      try ValueWriter.write(
        .list([.image(images[0]), .image(images[0])]), to: out, overwrite: true, work: Work())
    }
    #expect(error?.message.contains("different HDUs of one file") == true)
  }
}
