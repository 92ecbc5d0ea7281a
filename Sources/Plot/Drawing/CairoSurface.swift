internal import CCairo
import Files
import Kernels

/// Owns one Cairo surface and the context that draws on it.
final class CairoSurface {
  private let surface: OpaquePointer
  let context: OpaquePointer
  private let sink: AtomicFile?
  private let text: SVGText?
  /// Pixels of an image surface; 0 for a page.
  let width: Int
  let height: Int

  /// An image surface of opaque white RGB pixels.
  ///
  /// - Throws: `CRSError` (data) when the size is outside 1...30000 or memory is short.
  convenience init(width: Int, height: Int) throws {
    try self.init(width: width, height: height, format: CAIRO_FORMAT_RGB24)
    cairo_set_source_rgb(context, 1, 1, 1)
    cairo_paint(context)
  }

  private init(width: Int, height: Int, format: cairo_format_t) throws {
    guard (1...30000).contains(width), (1...30000).contains(height) else {
      throw CRSError.data("a figure of \(width)x\(height) pixels", expected: "1 to 30000 pixels a side")
    }
    self.width = width
    self.height = height
    (sink, text) = (nil, nil)
    (surface, context) = try Self.opened(
      cairo_image_surface_create(format, Int32(width), Int32(height)),
      noMemory: .noMemory(
        for: "\(width)x\(height) pixels of a figure", bytes: 4 * Double(width) * Double(height)))
  }

  /// A square of transparent pixels, for a symbol.
  convenience init(transparent side: Int) throws {
    try self.init(width: side, height: side, format: CAIRO_FORMAT_ARGB32)
  }

  /// A PDF document whose pages go to `file` as they are finished; sizes in points.
  init(pdf file: AtomicFile, width: Double, height: Double) throws {
    self.width = 0
    self.height = 0
    (sink, text) = (file, nil)
    (surface, context) = try Self.opened(
      cairo_pdf_surface_create_for_stream(
        writeToFile, Unmanaged.passUnretained(file).toOpaque(), width, height))
    // Figures of the same data are the same bytes: no date but the one that the environment fixes.
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, Clock.fixed ?? "")
  }

  /// An SVG picture whose text goes to `text` when it is finished; sizes in points.
  init(svg text: SVGText, width: Double, height: Double) throws {
    self.width = 0
    self.height = 0
    (sink, self.text) = (nil, text)
    (surface, context) = try Self.opened(
      cairo_svg_surface_create_for_stream(
        addToText, Unmanaged.passUnretained(text).toOpaque(), width, height))
  }

  private static func opened(
    _ created: OpaquePointer?, noMemory: @autoclosure () -> CRSError = .memoryEnded
  ) throws -> (OpaquePointer, OpaquePointer) {
    guard let surface = created else { throw noMemory() }
    let status = cairo_surface_status(surface)
    guard status == CAIRO_STATUS_SUCCESS, let context = cairo_create(surface) else {
      let text = String(cString: cairo_status_to_string(status))
      cairo_surface_destroy(surface)
      if status == CAIRO_STATUS_NO_MEMORY { throw noMemory() }
      throw CRSError.data("the figure cannot be drawn: \(text)")
    }
    return (surface, context)
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  func setPageSize(width: Double, height: Double) { cairo_pdf_surface_set_size(surface, width, height) }

  func setTitle(_ title: String) { cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title) }

  func showPage() throws {
    cairo_show_page(context)
    try check()
  }

  /// Ends the document; nothing can be drawn afterwards.
  func finish() throws {
    try check()
    cairo_surface_finish(surface)
    try check(surfaceOnly: true)
  }

  /// The pixels of an image surface, 0x00RRGGBB or premultiplied 0xAARRGGBB, row after row from the top.
  func pixels(keepingAlpha: Bool = false) -> [UInt32] {
    let mask: UInt32 = keepingAlpha ? .max : 0xFF_FFFF
    cairo_surface_flush(surface)
    guard let bytes = cairo_image_surface_get_data(surface) else { return [] }
    let stride = Int(cairo_image_surface_get_stride(surface))
    return [UInt32](unsafeUninitializedCapacity: width * height) { out, count in
      for y in 0..<height {
        let row = UnsafeRawPointer(bytes + y * stride).assumingMemoryBound(to: UInt32.self)
        for x in 0..<width { out[y * width + x] = row[x] & mask }
      }
      count = width * height
    }
  }

  private func check(surfaceOnly: Bool = false) throws {
    try sink?.check()
    var status = cairo_surface_status(surface)
    if status == CAIRO_STATUS_SUCCESS, !surfaceOnly { status = cairo_status(context) }
    guard status == CAIRO_STATUS_SUCCESS else {
      throw CRSError.data("the figure cannot be drawn: \(String(cString: cairo_status_to_string(status)))")
    }
  }
}

/// Takes the bytes of an SVG picture.
final class SVGText {
  fileprivate(set) var bytes: [UInt8] = []
}

private func addToText(
  _ closure: UnsafeMutableRawPointer?, _ bytes: UnsafePointer<UInt8>?, _ count: UInt32
) -> cairo_status_t {
  guard let closure, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
  let text = Unmanaged<SVGText>.fromOpaque(closure).takeUnretainedValue()
  text.bytes += UnsafeBufferPointer(start: bytes, count: Int(count))
  return CAIRO_STATUS_SUCCESS
}

private func writeToFile(
  _ closure: UnsafeMutableRawPointer?, _ bytes: UnsafePointer<UInt8>?, _ count: UInt32
) -> cairo_status_t {
  guard let closure, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
  let file = Unmanaged<AtomicFile>.fromOpaque(closure).takeUnretainedValue()
  do {
    try file.append(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
    return CAIRO_STATUS_SUCCESS
  } catch {
    // The file tells it again.
    return CAIRO_STATUS_WRITE_ERROR
  }
}
