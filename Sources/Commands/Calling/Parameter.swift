import Kernels
import Pipeline

/// A parameter of a command; its default is the property's initial value. It receives what the binder has made of an
/// argument.
@propertyWrapper
package struct Parameter<Content: ParameterValue>: DeclaredParameter {
  private final class Box {
    var content: Content?
  }
  private let box = Box()
  private let fallback: Content?
  /// What was declared, but for the name, which is the property's.
  private let declared: ParameterManifest

  /// - Parameters:
  ///   - unit: what the number counts, empty for none.
  ///   - range: valid numbers; or those `above` a limit, `upTo` another.
  ///   - positional: may be given without its name, in the order of declaration.
  ///   - rest: takes all further positional arguments, or the values of a list.
  package init(
    wrappedValue: Content, _ help: String, unit: String = "", in range: ClosedRange<Double>? = nil,
    above: Double? = nil, upTo: Double? = nil, positional: Bool = false,
    rest: Bool = false, aliases: [String] = []
  ) {
    fallback = wrappedValue
    let needsNone = Content.allowsNone && wrappedValue.json != .null
    declared = ParameterManifest(
      name: "", kind: rest ? Content.itemKind : Content.kind, also: Content.otherKinds, unit: unit,
      default: wrappedValue.json,
      limits: Limits(
        minimum: range?.lowerBound, maximum: range?.upperBound ?? upTo, exclusiveMinimum: above),
      choices: Content.choices + (needsNone ? ["none"] : []), help: help, isPositional: positional,
      isRest: rest, aliases: aliases)
  }

  /// A parameter that must be given. A default of nil has to be written out (`= nil`).
  @_disfavoredOverload
  package init(
    _ help: String, unit: String = "", in range: ClosedRange<Double>? = nil, above: Double? = nil,
    upTo: Double? = nil, positional: Bool = false, rest: Bool = false,
    aliases: [String] = []
  ) {
    fallback = nil
    declared = ParameterManifest(
      name: "", kind: rest ? Content.itemKind : Content.kind, also: Content.otherKinds, unit: unit,
      limits: Limits(
        minimum: range?.lowerBound, maximum: range?.upperBound ?? upTo, exclusiveMinimum: above),
      choices: Content.choices, help: help, isPositional: positional, isRest: rest, aliases: aliases)
  }

  package var wrappedValue: Content {
    guard let content = box.content ?? fallback else {
      preconditionFailure("the binder lets no command run without its required parameters")
    }
    return content
  }

  package func manifests(named name: String) -> [ParameterManifest] {
    var manifest = declared
    manifest.name = name
    return [manifest]
  }

  package func receive(_ bound: Bound, named name: String) throws {
    guard let value = bound[name] else { return }
    do {
      box.content = try Content.make(from: value)
    } catch let error as CRSError {
      throw bound.located(error, parameter: name)
    }
  }
}

/// What a manifest and a call see of a parameter.
package protocol DeclaredParameter {
  /// One entry; a group of parameters has several.
  func manifests(named name: String) -> [ParameterManifest]
  /// Takes what was given.
  ///
  /// - Throws: `CRSError` (usage) for a value of the right kind that does not fit, at the place of its argument.
  func receive(_ bound: Bound, named name: String) throws
}

extension Command {
  /// The command with what is written down of its arguments, for `check`: their combinations can be judged before anything is
  /// read or made. Images, stacks and masks are not handed over; whether they are given, `bound` knows.
  ///
  /// - Returns: nil where an argument is known only when the script runs.
  package static func written(_ bound: Bound) -> Self? {
    let command = Self()
    for child in Mirror(reflecting: command).children {
      guard let parameter = child.value as? any DeclaredParameter, let label = child.label else { continue }
      let name = CommandManifest.name(ofProperty: label)
      let manifests = parameter.manifests(named: name)
      let isWritten = manifests.allSatisfy {
        [.number, .integer, .flag, .word, .text, .list, .section].contains($0.kind)
      }
      guard isWritten else { continue }
      // None stands for what nobody knows yet.
      if manifests.contains(where: { bound[$0.name] != nil && !bound.isKnown($0.name) }) { return nil }
      // A value that does not fit is an error of its own.
      do { try parameter.receive(bound, named: name) } catch { return nil }
    }
    return command
  }

  /// Hands over the arguments.
  ///
  /// - Throws: `CRSError` (usage).
  func receive(_ bound: Bound) throws {
    for child in Mirror(reflecting: self).children {
      guard let parameter = child.value as? any DeclaredParameter, let label = child.label else { continue }
      try parameter.receive(bound, named: CommandManifest.name(ofProperty: label))
    }
  }
}
