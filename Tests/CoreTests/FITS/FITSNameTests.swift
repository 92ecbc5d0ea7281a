import Files
import Foundation
import Kernels
import Pipeline
import TestSupport
import Testing

/// What brackets behind a file name may say, and that nothing else is ever done because of a name.
@Suite struct FITSNameTests {
  private static let pixels = (0..<96).map { Int16($0) }

  /// A folder with an image of 12x8, a cube of 4x3x2, a table of events, and a file that must survive.
  private func folder() throws -> ScratchFolder {
    let scratch = try ScratchFolder()
    let cards = [
      "CRPIX1  =                  3.0", "CRPIX2  =                  4.0", "CRPIX1A =                  3.0",
      "CDELT1  =                 -0.1", "CD1_1   =                 -0.1", "CD2_1   =                 0.02",
      "LTV1    =                  0.0", "LTM1_1  =                  1.0", "A_2_0   =                 0.01",
      "A_1_1   =                 0.02", "B_1_0   =                 0.03",
    ]
    let cube: [String] =
      RawFITS.shape([4, 3, 2], bitpix: 16) + [
        RawFITS.card("PCOUNT", 0), RawFITS.card("GCOUNT", 1), "EXTNAME = 'CUBE    '",
        "CRPIX3  =                  1.0",
      ]
    let table: [String] =
      RawFITS.shape([16, 40], bitpix: 8) + [
        RawFITS.card("PCOUNT", 0), RawFITS.card("GCOUNT", 1), RawFITS.card("TFIELDS", 2),
        "TTYPE1  = 'X       '", "TFORM1  = 'K       '", "TTYPE2  = 'Y       '", "TFORM2  = 'D       '",
        "EXTNAME = 'EVENTS  '", "OBSERVER= 'somebody'",
      ]
    let rows: [UInt8] = (0..<40).flatMap { row -> [UInt8] in
      RawFITS.bigEndian([Int64(row % 5 + 1)]) + RawFITS.bigEndian([(Double(row % 4) + 0.5).bitPattern])
    }
    let planes: [UInt8] = RawFITS.bigEndian((0..<24).map { Int16($0) })
    var bytes = RawFITS.image(Self.pixels, width: 12, cards: cards)
    bytes += RawFITS.hdu(cube, planes, start: "XTENSION= 'IMAGE   '")
    bytes += RawFITS.hdu(table, rows, start: "XTENSION= 'BINTABLE'")
    _ = try scratch.write(bytes, "t.fits")
    _ = try scratch.write(bytes, "ev.fits")
    _ = try scratch.write("precious", "precious.txt")
    return scratch
  }

