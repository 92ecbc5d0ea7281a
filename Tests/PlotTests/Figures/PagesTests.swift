import Testing

@testable import Files
@testable import Kernels
@testable import Pipeline
@testable import Plot

struct PagesTests {
  private let scene = Synthetic()

  private func identified(maxplots: Int, scale: DisplayScale = .zscale) throws -> IdentifiedPages {
    try IdentifiedPages(
      exposures: scene.exposures, median: scene.median, codes: scene.mmcosmic.plane,
      minimum: scene.minimum, groups: scene.groups, semiwindow: 5, scale: scale, maxplots: maxplots)
  }

  @Test func maxplotsLimitsThePages() throws {
    #expect(try identified(maxplots: -1).count == scene.groups.count)
    #expect(try Array(identified(maxplots: 3)).count == 3)
    #expect(try Array(identified(maxplots: 0)).isEmpty)
    #expect(GroupWindow.pageCount(groups: 1000, maxplots: -1) == 200)
    #expect(GroupWindow.pageCount(groups: 1000, maxplots: 300) == 300)
  }

  @Test func pagesHaveTheirPanelsAndTitles() throws {
    let page = try #require(try identified(maxplots: -1).page(2))
    #expect(page.title == "CR#2/\(scene.groups.count)")
    #expect(page.columns == 3)
    #expect(
      page.panels.map { $0?.title } == [
        "image#1/3", "image#2/3", "image#3/3", "median", "flag_integer_dilated", "median corrected",
      ])
    #expect(try identified(maxplots: -1).page(0) == nil)
    #expect(try identified(maxplots: -1).page(10000) == nil)
  }

  @Test func colorScaleChangesTheLimits() throws {
    func upper(_ scale: DisplayScale) throws -> Double {
      try #require(try identified(maxplots: 1, scale: scale).page(1)?.panels[0]?.colorBar?.norm.upper)
    }
    #expect(try upper(.minMax) > upper(.zscale))
  }

  @Test func windowsAreCutAtTheBorders() throws {
    let shape = Shape(width: 50, height: 40)
    let corner = try #require(GroupWindow(pixels: [(1, 1), (2, 1)], semiwindow: 5, shape: shape))
    // Mean column index 0.5, plus one half, truncated: 1, counted from 0.
    #expect(corner.section == (try Section(x1: 1, x2: 7, y1: 1, y2: 6)))
    let middle = try #require(GroupWindow(pixels: [(20, 20)], semiwindow: 3, shape: shape))
    #expect(middle.section == (try Section(x1: 17, x2: 23, y1: 17, y2: 23)))
  }

  @Test(arguments: [3, 4, 5, 6, 7, 9, 11, 25])
  func problematicPixelsTakeAnyNumberOfExposures(count: Int) throws {
    let exposures = (0..<count).map { scene.exposures[$0 % 3] }
    let pages = try ProblematicPages(
      exposures: exposures, masks: exposures.map { _ in scene.mmcosmic }, median: scene.median,
      problematic: scene.mmcosmic, groups: scene.groups, semiwindow: 5, maxplots: 1)
    let page = try #require(Array(pages).first)
    let shown = min(count, 20)
    #expect(page.panels.compactMap { $0 }.count == 2 * shown)
    let titles = page.panels.map { $0?.title ?? "" }
    #expect(titles.contains("mask#\(shown)/\(count)"))
    _ = try page.pixels(dpi: 25)
  }

  @Test func medianPositionNeedsAnOddNumber() throws {
    let figure = try MedianPositionFigure.figure(exposures: scene.exposures, median: scene.median)
    guard case .image(let layer)? = figure.panels[1]?.layers.first else {
      Issue.record("no image")
      return
    }
    let k = 1234
    let number = Int(layer.pixels.pixels[k])
    #expect(scene.exposures[number - 1].pixels[k] == scene.median.pixels[k])
    #expect(throws: CRSError.self) {
      try MedianPositionFigure.figure(exposures: Array(scene.exposures.prefix(2)), median: scene.median)
    }
  }

  @Test func pairFiguresHaveTheDocumentsTitles() throws {
    let result = try CR2Images.run(
      first: Image(pixels: scene.exposures[0]), second: Image(pixels: scene.exposures[1]),
      parameters: CR2ImagesParameters(
        skippedRegions: [try Section(x1: 2, x2: 9, y1: 3, y2: 8)], keepsPlanes: true))
    var figures = PairFigures(
      result.found, parameters: result.parameters, first: scene.exposures[0], second: scene.exposures[1],
      clean1: result.clean1.pixels, clean2: result.clean2.pixels)
    #expect(
      try figures.figures(level: 1).map { $0.figure.panels[0]?.title } == [
        "data1", "data1 with C.R.", "data1c", "data2", "data2 with C.R.", "data2c",
      ])
    #expect(
      try figures.figures(level: 2).map { $0.figure.panels[0]?.title }[2...6] == [
        "data1", "labels_pos_peak", "labels_pos_tail", "labels_pos_tail_in_peak", "data1 with C.R.",
      ])
    #expect(try figures.figures(level: 0).isEmpty)
    figures.zoom = try Section(x1: 11, x2: 30, y1: 5, y2: 20)
    for named in try figures.figures(level: 2) where named.name != "diff_histogram" {
      #expect(named.figure.panels[0]?.x.lower == 10.5)
      _ = try named.figure.pixels(dpi: 30)
    }
  }
}
