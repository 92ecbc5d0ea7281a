import TestSupport
import Testing

@testable import Files
@testable import Kernels

/// Masks, quality planes, errors and weights of the images of a file.
@Suite struct PlanesTests {
  private let folder: ScratchFolder
  init() throws { folder = try ScratchFolder() }

  private static let shape = Shape(width: 10, height: 6)
  private let flat = StoredPixels.float32(Plane(width: 10, height: 6, repeating: 100))

  /// A plane with numbers at the given places in memory, 0 elsewhere.
  private func plane<Value: FixedWidthInteger & Sendable>(_ values: [Int: Value]) -> Plane<Value> {
    var plane = Plane<Value>(width: 10, height: 6, repeating: 0)
    for (place, value) in values { plane.pixels[place] = value }
    return plane
  }

  private func read(
    _ file: TestFile, hdu: HDUSelector? = nil, _ options: PlaneOptions = PlaneOptions()
  ) throws -> (image: Image, report: ReadingReport) {
    let path = try file.write("f.fits", in: folder)
    var report = ReadingReport()
    let image = try FITSReader.image(at: path, hdu: hdu, options: options) { report = $0 }
    return (image, report)
  }

  private func flagged(_ mask: Mask?) -> [Int] {
    mask?.plane.pixels.indices.filter { mask?.plane.pixels[$0] == 1 } ?? []
  }

