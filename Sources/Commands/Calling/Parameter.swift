import Kernels
import Pipeline

/// A parameter of a command; its default is the property's initial value.
@propertyWrapper
package struct Parameter<Content: ParameterValue>: DeclaredParameter {
  private final class Box {
    var content: Content?
  }
  private let box = Box()
  private let fallback: Content?
  private let help: String
  private let unit: String
  private let range: ClosedRange<Double>?
  private let isPositional: Bool
  private let isRest: Bool
  private let aliases: [String]

  /// - Parameters:
  ///   - unit: what the number counts, empty for none.
  ///   - range: valid numbers.
  ///   - positional: may be given without its name, in the order of declaration.
  ///   - rest: takes all further positional arguments as a list.
  package init(
    wrappedValue: Content, _ help: String, unit: String = "", in range: ClosedRange<Double>? = nil,
    positional: Bool = false, rest: Bool = false, aliases: [String] = []
  ) {
    (fallback, self.help, self.unit, self.range) = (wrappedValue, help, unit, range)
    (isPositional, isRest, self.aliases) = (positional, rest, aliases)
  }

  /// A parameter that must be given. A default of nil has to be written out (`= nil`).
  @_disfavoredOverload
  package init(
    _ help: String, unit: String = "", in range: ClosedRange<Double>? = nil, positional: Bool = false,
    rest: Bool = false, aliases: [String] = []
  ) {
    (fallback, self.help, self.unit, self.range) = (nil, help, unit, range)
    (isPositional, isRest, self.aliases) = (positional, rest, aliases)
  }

  package var wrappedValue: Content {
    guard let content = box.content ?? fallback else {
      preconditionFailure("the binder lets no command run without its required parameters")
    }
    return content
  }

  package var isMissing: Bool { box.content == nil && fallback == nil }

  package func manifests(named name: String) -> [ParameterManifest] {
    [
      ParameterManifest(
        name: name, kind: Content.kind, unit: unit, defaultText: fallback.map(\.defaultText),
        range: range.map { "\($0.lowerBound.plain)...\($0.upperBound.plain)" }, choices: Content.choices,
        help: help,
        isPositional: isPositional, isRequired: fallback == nil, isRest: isRest, aliases: aliases)
    ]
  }

  package func bind(_ name: String, _ value: Value, _ context: CommandContext) throws {
    let content: Content
    do {
      content = try Content.make(from: value, context: context)
    } catch var error as CRSError {
      error.parameter = error.parameter ?? name
      throw error
    }
    if let range {
      for number in content.numbers where !range.contains(number) {
        throw CRSError.usage(
          "\(number.plain) is out of range", parameter: name,
          expected: "\(range.lowerBound.plain)...\(range.upperBound.plain)" + (unit.isEmpty ? "" : " " + unit)
        )
      }
    }
    box.content = content
  }
}

/// What the binder and the manifest see of a parameter.
package protocol DeclaredParameter {
  /// One entry; a group of parameters has several.
  func manifests(named name: String) -> [ParameterManifest]
  /// - Throws: `CRSError` (usage) for a wrong type or range.
  func bind(_ name: String, _ value: Value, _ context: CommandContext) throws
  var isMissing: Bool { get }
}
