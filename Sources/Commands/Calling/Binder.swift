import Files
import Kernels
import Pipeline

/// One argument of a call.
package struct Argument: Sendable {
  /// The parameter's name; nil for a positional argument.
  package var name: String?
  package var value: Value
  /// Column of the argument in its source, from 1; nil on the command line.
  package var column: Int?
  package var line: Int?

  package init(name: String? = nil, value: Value, line: Int? = nil, column: Int? = nil) {
    self.name = name
    self.value = value
    self.line = line
    self.column = column
  }
}

/// Puts the arguments of a call into the parameters of a command.
struct Binder {
  let manifest: CommandManifest
  let command: any Command

  /// - Throws: `CRSError` (usage) for unknown or repeated names, too many or missing arguments, wrong types.
  func bind(_ arguments: [Argument], context: CommandContext) throws {
    let declared = parameters()
    for (parameter, value, argument) in try assigned(arguments) {
      guard let target = declared.first(where: { $0.names.contains(parameter.name) })?.parameter else {
        continue
      }
      do {
        try target.bind(parameter.name, value, context)
      } catch var error as CRSError {
        if !context.isSubcommand { error.foldFilePlace() }
        error.line = error.line ?? argument.line
        error.column = error.column ?? argument.column
        throw error
      }
    }
    for (names, parameter) in declared where parameter.isMissing {
      throw CRSError.usage("\(names.first ?? "a parameter") is missing", expected: manifest.usage)
    }
  }

  /// Checks names and numbers of arguments, and the numbers and words whose values are known, without reading files.
  func check(_ arguments: [(argument: Argument, isKnown: Bool)], context: CommandContext) throws {
    let declared = parameters()
    let plain: Set<ParameterManifest.Kind> = [.number, .integer, .flag, .word]
    var given: Set<String> = []
    for (parameter, value, argument) in try assigned(arguments.map(\.argument)) {
      given.insert(parameter.name)
      let isKnown = arguments.contains {
        $0.isKnown && $0.argument.line == argument.line && $0.argument.column == argument.column
      }
      guard isKnown, !parameter.isRest, plain.contains(parameter.kind),
        let target = declared.first(where: { $0.names.contains(parameter.name) })?.parameter
      else { continue }
      do {
        try target.bind(parameter.name, value, context)
      } catch let error as CRSError {
        throw located(error, argument)
      }
    }
    for (names, parameter) in declared where parameter.isMissing && given.isDisjoint(with: names) {
      throw CRSError.usage("\(names.first ?? "a parameter") is missing", expected: manifest.usage)
    }
  }

  private func parameters() -> [(names: [String], parameter: any DeclaredParameter)] {
    Mirror(reflecting: command).children.compactMap { child in
      guard let parameter = child.value as? any DeclaredParameter, let label = child.label else { return nil }
      let names = parameter.manifests(named: CommandManifest.name(ofProperty: label)).map(\.name)
      return (names, parameter)
    }
  }

  private func assigned(_ arguments: [Argument]) throws -> [(ParameterManifest, Value, Argument)] {
    var out: [(ParameterManifest, Value, Argument)] = []
    var used: Set<String> = []
    var rest: [Value] = []
    var restSource: Argument?
    var waiting = manifest.parameters.filter(\.isPositional)[...]
    for argument in arguments {
      if let name = argument.name {
        guard let parameter = manifest.parameter(named: name) else {
          throw located(
            CRSError.usage(
              "'\(name)' is not a parameter of \(manifest.name)",
              hint: didYouMean(name.replacingHyphens, among: manifest.parameters.map(\.name))
                ?? "see: help \(manifest.name)"), argument)
        }
        guard used.insert(parameter.name).inserted else {
          throw located(CRSError.usage("'\(parameter.name)' is given twice"), argument)
        }
        out.append((parameter, argument.value, argument))
        continue
      }
      while let next = waiting.first, !next.isRest, used.contains(next.name) { waiting = waiting.dropFirst() }
      guard let next = waiting.first else {
        throw located(
          CRSError.usage("too many arguments for \(manifest.name)", expected: manifest.usage), argument)
      }
      if next.isRest {
        rest.append(argument.value)
        restSource = restSource ?? argument
      } else {
        used.insert(next.name)
        out.append((next, argument.value, argument))
        waiting = waiting.dropFirst()
      }
    }
    if let restSource, let parameter = manifest.parameters.first(where: \.isRest) {
      out.append((parameter, .list(rest), restSource))
    }
    return out
  }

  private func located(_ error: CRSError, _ argument: Argument) -> CRSError {
    var error = error
    error.line = argument.line
    error.column = argument.column
    return error
  }
}
