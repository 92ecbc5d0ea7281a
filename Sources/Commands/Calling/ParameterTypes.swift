import Kernels
import Pipeline

/// A value, or one of a few words in its place: `ioffx=auto`, `nsimulations=exact`.
enum ValueOrWord<Content: ParameterValue, Word: WordParameter>: ParameterValue {
  case value(Content)
  case word(Word)

  static var kind: Kind { Content.kind }
  static var choices: [String] { Word.choices }
  var json: JSONValue {
    switch self {
    case .value(let content): content.json
    case .word(let word): word.json
    }
  }

  static func make(from value: Value) throws -> ValueOrWord {
    if case .text(let text) = value, let word = Word(rawValue: text) { return .word(word) }
    return .value(try Content.make(from: value))
  }
}

extension ValueOrWord {
  /// nil for a word.
  var value: Content? {
    if case .value(let content) = self { content } else { nil }
  }
}

extension ValueOrWord: Sendable where Content: Sendable, Word: Sendable {}

/// Offsets given as a list of pairs.
struct OffsetList {
  let offsets: [Offset]

  /// - Throws: `CRSError` (usage) unless there is one pair of finite numbers an exposure.
  init(values: [Value], exposures: Int) throws {
    offsets = try values.map { value in
      guard case .list(let pair) = value, pair.count == 2, let x = pair[0].double, let y = pair[1].double,
        x.isFinite, y.isFinite
      else {
        throw CRSError.usage(
          "\(value.literal ?? value.kindName) is not an offset", parameter: "xy_offsets",
          expected: "[[x, y], ...]")
      }
      return Offset(x: x, y: y)
    }
    guard offsets.count == exposures else {
      throw CRSError.usage(
        "\(offsets.count) offsets for \(exposures) exposures", parameter: "xy_offsets",
        expected: "one [x, y] for each exposure")
    }
  }
}

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
struct SectionList: ParameterValue, Sendable {
  var sections: [Section]

  static var kind: Kind { .list }
  var json: JSONValue { .list(sections.map(\.json)) }

  static func make(from value: Value) throws -> SectionList {
    if let one = try? Section.make(from: value) { return SectionList(sections: [one]) }
    guard case .list(let values) = value else { throw mismatch(value, "[[x1:x2, y1:y2], ...]") }
    return SectionList(sections: try values.map { try Section.make(from: $0) })
  }
}
