internal import CCairo
import Foundation
import Kernels

extension Canvas {
  /// Paints pixels (premultiplied 0xAARRGGBB, row after row from the top) over a rectangle, each pixel a
  /// sharp rectangle; on a page they become an image object of exactly these pixels.
  ///
  /// - Parameter isShared: the same pixels occur many times in the document, which then holds them once.
  func paint(
    _ pixels: inout [UInt32], width: Int, height: Int, hasAlpha: Bool, over rect: Rect, isShared: Bool = false
  ) throws {
    guard width > 0, height > 0, width <= 32000, height <= 32000, pixels.count == width * height else {
      return
    }
    if hasAlpha, pixelsPerPoint == nil, let part = Self.drawnPart(of: pixels, width: width, height: height) {
      guard part.columns.count < width || part.rows.count < height else {
        return try paintAll(&pixels, width: width, height: height, hasAlpha: true, over: rect)
      }
      var cut = part.rows.flatMap {
        pixels[$0 * width + part.columns.lowerBound..<$0 * width + part.columns.upperBound]
      }
      let (stepX, stepY) = (rect.width / Double(width), rect.height / Double(height))
      return try paintAll(
        &cut, width: part.columns.count, height: part.rows.count, hasAlpha: true,
        over: Rect(
          x: rect.x + Double(part.columns.lowerBound) * stepX,
          y: rect.y + Double(part.rows.lowerBound) * stepY,
          width: Double(part.columns.count) * stepX, height: Double(part.rows.count) * stepY))
    }
    try paintAll(&pixels, width: width, height: height, hasAlpha: hasAlpha, over: rect, isShared: isShared)
  }

  private func paintAll(
    _ pixels: inout [UInt32], width: Int, height: Int, hasAlpha: Bool, over rect: Rect, isShared: Bool = false
  ) throws {
    try pixels.withUnsafeMutableBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      let image = cairo_image_surface_create_for_data(
        start.assumingMemoryBound(to: UInt8.self), hasAlpha ? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24,
        Int32(width), Int32(height), Int32(width * 4))
      defer {
        cairo_surface_finish(image)
        cairo_surface_destroy(image)
      }
      guard cairo_surface_status(image) == CAIRO_STATUS_SUCCESS else {
        throw CRSError.noMemory(
          for: "\(width)x\(height) pixels in a figure", bytes: 4 * Double(width) * Double(height))
      }
      if isShared, pixelsPerPoint == nil {
        Self.nameByContent(image, bytes)
      }
      cairo_save(context)
      cairo_translate(context, rect.x, rect.y)
      cairo_scale(context, rect.width / Double(width), rect.height / Double(height))
      cairo_set_source_surface(context, image, 0, 0)
      cairo_pattern_set_filter(cairo_get_source(context), CAIRO_FILTER_NEAREST)
      cairo_rectangle(context, 0, 0, Double(width), Double(height))
      cairo_fill(context)
      cairo_restore(context)
    }
  }

  /// The smallest rectangle that holds all that is not transparent; nil when everything is.
  private static func drawnPart(
    of pixels: [UInt32], width: Int, height: Int
  ) -> (columns: Range<Int>, rows: Range<Int>)? {
    var (left, right) = (width, 0)
    var rows: Range<Int>?
    pixels.withUnsafeBufferPointer { pixels in
      for y in 0..<height {
        let row = pixels[y * width..<(y + 1) * width]
        guard let first = row.firstIndex(where: { $0 != 0 }), let last = row.lastIndex(where: { $0 != 0 })
        else { continue }
        left = min(left, first - y * width)
        right = max(right, last - y * width + 1)
        rows = (rows?.lowerBound ?? y)..<y + 1
      }
    }
    return rows.map { (left..<right, $0) }
  }

  /// Lets Cairo know images of equal content by it, so that it writes them once.
  private static func nameByContent(_ image: OpaquePointer?, _ bytes: UnsafeMutableRawBufferPointer) {
    guard let name = malloc(bytes.count) else { return }
    name.copyMemory(from: UnsafeRawPointer(bytes.baseAddress ?? name), byteCount: bytes.count)
    let status = cairo_surface_set_mime_data(
      image, CAIRO_MIME_TYPE_UNIQUE_ID, name.assumingMemoryBound(to: UInt8.self), UInt(bytes.count),
      { free($0) }, name)
    if status != CAIRO_STATUS_SUCCESS { free(name) }
  }
}
