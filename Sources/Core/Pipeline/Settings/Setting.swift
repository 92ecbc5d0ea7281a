import Files
import Kernels

/// One setting of crmasks, declared once: parameter files, calls, help, HISTORY and the identity of masks read
/// the same table.
package struct Setting: Sendable {
  /// What a parameter file gets that leaves a setting out.
  enum FileDefault<Content: Sendable>: Sendable {
    /// What calls get.
    case same
    case value(Content)
  }

  /// The name in parameter files.
  package let name: String
  /// Unit, empty for none.
  package let unit: String
  /// One line.
  package let help: String
  package let kind: Kind
  /// The words of a kind `word`; of other kinds words that may stand instead.
  package let choices: [String]
  package let limits: Limits
  /// Whether none can be given.
  package let allowsNone: Bool
  /// What is allowed, in words.
  package let expectation: String
  /// Other spellings, which the documents use by mistake.
  let misspellings: [String]
  /// Whether a parameter file that leaves it out earns a warning.
  let warns: Bool
  /// What leaves it without an effect, `with crmethod=lacosmic`; nil where it matters.
  let unused: @Sendable (CrmasksSettings, Circumstances) -> String?
  private let store: @Sendable (Value, Dialect, inout CrmasksSettings) throws -> Void
  let reset: @Sendable (Dialect, inout CrmasksSettings) -> Void
  package let show: @Sendable (CrmasksSettings) -> Value

  init<Content: Sendable>(
    _ name: String, _ path: any WritableKeyPath<CrmasksSettings, Content> & Sendable, _ form: Form<Content>,
    unit: String = "", default usual: Content, file: FileDefault<Content> = .same, warns: Bool = false,
    misspelt misspellings: [String] = [],
    with condition: Condition? = nil, _ help: String
  ) {
    (self.name, self.unit, self.help) = (name, unit, help)
    (kind, choices, limits, allowsNone) = (form.kind, form.choices, form.limits, form.allowsNone)
    expectation =
      form.expectation + (![.number, .integer].contains(form.kind) || unit.isEmpty ? "" : " [\(unit)]")
    (self.warns, self.misspellings) = (warns, misspellings)
    let group = Group(of: name)
    unused = { settings, circumstances in
      let method = settings.masking.method
      if !group.isUsed(by: method) { return "with crmethod=\(method.rawValue)" }
      return condition?.unused(settings, circumstances)
    }
    store = { $2[keyPath: path] = try form.read($0, $1) }
    reset = { dialect, settings in
      if case .value(let content) = file, dialect == .file {
        settings[keyPath: path] = content
      } else {
        settings[keyPath: path] = usual
      }
    }
    show = { form.show($0[keyPath: path]) }
  }

  /// Whether it may matter, whatever the exposures are.
  func matters(_ settings: CrmasksSettings) -> Bool {
    unused(settings, Circumstances(hasLevels: true)) == nil
  }

  /// Whether its value is that of parameter files or of calls that leave it out.
  func isUsual(_ settings: CrmasksSettings) -> Bool {
    let text = show(settings).historyText
    return [Dialect.file, .call].contains { show(CrmasksSettings($0)).historyText == text }
  }

  /// The method that a setting belongs to.
  enum Group: Sendable {
    case general
    /// L.A.Cosmic; only looked at for lacosmic and mm_lacosmic.
    case lacosmic
    /// The median-minimum diagram; only looked at for mmcosmic and mm_lacosmic.
    case medianMinimum

    init(of name: String) {
      self = name.hasPrefix("la_") ? .lacosmic : name.hasPrefix("mm_") ? .medianMinimum : .general
    }

    func isUsed(by method: CRMethod) -> Bool {
      switch self {
      case .general: true
      case .lacosmic: method.usesLacosmic
      case .medianMinimum: method.usesMM
      }
    }
  }

  var group: Group { Group(of: name) }

  /// The name in calls: without la_ or mm_.
  package var callName: String { group == .general ? name : String(name.dropFirst(3)) }

  /// What else it is called in calls.
  package var aliases: [String] {
    let others = [name] + misspellings
    return others.filter { $0 != callName && !$0.contains("-") }
  }

  func name(in dialect: Dialect) -> String { dialect == .call ? callName : name }

  /// The setting of a name: as in parameter files or as in calls.
  package static func named(_ name: String) -> Setting? {
    all.first { $0.name == name } ?? all.first { $0.callName == name }
  }

  /// Checks a value and puts it into its place.
  ///
  /// - Parameter shown: the name as it was written.
  /// - Returns: a remark about an unusual spelling.
  /// - Throws: `CRSError` (usage) that says what is expected.
  package func take(
    _ value: Value, as shown: String? = nil, into settings: inout CrmasksSettings
  ) throws -> String? {
    let dialect = settings.dialect
    do {
      try store(value, dialect, &settings)
    } catch var error as CRSError {
      error.parameter = error.parameter ?? shown ?? name(in: dialect)
      error.expected = error.expected ?? expectation
      throw error
    }
    settings.given.insert(name)
    guard dialect == .file, choices.isEmpty, [.list, .section].contains(kind), value.holdsText, !value.isNone
    else { return nil }
    return "\(name): given as text, understood as \(show(settings).historyText)"
  }
}
