import Files
import Kernels
import Pipeline

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
          "\(value.literal ?? value.kindName) is no offset", parameter: "xy_offsets",
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

/// A factor, `auto` or `none`; left out, the command chooses.
struct ScaleOrWord: ParameterValue, Sendable {
  /// nil when nothing was given.
  var choice: PairScale?

  static var kind: ParameterManifest.Kind { .word }
  static var choices: [String] { ["auto", "none"] }
  var defaultText: String {
    switch choice {
    case nil: "auto where EXPTIME differs"
    case .auto: "auto"
    case .off: "none"
    case .factor(let factor): factor.plain
    }
  }

  static func make(from value: Value, context: CommandContext) throws -> ScaleOrWord {
    switch value {
    case .text("auto"): return ScaleOrWord(choice: .auto)
    case .text("none"), .none: return ScaleOrWord(choice: .off)
    default:
      let factor = try Double.make(from: value, context: context)
      guard factor > 0, factor.isFinite else { throw mismatch(value, "a number above 0, auto or none") }
      return ScaleOrWord(choice: .factor(factor))
    }
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

/// A number of simulations, or `exact`.
struct SimulationCount: ParameterValue, Sendable {
  /// 0 for the exact diagram.
  var number: Int

  static var kind: ParameterManifest.Kind { .word }
  static var choices: [String] { ["exact"] }
  var defaultText: String { number == 0 ? "exact" : "\(number)" }

  static func make(from value: Value, context: CommandContext) throws -> SimulationCount {
    if case .text("exact") = value { return SimulationCount(number: 0) }
    let number = try Int.make(from: value, context: context)
    guard (0...100_000).contains(number) else { throw mismatch(value, "1...100000 or exact") }
    return SimulationCount(number: number)
  }
}
