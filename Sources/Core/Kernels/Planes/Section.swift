/// A FITS section: a rectangle with 1-based, inclusive limits, x first, written `[x1:x2, y1:y2]`.
package struct Section: Hashable, Sendable, CustomStringConvertible {
  package let x1: Int
  package let x2: Int
  package let y1: Int
  package let y2: Int

  /// A section with the limits as a user writes them.
  ///
  /// - Throws: `CRSError` (usage) when a limit is below 1 or an end comes before its start.
  package init(x1: Int, x2: Int, y1: Int, y2: Int) throws {
    guard x1 >= 1, y1 >= 1, x2 >= x1, y2 >= y1 else {
      throw CRSError.usage(
        "[\(x1):\(x2), \(y1):\(y2)] is not a section",
        expected: "[x1:x2, y1:y2] with 1 <= x1 <= x2 and 1 <= y1 <= y2")
    }
    (self.x1, self.x2, self.y1, self.y2) = (x1, x2, y1, y2)
  }

  /// The section of a whole image; both sides of `shape` must be at least 1.
  package init(whole shape: Shape) {
    (x1, x2, y1, y2) = (1, max(1, shape.width), 1, max(1, shape.height))
  }

  package var width: Int { x2 - x1 + 1 }
  package var height: Int { y2 - y1 + 1 }
  /// Columns counted from 0, half open.
  package var columns: Range<Int> { x1 - 1..<x2 }
  /// Rows counted from 0, half open.
  package var rows: Range<Int> { y1 - 1..<y2 }
  package var description: String { "[\(x1):\(x2), \(y1):\(y2)]" }

  package func isInside(_ shape: Shape) -> Bool { x2 <= shape.width && y2 <= shape.height }

  /// Checks that the section lies inside an image.
  ///
  /// - Throws: `CRSError` (data) naming `parameter` and the image's limits.
  package func validated(inside shape: Shape, parameter: String? = nil) throws -> Section {
    guard isInside(shape) else {
      throw CRSError.data(
        "section \(self) leaves the image", parameter: parameter,
        expected: "x in 1...\(shape.width), y in 1...\(shape.height)")
    }
    return self
  }

  /// Reads `[x1:x2, y1:y2]` or `[x1, x2, y1, y2]`, brackets optional, blanks allowed anywhere.
  ///
  /// - Throws: `CRSError` (usage) when the text is neither form.
  package init(parsing text: String) throws {
    var body = Substring(text.filter { !$0.isWhitespace })
    if body.hasPrefix("["), body.hasSuffix("]") { body = body.dropFirst().dropLast() }
    let numbers = body.split(whereSeparator: { $0 == ":" || $0 == "," }).map { Int($0) }
    let colons = body.filter { $0 == ":" }.count
    guard numbers.count == 4, colons == 0 || colons == 2,
      body.filter({ $0 == "," }).count == (colons == 2 ? 1 : 3),
      let x1 = numbers[0], let x2 = numbers[1], let y1 = numbers[2], let y2 = numbers[3]
    else {
      throw CRSError.usage(
        "'\(text)' is not a section", expected: "[x1:x2, y1:y2] or [x1, x2, y1, y2], FITS pixels")
    }
    try self.init(x1: x1, x2: x2, y1: y1, y2: y2)
  }
}
