import Files
import Kernels
import TestSupport
import Testing

/// What sections, shifts, saved types and masks say and keep.
@Suite struct DerivedValueTests: ScriptCase {
  let folder: ScratchFolder
  init() throws { folder = try ScratchFolder() }

  private func withQuality() throws {
    var quality = Plane<Int16>(width: 96, height: 64, repeating: 0)
    for n in 0..<30 { quality[n * 3, (n * 7) % 64] = n < 10 ? 4 : 512 }
    var file = TestFile()
    file.image(.float32(Scene().electrons(seed: 1)), "SCI", ["BUNIT = 'electron'", "RDNOISE = 8.0"])
    file.image(.int16(quality), "DQ")
    try file.write("q.fits", in: folder)
  }

  @Test func sectionsCountTheirOwnPixels() throws {
    try withQuality()
    #expect(try crs("x = load q.fits").output.contains("masked 30 (DQ: bits 4, 512)"))
    let part = try crs("x = load q.fits[SCI][1:28,*]")
    #expect(part.output.contains("masked 10 (DQ: bit 4)"), "\(part.output)")
  }

  @Test func shiftsSayWhatIsLost() throws {
    try withQuality()
    let ended = try crs(
      "x = load q.fits; y = shift x 0.5 0; save y y.fits; countflagged (maskof y); countflagged (maskof y.fits)"
    )
    #expect(ended.errors.contains("DQ (but its mask)"), "\(ended.errors)")
    let counts = ended.output.split(separator: "\n").compactMap { Int($0) }
    // Each masked pixel spoils two, and so does the edge.
    #expect(counts.count == 2 && counts[0] == counts[1] && counts[0] > 100, "\(ended.output)")
  }

  @Test func untouchedPixelsKeepEveryDigit() throws {
    var random = SeededRandom(seed: 3)
    let level = Scene().electrons(seed: 2)
    for (name, pixels) in [
      (
        "u32",
        StoredPixels.uint32(
          Plane(width: 96, height: 64, pixels: level.pixels.map { UInt32(3_000_000_000) + UInt32($0) }))
      ),
      (
        "i64",
        .int64(
          Plane(
            width: 96, height: 64,
            pixels: level.pixels.map { Int64(1) << 60 + Int64($0) + Int64(random.below(1000)) }))
      ),
      ("f64", .float64(Plane(width: 96, height: 64, pixels: level.pixels.map { Double($0) + 1e-9 }))),
    ] {
      var file = TestFile()
      file.image(pixels, nil, ["BUNIT = 'electron'", "RDNOISE = 8.0"])
      try file.write("\(name).fits", in: folder)
      try crs(
        "c, m = lacosmic \(name).fits; save c c.fits bitpix=input overwrite=yes; save m m.fits overwrite=yes")
      let (before, after) = (
        try FITSReader.image(at: folder.file("\(name).fits")), try FITSReader.image(at: folder.file("c.fits"))
      )
      let mask = try FITSReader.mask(at: folder.file("m.fits"))
      #expect(after.storedType == before.storedType)
      switch (before.exactPixels, after.exactPixels) {
      case (.int64(let a)?, .int64(let b)?):
        #expect(a.indices.allSatisfy { a[$0] == b[$0] || mask.plane.pixels[$0] == 1 }, "\(name)")
      case (.float64(let a)?, .float64(let b)?):
        #expect(a.indices.allSatisfy { a[$0] == b[$0] || mask.plane.pixels[$0] == 1 }, "\(name)")
      default: Issue.record("\(name): no exact values")
      }
      if name == "f64" { #expect(mask.flagged > 0) }
    }
  }

  @Test func partsOfSavedMasksAreMasks() throws {
    try withQuality()
    try crs("x = load q.fits; m = maskof x; save m m.fits")
    let ended = try crs(
      """
      a = load m.fits; b = load 'm.fits[1:28,*]'; c = load m.fits ext=0; d = load 'm.fits[-*,*]'; vars
      countflagged b; countflagged c; save b b.fits; e = load b.fits; countflagged e
      """)
    #expect(
      ended.output.split(separator: "\n").count { $0.contains("Mask") && !$0.contains("MaskSet") } >= 4,
      "\(ended.output)")
    #expect(ended.output.split(separator: "\n").compactMap { Int($0) } == [10, 30, 10], "\(ended.output)")
  }

  @Test func messages() throws {
    try withQuality()
    // A cube of one plane.
    let plane = ExtraPlane(
      name: "", pixels: .float32(Plane(width: 8, height: 6, repeating: 1)), furtherAxes: [1])
    var cube = TestFile()
    cube.hdus.append(FITSOutputHDU(header: Header(), content: .stored(plane)))
    try cube.write("cube.fits", in: folder)
    let one = try crs("s = load cube.fits planes=yes", status: 3)
    #expect(one.errors.contains("has one plane only: 8x6x1") && one.errors.contains("without planes=yes"))
    let masks = try crs(
      """
      s = simulate nx=40 ny=30 n=3 seed=1; m = s[1] > 1e4; k = combine s masks=(maskset m m) method=meancr
      """, status: 1)
    #expect(masks.errors.contains("those of 2 exposures, there are 3"), "\(masks.errors)")
    // Probabilities are no mask, a comparison makes one.
    let fraction = try crs(
      "x = load q.fits; p = x / 1e6; c, m = lacosmic x inmask=p", status: 1)
    #expect(
      fraction.errors.contains("an image is no mask") && fraction.errors.contains("a comparison gives a mask")
    )
    try crs("x = load q.fits; p = x / 1e6; c, m = lacosmic x inmask=(p > 0.5)")
  }
}
