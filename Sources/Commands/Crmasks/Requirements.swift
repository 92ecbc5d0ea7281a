import Calling
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

  func manifests(named name: String) -> [ParameterManifest] {
    CrmasksKey.all.map { key in
      ParameterManifest(
        name: key.shellName, kind: key.manifestKind, unit: key.unit, default: key.shellDefault.json,
        limits: key.limits, choices: key.words, help: key.help,
        aliases: key.shellName == key.name ? [] : [key.name])
    }
  }

  func receive(_ bound: Bound, named name: String) throws {
    for key in CrmasksKey.all {
      guard let value = bound[key.shellName] else { continue }
      guard let setting = value.setting else {
        throw bound.located(
          CRSError.usage("a value of kind \(value.kindName) does not fit"), parameter: key.shellName)
      }
      // One number holds for all exposures.
      let isAlone = key.kind == .fluxFactor && setting.list?.count == 1
      box.values[key.shellName] = isAlone ? setting.list?.first : setting
    }
  }
}

extension CrmasksKey {
  var manifestKind: Pipeline.Kind {
    switch kind {
    case .flag: .flag
    case .integer, .oddInteger, .wordOrInteger: .integer
    case .number, .wordOrNumber: .number
    case .word: .word
    case .region: .section
    case .fluxFactor, .regions, .pixels, .boxes, .offsets, .points: .list
    }
  }

  /// Words, or further ones beside numbers and lists.
  var words: [String] {
    let words: [String] =
      switch kind {
      case .word(let words), .wordOrNumber(let words, _), .wordOrInteger(let words, _): words
      case .fluxFactor: ["none", "auto", "fit"]
      default: []
      }
    let needsNone = allowsNull && shellDefault != .null && !words.contains("none")
    return words + (needsNone ? ["none"] : [])
  }

  var limits: Limits {
    switch kind {
    case .integer(let range), .oddInteger(let range), .wordOrInteger(_, let range):
      Limits(Double(range.lowerBound)...Double(range.upperBound))
    case .number(let range, aboveLower: true):
      Limits(maximum: range.upperBound, exclusiveMinimum: range.lowerBound)
    case .number(let range, aboveLower: false), .wordOrNumber(_, let range): Limits(range)
    case .fluxFactor: Limits(maximum: 1e6, exclusiveMinimum: 0)
    default: Limits()
    }
  }
}

extension SettingValue {
  var json: JSONValue {
    switch self {
    case .null: .null
    case .bool(let flag): .bool(flag)
    case .integer(let number): .integer(number)
    case .number(let number): JSONValue(number)
    case .text(let text): .text(text)
    case .list(let items): .list(items.map(\.json))
    }
  }
}
