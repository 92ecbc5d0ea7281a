import Files
import Foundation
import Kernels
import Pipeline
import Plot

/// Writes what a crmasks run leaves in its output directory, under the fixed names of the original.
struct CrmasksProducts {
  let directory: String
  let work: Work

  /// - Throws: `CRSError` (file) when the directory cannot be made.
  init(directory: String, work: Work) throws {
    self.directory = directory.isEmpty ? "." : directory
    self.work = work
    do {
      try FileManager.default.createDirectory(atPath: self.directory, withIntermediateDirectories: true)
    } catch {
      throw CRSError.file(
        "the directory cannot be made", file: directory, expected: "a directory that can be written")
    }
  }

  func path(_ name: String) -> String { directory == "." ? name : directory + "/" + name }

  func write(masks: MaskSet) throws {
    try FITSWriter.write(FITSDocument(maskSet: masks), to: path("crmasks.fits"), overwrite: true, work: work)
  }

  /// combined_mediancr.fits and its like: the image, VARIANCE and MAP.
  func write(
    _ combined: MaskedCombination.Result, method: CombinationMethod, header: Header, unit: PixelUnit,
    history: [String], to name: String? = nil
  ) throws {
    let image = Image(combined: combined, header: header, unit: unit)
    let document = try FITSDocument(image: image, pixelType: .float32, history: history)
    try FITSWriter.write(
      document, to: name ?? path("combined_\(method.rawValue).fits"), overwrite: true, work: work)
  }

  func write(_ table: Table, name: String) throws {
    let target = path(name)
    do {
      try Data(table.csv.utf8).write(to: URL(fileURLWithPath: target), options: .atomic)
    } catch {
      throw CRSError.file(
        "the table cannot be written", file: target, expected: "a directory that can be written")
    }
  }

  /// Removes a product that this run has no content for, so that none of an earlier run is taken for it.
  func remove(_ name: String) { try? FileManager.default.removeItem(atPath: path(name)) }

  /// The figure of the diagram and the four-panel figure of every target as PNG and PDF, and a page for each
  /// group of pixels; figures are drawn side by side.
  ///
  /// - Parameter compatible: use the short name of the original for the pages.
  func writeFigures(
    _ result: MaskingResult, display: DisplayChoice, compatible: Bool,
    registration: [RegistrationFigures.Made] = [], style: PlotStyle
  ) throws {
    let figures = MaskingFigures(result, style: style)
    let scale: DisplayScale = display.colorScale == .zscale ? .zscale : .minMax
    let drawings = figures.diagnostics + registration
    var jobs: [@Sendable () throws -> Void] = drawings.map { name, make in
      let (png, pdf) = (path(name + ".png"), path(name + ".pdf"))
      return {
        let figure = try make()
        try figure.write(png: png)
        try figure.write(pdf: pdf)
      }
    }
    let identified = try figures.identified(
      semiwindow: display.semiwindow, scale: scale, maxplots: display.maxplots)
    let problematic = try figures.problematic(
      semiwindow: display.semiwindow, scale: scale, maxplots: display.maxplots)
    let names = (
      compatible ? "mediancr_identified.pdf" : "mediancr_identified_cr.pdf", "problematic_pixels.pdf"
    )
    remove(names.0)
    remove(names.1)
    if identified.count > 0 {
      let file = path(names.0)
      jobs.append { try MultiPage.write(pages: identified, pdf: file) }
    }
    if problematic.count > 0 {
      let file = path(names.1)
      jobs.append { try MultiPage.write(pages: problematic, pdf: file) }
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
