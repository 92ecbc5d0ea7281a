import Files
import Kernels

/// Pixels as a grid of numbers with their FITS coordinates, the highest row first.
package enum PixelGrid {
  /// - Parameters:
  ///   - section: what is shown; it must lie inside the image.
  ///   - corner: what is added to the pixels of a section to have those of the full frame.
  ///   - marks: pixels that get a star.
  ///   - value: of a pixel, its place counted from 0.
  package static func lines(
    _ section: Section, corner: (x: Int, y: Int) = (0, 0), marks: Mask?, value: (_ x: Int, _ y: Int) -> Double
  ) -> [String] {
    let numbers = section.rows.reversed().map { y in section.columns.map { value($0, y) } }
    let column = NumberColumn(numbers.joined())
    return lines(section, corner, marks, numbers.map { $0.map { column.text($0) } })
  }

  /// - Parameter numbers: as they are written, the highest row first.
  private static func lines(
    _ section: Section, _ corner: (x: Int, y: Int), _ marks: Mask?, _ numbers: [[String]]
  ) -> [String] {
    let rows = Array(section.rows.reversed())
    let star = marks == nil ? "" : " "
    let texts = zip(rows, numbers).map { y, numbers in
      zip(section.columns, numbers).map { x, number in number + (marks.map { $0[x, y] ? "*" : " " } ?? "") }
    }
    let heads = section.columns.map { "\($0 + 1 + corner.x)" + star }
    let width = max(heads.map(\.count).max() ?? 0, texts.joined().map(\.count).max() ?? 0)
    let side = max("y\\x".count, "\(section.y2 + corner.y)".count)
    func line(_ head: String, _ cells: [String]) -> String {
      let text = head.leftPadded(to: side) + cells.map { "  " + $0.leftPadded(to: width) }.joined()
      return text.hasSuffix(" ") ? String(text.dropLast()) : text
    }
    return [line("y\\x", heads)] + zip(rows, texts).map { line("\($0 + 1 + corner.y)", $1) }
  }

  package static func lines(_ image: Image, _ section: Section, marks: Mask? = nil) -> [String] {
    let corner = image.header.corner
    /// Whole numbers of 64 bits, of which double precision loses digits; those without a value are NaN in the plane.
    func whole(_ text: (_ place: Int) -> String) -> [String] {
      let texts = section.rows.reversed().map { y in
        section.columns.map { x in image.pixels[x, y].isNaN ? "nan" : text(y * image.width + x) }
      }
      return lines(section, corner, marks, texts)
    }
    switch image.exactPixels {
    case nil: return lines(section, corner: corner, marks: marks) { Double(image.pixels[$0, $1]) }
    case .int64(let values): return whole { "\(values[$0])" }
    case .uint64(let values): return whole { "\(values[$0])" }
    case .float64:
      let exact = image.exactValues
      return lines(section, corner: corner, marks: marks) { exact[$0, $1] }
    }
  }
}
