import Calling
import Kernels
import Pipeline
import Plot

/// The figures of a run: those of its masks, and those of what was measured.
struct RunFigures {
  private let style: PlotStyle
  private let work: Work

  init(_ context: CommandContext) {
    (style, work) = (context.figures.plotStyle, context.work)
  }

  /// The figure of the diagram and the four-panel figure of every target as PNG and PDF, and a page for each group of
  /// pixels.
  func products(_ run: CrmasksRun, _ result: MaskingResult) throws -> [Product] {
    let figures = MaskingFigures(result, style: style)
    let display = run.settings.display
    let scale: DisplayScale = display.colorScale == .zscale ? .zscale : .minMax
    let drawings = try figures.diagnostics + RegistrationFigures.made(run, result, style: style, work: work)
    // The original's short name.
    let identified =
      run.options.compatibility == .numina036 ? "mediancr_identified" : "mediancr_identified_cr"
    let pages = (
      try figures.identified(semiwindow: display.semiwindow, scale: scale, maxplots: display.maxplots),
      try figures.problematic(semiwindow: display.semiwindow, scale: scale, maxplots: display.maxplots)
    )
    return drawings.map { name, make in
      Product(
        name + ".png", name + ".pdf",
        content: .drawing { files in
          let figure = try make()
          try figure.write(png: files[0])
          try figure.write(pdf: files[1])
        })
    } + [
      Self.pages(identified + ".pdf", pages.0, count: pages.0.count),
      Self.pages("problematic_pixels.pdf", pages.1, count: pages.1.count),
    ]
  }

  private static func pages(
    _ name: String, _ pages: some Sequence<Figure> & Sendable, count: Int
  ) -> Product {
    Product(
      name, content: count == 0 ? .nothing : .drawing { try MultiPage.write(pages: pages, pdf: $0[0]) })
  }
}
