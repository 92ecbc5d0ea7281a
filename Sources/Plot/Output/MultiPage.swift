import Files
import Kernels

/// PDF documents of several pages.
package enum MultiPage {
  /// Writes one page a figure into a file that appears complete or not at all; each is asked for only when the one before it is done.
  ///
  /// - Throws: `CRSError`: file when it cannot be written, data when there is no page or one cannot be drawn,
  ///   and what the sequence's figures threw through `make`.
  package static func write(
    pages: some Sequence<Figure>, pdf path: String, existing: AtomicFile.Existing = .replace,
    title: String? = nil
  ) throws {
    let file = try AtomicFile(path, existing: existing)
    try write(pages: pages, pdf: file, title: title)
    try file.commit()
  }

  /// Writes all of a file that the caller commits.
  package static func write(pages: some Sequence<Figure>, pdf file: AtomicFile, title: String? = nil) throws {
    var iterator = pages.makeIterator()
    try write(pdf: file, title: title) { iterator.next() }
  }

  /// Writes the pages that `next` makes until it returns nil into a file that the caller commits.
  package static func write(pdf file: AtomicFile, title: String? = nil, next: () throws -> Figure?) throws {
    guard let first = try next() else { throw CRSError.data("no page to write into \(file.path)") }
    var figure = try first.fitted.checked()
    let surface = try CairoSurface(pdf: file, width: figure.width * 72, height: figure.height * 72)
    if let title { surface.setTitle(title) }
    while true {
      surface.setPageSize(width: figure.width * 72, height: figure.height * 72)
      let canvas = Canvas(surface: surface, pixelsPerPoint: nil, fontFamily: figure.style.fontFamily)
      try FigureDrawing(figure, canvas: canvas).draw()
      try surface.showPage()
      guard let following = try next() else { break }
      figure = try following.fitted.checked()
    }
    try surface.finish()
  }
}
