import Core
import Foundation
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
    try FITSWriter.write(FITSDocument(maskSet: masks), to: path("crmasks.fits"), overwrite: true)
  }

  /// combined_mediancr.fits and its like: the image, VARIANCE and MAP.
  func write(
    _ combined: MaskedCombination.Result, method: CombinationMethod, header: Header, unit: PixelUnit,
    history: [String], to name: String? = nil
  ) throws {
    let image = Image(combined: combined, header: header, unit: unit)
    let document = try FITSDocument(image: image, pixelType: .float32, history: history)
    try FITSWriter.write(document, to: name ?? path("combined_\(method.rawValue).fits"), overwrite: true)
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

  /// The figure of the diagram and the four-panel figure of every target, as PNG and PDF; figures are drawn
  /// side by side.
  func writeFigures(_ result: MaskingResult, method: CRMethod) throws {
    var figures: [@Sendable () throws -> Void] = []
    if let diagram = result.diagram {
      let (png, pdf) = (path("diagnostic_histogram2d.png"), path("diagnostic_histogram2d.pdf"))
      figures.append {
        let figure = try DiagnosticHistogram2D.figure(diagram: diagram, boundary: result.boundary)
        try figure.write(png: png)
        try figure.write(pdf: pdf)
      }
    }
    for detection in result.detections {
      let name = detection.figureName
      let (png, pdf) = (path(name + ".png"), path(name + ".pdf"))
      let drawing = DiagnosticDiagram(
        min2d: result.planes.minimum, target: detection.image, targetName: detection.shortName,
        mean2d: result.planes.mean, lacosmic: method.usesLacosmic ? detection.lacosmic : nil,
        mmcosmic: method.usesMM ? detection.mmcosmic : nil, boundary: result.boundary,
        threshold: method.usesMM ? result.threshold : nil,
        xRange: result.diagram.flatMap { diagram in
          diagram.xEdges.first.flatMap { low in diagram.xEdges.last.map { low...$0 } }
        })
      figures.append {
        let figure = try drawing.figure()
        try figure.write(png: png)
        try figure.write(pdf: pdf)
      }
    }
    let jobs = figures
    try work.forTiles(jobs.count, size: 1, stage: "drawing figures") { range in
      for k in range { try jobs[k]() }
    }
  }
}

extension TargetDetection {
  /// File name of the diagnostic figure, without its ending.
  var figureName: String {
    switch target {
    case .median: "diagnostic_mediancr"
    case .mean: "diagnostic_meancr"
    case .exposure(let number): "diagnostic_crmask\(number)"
    }
  }

  /// The target's name on axes.
  var shortName: String {
    switch target {
    case .median: "median2d"
    case .mean: "mean2d"
    case .exposure(let number): "array\(number)"
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
