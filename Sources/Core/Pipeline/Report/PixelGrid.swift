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
    let rows = Array(section.rows.reversed())
    let numbers = rows.map { y in section.columns.map { value($0, y) } }
    let column = NumberColumn(numbers.joined())
    let star = marks == nil ? "" : " "
    let texts = zip(rows, numbers).map { y, numbers in
      zip(section.columns, numbers).map { x, number in
        column.text(number) + (marks.map { $0[x, y] ? "*" : " " } ?? "")
      }
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
    guard image.exactPixels != nil else {
      return lines(section, corner: corner, marks: marks) { Double(image.pixels[$0, $1]) }
    }
    let exact = image.exactValues
    return lines(section, corner: corner, marks: marks) { exact[$0, $1] }
  }
}
