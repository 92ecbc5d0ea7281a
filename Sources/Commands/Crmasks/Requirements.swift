import Kernels
import Pipeline

/// The requirements of crmasks as parameters of a command: one for each entry of the table of keys.
@propertyWrapper
struct Requirements: DeclaredParameter {
  private final class Box {
    var values: [String: SettingValue] = [:]
  }
  private let box = Box()

  /// The values that were given, by their names in the shell.
  var wrappedValue: [String: SettingValue] { box.values }
  var isMissing: Bool { false }

  func manifests(named name: String) -> [ParameterManifest] {
    CrmasksKey.all.map { key in
      ParameterManifest(
        name: key.shellName, kind: key.manifestKind, unit: key.unit,
        defaultText: key.shellDefault.description,
        range: nil, choices: key.words, help: key.help, isPositional: false, isRequired: false, isRest: false,
        aliases: key.shellName == key.name ? [] : [key.name])
    }
  }

  /// Rectangles `[x1:x2, y1:y2]`, alone or in a list, as four numbers each.
  private static func sections(in value: Value) -> Value {
    switch value {
    case .text(let text):
      guard text.contains(":"), let section = try? Section(parsing: text) else { return value }
      return .list([section.x1, section.x2, section.y1, section.y2].map { .integer($0) })
    case .list(let values): return .list(values.map(sections))
    default: return value
    }
  }

  func bind(_ name: String, _ value: Value, _ context: CommandContext) throws {
    var value = value
    value = Self.sections(in: value)
    if case .text(let text) = value, text.hasPrefix("["), let list = try? Value.list(parsing: text) {
      value = .list(list)
    }
    if case .text(let text) = value {
      // The command line hands over text; numbers and flags are told by their looks.
      if let number = Int(text) {
        value = .integer(number)
      } else if let number = Double(text), number.isFinite {
        value = .number(number)
      } else if ["none", "null"].contains(text.lowercased()), name != "flux_factor" {
        value = .none
      } else if ["yes", "true"].contains(text.lowercased()) {
        value = .bool(true)
      } else if ["no", "false"].contains(text.lowercased()) {
        value = .bool(false)
      }
    }
    guard let setting = value.setting else {
      throw CRSError.usage("a value of kind \(value.kindName) does not fit", parameter: name)
    }
    box.values[name] = setting
  }
}

extension CrmasksKey {
  var manifestKind: ParameterManifest.Kind {
    switch kind {
    case .flag: .flag
    case .integer, .oddInteger: .integer
    case .number: .number
    case .word, .wordOrNumber, .wordOrInteger, .fluxFactor: .word
    case .region: .section
    case .regions, .pixels, .boxes, .offsets, .points: .list
    }
  }

  var words: [String] {
    switch kind {
    case .flag: ["yes", "no"]
    case .word(let words), .wordOrNumber(let words, _), .wordOrInteger(let words, _): words
    case .fluxFactor: ["none", "auto", "fit"]
    default: []
    }
  }
}
