import Kernels
import Pipeline

/// Settings of crmasks as parameters of a command: names, kinds, limits and help of the table of settings.
@propertyWrapper
package struct SettingsParameters: DeclaredParameter {
  private final class Box {
    var settings: CrmasksSettings
    init(_ settings: CrmasksSettings) { self.settings = settings }
  }
  private let box: Box
  private let defaults: CrmasksSettings
  private let entries: [Setting]
  private let help: [String: String]
  /// Names that the table does not have.
  package let unknownNames: [String]

  /// - Parameters:
  ///   - names: of settings as calls write them, in the order of help; nil for all.
  ///   - help: what to say of some of them instead, by name.
  ///   - change: turns the defaults of calls into those of the command.
  package init(
    only names: [String]? = nil, help: [String: String] = [:],
    change: (inout CrmasksSettings) -> Void = { _ in }
  ) {
    var settings = CrmasksSettings(.call)
    change(&settings)
    (box, defaults, self.help) = (Box(settings), settings, help)
    let names = names ?? Setting.all.map(\.callName)
    entries = names.compactMap { Setting.named($0) }
    unknownNames = (names + help.keys).filter { Setting.named($0) == nil }
  }

  /// The defaults with what was given.
  package var wrappedValue: CrmasksSettings { box.settings }

  package func manifests(named name: String) -> [ParameterManifest] {
    entries.map { setting in
      let standard = JSONValue(setting.show(defaults)) ?? .null
      let needsNone = setting.allowsNone && standard != .null && !setting.choices.contains("none")
      return ParameterManifest(
        name: setting.callName, kind: setting.kind, unit: setting.unit, default: standard,
        limits: setting.limits, choices: setting.choices + (needsNone ? ["none"] : []),
        help: help[setting.callName] ?? setting.help, aliases: setting.aliases)
    }
  }

  package func receive(_ bound: Bound, named name: String) throws {
    for setting in entries {
      guard let value = bound[setting.callName] else { continue }
      do {
        _ = try setting.take(value, into: &box.settings)
      } catch let error as CRSError {
        throw bound.located(error, parameter: setting.callName)
      }
    }
  }
}
