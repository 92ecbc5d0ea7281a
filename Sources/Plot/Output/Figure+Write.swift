import Files
import Kernels

extension Figure {
  /// Writes the figure as PNG; the file appears complete or not at all.
  ///
  /// - Parameter dpi: pixels an inch, 10 to 1200; nil: those of the style.
  /// - Throws: `CRSError`: file when it cannot be written, data when the figure cannot be drawn.
  package func write(png path: String, existing: AtomicFile.Existing = .replace, dpi: Double? = nil) throws {
    let file = try AtomicFile(path, existing: existing)
    try write(png: file, dpi: dpi)
    try file.commit()
  }

  /// Writes all of a file that the caller commits.
  package func write(png file: AtomicFile, dpi: Double? = nil) throws { try file.append(png(dpi: dpi)) }

  /// The figure as the bytes of a PNG file.
  ///
  /// - Throws: `CRSError` (data) when the figure cannot be drawn.
  package func png(dpi: Double? = nil) throws -> [UInt8] {
    let dpi = dpi ?? style.dpi
    let drawn = try rasterised(dpi: dpi)
    return try PNGEncoder(drawn.pixels(), width: drawn.width, height: drawn.height, dpi: dpi).bytes
  }

  /// The figure as the bytes of an SVG file.
  ///
  /// - Throws: `CRSError` (data) when the figure cannot be drawn.
  package func svg() throws -> [UInt8] {
    let figure = try fitted.checked()
    let text = SVGText()
    let surface = try CairoSurface(svg: text, width: figure.width * 72, height: figure.height * 72)
    let canvas = Canvas(surface: surface, pixelsPerPoint: nil, fontFamily: figure.style.fontFamily)
    try FigureDrawing(figure, canvas: canvas).draw()
    try surface.finish()
    return text.bytes
  }

  /// Writes the figure as a PDF of one page with embedded fonts.
  ///
  /// - Throws: `CRSError` as `write(png:)`.
  package func write(pdf path: String, existing: AtomicFile.Existing = .replace) throws {
    try MultiPage.write(pages: [self], pdf: path, existing: existing)
  }

  /// Writes all of a file that the caller commits.
  package func write(pdf file: AtomicFile) throws { try MultiPage.write(pages: [self], pdf: file) }

  /// The figure as pixels for a window or a terminal.
  ///
  /// - Throws: `CRSError` (data) when the figure cannot be drawn.
  package func pixels(dpi: Double = 100) throws -> FigurePixels {
    let drawn = try rasterised(dpi: dpi)
    return FigurePixels(width: drawn.width, height: drawn.height, pixels: drawn.pixels())
  }

  /// Where each panel stands on the page, for turning a mouse position into data coordinates.
  package func transforms() throws -> [PanelTransform?] {
    let figure = fitted
    let surface = try CairoSurface(width: 1, height: 1)
    let canvas = Canvas(surface: surface, pixelsPerPoint: nil, fontFamily: figure.style.fontFamily)
    let layout = FigureLayout(figure, canvas: canvas)
    return zip(figure.panels, layout.cells).map { panel, cell in
      guard let panel, let cell else { return nil }
      return PanelTransform(frame: cell.frame, x: panel.x, y: panel.y)
    }
  }

  private func rasterised(dpi: Double) throws -> CairoSurface {
    guard dpi >= 10, dpi <= 1200 else {
      throw CRSError.usage("a resolution of \(dpi)", parameter: "dpi", expected: "10 to 1200 pixels an inch")
    }
    let figure = try fitted.checked()
    let surface = try CairoSurface(
      width: (figure.width * dpi).wholeNumber, height: (figure.height * dpi).wholeNumber)
    let canvas = Canvas(surface: surface, pixelsPerPoint: dpi / 72, fontFamily: figure.style.fontFamily)
    try FigureDrawing(figure, canvas: canvas).draw()
    return surface
  }

  func checked() throws -> Figure {
    guard width.isFinite, height.isFinite, width >= 0.5, height >= 0.5, width <= 100, height <= 100 else {
      throw CRSError.usage("a figure of \(width) x \(height) inches", expected: "0.5 to 100 inches a side")
    }
    return self
  }
}

/// A figure drawn as pixels, 0x00RRGGBB, row after row from the top.
package struct FigurePixels: Sendable, Equatable {
  package let width: Int
  package let height: Int
  package let pixels: [UInt32]

  package init(width: Int, height: Int, pixels: [UInt32]) {
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// The bytes of a PNG file.
  ///
  /// - Throws: `CRSError` (data) when memory is short.
  package func png(dpi: Double = 96) throws -> [UInt8] {
    try PNGEncoder(pixels, width: width, height: height, dpi: dpi).bytes
  }
}
