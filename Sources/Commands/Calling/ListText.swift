import Kernels
import Pipeline

/// Lists as values and as the command line writes them. Rectangles in them are four numbers each.
package enum ListText {
  /// The values of a list, of one that is written as text, or the value alone.
  ///
  /// - Parameter splitsCommas: text is what the command line hands over: `0.8,1.0,1.2` is a list too, `1` a number.
  /// - Throws: `CRSError` (usage) for text that is no list.
  static func items(of value: Value, splitsCommas: Bool) throws -> [Value] {
    switch value {
    case .list(let values): return values.map(rectangles)
    case .text(let text) where text.hasPrefix("[") || text.hasPrefix("("): return try values(text)
    case .text(let text) where splitsCommas && text.contains(","): return try values("[\(text)]")
    case .text(let text) where splitsCommas: return [Value.scalar(parsing: text)]
    default: return [value]
    }
  }

  /// `[x1, x2, y1, y2]`
  package static func value(of section: Section) -> Value {
    .list([section.x1, section.x2, section.y1, section.y2].map { .integer($0) })
  }

  private static func rectangles(_ value: Value) -> Value {
    switch value {
    case .text(let text):
      guard text.hasPrefix("["), let section = try? Section(parsing: text) else { return value }
      return self.value(of: section)
    case .list(let values): return .list(values.map(rectangles))
    default: return value
    }
  }

  /// Reads `[1, 2, [3, 4], word]` or rectangles `[x1:x2, y1:y2]`, one, several, or a list of them; nothing is
  /// evaluated.
  private static func values(_ text: String) throws -> [Value] {
    guard text.contains(":") else { return try Value.list(parsing: text) }
    let parts = text.split(separator: "]").map { $0.drop { ", [".contains($0) } + "]" }
    return try parts.filter { $0.count > 1 }.map { value(of: try Section(parsing: "[" + $0)) }
  }
}
