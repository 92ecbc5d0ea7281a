import Files
import Kernels
import Plot

/// Writes what a crmasks run leaves in its output directory, under the fixed names of the original. The products of a
/// run appear together, when they are committed, or not at all.
struct CrmasksProducts {
  let directory: String
  let work: Work
  private let files: AtomicFiles

  /// - Parameter files: those of another directory that these appear with.
  /// - Throws: `CRSError` (file) when the directory cannot be made.
  init(directory: String, work: Work, with files: AtomicFiles = AtomicFiles()) throws {
    self.directory = directory.isEmpty ? "." : directory
    self.work = work
    self.files = files
    try NewFolder.make(self.directory)
  }

  func path(_ name: String) -> String { directory == "." ? name : directory + "/" + name }

  private func file(_ path: String) throws -> AtomicFile { try files.file(path, existing: .replace) }

  func write(masks: MaskSet) throws {
    try FITSWriter.write(FITSDocument(maskSet: masks), to: file(path("crmasks.fits")), work: work)
  }

  /// combined_mediancr.fits and its like: the image, VARIANCE and MAP.
  func write(
    _ combined: MaskedCombination.Result, method: CombinationMethod, header: Header, unit: PixelUnit,
    history: [String], to name: String? = nil
  ) throws {
    let image = Image(combined: combined, header: header, unit: unit)
    let document = try FITSDocument(image: image, pixelType: .float32, history: history)
    try FITSWriter.write(document, to: file(name ?? path("combined_\(method.rawValue).fits")), work: work)
  }

  func write(_ image: Image, name: String) throws {
    try FITSWriter.write(FITSDocument(image: image), to: file(path(name)), work: work)
  }

  func write(_ table: Table, name: String) throws { try file(path(name)).append(table.csv) }

  /// Writes lines of text.
  func write(_ lines: [String], name: String) throws {
    try file(path(name)).append(lines.joined(separator: "\n") + "\n")
  }

  /// Removes a product that this run has no content for, so that none of an earlier run is taken for it.
  func remove(_ name: String) { files.remove(path(name)) }

  /// Runs what writes products, then gives them their names.
  ///
  /// - Throws: `CRSError`: nothing has changed then, and it says so when products were written.
  func committing<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      let result = try body()
      try files.commit()
      return result
    } catch var error as CRSError where error.kind != .interrupted && !files.isEmpty {
      error.hint =
        (error.hint.map { $0 + "; " } ?? "") + "the products of a run appear together: none was written"
      throw error
    }
  }

  /// The figure of the diagram and the four-panel figure of every target as PNG and PDF, and a page for each
  /// group of pixels; figures are drawn side by side.
  ///
  /// - Parameter compatible: use the short name of the original for the pages.
  func writeFigures(
    _ result: MaskingResult, semiwindow: Int, scale: DisplayScale, maxplots: Int, compatible: Bool,
    registration: [RegistrationFigures.Made] = [], style: PlotStyle
  ) throws {
    let figures = MaskingFigures(result, style: style)
    let drawings = figures.diagnostics + registration
    var jobs: [@Sendable () throws -> Void] = try drawings.map { name, make in
      let (png, pdf) = (try file(path(name + ".png")), try file(path(name + ".pdf")))
      return {
        let figure = try make()
        try figure.write(png: png)
        try figure.write(pdf: pdf)
      }
    }
    let identified = try figures.identified(semiwindow: semiwindow, scale: scale, maxplots: maxplots)
    let problematic = try figures.problematic(semiwindow: semiwindow, scale: scale, maxplots: maxplots)
    let names = (
      compatible ? "mediancr_identified.pdf" : "mediancr_identified_cr.pdf", "problematic_pixels.pdf"
    )
    if identified.count > 0 {
      let file = try file(path(names.0))
      jobs.append { try MultiPage.write(pages: identified, pdf: file) }
    } else {
      remove(names.0)
    }
    if problematic.count > 0 {
      let file = try file(path(names.1))
      jobs.append { try MultiPage.write(pages: problematic, pdf: file) }
    } else {
      remove(names.1)
    }
    let all = jobs
    try work.forTiles(all.count, size: 1, stage: "drawing figures") { range in
      for k in range { try all[k]() }
    }
  }
}

extension Image {
  /// A combined image with its VARIANCE and MAP planes.
  init(combined: MaskedCombination.Result, header: Header, unit: PixelUnit) {
    self.init(
      pixels: combined.image, unit: unit, header: header,
      planes: [
        ExtraPlane(name: "VARIANCE", pixels: .float32(combined.variance)),
        ExtraPlane(name: "MAP", pixels: .int16(combined.map)),
      ])
  }
}
