import Kernels
import Pipeline

/// Lists as values and as the command line writes them. Rectangles in them are four numbers each.
enum ListText {
  /// The values of a list, of one that is written as text, or the value alone.
  ///
  /// - Parameter splitsCommas: text is what the command line hands over: `0.8,1.0,1.2` is a list too, `1` a number.
  /// - Throws: `CRSError` (usage) for text that is no list.
  static func items(of value: Value, splitsCommas: Bool) throws -> [Value] {
    switch value {
    case .list(let values): return values.map(rectangles)
    case .text(let text) where text.hasPrefix("["): return try values(text)
    case .text(let text) where splitsCommas && text.contains(","): return try values("[\(text)]")
    case .text(let text) where splitsCommas: return [element(text)]
    default: return [value]
    }
  }

  /// `[x1, x2, y1, y2]`
  static func value(of section: Section) -> Value {
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
    guard text.contains(":") else { return try parsed(text) }
    let parts = text.split(separator: "]").map { $0.drop { ", [".contains($0) } + "]" }
    return try parts.filter { $0.count > 1 }.map { value(of: try Section(parsing: "[" + $0)) }
  }

  /// A number, or a word.
  private static func element(_ word: String) -> Value {
    if let integer = Int(word) { return .integer(integer) }
    if let number = Double(decimal: word) { return .number(number) }
    return .text(word)
  }

  /// Numbers, words and lists within lists.
  static func parsed(_ text: String) throws -> [Value] {
    let failure = CRSError.usage("'\(text)' is not a list", expected: "[value, value, ...]")
    var open: [[Value]] = []
    var word = ""
    func flush() {
      let trimmed = word.trimmingBlanks()
      if !trimmed.isEmpty { open[open.count - 1].append(element(trimmed)) }
      word = ""
    }
    var result: [Value]?
    for character in text {
      guard result == nil || character.isWhitespace else { throw failure }
      switch character {
      case "[":
        guard open.count < 50, word.trimmingBlanks().isEmpty else { throw failure }
        open.append([])
      case ",":
        guard !open.isEmpty else { throw failure }
        flush()
      case "]":
        guard !open.isEmpty else { throw failure }
        flush()
        let closed = open.removeLast()
        if open.isEmpty { result = closed } else { open[open.count - 1].append(.list(closed)) }
      default:
        guard !open.isEmpty || character.isWhitespace else { throw failure }
        word.append(character)
      }
    }
    guard let result else { throw failure }
    return result
  }
}
