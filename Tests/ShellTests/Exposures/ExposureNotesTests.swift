import Files
import Foundation
import Kernels
import TestSupport
import Testing

/// What a header or a file says that crs cannot use is told with its value, never dropped.
@Suite struct ExposureNotesTests: ScriptCase {
  let folder: ScratchFolder
  init() throws { folder = try ScratchFolder() }

  private static let noise = ["BUNIT = 'adu'", "GAIN = 2.0", "RDNOISE = 8.0"]

  private func write(_ name: String, _ pixels: Plane<Float>, _ cards: [String] = noise) throws {
    var file = TestFile()
    file.image(.float32(pixels), nil, cards)
    try file.write(name, in: folder)
  }

  @Test(arguments: [
    ("[1:3000,1:64]", "leaves the image of 96x64"), ("[96:1,1:64]", "runs backwards"),
    ("[0:90,1:64]", "leaves the image"), ("everything", "no section"), ("[1:20]", "no section"),
    ("[1:20,1:20]", "less than a quarter"),
  ])
  func sectionsThatCannotBeUsed(value: String, words: String) throws {
    for k in 1...3 {
      try write("e\(k).fits", Scene().counts(seed: UInt64(k)), Self.noise + ["TRIMSEC = '\(value)'"])
    }
    for call in ["m = crmasks s seed=1 log_level=WARNING", "p, q = mmpvalue s"] {
      let errors = try crs("s = load e1.fits e2.fits e3.fits; \(call)").errors
      #expect(errors.contains("TRIMSEC '\(value)' is not used") && errors.contains(words), "\(errors)")
    }
    #expect(
      !(try crs("s = load e1.fits e2.fits e3.fits; p, q = mmpvalue s trim=no").errors.contains("TRIMSEC")))
    try write("b.fits", Scene().counts(seed: 1), Self.noise + ["BIASSEC = '\(value)'"])
    if words != "less than a quarter" {
      #expect(try crs("x = load b.fits bias=auto").errors.contains("BIASSEC '\(value)' is not used"))
    }
  }

  @Test func sectionsThatAreUsedSayNothing() throws {
    for k in 1...3 {
      try write(
        "e\(k).fits", Scene().counts(seed: UInt64(k)),
        Self.noise + ["TRIMSEC = '[1:90,1:64]'", "DATASEC = '[0:0,0:0]'"])
    }
    let ended = try crs("s = load e1.fits e2.fits e3.fits; p, q = mmpvalue s")
    #expect(!ended.errors.contains("not used") && ended.output.contains("trim: only TRIMSEC"))
    // TSEC of some cameras is a time.
    for k in 1...2 {
      try write("t\(k).fits", Scene().counts(seed: UInt64(k)), Self.noise + ["TSEC = 1432097853"])
    }
    #expect(!(try crs("p, q = mmpvalue [t1.fits, t2.fits]").errors.contains("TSEC")))
  }

  @Test func eachAmplifierHasItsBias() throws {
    var random = SeededRandom(seed: 5)
    var plane = Plane<Float>(width: 280, height: 200, repeating: 0)
    for y in 0..<200 {
      for x in 0..<280 {
        let isLit = (20..<260).contains(x)
        let electrons = isLit ? 100.0 : 0
        let noise = (electrons + 64).squareRoot() * Double(random.normal())
        plane[x, y] = Float((electrons + noise) / 2 + (x < 140 ? 903 : 1000))
      }
    }
    try write("amp.fits", plane)
    let ended = try crs("c, m = lacosmic amp.fits")
    #expect(
      ended.errors.contains(/biases of about 90[23][.0-9]* and (999[.0-9]*|1000) ADU are left in/),
      "\(ended.errors)")
    #expect(ended.errors.contains("each amplifier's own") && !ended.errors.contains("951"))
    #expect(
      try crs("x = load amp.fits bias=auto").output.contains(/bias 90[23][.0-9]* and (999[.0-9]*|1000) ADU/))
    // One card holds one number.
    let saved = try crs(
      "x = load amp.fits bias=auto; save x two.fits; y = load amp.fits bias=951; save y one.fits")
    #expect(
      saved.errors.components(separatedBy: "is not kept: one number has a card").count == 2, "\(saved.errors)"
    )
    // A number between them is none of either.
    #expect(
      try crs("c, m = lacosmic amp.fits bias=951.5").errors.contains(
        /the overscan has 90[23][.0-9]* and [19]/))
  }

  @Test func filesThatAreNoFITSFiles() throws {
    for (name, bytes, words) in [
      ("a.fits", "P5\n240 200\n65535\n\u{1}\u{2}", "PGM picture"),
      ("b.fits", "P6 2 2 255 abc", "PPM picture"),
      ("c.fits", "RIFF\u{1}\u{2}\u{3}\u{4}WEBPVP8 ", "WebP"), ("d.fits.br", "\u{3}\u{1}\u{2}\u{5}", "Brotli"),
    ] {
      try Data(bytes.utf8).write(to: folder.url.appendingPathComponent(name))
      let ended = try crs("x = load \(name)", status: 3)
      #expect(
        ended.errors.contains("is not a FITS file; it seems to be") && ended.errors.contains(words),
        "\(ended.errors)")
    }
    try write("x.fits", Scene().counts(seed: 1))
    for name in ["o.fits.br", "o.br", "o.fits.lzo", "o.fits.foo"] {
      let ended = try crs("x = load x.fits; save x \(name)", status: 3)
      #expect(ended.errors.contains("expected .fits, .fits.gz or .fits.fz"), "\(ended.errors)")
    }
    try crs("x = load x.fits; save x o.fits.bak; save x o.fits.1; save x night.2024")
  }

  @Test func cardsOfTextAndNonsense() throws {
    var file = TestFile()
    file.image(.float32(Scene().counts(seed: 1)), nil, ["BUNIT = 'x/y'"] + Self.noise.dropFirst())
    try file.write("xy.fits", in: folder)
    #expect(try crs("x = load xy.fits").errors.contains("BUNIT 'x/y' is no unit that crs knows"))
    for unit in ["MJy/sr", "erg/s/cm2/Angstrom", "10**-20 erg s-1 cm-2", "adu", "1/s", "mag"] {
      try write("u.fits", Scene().counts(seed: 1), ["BUNIT = '\(unit)'"])
      #expect(try crs("x = load u.fits").errors == "", "\(unit)")
    }
    // BZERO in quotes counts, and this is said.
    let path = folder.file("t.fits")
    var text = TestFile()
    text.image(.int16(Plane(width: 8, height: 6, repeating: -32000)), nil, ["DUMMY = 'x'"])
    try text.write("t.fits", in: folder)
    var data = try Data(contentsOf: URL(fileURLWithPath: path))
    let card = try #require(data.firstRange(of: Data("DUMMY ".utf8)))
    data.replaceSubrange(
      card.lowerBound..<card.lowerBound + 80,
      with: Data("BZERO   = '32768   '".padding(toLength: 80, withPad: " ", startingAt: 0).utf8))
    try data.write(to: URL(fileURLWithPath: path))
    let ended = try crs("x = load t.fits; print x[1, 1]")
    #expect(ended.errors.contains("BZERO is text, '32768': its number 32768 is used"), "\(ended.errors)")
    #expect(ended.output.contains("768"))
  }

  @Test func exposuresWithoutValues() throws {
    for k in 1...3 { try write("e\(k).fits", Scene().counts(seed: UInt64(k))) }
    try write("n.fits", Plane(width: 96, height: 64, repeating: .nan))
    for call in [
      "x = load n.fits", "s = load e1.fits n.fits e2.fits", "m = crmasks [e1.fits, n.fits, e2.fits] seed=1",
    ] {
      #expect(try crs(call).errors.contains("n.fits: no pixel has a value"), "\(call)")
    }
    let alone = try crs("c, m = lacosmic n.fits")
    #expect(
      alone.errors.contains("masked or not finite") && !alone.errors.contains("saturated"), "\(alone.errors)")
  }

  @Test func scatteredMasksAreNotCalledSaturated() throws {
    let scene = Scene().counts(seed: 1)
    var random = SeededRandom(seed: 9)
    var file = TestFile()
    file.image(.float32(scene), "SCI", Self.noise)
    file.image(
      .uint8(Plane(width: 96, height: 64, pixels: (0..<96 * 64).map { _ in random.below(100) < 3 ? 1 : 0 })),
      "MASK")
    try file.write("m.fits", in: folder)
    let errors = try crs("c, m = lacosmic m.fits").errors
    #expect(
      errors.contains("are masked or not finite, and their neighbours") && !errors.contains("saturated"),
      "\(errors)")
    try write("s.fits", scene.map { $0 > 190 ? 60000 : $0 })
    #expect(try crs("c, m = lacosmic s.fits").errors.contains("they count as saturated"))
  }

  @Test(arguments: ["BAYERPAT = 'RGGB'", "CFAPAT = '[0,1,1,2]'"])
  func colourMosaicsAreTold(card: String) throws {
    for k in 1...3 { try write("e\(k).fits", Scene().counts(seed: UInt64(k)), Self.noise + [card]) }
    for call in ["m = crmasks s seed=1 log_level=WARNING", "p, q = mmpvalue s"] {
      #expect(
        try crs("s = load e1.fits e2.fits e3.fits; \(call)").errors.contains("colour mosaics"), "\(call)")
    }
    #expect(try crs("c, m = lacosmic e1.fits", status: 1).errors.contains("colour mosaic"))
  }

  @Test func parameterFilesOfTwoExposuresPointToPairs() throws {
    for k in 1...2 { try write("e\(k).fits", Scene().counts(seed: UInt64(k))) }
    try Data("images: [e1.fits, e2.fits]\ngain: 2\nrnoise: 4\nbias: 0\nrequirements: {}\n".utf8).write(
      to: folder.url.appendingPathComponent("p.yaml"))
    let ended = try Program.run(["crmasks", "p.yaml"], in: folder.url)
    #expect(ended.status == 2 && ended.errors.contains("crmasks [a.fits, b.fits]"), "\(ended.errors)")
    try Data(
      "id: 1\nmode: MegaraCrDetection\ninstrument: MEGARA\nframes: [e1.fits, e2.fits]\nrequirements: {}\n"
        .utf8
    )
    .write(to: folder.url.appendingPathComponent("o.yaml"))
    let run = try Program.run(["run", "o.yaml"], in: folder.url)
    #expect(run.status == 2 && run.errors.contains("mmpvalue [a.fits, b.fits]"), "\(run.errors)")
  }

  @Test func planesThatCannotBeToldApart() throws {
    var file = TestFile()
    file.image(.float32(Scene().counts(seed: 1)), "SCI", Self.noise)
    for _ in 0..<2 { file.image(.int16(Plane(width: 96, height: 64, repeating: 0)), "DQ") }
    try file.write("d.fits", in: folder)
    let errors = try crs("x = load d.fits").errors
    #expect(
      errors.contains("could all belong to") && errors.contains("'FILE[") && errors.contains("EXTVER"),
      "\(errors)")
  }
}
