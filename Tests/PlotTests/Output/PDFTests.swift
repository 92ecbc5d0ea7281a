import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Kernels
@testable import Plot

@Suite(.serialized)
struct PDFTests {
  @Test func fontsAreEmbeddedAndTextIsText() throws {
    try Files.inFolder { folder in
      let (diagram, boundary) = try GoldenDiagram.load()
      let path = folder.appending(path: "a.pdf").path
      try DiagnosticHistogram2D.figure(diagram: diagram, boundary: boundary).write(pdf: path)
      let fonts = try Files.output("pdffonts", [path]).split(separator: "\n").dropFirst(2)
      #expect(!fonts.isEmpty)
      for font in fonts {
        // Columns from the right: object number (two words), uni, sub, emb.
        let words = font.split(separator: " ")
        #expect(words[words.count - 5] == "yes", "\(font)")
      }
      let text = try Files.output("pdftotext", [path, "-"])
      for words in [
        "Simulated data (mm_nsimulations = 10)", "Original data", "min2d − bias", "median2d − min2d",
        "initial spline fit", "Iteration 4", "Detection boundary", "Number of pixels", "10³",
      ] { #expect(text.contains(words), "\(words)") }
    }
  }

  @Test func imagesKeepTheirPixels() throws {
    try Files.inFolder { folder in
      let path = folder.appending(path: "a.pdf").path
      let scene = Synthetic()
      try scene.diagnostic.figure().write(pdf: path)
      let images = try Files.output("pdfimages", ["-list", path]).split(separator: "\n").dropFirst(2)
        .map { $0.split(separator: " ") }
      #expect(images.filter { $0[3] == "90" && $0[4] == "60" }.count == 2)
      for image in images { #expect(image[9] == "no", "interpolated: \(image)") }
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(bytes.range(of: Data("/Interpolate true".utf8)) == nil)
    }
  }

  @Test func everyRunWritesTheSameBytes() throws {
    try Files.inFolder { folder in
      let figure = try Synthetic().diagnostic.figure()
      func bytes(_ name: String, _ write: (String) throws -> Void) throws -> Data {
        let path = folder.appending(path: name).path
        try write(path)
        return try Data(contentsOf: URL(fileURLWithPath: path))
      }
      let first = try bytes("1.pdf") { try figure.write(pdf: $0) }
      Thread.sleep(forTimeInterval: 1.1)
      #expect(try bytes("2.pdf") { try figure.write(pdf: $0) } == first)
      #expect(first.range(of: Data("/CreationDate".utf8)) == nil)
      let png = try bytes("1.png") { try figure.write(png: $0) }
      #expect(try bytes("2.png") { try figure.write(png: $0) } == png)
      setenv("SOURCE_DATE_EPOCH", "1000000000", 1)
      defer { unsetenv("SOURCE_DATE_EPOCH") }
      #expect(Clock.fixed == "2001-09-09T01:46:40Z")
      let dated = try bytes("3.pdf") { try figure.write(pdf: $0) }
      #expect(dated.range(of: Data("(20010909".utf8)) != nil)
    }
  }

  @Test func pagesAreMadeOneAtATime() throws {
    try Files.inFolder { folder in
      let path = folder.appending(path: "pages.pdf").path
      var made = 0
      let figure = try ValuePlots.mask(Mask(shape: Shape(width: 4, height: 4)))
      let file = try AtomicFile(path, existing: .replace)
      try MultiPage.write(pdf: file, title: "pages") {
        made += 1
        return made <= 5 ? figure : nil
      }
      try file.commit()
      #expect(made == 6)
      #expect(try Files.output("pdfinfo", [path]).contains("Pages:           5"))
      #expect(throws: CRSError.self) { try MultiPage.write(pages: [Figure](), pdf: path) }
    }
  }

  @Test func millionsOfPointsStaySmall() throws {
    try Files.inFolder { folder in
      let count = 3_200_000
      var state: UInt32 = 1
      func random() -> Float {
        state = state &* 1_664_525 &+ 1_013_904_223
        return Float(state >> 8) / Float(1 << 24)
      }
      let x = (0..<count).map { _ in random() + random() + random() }
      let y = (0..<count).map { _ in random() + random() }
      let panel = Panel(
        x: try Axis(lower: 0, upper: 3), y: try Axis(lower: 0, upper: 2),
        layers: [.density(DensityLayer(x: x, y: y))])
      let path = folder.appending(path: "a.pdf").path
      try Figure(width: 7, height: 5, panels: [panel]).write(pdf: path)
      let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
      #expect(try #require(size) < 1_000_000)
    }
  }

  @Test func equalColourBarsStandInADocumentOnce() throws {
    try Files.inFolder { folder in
      let scene = Synthetic()
      let pages = try IdentifiedPages(
        exposures: scene.exposures, median: scene.median, codes: scene.mmcosmic.plane,
        minimum: scene.minimum, groups: scene.groups, semiwindow: 5, maxplots: 4)
      let path = folder.appending(path: "a.pdf").path
      try MultiPage.write(pages: pages, pdf: path)
      let images = try Files.output("pdfimages", ["-list", path]).split(separator: "\n").dropFirst(2)
        .map { $0.split(separator: " ") }
      let bars = images.filter { $0[3] == "1" && $0[4] == "256" }
      #expect(bars.count == 20)
      #expect(Set(bars.map { $0[10] }).count == 1, "one object")
    }
  }

  @Test func masksAreOutlinesAndNoFurtherImage() throws {
    try Files.inFolder { folder in
      var mask = Mask(shape: Shape(width: 80, height: 60))
      for (x, y) in [(20, 30), (25, 33)] { mask[x, y] = true }
      let path = folder.appending(path: "a.pdf").path
      let image = Image(pixels: Plane<Float>(width: 80, height: 60, repeating: 1))
      try ValuePlots.image(image, mask: mask).write(pdf: path)
      let images = try Files.output("pdfimages", ["-list", path])
      // The image and its colour bar.
      #expect(images.split(separator: "\n").count == 2 + 2, "\(images)")
      let outline = try #require(MaskOutline(mask, firstX: 1, firstY: 1))
      #expect(outline.x.count == 3 * 8 && outline.x.filter { !$0.isNaN }.min() == 20.5)
    }
  }

  @Test func wholeDetectorsStaySmall() throws {
    try Files.inFolder { folder in
      let scene = Synthetic(width: 2016, height: 1596)
      var noise = scene
      var random = SeededRandom(seed: 5)
      for k in noise.mmcosmic.plane.pixels.indices {
        if random.below(64) == 0 { noise.mmcosmic.plane.pixels[k] = 1 }  // 50 000 pixels
      }
      let path = folder.appending(path: "a.pdf").path
      try noise.diagnostic.figure().write(pdf: path)
      let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
      #expect(try #require(size) < 1_000_000)
    }
  }
}
