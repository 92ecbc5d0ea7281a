import Kernels
import Pipeline

/// A value, or one of a few words in its place: `ioffx=auto`, `nsimulations=exact`.
package enum ValueOrWord<Content: ParameterValue, Word: WordParameter>: ParameterValue {
  case value(Content)
  case word(Word)

  package static var kind: Kind { Content.kind }
  package static var choices: [String] { Word.choices }
  package var json: JSONValue {
    switch self {
    case .value(let content): content.json
    case .word(let word): word.json
    }
  }

  package static func make(from value: Value) throws -> ValueOrWord {
    if case .text(let text) = value, let word = Word(rawValue: text) { return .word(word) }
    return .value(try Content.make(from: value))
  }
}

extension ValueOrWord {
  /// nil for a word.
  package var value: Content? {
    if case .value(let content) = self { content } else { nil }
  }
}

extension ValueOrWord: Sendable where Content: Sendable, Word: Sendable {}

extension Section: ParameterValue {
  package static var kind: Kind { .section }
  package var json: JSONValue { .list([x1, x2, y1, y2].map { .integer($0) }) }
  package static func make(from value: Value) throws -> Section {
    switch value {
    case .text(let text): return try Section(parsing: text)
    case .list(let values):
      let limits = values.compactMap { value -> Int? in
        if case .integer(let number) = value { return number }
        return nil
      }
      guard limits.count == 4, values.count == 4 else { throw mismatch(value, "[x1:x2, y1:y2]") }
      return try Section(x1: limits[0], x2: limits[1], y1: limits[2], y2: limits[3])
    default: throw mismatch(value, "[x1:x2, y1:y2]")
    }
  }
}

/// Several rectangles: a list of them, or a single one.
package struct SectionList: ParameterValue, Sendable {
  package var sections: [Section]

  package static var kind: Kind { .list }
  package var json: JSONValue { .list(sections.map(\.json)) }

  package static func make(from value: Value) throws -> SectionList {
    if let one = try? Section.make(from: value) { return SectionList(sections: [one]) }
    guard case .list(let values) = value else { throw mismatch(value, "[[x1:x2, y1:y2], ...]") }
    return SectionList(sections: try values.map { try Section.make(from: $0) })
  }
}
