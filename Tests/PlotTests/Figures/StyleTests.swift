import Foundation
import Testing

@testable import Files
@testable import Plot

struct StyleTests {
  private let scene = Synthetic()

  @Test func narrowColumnsStackPanelsAndKeepTheirLabels() throws {
    let wide = try ValuePlots.stack(Stack(exposures: scene.exposures.map { Image(pixels: $0) }))
    #expect(wide.fitted.panels.map { $0?.y.label == nil } == [false, true, false])
    #expect(wide.fitted.panels.map { $0?.x.label == nil } == [true, false, false])
    var narrow = wide
    narrow.style = .suited(to: 3.5)
    let column = narrow.fitted
    #expect(column.columns == 1 && column.width == 3.5)
    #expect(column.panels.map { $0?.y.label == nil } == [false, false, false])
    #expect(column.panels.map { $0?.x.label == nil } == [true, true, false])
    let picture = try narrow.pixels(dpi: 100)
    #expect(picture.width == 350 && picture.height > picture.width)
  }

  @Test func manyPanelsStandInPairsInAColumn() throws {
    var sheet = try ValuePlots.stack(
      Stack(exposures: (0..<36).map { _ in Image(pixels: scene.exposures[0]) }))
    sheet.style = .suited(to: 3.5)
    #expect(sheet.fitted.columns == 2)
    #expect(try sheet.pixels(dpi: 30).height > 100)
  }

  @Test func mapsReplacePicturesOfCountsAndNotCategories() throws {
    let map = ColorMap.cividis
    let style = PlotStyle(colorMap: map)
    let image = try ValuePlots.image(Image(pixels: scene.exposures[0]), style: style).fitted
    #expect(image.panels[0]?.colorBar?.colorMap == map)
    let mask = try ValuePlots.mask(scene.mmcosmic, style: style).fitted
    #expect(mask.panels[0]?.colorBar?.colorMap.colors == [0xFFFFFF, 0])
    let (diagram, boundary) = try GoldenDiagram.load()
    func bar(_ map: ColorMap?) throws -> ColorMap? {
      try DiagnosticHistogram2D.figure(
        diagram: diagram, boundary: boundary, style: PlotStyle(colorMap: map)
      ).fitted.panels[0]?.colorBar?.colorMap
    }
    #expect(try bar(.viridis) == bar(nil))
    #expect(try bar(.cividis) == .expected(.cividis))
    // Counts stand on white: the largest is black, and none is white.
    #expect(try bar(.gray)?.colors.last == 0)
    #expect(try bar(.gray)?.colors.contains(0xFFFFFF) == false)
  }

  @Test func everyFigureTakesItsStyle() throws {
    for name in LookTests.names {
      var figure = try LookTests.figure(name)
      figure.style = .suited(to: 3.5)
      #expect(try figure.pixels(dpi: 40).width == 140, "\(name)")
      figure.style = .suited(to: 7).withFont(size: 6).withLines(width: 0.5)
      #expect(try figure.pixels(dpi: 40).width == 280, "\(name)")
    }
  }

  @Test func sizesFollow() {
    let style = PlotStyle.suited(to: 7).withFont(size: 16).withLines(width: 2)
    #expect(style.labelSize == 16 && style.tickSize == 14)
    #expect(style.lineWidth == 2 && style.frameWidth == 1.2)
    #expect(PlotStyle.suited(to: nil) == .screen && PlotStyle.suited(to: 3.5) == .column)
    #expect(PlotStyle.suited(to: 12).labelSize == PlotStyle.screen.labelSize)
  }

  @Test func fontsThatAreNotThereAreKnown() {
    #expect(Fonts.contains("DejaVu Sans") && Fonts.contains("serif"))
    #expect(!Fonts.contains("Nowhere") && !Fonts.contains(""))
  }

  @Test func resolutionComesFromTheStyle() throws {
    try Files.inFolder { folder in
      let path = folder.appending(path: "a.png").path
      try ValuePlots.boundary(scene.boundary, style: PlotStyle(dpi: 50)).write(png: path)
      let head = try Data(contentsOf: URL(fileURLWithPath: path)).prefix(24)
      #expect(head.suffix(8).map { Int($0) } == [0, 0, 1, 64, 0, 0, 0, 240])  // 320 x 240
    }
  }
}
