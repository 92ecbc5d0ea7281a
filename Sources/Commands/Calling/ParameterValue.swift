import Files
import Kernels
import Pipeline

/// A type that parameters can have.
package protocol ParameterValue {
  static var kind: ParameterManifest.Kind { get }
  /// The words of an enumerated type.
  static var choices: [String] { get }
  /// - Throws: `CRSError` when the value cannot be understood as this type.
  static func make(from value: Value, context: CommandContext) throws -> Self
  /// The default as help shows it.
  var defaultText: String { get }
  /// Numbers that the range is checked against.
  var numbers: [Double] { get }
}

extension ParameterValue {
  package static var choices: [String] { [] }
  package var numbers: [Double] { [] }

  static func mismatch(_ value: Value, _ expected: String) -> CRSError {
    let given = value.literal ?? "a value of kind \(value.kindName)"
    return CRSError.usage("\(given) does not fit", expected: expected)
  }
}

extension Double: ParameterValue {
  package static var kind: ParameterManifest.Kind { .number }
  package var defaultText: String { plain }
  package var numbers: [Double] { [self] }
  package static func make(from value: Value, context: CommandContext) throws -> Double {
    if let number = value.double { return number }
    if case .text(let text) = value, let number = Double(text), number.isFinite { return number }
    throw mismatch(value, "a number")
  }
}

extension Int: ParameterValue {
  package static var kind: ParameterManifest.Kind { .integer }
  package var defaultText: String { "\(self)" }
  package var numbers: [Double] { [Double(self)] }
  package static func make(from value: Value, context: CommandContext) throws -> Int {
    switch value {
    case .integer(let number): return number
    case .number(let number) where number == number.rounded() && abs(number) < 9e15: return Int(number)
    case .text(let text): if let number = Int(text) { return number }
    default: break
    }
    throw mismatch(value, "an integer")
  }
}

extension Bool: ParameterValue {
  package static var kind: ParameterManifest.Kind { .flag }
  package static var choices: [String] { ["yes", "no"] }
  package var defaultText: String { self ? "yes" : "no" }
  package static func make(from value: Value, context: CommandContext) throws -> Bool {
    switch value {
    case .bool(let flag): return flag
    case .text(let text):
      switch text.lowercased() {
      case "yes", "true", "on", "1": return true
      case "no", "false", "off", "0": return false
      default: break
      }
    default: break
    }
    throw mismatch(value, "yes or no")
  }
}

extension String: ParameterValue {
  package static var kind: ParameterManifest.Kind { .text }
  package var defaultText: String { self }
  package static func make(from value: Value, context: CommandContext) throws -> String {
    if case .text(let text) = value { return text }
    if let literal = value.literal { return literal }
    throw mismatch(value, "text")
  }
}

extension Optional: ParameterValue where Wrapped: ParameterValue {
  package static var kind: ParameterManifest.Kind { Wrapped.kind }
  package static var choices: [String] { Wrapped.choices }
  package var defaultText: String { self?.defaultText ?? "none" }
  package var numbers: [Double] { self?.numbers ?? [] }
  package static func make(from value: Value, context: CommandContext) throws -> Wrapped? {
    switch value {
    case .none: return nil
    case .text(let text) where ["none", "null"].contains(text.lowercased()): return nil
    default: return try Wrapped.make(from: value, context: context)
    }
  }
}

extension Array: ParameterValue where Element: ParameterValue {
  package static var kind: ParameterManifest.Kind {
    [.file, .name].contains(Element.kind) ? Element.kind : .list
  }
  package var defaultText: String { "[" + map(\.defaultText).joined(separator: ", ") + "]" }
  package var numbers: [Double] { flatMap(\.numbers) }
  package static func make(from value: Value, context: CommandContext) throws -> [Element] {
    switch value {
    case .list(let values): return try values.map { try Element.make(from: $0, context: context) }
    case .text(let text) where text.hasPrefix("["):
      return try Value.list(parsing: text).map { try Element.make(from: $0, context: context) }
    case .text(let text) where text.contains(",") && [.number, .integer].contains(Element.kind):
      // 0.8,1.0,1.2 on the command line
      return try Value.list(parsing: "[\(text)]").map { try Element.make(from: $0, context: context) }
    default: return [try Element.make(from: value, context: context)]
    }
  }
}

/// An enumeration whose raw values are the words that users write.
package protocol WordParameter: ParameterValue, RawRepresentable<String>, CaseIterable {}

extension WordParameter {
  package static var kind: ParameterManifest.Kind { .word }
  package static var choices: [String] { allCases.map(\.rawValue) }
  package var defaultText: String { rawValue }
  package static func make(from value: Value, context: CommandContext) throws -> Self {
    if case .text(let text) = value {
      if let match = Self(rawValue: text)
        ?? allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() })
      {
        return match
      }
      throw CRSError.usage(
        "'\(text)' is not one of the words", expected: choices.joined(separator: ", "),
        hint: didYouMean(text, among: choices))
    }
    throw mismatch(value, "one of " + choices.joined(separator: ", "))
  }
}

extension CRMethod: WordParameter {}
extension CombinationMethod: WordParameter {}
extension Compatibility: WordParameter {}

/// The name of a file that is read or written.
package struct FileName: ParameterValue, Sendable {
  package var path: String
  package static var kind: ParameterManifest.Kind { .file }
  package var defaultText: String { path }
  package static func make(from value: Value, context: CommandContext) throws -> FileName {
    guard case .text(let text) = value, !text.isEmpty else {
      throw mismatch(value, "a file name, such as name.fits, or in quotes")
    }
    return FileName(path: text)
  }
}

extension Section: ParameterValue {
  package static var kind: ParameterManifest.Kind { .section }
  package var defaultText: String { description }
  package static func make(from value: Value, context: CommandContext) throws -> Section {
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
