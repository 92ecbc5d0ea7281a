import Testing

@testable import Plot

struct LabelTests {
  @Test func labelsLoseTheirBracketsBeforeTheyShrink() throws {
    let canvas = Canvas(
      surface: try CairoSurface(width: 10, height: 10), pixelsPerPoint: 1, fontFamily: "DejaVu Sans")
    let label = "Y pixel (from 1 to NAXIS2)"
    #expect(canvas.fitted(label, size: 10, room: 500) == (label, 10))
    #expect(canvas.fitted(label, size: 10, room: 60) == ("Y pixel", 10))
    let small = canvas.fitted(label, size: 10, room: 30)
    #expect(small.text == "Y pixel" && small.size < 10 && small.size >= 6)
    #expect(canvas.width(of: small.text, size: small.size) <= 31)
  }

  /// On a page of small panels no label reaches into the panel above or below.
  @Test(arguments: [3.5, 7, 10.2]) func labelsOfRowsDoNotMeet(width: Double) throws {
    let scene = Synthetic()
    let pages = try IdentifiedPages(
      exposures: scene.exposures, median: scene.median, codes: scene.mmcosmic.plane,
      minimum: scene.minimum, groups: scene.groups, semiwindow: 5, style: .suited(to: width))
    for number in [1, 2, 3, 8] {
      let page = try #require(pages.page(number)).fitted
      let canvas = Canvas(
        surface: try CairoSurface(width: 10, height: 10), pixelsPerPoint: nil, fontFamily: "DejaVu Sans")
      let frames = FigureLayout(page, canvas: canvas).cells.compactMap { $0?.frame }
      let size = page.style.labelSize
      for (above, below) in zip(frames, frames.dropFirst(page.columns)) {
        let (label, letters) = canvas.fitted(
          Panel.yPixelLabel, size: size, room: above.height + 2 * size)
        let half = canvas.width(of: label, size: letters) / 2
        #expect(above.y + above.height / 2 + half <= below.y + below.height / 2 - half)
      }
    }
  }
}