  /// Every way in which cfitsio would open, make or overwrite another file, run a filter or reach a network.
  @Test func hostileNamesAreRefusedByEveryReader() throws {
    let scratch = try folder()
    let before = scratch.names
    let precious = scratch.file("precious.txt")
    let names = [
      "[2][gtifilter('\(scratch.file("ev.fits"))(!\(precious))[2]',X)][bin X,Y]",
      "[2][gtifilter('http://localhost:9/x.fits',X)]", "[2][regfilter('\(precious)')]",
      "[2][regfilter(\"\(precious)\",X,Y)][bin X,Y]", "[2][col @\(precious)]", "[2][col Z=X*2]",
      "[2][@\(precious)]", "[2][bin @\(precious)]", "[2][bin X=@\(precious),Y]",
      "[2][bin X=gtifilter('\(precious)'),Y]", "[2][bin X,Y;regfilter('\(precious)')]", "[2][bin X+1,Y]",
      "[2][bin X=sqrt(4),Y]", "[2][bin (X,gtifilter())=1]", "(new.fits)", "(!\(precious))", "(new.fits)[2]",
      "[0](new.fits)", "[0](!\(precious))", "(mem://)", "(-)", "[compress]", "[compress R 10,10]",
      "[pix X*2]",
      "[pixr1 X]", "[2][X>3]", "[2][#row==1]", "[2][X==1][bin X,Y]", "[2][1:3]", "[EVENTS;1]", "[2;X(3)]",
      "[0,1,I]", "[#1]", "[]", "[ ]", "[0][]", "[0][*,*][*,*]", "[0][1]", "[0][*,*][bin X,Y]", "[", "]", "[0",
      "[[0]]", "[0]x", "[0] [1]", "[bin]x", "[bin X]", "[bin X,Y,X]", "[binr X,Y]", "[bin X,Y=0]",
      "[bin X,Y=-1]", "[bin X,Y=nan]", "[bin X=1:2:3:4,Y]", "[bin 'X','Y']", "[bin NONE,Y]",
      "[bin X=1:1e300,Y]", "[bin X=1e-300,Y]", "[1:2:0,*]", "[0:3,*]", "[-1:3,*]", "[1:999,*]", "[*,*,*]",
      "[CUBE][*,*]", "[CUBE][*,*,3]", "[CUBE][*,*,0]", "[1:9223372036854775807,*]",
      "[99999999999999999999:1,*]", "[NONE]", "[9]", "[-1]",
    ]
    let readers: [(String) throws -> Void] = [
      { _ = try FITSReader.image(at: $0) }, { _ = try FITSReader.header(at: $0) },
      { _ = try FITSReader.mask(at: $0) }, { _ = try FITSReader.maskSet(at: $0) },
    ]
    for name in names {
      let path = scratch.file("t.fits") + name
      for reader in readers { #expect(crsError { try reader(path) } != nil, "\(name)") }
      _ = try? FITSReader.listing(of: path)
      _ = try? FITSReader.stack(at: path)
      let entry = "'" + path.replacing("'", with: "''") + "'"
      let settings = try scratch.write("images: [\(entry), \(entry), \(entry)]\ngain: \(entry)\n", "p.yaml")
      _ = try? ParameterFile.read(settings)
      try FileManager.default.removeItem(atPath: settings)
    }
    #expect(scratch.names == before)
    #expect(try String(contentsOfFile: precious, encoding: .utf8) == "precious")
  }

  @Test func refusalsSayTheWay() throws {
    let scratch = try folder()
    func hint(_ name: String) -> String {
      crsError { _ = try FITSReader.image(at: scratch.file("t.fits") + name) }?.description ?? ""
    }
    #expect(hint("[compress]").contains("compress=tiles"))
    #expect(hint("[2][X>3]").contains("filters"))
    #expect(hint("[2][col Z=X]").contains("calculate with the image"))
    #expect(hint("(new.fits)").contains("leave '(new.fits)' out"))
    #expect(hint("[0:3,*]").contains("is not a section"))
    #expect(hint("[bin XX,Y]").contains("has no column XX, expected one of X, Y"))
    #expect(hint("[0][1:999,*]").contains("expected pixels in 1...12"))
    #expect(hint("[CUBE]").contains("[1][*,*,1]"))
  }

  @Test func sectionsTurnAndStep() throws {
    let scratch = try folder()
    func read(_ name: String) throws -> (Shape, [Float]) {
      let image = try FITSReader.image(at: scratch.file("t.fits") + name)
      #expect(image.storedType == .int16)
      let summary = try FITSReader.listing(of: scratch.file("t.fits") + name)[0]
      #expect(summary.dimensions == [image.width, image.height])
      return (image.shape, image.pixels.pixels)
    }
    func expected(_ columns: [Int], _ rows: [Int]) -> (Shape, [Float]) {
      (
        Shape(width: columns.count, height: rows.count),
        rows.flatMap { y in columns.map { Float(Self.pixels[(y - 1) * 12 + $0 - 1]) } }
      )
    }
    let all = (Array(1...12), Array(1...8))
    for (name, columns, rows) in [
      ("[2:5,3:4]", [2, 3, 4, 5], [3, 4]), ("[0][2:5,3:4]", [2, 3, 4, 5], [3, 4]),
      ("[ 2 : 5 , 3 : 4 ]", [2, 3, 4, 5], [3, 4]), ("[5:2,3:4]", [5, 4, 3, 2], [3, 4]),
      ("[1:12:2,*]", [1, 3, 5, 7, 9, 11], all.1), ("[-*,*]", all.0.reversed(), all.1),
      ("[*,-*]", all.0, all.1.reversed()), ("[*:5,-*:3]", [1, 6, 11], [8, 5, 2]),
      ("[12:1:5,8:2:3]", [12, 7, 2], [8, 5, 2]), ("[0][2:5]", [2, 3, 4, 5], all.1), ("[0][3,4]", [3], [4]),
      ("[2:5,3]", [2, 3, 4, 5], [3]),
    ] {
      #expect(try read(name) == expected(columns, rows), "\(name)")
    }
    #expect(try read("[CUBE][*,*,2]").1 == (12..<24).map(Float.init))
    #expect(try read("[1][*,*,2:2]").1 == (12..<24).map(Float.init))
    #expect(try read("[CUBE,1][2:3,-*,1]").1 == [9, 10, 5, 6, 1, 2])
    #expect(try FITSReader.header(at: scratch.file("t.fits[1][*,*,2]")).number("CRPIX3") == 0)
    let mask = try FITSReader.mask(at: scratch.file("t.fits[CUBE][1:3,1:2,1]"))
    #expect(mask.plane.pixels == [0, 1, 1, 1, 1, 1])
  }

  /// World coordinates of sections: reference pixel, matrices, polynomials, logical coordinates.
  @Test func sectionsKeepCardsTrue() throws {
    let scratch = try folder()
    let cut = try FITSReader.image(at: scratch.file("t.fits[3:12,2:8]")).header
    #expect(cut.number("CRPIX1") == 1 && cut.number("CRPIX2") == 3 && cut.number("CRPIX1A") == 1)
    #expect(cut.number("LTV1") == -2 && cut.number("CD1_1") == -0.1)
    let turned = try FITSReader.image(at: scratch.file("t.fits[-*,*]")).header
    #expect(turned.number("CRPIX1") == 10 && turned.number("CD1_1") == 0.1 && turned.number("CD2_1") == -0.02)
    #expect(turned.number("CDELT1") == 0.1 && turned.number("LTV1") == 13 && turned.number("LTM1_1") == -1)
    #expect(
      turned.number("A_2_0") == -0.01 && turned.number("A_1_1") == 0.02 && turned.number("B_1_0") == -0.03)
    let stepped = try FITSReader.image(at: scratch.file("t.fits[1:12:2,*]")).header
    #expect(
      stepped.number("CRPIX1") == 2 && stepped.number("CD1_1") == -0.2 && stepped.number("A_2_0") == 0.02)
    let shown = try FITSReader.header(at: scratch.file("t.fits[3:5,2:8]"))
    #expect(shown.integer("NAXIS1") == 3 && shown.integer("NAXIS2") == 7 && shown.number("CRPIX1") == 1)
  }

  @Test func columnsAreBinned() throws {
    let scratch = try folder()
    for name in ["[EVENTS][bin X,Y=1]", "[2][bin X=1:5:1,Y=0.5:4.5:1]", "[bin x,y=:4.5:1]", "[bin 1]"] {
      let image = try FITSReader.image(at: scratch.file("t.fits") + name)
      #expect(image.shape == Shape(width: 5, height: 4) && image.storedType == .int32, "\(name)")
      #expect(image.pixels.pixels == [Float](repeating: 2, count: 20), "\(name)")
      #expect(image.header.text("OBSERVER") == "somebody" && image.header["TTYPE1"] == nil)
      #expect(image.header.number("CRVAL1") == 1 && image.header.number("CDELT1") == 1)
    }
    let halves = try FITSReader.image(at: scratch.file("t.fits[2][bin X=2:3,Y=1:3:0.5;X]"))
    #expect(halves.shape == Shape(width: 2, height: 4))
    #expect(halves.pixels.pixels == [0, 0, 4, 6, 0, 0, 4, 6])
    let sized = try FITSReader.image(at: scratch.file("t.fits[bin (X,Y)=2]"))
    #expect(sized.shape == Shape(width: 3, height: 2) && sized.pixels.pixels.reduce(0, +) == 40)
    #expect(try FITSReader.listing(of: scratch.file("t.fits[bin 2]"))[0].dimensions == [3, 2])
  }

  /// Sums of weights keep their digits, and rows without a number are counted.
  @Test func weightsKeepTheirDigits() throws {
    let scratch = try ScratchFolder()
    let rows: [[Double]] = [[1, 1, 16_777_216], [1, 1, 1], [2, 2, .nan], [2, 2, 3], [.nan, 2, 1]]
    let columns = ["X", "Y", "W"].enumerated().flatMap { k, name in
      ["TTYPE\(k + 1)  = '\(name)'", "TFORM\(k + 1)  = '1D'"]
    }
    let cards =
      RawFITS.shape([24, rows.count], bitpix: 8) + [
        "PCOUNT  =                    0", "GCOUNT  =                    1", "TFIELDS =                    3",
      ] + columns
    let path = try scratch.write(
      RawFITS.image([Int16](repeating: 0, count: 4), width: 2)
        + RawFITS.hdu(
          cards, RawFITS.bigEndian(rows.joined().map(\.bitPattern)), start: "XTENSION= 'BINTABLE'"),
      "ev.fits")
    var notes: [String] = []
    let image = try FITSReader.image(at: path + "[bin X=1:3:1,Y=1:3:1;W]") { notes = $0.notes }
    #expect(image.storedType == .float64 && image.exactValues.pixels == [16_777_217, 0, 0, 3])
    #expect(
      notes == [
        "HDU 1: 1 row without a number in X, Y does not count",
        "HDU 1: 1 row without a number in W does not count",
      ], "\(notes)")
    let lines = Lines()
    _ = try FITSReader.image(at: path + "[bin X=1:3:1,Y=1:3:1]", work: Work(remark: { lines.add($0) }))
    #expect(lines.all.count == 1 && lines.all[0].contains("1 row without a number in X, Y does not count"))
  }

  @Test func linksThatLeadNowhereAreNamed() throws {
    let scratch = try ScratchFolder()
    for (name, target) in [("a.fits", "b.fits"), ("b.fits", "a.fits"), ("c.fits", "none.fits")] {
      try FileManager.default.createSymbolicLink(atPath: scratch.file(name), withDestinationPath: target)
    }
    func message(_ name: String) -> String? {
      crsError { _ = try FITSReader.image(at: scratch.file(name)) }?.message
    }
    #expect(message("a.fits")?.contains("leads back to itself") == true)
    #expect(message("c.fits")?.contains("a file that is not there") == true)
    #expect(message("d.fits") == "no such file")
  }

  /// Names that libraries understand otherwise, and names that are not UTF-8.
  @Test func everyNameOnDiskIsFound() throws {
    let scratch = try folder()
    let bytes = RawFITS.image(Self.pixels, width: 12)
    for name in [
      " blank.fits", "~tilde.fits", "!bang.fits", "a b.fits", "x(y).fits", "run[1].fits", "x;y.fits",
      "a@b.fits",
      "q'q.fits", "tail ", "a+1", "nfc-\u{E9}.fits",
    ] {
      let path = try scratch.write(bytes, name)
      #expect(try FITSReader.image(at: path).width == 12, "\(name)")
      #expect(try FITSReader.image(at: path + "[0][1:3,*]").width == 3, "\(name)")
    }
    // The same text, composed otherwise.
    #expect(try FITSReader.image(at: scratch.file("nfc-e\u{301}.fits")).width == 12)
    /// Latin-1, as it stands in a folder.
    func latin(_ name: [UInt8]) throws {
      let path = Array(scratch.file("").utf8) + name
      let file = try #require(fopen(path.map { CChar(bitPattern: $0) } + [0], "wb"))
      fwrite(bytes, 1, bytes.count, file)
      fclose(file)
    }
    try latin([0x63, 0x61, 0x66, 0xE9, 0x2E, 0x66, 0x69, 0x74, 0x73])
    let repaired = scratch.file(
      String(decoding: [0x63, 0x61, 0x66, 0xE9] as [UInt8], as: UTF8.self) + ".fits")
    #expect(try FITSReader.image(at: repaired).width == 12)
    #expect(try FITSReader.image(at: repaired + "[2:3,*]").width == 2)
    try latin([0x63, 0x61, 0x66, 0xE8, 0x2E, 0x66, 0x69, 0x74, 0x73])
    #expect(
      crsError { _ = try FITSReader.image(at: repaired) }?.message == "two files have names that read so")
  }

  /// The replacement character stands for any bytes: neither read nor written by a guess.
  @Test func namesThatReadAlikeAreNotGuessed() throws {
    let scratch = try folder()
    let bytes = RawFITS.image(Self.pixels, width: 12)
    let name = scratch.file("caf\u{FFFD}.fits")
    _ = try scratch.write(bytes, "caf\u{FFFD}.fits")
    #expect(try FITSReader.image(at: name).width == 12)
    let path = Array(scratch.file("").utf8) + [0x63, 0x61, 0x66, 0xE9] + Array(".fits".utf8)
    let file = try #require(fopen(path.map { CChar(bitPattern: $0) } + [0], "wb"))
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    #expect(
      crsError { _ = try FITSReader.image(at: name) }?.message == "two files have names that read so")
    let error = crsError { try WrittenName.check(scratch.file("new\u{FFFD}.fits")) }
    #expect(error?.message.contains("no UTF-8") == true)
  }

  /// `+1` stands at the end of a name; in front of a section brackets do.
  @Test func plusInFrontOfASectionIsExplained() throws {
    let scratch = try folder()
    let name = scratch.file("t.fits")
    #expect(try FITSReader.header(at: name + "+1").integer("NAXIS") == 3)
    let error = crsError { _ = try FITSReader.image(at: name + "+1[1:2,1:2]") }
    #expect(error?.hint?.contains("'\(name)[1][1:2,1:2]'") == true, "\(error?.description ?? "none")")
    #expect(try FITSReader.image(at: name + "[1][1:2,1:2,1]").shape == Shape(width: 2, height: 2))
  }
}
