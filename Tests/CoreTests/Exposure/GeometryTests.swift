import TestSupport
import Testing

@testable import Files
@testable import Kernels

/// What moves along with the pixels of an image.
@Suite struct GeometryTests {
  private let folder: ScratchFolder
  init() throws { folder = try ScratchFolder() }

  private func numbered<Value: Sendable>(_ make: (Int) -> Value) -> Plane<Value> {
    Plane(width: 12, height: 8, pixels: (0..<96).map(make))
  }

  private func cut(_ cards: [String], x: AxisSpan, y: AxisSpan, width: Int = 96, height: Int = 64) -> (
    Header, [String]
  ) {
    var header = TestFile.header(cards)
    var notes: [String] = []
    header.follow(.section(x: x, y: y), shape: Shape(width: width, height: height)) { notes.append($0) }
    return (header, notes)
  }

  private func section(_ cards: [String], _ x1: Int, _ x2: Int, _ y1: Int, _ y2: Int) -> Header {
    cut(
      cards, x: AxisSpan(start: x1, step: 1, count: x2 - x1 + 1),
      y: AxisSpan(start: y1, step: 1, count: y2 - y1 + 1)
    ).0
  }

  @Test func planesOfEveryTypeAreCut() throws {
    var file = TestFile()
    file.empty(["INSTRUME = 'CAM'", "EXPTIME = 100.0"])
    file.image(
      .float32(numbered { Float($0) }), "SCI",
      ["BUNIT = 'adu'", "CTYPE1 = 'LINEAR'", "CRPIX1 = 5.0", "CRVAL1 = 0.0"])
    file.image(
      .float32(numbered { Float($0) / 2 }), "ERR", ["CTYPE1 = 'LINEAR'", "CRPIX1 = 5.0", "CRVAL1 = 0.0"])
    file.image(.uint16(numbered { UInt16($0) + 40000 }), "DQ")
    file.image(.int64(numbered { Int64($0) << 40 }), "IDS")
    file.image(.float64(numbered { Double($0) / 3 }), "SKY")
    file.image(.uint32(numbered { UInt32($0) + 4_000_000_000 }), "COUNT")
    let scaled = ExtraPlane(
      name: "SCALED", pixels: .int16(numbered { Int16($0) }), scaling: ["BSCALE  = 0.5", "BZERO   = 100.0"])
    file.hdus.append(FITSOutputHDU(name: "SCALED", content: .stored(scaled)))
    let cube = ExtraPlane(
      name: "CUBE", pixels: .int32(Plane(width: 12, height: 16, pixels: (0..<192).map { Int32($0) })),
      furtherAxes: [2])
    file.hdus.append(FITSOutputHDU(name: "CUBE", content: .stored(cube)))
    file.hdus.append(FITSOutputHDU(name: "TAB", content: .table([.init(name: "N", values: [7])])))
    let path = try file.write("m.fits", in: folder)
    // Of the whole frame, for a pixel of [3:7,2:5].
    func at(_ x: Int, _ y: Int) -> Int { (y + 1) * 12 + x + 2 }
    for image in [
      try FITSReader.image(at: path).section(try Section(x1: 3, x2: 7, y1: 2, y2: 5)),
      try FITSReader.image(at: path + "[3:7,2:5]"), try FITSReader.image(at: path + "[SCI][3:7,2:5]"),
    ] {
      let saved = folder.file("cut.fits")
      try FITSWriter.write(FITSDocument(image: image), to: saved, overwrite: true)
      let listing = try FITSReader.listing(of: saved)
      #expect(
        listing.map(\.name) == [
          "PRIMARY", "SCI", "ERR", "DQ", "IDS", "SKY", "COUNT", "SCALED", "CUBE", "TAB",
        ])
      #expect(
        listing.map(\.dimensions) == [[]] + Array(repeating: [5, 4], count: 7) + [[5, 4, 2], [1, 1]])
      #expect(listing.map(\.format)[1...6] == ["float32", "float32", "uint16", "int64", "float64", "uint32"])
      func value(_ name: String) throws -> [Float] {
        try FITSReader.image(at: saved, hdu: .name(name)).pixels.pixels
      }
      #expect(try value("SCI")[6] == Float(at(1, 1)) && value("ERR")[6] == Float(at(1, 1)) / 2)
      #expect(
        try value("DQ")[6] == Float(at(1, 1) + 40000) && value("SCALED")[6] == Float(at(1, 1)) / 2 + 100)
      guard case .int64(let ids)? = try FITSReader.image(at: saved, hdu: .name("IDS")).exactPixels else {
        Issue.record("64-bit integers are gone")
        return
      }
      #expect(ids[6] == Int64(at(1, 1)) << 40)
      #expect(try FITSReader.image(at: saved + "[CUBE][*,*,2]").pixels.pixels[6] == Float(96 + at(1, 1)))
      #expect(try FITSReader.header(at: saved, hdu: .number(0)).text("INSTRUME") == "CAM")
      #expect(try FITSReader.header(at: saved, hdu: .name("ERR")).number("CRPIX1") == 3)
      #expect(try fitsverifyPasses(saved) != false)
    }
    // Tile-compressed planes are cut too.
    let tiled = folder.file("t.fits")
    try FITSWriter.write(
      FITSDocument(image: try FITSReader.image(at: path)), to: tiled, overwrite: true, compression: .tiles)
    let image = try FITSReader.image(at: tiled + "[3:7,2:5]")
    #expect(
      image.mask?.shape == Shape(width: 5, height: 4)
        && image.uncertainty?.values.pixels[6] == Float(at(1, 1)) / 2)
  }

  @Test func wholeShiftsMoveEveryPlane() throws {
    var image = Image(
      pixels: numbered { Float($0) },
      header: TestFile.header(["CRPIX1A = 4.0", "LTV2 = 1.0", "DATASEC = '[1:12,1:8]'"]))
    image.uncertainty = Uncertainty(kind: .variance, values: numbered { Float($0) + 1 })
    image.mask = Mask(plane: numbered { $0 == 30 ? 1 : 0 })
    image.others = [.plane(ExtraPlane(name: "MAP", pixels: .int16(numbered { Int16($0) })))]
    let moved = image.moved(.shift(x: 2, y: -1))
    #expect(moved.pixels[2, 0] == 12 && moved.pixels[11, 6] == 93 && moved.uncertainty?.values[2, 0] == 13)
    #expect(moved.mask?.plane[0, 0] == 1 && moved.mask?.plane[5, 7] == 1 && moved.mask?.plane[8, 1] == 1)
    #expect(moved.mask?.flagged == 1 + 2 * 8 + 12 - 2)
    guard case .int16(let map) = moved.planes[0].pixels else { return }
    #expect(map[2, 0] == 12 && map[0, 0] == 0)
    #expect(moved.header.number("CRPIX1A") == 6 && moved.header.number("LTV2") == 0)
    #expect(moved.header.text("DATASEC") == "[3:12,1:7]")
    // Far outside nothing is left.
    #expect(image.moved(.shift(x: 100, y: 0)).mask?.flagged == 96)
  }

  @Test func fractionsMoveMasksAndErrors() throws {
    var image = Image(
      pixels: numbered { _ in 10 }, header: TestFile.header(["CRPIX1 = 4.0", "CRPIX1B = 1.5", "LTV1 = 0.0"]))
    image.uncertainty = Uncertainty(kind: .standardDeviation, values: numbered { _ in 2 })
    image.others = [.plane(ExtraPlane(name: "IDS", pixels: .int16(numbered { Int16($0) })))]
    var notes: [String] = []
    let moved = try image.shifted(
      image.pixels, by: Offset(x: 0.5, y: 0), work: Work(), note: { notes.append($0) })
    #expect(moved.uncertainty?.values[5, 3] == Float(2).squareRoot())
    #expect(moved.header.number("CRPIX1") == 4.5 && moved.header.number("CRPIX1B") == 2)
    #expect(moved.mask?.plane[0, 3] == 1 && moved.planes.isEmpty && notes.contains { $0.contains("IDS") })
  }

  @Test func coordinatesOfEverySystemFollow() {
    let cards = [
      "CRPIX1 = 48.5", "CRPIX2 = 32.5", "CRPIX1A = 1.0", "CRPIX2A = 1.0", "LTV1 = 0.0", "LTV2 = 0.0",
      "DATASEC = '[1:88,1:64]'", "TRIMSEC = '[9:88,1:64]'", "BIASSEC = '[89:96,1:64]'",
    ]
    let header = section(cards, 11, 50, 6, 40)
    #expect(header.number("CRPIX1") == 38.5 && header.number("CRPIX2") == 27.5)
    #expect(header.number("CRPIX1A") == -9 && header.number("CRPIX2A") == -4)
    #expect(header.number("LTV1") == -10 && header.number("LTV2") == -5)
    #expect(header.text("DATASEC") == "[1:40,1:35]" && header.text("TRIMSEC") == "[1:40,1:35]")
    #expect(header["BIASSEC"] == nil)
  }

  @Test func sectionsOfTheDetectorAreCutAndNotMoved() {
    let plain = ["DATASEC = '[5:84,1:64]'", "CCDSEC = '[101:180,1:64]'", "DETSEC = '[1101:1180,2001:2064]'"]
    var header = section(plain, 11, 50, 6, 40)
    #expect(header.text("DATASEC") == "[1:40,1:35]" && header.text("CCDSEC") == "[107:146,6:40]")
    #expect(header.text("DETSEC") == "[1107:1146,2006:2040]")
    // Binned, and mounted the other way round.
    header = section(
      ["DATASEC = '[1:96,1:64]'", "CCDSEC = '[1:192,1:128]'", "DETSEC = '[192:1,1:128]'"], 11, 50, 6, 40)
    #expect(header.text("CCDSEC") == "[21:100,11:80]" && header.text("DETSEC") == "[172:93,11:80]")
    // Amplifiers with sections of their own; one of them is cut away.
    header = section(
      [
        "DATASECA = '[1:48,1:64]'", "DATASECB = '[49:96,1:64]'", "DETSECA = '[1:48,1:64]'",
        "DETSECB = '[96:49,1:64]'",
      ],
      60, 70, 1, 64)
    #expect(header["DATASECA"] == nil && header["DETSECA"] == nil)
    #expect(header.text("DATASECB") == "[1:11,1:64]" && header.text("DETSECB") == "[85:75,1:64]")
    // Numbers that do not fit each other say nothing true.
    let (odd, notes) = cut(
      ["DATASEC = '[1:96,1:64]'", "CCDSEC = '[1:100,1:64]'"], x: AxisSpan(start: 2, step: 1, count: 5),
      y: AxisSpan(start: 1, step: 1, count: 64))
    #expect(odd["CCDSEC"] == nil && notes.contains { $0.contains("CCDSEC") })
    // A whole shift keeps the frame.
    var shifted = TestFile.header(plain)
    shifted.follow(.shift(x: 20, y: 0), shape: Shape(width: 96, height: 64), note: { _ in })
    #expect(shifted.text("DATASEC") == "[25:96,1:64]" && shifted.text("CCDSEC") == "[101:172,1:64]")
  }

  @Test func flipsTurnMatricesAndPolynomials() {
    let cards = [
      "CRPIX1 = 10.0", "CRPIX2 = 20.0", "CD1_1 = 2.0", "CD1_2 = 0.5", "CD2_1 = 0.25", "CD2_2 = 3.0",
      "A_2_0 = 0.1",
      "A_1_1 = 0.2", "B_1_1 = 0.3", "B_0_2 = 0.4", "LTM1_1 = 1.0", "LTV1 = 0.0", "DATASEC = '[1:90,1:64]'",
      "CCDSEC = '[1:90,1:64]'",
    ]
    let (header, _) = cut(
      cards, x: AxisSpan(start: 96, step: -1, count: 96), y: AxisSpan(start: 1, step: 1, count: 64))
    #expect(header.number("CRPIX1") == 87 && header.number("CD1_1") == -2 && header.number("CD2_1") == -0.25)
    #expect(header.number("CD1_2") == 0.5 && header.number("LTM1_1") == -1 && header.number("LTV1") == 97)
    // u turns: A (in x) and odd powers of u change their sign.
    #expect(header.number("A_2_0") == -0.1 && header.number("A_1_1") == 0.2 && header.number("B_1_1") == -0.3)
    #expect(header.number("B_0_2") == 0.4)
    #expect(header.text("DATASEC") == "[7:96,1:64]" && header.text("CCDSEC") == "[90:1,1:64]")
  }

  @Test func distortionsThatCannotFollowAreLeftOut() {
    for card in ["CPDIS1 = 'LOOKUP'", "D2IMDIS1 = 'LOOKUP'", "D2IMARR1 = 1", "DP1 = 'EXTVER: 1.0'"] {
      let (header, notes) = cut(
        [
          "CTYPE1 = 'RA---TAN'", "CRPIX1 = 10.0", "CD1_1 = 2.0", "CRVAL1 = 1.0", "A_2_0 = 0.1",
          "CRPIX1B = 4.0", card, "OBJECT = 'x'",
        ],
        x: AxisSpan(start: 3, step: 1, count: 10), y: AxisSpan(start: 1, step: 1, count: 64))
      #expect(header.keywords == ["CRPIX1B", "OBJECT", "LTV1"], "\(header.cards)")
      #expect(notes.contains { $0.contains("distortion") } && header.number("CRPIX1B") == 2)
    }
  }

  @Test func colourPatternsKeepTheirPhase() {
    let cards = ["BAYERPAT = 'RGGB'", "XBAYROFF = 0", "YBAYROFF = 1"]
    let odd = section(cards, 2, 11, 4, 13)
    #expect(odd.integer("XBAYROFF") == 1 && odd.integer("YBAYROFF") == 0)
    #expect(section(cards, 3, 12, 3, 12).integer("XBAYROFF") == 0)
    #expect(section(["BAYERPAT = 'RGGB'"], 2, 11, 1, 10).integer("XBAYROFF") == 1)
    let (binned, _) = cut(
      cards, x: AxisSpan(start: 1, step: 2, count: 48), y: AxisSpan(start: 1, step: 2, count: 32))
    #expect(binned["BAYERPAT"] == nil)
  }
}
