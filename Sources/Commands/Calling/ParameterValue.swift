import Files
import Kernels
import Pipeline

/// A type that parameters can have.
package protocol ParameterValue {
  static var kind: Kind { get }
  /// Further kinds of values that are taken as they are.
  static var otherKinds: [Kind] { get }
  /// What each argument is where a parameter takes all further ones.
  static var itemKind: Kind { get }
  /// The words that may be given.
  static var choices: [String] { get }
  /// Whether `none` is a value.
  static var allowsNone: Bool { get }
  /// The type in a value that a binder has brought to the kind.
  ///
  /// - Throws: `CRSError` (usage) when the value cannot be understood as this type.
  static func make(from value: Value) throws -> Self
  /// The value as manifests tell it.
  var json: JSONValue { get }
}

extension ParameterValue {
  package static var otherKinds: [Kind] { [] }
  package static var itemKind: Kind { kind }
  package static var choices: [String] { [] }
  package static var allowsNone: Bool { false }

  package static func mismatch(_ value: Value, _ expected: String, hint: String? = nil) -> CRSError {
    let given = value.literal ?? "a value of kind \(value.kindName)"
    return CRSError.usage("\(given) does not fit", expected: expected, hint: hint)
  }
}

extension Double: ParameterValue {
  package static var kind: Kind { .number }
  package var json: JSONValue { JSONValue(self) }
  /// Text is what the command line hands over.
  package static func make(from value: Value) throws -> Double {
    if let number = value.double { return number }
    if case .text(let text) = value, let number = Double(decimal: text) { return number }
    throw mismatch(value, "a number")
  }
}

extension Int: ParameterValue {
  package static var kind: Kind { .integer }
  package var json: JSONValue { .integer(self) }
  package static func make(from value: Value) throws -> Int {
    switch value {
    case .integer(let number): return number
    case .number(let number) where abs(number) < 9e15: if let whole = Int(exactly: number) { return whole }
    case .text(let text): if let number = Int(text) { return number }
    default: break
    }
    throw mismatch(value, "an integer")
  }
}

extension Bool: ParameterValue {
  package static var kind: Kind { .flag }
  package var json: JSONValue { .bool(self) }
  package static func make(from value: Value) throws -> Bool {
    switch value {
    case .bool(let flag): return flag
    case .text(let text): if let flag = Bool(written: text) { return flag }
    default: break
    }
    throw mismatch(value, "yes or no")
  }

  /// As the command line hands it over.
  package init?(written text: String) {
    switch text.lowercased() {
    case "yes", "true", "on", "1": self = true
    case "no", "false", "off", "0": self = false
    default: return nil
    }
  }
}

extension String: ParameterValue {
  package static var kind: Kind { .text }
  package var json: JSONValue { .text(self) }
  package static func make(from value: Value) throws -> String {
    if case .text(let text) = value { return text }
    if let literal = value.literal { return literal }
    throw mismatch(value, "text")
  }
}

extension Optional: ParameterValue where Wrapped: ParameterValue {
  package static var kind: Kind { Wrapped.kind }
  package static var otherKinds: [Kind] { Wrapped.otherKinds }
  package static var itemKind: Kind { Wrapped.itemKind }
  package static var choices: [String] { Wrapped.choices }
  package static var allowsNone: Bool { true }
  package var json: JSONValue { self?.json ?? .null }
  package static func make(from value: Value) throws -> Wrapped? {
    switch value {
    case .none: nil
    case .text("none"): nil
    default: try Wrapped.make(from: value)
    }
  }
}

/// One list, or all further arguments. Those of any kind are a list too: `addrow t ['a', 3]`.
extension Array: ParameterValue where Element: ParameterValue {
  package static var kind: Kind { .list }
  package static var itemKind: Kind { Element.self == Value.self ? .list : Element.kind }
  package static var otherKinds: [Kind] { Element.otherKinds }
  package var json: JSONValue { .list(map(\.json)) }
  package static func make(from value: Value) throws -> [Element] {
    guard case .list(let values) = value else { return [try Element.make(from: value)] }
    return try values.map { try Element.make(from: $0) }
  }
}

/// An enumeration whose raw values are the words that users write.
package protocol WordParameter: ParameterValue, RawRepresentable<String>, CaseIterable {}

extension WordParameter {
  package static var kind: Kind { .word }
  package static var choices: [String] { allCases.map(\.rawValue) }
  package var json: JSONValue { .text(rawValue) }
  package static func make(from value: Value) throws -> Self {
    guard case .text(let text) = value, let word = Self(rawValue: text) else {
      throw mismatch(value, "one of " + choices.joined(separator: ", "))
    }
    return word
  }
}

extension CRMethod: WordParameter {}
extension SmoothChanges.Axes: WordParameter {}
extension CombinationMethod: WordParameter {}
extension Compatibility: WordParameter {}

/// The name of a file that is read or written.
package struct FileName: ParameterValue, Sendable {
  package var path: String

  package init(path: String) { self.path = path }

  package static var kind: Kind { .file }
  package var json: JSONValue { .text(path) }
  package static func make(from value: Value) throws -> FileName {
    guard case .text(let text) = value, !text.isEmpty else {
      throw mismatch(value, "a file name, such as name.fits, or in quotes")
    }
    return FileName(path: text)
  }
}

/// A name that is not looked up.
package struct VariableName: ParameterValue, Sendable {
  package var name: String

  package static var kind: Kind { .word }
  package var json: JSONValue { .text(name) }
  package static func make(from value: Value) throws -> VariableName {
    guard case .text(let text) = value else { throw mismatch(value, "a name") }
    return VariableName(name: text)
  }
}
