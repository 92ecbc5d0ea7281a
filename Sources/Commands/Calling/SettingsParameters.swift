import Pipeline

/// Settings of crmasks as parameters of a command: names, kinds, ranges and help of the table of settings.
@propertyWrapper
struct SettingsParameters: DeclaredParameter {
  private final class Box {
    var settings: CrmasksSettings
    init(_ settings: CrmasksSettings) { self.settings = settings }
  }
  private let box: Box
  private let defaults: CrmasksSettings
  private let entries: [Setting]
  private let help: [String: String]
  /// Names that the table does not have.
  let unknownNames: [String]

  /// - Parameters:
  ///   - names: of settings as calls write them, in the order of help; nil for all.
  ///   - help: what to say of some of them instead, by name.
  ///   - change: turns the defaults of calls into those of the command.
  init(
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
  var wrappedValue: CrmasksSettings { box.settings }
  var isMissing: Bool { false }

  func manifests(named name: String) -> [ParameterManifest] {
    entries.map { setting in
      ParameterManifest(
        name: setting.callName, kind: setting.manifestKind, unit: setting.unit,
        defaultText: setting.show(defaults).helpText, range: setting.limits?.text,
        choices: setting.kind == .flag ? Bool.choices : setting.choices,
        help: help[setting.callName] ?? setting.help, isPositional: false, isRequired: false, isRest: false,
        aliases: setting.aliases)
    }
  }

  func bind(_ name: String, _ value: Value, _ context: CommandContext) throws {
    guard let setting = entries.first(where: { $0.callName == name }) else { return }
    _ = try setting.take(value, into: &box.settings)
  }
}

extension Setting {
  /// A value or one of some words counts as a word.
  fileprivate var manifestKind: ParameterManifest.Kind {
    if !choices.isEmpty { return .word }
    return switch kind {
    case .flag: .flag
    case .integer: .integer
    case .number: .number
    case .section: .section
    case .word: .word
    default: .list
    }
  }
}