  @Test func masksOfZeroAndOne() throws {
    for name in ["MASK", "mask", "BPM"] {
      for value: UInt8 in [1, 255] {
        var file = TestFile()
        file.image(flat)
        file.image(.uint8(plane([3: value, 20: value])), name)
        let (image, report) = try read(file)
        #expect(flagged(image.mask) == [3, 20] && report.planes == "masked 2 (\(name))", "\(report)")
      }
    }
    var file = TestFile()
    file.image(flat)
    file.image(.int16(plane([3: 4, 20: 2])), "MASK")
    let (image, report) = try read(file)
    #expect(
      flagged(image.mask) == [3, 20] && report.notes.contains { $0.contains("every bit masks") }, "\(report)")
  }

  @Test func bitsByTelescopeAndName() throws {
    let values: [Int: Int16] = [1: 1, 2: 16, 4: 64, 8: 256, 16: 512, 32: 4096, 40: 8192, 50: 3]
    func masked(_ cards: [String], _ quality: [String] = [], _ options: PlaneOptions = PlaneOptions()) throws
      -> [Int]
    {
      var file = TestFile()
      file.empty(cards)
      file.image(flat, "SCI")
      file.image(.int16(plane(values)), "DQ", quality)
      return try flagged(read(file, options).image.mask)
    }
    #expect(try masked([]) == [1, 2, 4, 8, 16, 32, 40, 50])
    #expect(try masked(["TELESCOP = 'HST'"]) == [1, 16, 50])
    #expect(try masked(["TELESCOP = 'JWST'"]) == [1, 50])
    #expect(try masked(["TELESCOP = 'ROMAN'"]) == [1, 50])
    // Names of the bits: BAD is 2, DETECTED is 16, SAT is 512.
    #expect(try masked(["TELESCOP = 'HST'"], ["MP_BAD = 1", "MP_DETECTED = 4", "MP_SAT = 9"]) == [16, 50])
    var options = PlaneOptions()
    options.ignoredBits = 16 | 64
    #expect(try masked([], [], options) == [1, 8, 16, 32, 40, 50])
    options.badBits = 2
    #expect(try masked([], [], options) == [50])
    options.usesQuality = false
    #expect(try masked([], [], options) == [])
  }

  @Test func qualityPlanesOfEveryType() throws {
    for (pixels, name) in [
      (StoredPixels.uint8(plane([5: 4])), "DQ"), (.int16(plane([5: 4])), "QUALITY"),
      (.uint16(plane([5: 0x8000])), "FLAGS"),
      (.int32(plane([5: 4])), "DQ"), (.uint32(plane([5: 0x8000_0000])), "DQ"),
      (.int64(plane([5: 1 << 40])), "DQ"),
      (.int16(plane([5: -32768])), "DQ"),
    ] {
      var file = TestFile()
      file.image(flat)
      file.image(pixels, name)
      let (image, report) = try read(file)
      #expect(flagged(image.mask) == [5], "\(pixels.type) \(report)")
      // Saved and loaded it is the same, with the same plane.
      let copy = folder.file("copy.fits")
      try FITSWriter.write(FITSDocument(image: image), to: copy, overwrite: true)
      let again = try FITSReader.image(at: copy)
      #expect(again.mask == image.mask && again.planes.map(\.pixels) == image.planes.map(\.pixels))
      #expect(try FITSReader.listing(of: copy).map(\.format) == ["float32", pixels.type.rawValue])
    }
  }

  @Test func muchMaskedIsToldWithItsBits() throws {
    var file = TestFile()
    file.image(flat)
    var values = Plane<Int16>(width: 10, height: 6, repeating: 0)
    for i in 0..<30 { values.pixels[i] = i < 24 ? 16 : 512 }
    file.image(.int16(values), "DQ")
    let (_, report) = try read(file)
    #expect(report.planes == "masked 30 (DQ: bits 16, 512)")
    #expect(
      report.notes.contains {
        $0.contains("DQ masks 50.0 %") && $0.contains("bit 16: 40.0 %") && $0.contains("dq_ignore")
      },
      "\(report.notes)")
  }

  @Test func uncertaintiesByNameAndType() throws {
    for (name, cards, kind) in [
      ("ERR", [], Uncertainty.Kind.standardDeviation), ("UNCERT", [], .standardDeviation),
      ("VAR", [], .variance),
      ("VARIANCE", [], .variance), ("IVAR", [], .inverseVariance), ("SIGMA", [], .standardDeviation),
      ("STAT", [], .variance), ("UNCERT", ["UTYPE = 'VarianceUncertainty'"], .variance),
      ("UNCERT", ["UTYPE = 'InverseVariance'"], .inverseVariance), ("err", [], .standardDeviation),
      ("CHIP1.ERROR", ["HDUCLAS2 = 'ERROR'", "HDUCLAS3 = 'MSE'"], .variance),
      ("E", ["HDUCLAS2 = 'ERROR'", "HDUCLAS3 = 'RMSE'"], .standardDeviation),
    ] {
      var file = TestFile()
      file.image(flat, nil)
      file.image(.float32(Plane(width: 10, height: 6, repeating: 4)), name, cards)
      let (image, report) = try read(file)
      #expect(
        image.uncertainty?.kind == kind && report.planes == "uncertainty from \(name)", "\(name) \(report)")
      let deviation: Float = kind == .standardDeviation ? 4 : kind == .variance ? 2 : 0.5
      #expect(image.uncertainty?.deviation.pixels[7] == deviation)
    }
    // Parts of the variance are not the whole.
    var file = TestFile()
    file.image(flat, "SCI")
    file.image(.float32(Plane(width: 10, height: 6, repeating: 4)), "VAR_POISSON")
    #expect(try read(file).image.uncertainty == nil)
    // The order of preference, and integers too.
    file.image(.int16(Plane(width: 10, height: 6, repeating: 9)), "VAR")
    file.image(.int16(Plane(width: 10, height: 6, repeating: 3)), "ERR")
    let image = try read(file).image
    #expect(image.uncertainty?.name == "ERR" && image.uncertainty?.deviation.pixels[0] == 3)
  }

  @Test func weightsAndInverseVariancesOfZeroMask() throws {
    var values = Plane<Float>(width: 10, height: 6, repeating: 100)
    (values.pixels[4], values.pixels[9]) = (0, -1)
    for name in ["WHT", "WEIGHT", "WGT"] {
      var file = TestFile()
      file.image(flat, "SCI")
      file.image(.float32(values), name)
      let image = try read(file).image
      #expect(flagged(image.mask) == [4, 9] && image.uncertainty == nil)
      var options = PlaneOptions()
      options.takesWeights = true
      #expect(try read(file, options).image.uncertainty?.deviation.pixels[0] == 0.1)
    }
    var file = TestFile()
    file.image(flat, "SCI")
    file.image(.float32(values), "IVAR")
    let image = try read(file).image
    #expect(flagged(image.mask) == [4, 9] && image.uncertainty?.deviation.pixels[4].isNaN == true)
  }

  @Test func planesFindTheirImage() throws {
    func layout(_ hdus: [(String, [String])], primary: Bool = true) throws -> TestFile {
      var file = TestFile()
      if primary { file.empty() }
      for (k, (name, cards)) in hdus.enumerated() {
        let isMask = name.uppercased().contains("DQ") || name.contains("MASK")
        file.image(isMask ? .uint8(plane([k: 1])) : flat, name.isEmpty ? nil : name, cards)
      }
      return file
    }
    func mask(_ file: TestFile, _ hdu: Int) throws -> [Int] {
      try flagged(read(file, hdu: .number(hdu)).image.mask)
    }
    // By EXTVER.
    let versions = try layout([
      ("SCI", ["EXTVER = 1"]), ("DQ", ["EXTVER = 1"]), ("SCI", ["EXTVER = 2"]), ("DQ", ["EXTVER = 2"]),
    ])
    #expect(try mask(versions, 1) == [1] && mask(versions, 3) == [3])
    // By the stem of the name.
    let stems = try layout([("CCD1.SCI", []), ("CCD2.SCI", []), ("CCD1.DQ", []), ("CCD2.DQ", [])])
    #expect(try mask(stems, 1) == [2] && mask(stems, 2) == [3])
    let numbers = try layout([("IM1", []), ("IM2", []), ("MASK1", []), ("MASK2", [])])
    #expect(try mask(numbers, 1) == [2] && mask(numbers, 2) == [3])
    let prefixes = try layout([("AMP1", []), ("DQ_AMP1", []), ("AMP2", []), ("DQ_AMP2", [])])
    #expect(try mask(prefixes, 1) == [1] && mask(prefixes, 3) == [3])
    let links = try layout([
      ("A", ["QUALDATA = 'DQ_OF_A'"]), ("B", ["QUALDATA = 'DQ_OF_B'"]), ("DQ_OF_A", []), ("DQ_OF_B", []),
    ])
    #expect(try mask(links, 1) == [2] && mask(links, 2) == [3])
    // The only one, and one that belongs to another image.
    #expect(try mask(layout([("SCI", []), ("DQ", [])]), 1) == [1])
    let missing = try layout([("CCD1.SCI", []), ("CCD2.SCI", []), ("CCD2.DQ", [])])
    #expect(try mask(missing, 1) == [] && mask(missing, 2) == [2])
    let one = try layout([("SCI", ["EXTVER = 1"]), ("SCI", ["EXTVER = 2"]), ("DQ", ["EXTVER = 2"])])
    #expect(try mask(one, 1) == [] && mask(one, 2) == [2])
    // Several candidates: none, and a line.
    let many = try layout([("SCI", []), ("DQ", ["EXTVER = 1"]), ("DQ", ["EXTVER = 2"])])
    let (image, report) = try read(many, hdu: .number(1))
    #expect(image.mask == nil && report.notes.contains { $0.contains("none is used") }, "\(report)")
    // Another shape.
    var small = TestFile()
    small.image(flat)
    small.image(.uint8(Plane(width: 3, height: 3, repeating: 1)), "MASK")
    let (whole, told) = try read(small)
    #expect(
      whole.mask == nil && told.notes.contains { $0.contains("MASK does not fit the image (10x6)") },
      "\(told)")
  }

  @Test func imagesOfAMosaicAndTheRestStay() throws {
    var file = TestFile()
    file.empty(["OBJECT = 'field'"])
    for k in 1...4 {
      file.image(.float32(Plane(width: 10, height: 6, repeating: Float(k))), "AMP\(k)", ["GAIN = \(k).5"])
    }
    file.hdus.append(
      FITSOutputHDU(name: "LOG", content: .table([.init(name: "N", values: [1, 2, 3])])))
    let path = try file.write("mef.fits", in: folder)
    let names = ["PRIMARY", "AMP1", "AMP2", "AMP3", "AMP4", "LOG"]
    for (selector, first) in [
      (HDUSelector?.none, "HDU 1 AMP1"), (.number(3), "HDU 3 AMP3"), (.name("AMP2"), "HDU 2 AMP2"),
    ] {
      let (image, report) = try read(file, hdu: selector)
      #expect(
        report.notes.contains {
          $0.hasPrefix(first + (selector == nil ? " is taken" : " was chosen")) && $0.contains("4 AMP4")
            || first.contains("AMP4")
        }, "\(report)")
      let copy = folder.file("copy.fits")
      try FITSWriter.write(FITSDocument(image: image), to: copy, overwrite: true)
      #expect(try FITSReader.listing(of: copy).map(\.name) == names)
      for number in 1...4 {
        #expect(try FITSReader.image(at: copy, hdu: .number(number)).pixels.pixels[0] == Float(number))
      }
    }
    // All of them, each with its own detector; a section of one leaves the others whole.
    let all = try FITSReader.images(at: path) { _ in }
    #expect(all.map { $0.origin?.name } == ["AMP1", "AMP2", "AMP3", "AMP4"])
    #expect(all.map { $0.knownDetector.gain?.value } == [1.5, 2.5, 3.5, 4.5].map { .constant($0) })
    let cut = all[1].section(try Section(x1: 2, x2: 5, y1: 1, y2: 3))
    let copy = folder.file("cut.fits")
    try FITSWriter.write(FITSDocument(image: cut), to: copy, overwrite: true)
    #expect(
      try FITSReader.listing(of: copy).map(\.dimensions) == [
        [], [10, 6], [4, 3], [10, 6], [10, 6], [3, 1],
      ])
  }

  @Test func planesOfACube() throws {
    func cube(_ levels: [Float], _ cards: [String] = []) throws -> String {
      var random = SeededRandom(seed: 9)
      let pixels = levels.flatMap { level in (0..<400).map { _ in level + Float(random.normal()) } }
      var file = TestFile()
      let plane = ExtraPlane(
        name: "", pixels: .float32(Plane(width: 20, height: 20 * levels.count, pixels: pixels)),
        header: TestFile.header(cards), furtherAxes: [levels.count])
      file.hdus.append(FITSOutputHDU(header: plane.header, content: .stored(plane)))
      return try file.write("cube.fits", in: folder)
    }
    func planes(_ path: String, force: Bool = false) throws -> [Image] {
      try FITSReader.planes(at: path, force: force) { _ in }
    }
    let path = try cube([100, 101, 99, 100])
    let images = try planes(path)
    #expect(images.count == 4 && images.allSatisfy { $0.shape == Shape(width: 20, height: 20) })
    #expect(images[2].pixels == (try FITSReader.image(at: path + "[*,*,3]").pixels))
    #expect(images.map { $0.origin?.plane } == [1, 2, 3, 4])
    for (levels, cards, word) in [
      ([100, 101, 99], ["CTYPE3 = 'WAVE'"], "WAVE"), ([100, 101, 99], ["CTYPE3 = 'RGB'"], "colours"),
      ([100, 150, 200, 250], [], "grow steadily"), ([100, 101, 99], ["CTYPE3 = 'FREQ'"], "FREQ"),
    ] as [([Float], [String], String)] {
      let path = try cube(levels, cards)
      let error = crsError { _ = try planes(path) }
      #expect(
        error?.kind == .data && error?.description.contains(word) == true, "\(error?.description ?? "none")")
      #expect(error?.hint?.contains("force=yes") == true)
      #expect(try planes(path, force: true).count == levels.count)
    }
    #expect(try planes(cube([100, 101, 99], ["CTYPE3 = 'EXPOSURE'"])).count == 3)
    let error = crsError { _ = try FITSReader.image(at: try cube([1, 2])) }
    #expect(error?.hint?.contains("planes=yes") == true && error?.hint?.contains("[*,*,1]") == true)
  }
}
