import Kernels
import Pipeline

/// The arguments of a call by the names of their parameters, each of its parameter's kind: images read, words among
/// the choices, numbers within their limits. What was not given is not there.
package struct Bound: Sendable {
  private var arguments: [String: (value: Value, given: Argument)] = [:]

  package init() {}

  /// nil where the parameter was left out.
  package subscript(name: String) -> Value? { arguments[name]?.value }

  package var names: Set<String> { Set(arguments.keys) }

  /// Whether somebody has written it.
  package func isWritten(_ name: String) -> Bool { arguments[name]?.given.isImplied == false }

  /// Whether it was given, and is neither none nor what nobody knows yet.
  package func isKnown(_ name: String) -> Bool {
    guard let value = arguments[name]?.value else { return false }
    return !value.isNone
  }

  /// The file that an argument named, where a parameter's value was read from one.
  package func file(of name: String) -> String? {
    guard case .text(let path)? = arguments[name]?.given.value else { return nil }
    return path
  }

  package mutating func set(_ name: String, to value: Value, given: Argument) {
    arguments[name] = (value, given)
  }

  /// Makes sure that nothing was given that the others leave without an effect: what is ignored in silence misleads.
  /// `no` asks for nothing.
  ///
  /// - Parameter reason: completes "has no effect ...": `without masks`.
  /// - Throws: `CRSError` (usage) at the first of `names` that was given.
  package func refuse(_ names: [String], _ reason: String, expected: String? = nil) throws {
    let asked = names.first { name in
      guard let value = arguments[name]?.value, isWritten(name) else { return false }
      if case .bool(false) = value { return false }
      return true
    }
    guard let name = asked else { return }
    throw located(
      CRSError.usage("has no effect " + reason, parameter: name, expected: expected), parameter: name)
  }

  /// Gives errors that name a parameter the place of its argument.
  package func locating<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as CRSError {
      throw error.parameter.map { located(error, parameter: $0) } ?? error
    }
  }

  /// An error about a parameter, with the place of its argument.
  package func located(_ error: CRSError, parameter name: String) -> CRSError {
    var error = error
    error.parameter = error.parameter ?? name
    return error.at(arguments[name]?.given.place)
  }
}
