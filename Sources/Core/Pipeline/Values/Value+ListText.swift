import Files
import Kernels

extension Value {
  /// Reads `[1, 2, [3, 4], word]`: numbers, words and lists within lists, in brackets or parentheses, nothing
  /// evaluated. A comma may follow the last item.
  ///
  /// - Throws: `CRSError` (usage) for anything else, and for lists nested deeper than fifty.
  package static func list(parsing text: String) throws -> [Value] {
    let failure = CRSError.usage("'\(text)' is not a list", expected: "[value, value, ...]")
    var open: [(items: [Value], close: Character)] = []
    var word = ""
    var expectsItem = true
    var result: [Value]?
    func takeWord() throws {
      let item = word.trimmingBlanks()
      word = ""
      if item.isEmpty { return }
      guard expectsItem, !open.isEmpty else { throw failure }
      open[open.count - 1].items.append(scalar(parsing: item))
      expectsItem = false
    }
    for character in text {
      guard result == nil || character.isWhitespace else { throw failure }
      switch character {
      case "[",
        "(" where word.trimmingBlanks().isEmpty:
        guard open.count < 50, word.trimmingBlanks().isEmpty, expectsItem else { throw failure }
        open.append(([], character == "[" ? "]" : ")"))
      case ",":
        try takeWord()
        guard !open.isEmpty, !expectsItem else { throw failure }
        expectsItem = true
      case "]",
        ")" where open.last?.close == ")":
        try takeWord()
        guard let closed = open.popLast(), closed.close == character else { throw failure }
        expectsItem = false
        if open.isEmpty {
          result = closed.items
        } else {
          open[open.count - 1].items.append(.list(closed.items))
        }
      default:
        guard !open.isEmpty || character.isWhitespace else { throw failure }
        word.append(character)
      }
    }
    guard let result else { throw failure }
    return result
  }

  /// A number, or a word.
  package static func scalar(parsing word: String) -> Value {
    if let integer = Int(word) { return .integer(integer) }
    if let number = Double(decimal: word) { return .number(number) }
    return .text(word)
  }
}
