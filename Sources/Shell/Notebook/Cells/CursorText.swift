/// Code and the place of a cursor in it. Protocol and language count code points, not letters.
struct CursorText {
  private let scalars: [Unicode.Scalar]
  private let cursor: Int

  /// - Parameter cursor: code points before it; nil: the end. Outside of the text the nearest end is meant.
  init(_ code: String, cursor: Int?) {
    scalars = Array(code.unicodeScalars)
    self.cursor = min(max(cursor ?? scalars.count, 0), scalars.count)
  }

  var before: String { Self.text(scalars[..<cursor]) }

  /// The name that the cursor stands in or behind; nil where it touches none.
  var name: String? {
    var (start, end) = (cursor, cursor)
    while start > 0, Self.isPartOfName(scalars[start - 1]) { start -= 1 }
    while end < scalars.count, Self.isPartOfName(scalars[end]) { end += 1 }
    return start < end ? Self.text(scalars[start..<end]) : nil
  }

  /// Whether `=` follows the name, as behind the key of an argument.
  var isKey: Bool {
    var end = cursor
    while end < scalars.count, Self.isPartOfName(scalars[end]) { end += 1 }
    return end < scalars.count && scalars[end] == "=" && (end + 1 == scalars.count || scalars[end + 1] != "=")
  }

  /// The name before the parenthesis that stands open at the cursor, as of a function whose arguments are typed.
  var called: String? {
    var (depth, k) = (0, cursor)
    while k > 0 {
      k -= 1
      switch scalars[k] {
      case ")": depth += 1
      case "(" where depth > 0: depth -= 1
      case "(":
        var start = k
        while start > 0, Self.isPartOfName(scalars[start - 1]) { start -= 1 }
        return start < k ? Self.text(scalars[start..<k]) : nil
      case "\n": return nil
      default: break
      }
    }
    return nil
  }

  private static func isPartOfName(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar == "." || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }

  private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var text = ""
    text.unicodeScalars.append(contentsOf: scalars)
    return text
  }
}
