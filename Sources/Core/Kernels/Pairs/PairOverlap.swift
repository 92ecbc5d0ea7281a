/// The rectangle in which two shifted exposures cover each other.
///
/// Pixel (x, y) of the first exposure lies on (x - ioffx, y - ioffy) of the second.
package struct PairOverlap: Sendable, Equatable {
  package let ioffx: Int
  package let ioffy: Int
  /// Columns and rows of the first exposure, from 0.
  package let columns: Range<Int>
  package let rows: Range<Int>

  package var shape: Shape { Shape(width: columns.count, height: rows.count) }
  /// Columns of the second exposure.
  package var columns2: Range<Int> { columns.lowerBound - ioffx..<columns.upperBound - ioffx }
  /// Rows of the second exposure.
  package var rows2: Range<Int> { rows.lowerBound - ioffy..<rows.upperBound - ioffy }

  /// Pixels in memory between a pixel of the first exposure and the one that lies on it in the second.
  func step(_ width: Int) -> Int { ioffy * width + ioffx }

  /// - Throws: `CRSError` (data) when nothing overlaps.
  package init(of shape: Shape, ioffx: Int, ioffy: Int) throws {
    (columns, self.ioffx) = (try Self.range(shape.width, ioffx, "ioffx", "columns"), ioffx)
    (rows, self.ioffy) = (try Self.range(shape.height, ioffy, "ioffy", "rows"), ioffy)
  }

  private static func range(_ length: Int, _ offset: Int, _ name: String, _ what: String) throws -> Range<Int>
  {
    guard offset.magnitude < length.magnitude else {
      throw CRSError.data(
        "\(name)=\(offset) is too large, the exposures would not overlap", parameter: name,
        expected: "less than the \(length) \(what) of the images")
    }
    return max(0, offset)..<length + min(0, offset)
  }
}
