import Kernels
import Pipeline

/// An integer, or `auto`.
struct IntegerOrAuto: ParameterValue, Sendable {
  /// nil for auto.
  var value: Int?

  static var kind: ParameterManifest.Kind { .word }
  static var choices: [String] { ["auto"] }
  var defaultText: String { value.map { "\($0)" } ?? "auto" }

  static func make(from value: Value, context: CommandContext) throws -> IntegerOrAuto {
    if case .text("auto") = value { return IntegerOrAuto(value: nil) }
    let number = try Int.make(from: value, context: context)
    guard abs(number) < 1_000_000 else { throw mismatch(value, "whole pixels or auto") }
    return IntegerOrAuto(value: number)
  }
}

/// Several rectangles: a list of them, or a single one.
struct SectionList: ParameterValue, Sendable {
  var sections: [Section]

  static var kind: ParameterManifest.Kind { .list }
  var defaultText: String { sections.map(\.description).joined(separator: ", ") }

  static func make(from value: Value, context: CommandContext) throws -> SectionList {
    if let one = try? Section.make(from: value, context: context) { return SectionList(sections: [one]) }
    if case .list(let values) = value {
      return SectionList(sections: try values.map { try Section.make(from: $0, context: context) })
    }
    if case .text(let text) = value {
      // "[x1:x2, y1:y2], [x1:x2, y1:y2]" as one text.
      let parts = text.split(separator: "]").map { $0.drop { ", [".contains($0) } + "]" }
      return SectionList(sections: try parts.filter { $0.count > 1 }.map { try Section(parsing: "[" + $0) })
    }
    throw mismatch(value, "[[x1:x2, y1:y2], ...]")
  }
}
