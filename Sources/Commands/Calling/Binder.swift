import Kernels
import Pipeline

/// Turns the arguments of a call into values of the kinds that a manifest declares. It knows manifests alone: what
/// comes out is the same for built-in commands, scripts, programs and libraries.
package enum Binder {
  /// - Throws: `CRSError`: usage for unknown or repeated names, too many or missing arguments and wrong values; file and
  ///   data for files that arguments name.
  package static func bind(
    _ arguments: [Argument], _ manifest: CommandManifest, reading: ValueReading
  ) throws -> Bound {
    var matcher = Matcher(manifest)
    var matched: [(parameter: ParameterManifest, arguments: [Argument])] = []
    for argument in arguments {
      guard let parameter = try matcher.parameter(named: argument.name, at: argument.place) else { continue }
      if let index = matched.firstIndex(where: { $0.parameter.name == parameter.name }) {
        matched[index].arguments.append(argument)
      } else {
        matched.append((parameter, [argument]))
      }
    }
    var bound = Bound()
    for (parameter, arguments) in matched {
      guard let first = arguments.first else { continue }
      let value =
        parameter.isRest
        ? try list(arguments, parameter, reading)
        : try placed(first.place) { try reading.value(first.value, for: parameter) }
      bound.set(parameter.name, to: value, given: first)
    }
    try matcher.checkIsComplete()
    return bound
  }

  /// All values of a parameter that takes several: positional arguments, or the list that its name was given.
  private static func list(
    _ arguments: [Argument], _ parameter: ParameterManifest, _ reading: ValueReading
  ) throws -> Value {
    var values: [Value] = []
    for argument in arguments {
      try placed(argument.place) {
        let items: [Value] =
          switch argument.value {
          // A list is one value where any are taken.
          case .list(let items) where parameter.kind != .any || argument.name != nil: items
          case let value where argument.name == nil: [value]
          case let value: try ListText.items(of: value, splitsCommas: false)
          }
        values += parameter.kind == .list ? items : try items.map { try reading.value($0, for: parameter) }
      }
    }
    return .list(values)
  }

  /// Checks a value that is known without running anything or reading a file: its kind, limits and choices.
  ///
  /// - Throws: `CRSError` (usage).
  package static func check(_ value: Value, for parameter: ParameterManifest, at place: Place?) throws {
    guard !parameter.isRest else { return }
    try placed(place) { _ = try ValueReading.plain(value, for: parameter) }
  }

  private static func placed<Result>(_ place: Place?, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as CRSError { throw error.at(place) }
  }
}
