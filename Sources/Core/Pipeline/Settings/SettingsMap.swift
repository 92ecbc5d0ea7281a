import Files
import Kernels

/// A mapping of a file of settings: reads its keys, and adds their places to errors.
struct SettingsMap {
  let file: String
  let node: YAMLNode
  private let entries: [YAMLNode.Entry]

  /// - Parameter allowed: the known keys; nil to check them elsewhere.
  /// - Throws: `CRSError` (usage) unless it is a mapping of known keys.
  init(_ node: YAMLNode, file: String, allowed: [String]?) throws {
    guard let entries = node.entries else {
      throw CRSError(
        .usage, "holds \(node.kindName) where keys belong", file: file, expected: "KEY: VALUE",
        line: node.line, column: node.column)
    }
    self.file = file
    self.node = node
    self.entries = entries
    guard let allowed else { return }
    for entry in entries where !allowed.contains(entry.key) {
      throw CRSError(
        .usage, "is not a known key", file: file, parameter: entry.key,
        hint: didYouMean(entry.key, among: allowed) ?? "known are " + allowed.joined(separator: ", "),
        line: entry.line, column: entry.column)
    }
  }

  var keys: [String] { entries.map(\.key) }

  func has(_ key: String) -> Bool { entries.contains { $0.key == key } }

  func place(_ key: String) -> (line: Int, column: Int)? {
    entries.first { $0.key == key }.map { ($0.line, $0.column) }
  }

  /// Adds the place of `key` to errors of `body`.
  func at<Result>(_ key: String, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as CRSError {
      throw error.placed(in: file, at: place(key), parameter: key)
    }
  }

  func node(_ key: String) throws -> YAMLNode {
    guard let entry = entries.first(where: { $0.key == key }) else {
      throw CRSError(
        .usage, "is missing", file: file, parameter: key, expected: "\(key): VALUE", line: node.line)
    }
    return entry.value
  }

  /// The value of a key that holds no mapping.
  func value(_ key: String) throws -> Value {
    guard let value = try node(key).value else {
      throw CRSError.usage("is a mapping", parameter: key, expected: "a value or a list")
        .placed(in: file, at: place(key))
    }
    return value
  }

  /// The mapping of a key; one without keys where the key is left out or nothing stands behind it.
  func optionalMap(_ key: String, allowed: [String]?) throws -> SettingsMap {
    let inner = has(key) ? try node(key) : nil
    if let inner, inner.entries?.isEmpty != true, inner.value?.isNone != true {
      return try map(key, allowed: allowed)
    }
    let place = inner ?? node
    let empty = YAMLNode(content: .mapping([]), line: place.line, column: place.column)
    return try SettingsMap(empty, file: file, allowed: nil)
  }

  /// The mapping of a key, which must not be empty.
  func map(_ key: String, allowed: [String]?) throws -> SettingsMap {
    let inner = try node(key)
    guard inner.entries?.isEmpty == false else {
      throw CRSError.usage(
        "is \(inner.kindName)", parameter: key, expected: "a mapping with at least one key"
      )
      .placed(in: file, at: place(key))
    }
    return try SettingsMap(inner, file: file, allowed: allowed)
  }

  /// A list of files that exist.
  func files(_ key: String, atLeast count: Int, folders: [String]) throws -> [String] {
    let expected = "a list of at least \(count) FITS files"
    guard case .sequence(let items) = try node(key).content, items.count >= count else {
      throw CRSError.usage(
        has(key) ? "is no list of \(count) or more" : "is missing", parameter: key, expected: expected,
        hint: has(key) ? fewHint(key) : nil
      ).placed(in: file, at: place(key))
    }
    return try items.map { item in
      do {
        guard case .scalar(let name, _) = item.content, !name.isEmpty else {
          throw CRSError.usage("holds \(item.kindName)", parameter: key, expected: "file names")
        }
        return try SettingsPath.resolve(name, folders: folders)
      } catch let error as CRSError {
        throw error.placed(in: file, at: (item.line, item.column), parameter: key)
      }
    }
  }

  /// What to do with one or two exposures.
  private func fewHint(_ key: String) -> String? {
    guard case .sequence(let items)? = try? node(key).content else { return nil }
    switch items.count {
    case 1: return "lacosmic finds cosmic rays in one exposure"
    case 2:
      return
        "two exposures are a pair: `m = crmasks [a.fits, b.fits]` or `p, m = mmpvalue [a.fits, b.fits]`, and combine; "
        + "cr2images compares them by their difference"
    default: return nil
    }
  }

  /// The HDU of the exposures, a number or a name.
  func extnum(notes: inout [String]) throws -> HDUSelector? {
    guard has("extnum") else {
      notes.append("extnum is not given: the first image of each file is used")
      return nil
    }
    switch try value("extnum") {
    case .integer(let number) where number >= 0: return .number(number)
    case .text(let name) where !name.trimmingBlanks().isEmpty: return .name(name.trimmingBlanks())
    case let other:
      throw CRSError.usage(
        "\(other.historyText) is not allowed", parameter: "extnum", expected: "an integer from 0 or a name"
      ).placed(in: file, at: place("extnum"))
    }
  }

  /// The keys as settings of crmasks.
  ///
  /// - Parameters:
  ///   - renaming: keys of an older interface and what they are called today.
  ///   - defaults: for keys that the mapping leaves out.
  ///   - announcesDefaults: whether a note names each important key that is left out.
  ///   - notes: takes warnings and remarks for the user, a sentence each.
  /// - Throws: `CRSError` (usage) with the place for unknown keys, wrong types, values out of range, missing keys, and
  ///   settings that exclude each other.
  func crmasksSettings(
    exposures: Int?, leavingOut: Set<String> = [], renaming: [String: String] = [:],
    defaults: [String: Value] = [:], announcesDefaults: Bool = true, notes: inout [String]
  ) throws -> CrmasksSettings {
    var settings = CrmasksSettings(.file)
    var places: [String: (line: Int, column: Int)] = [:]
    for setting in Setting.all {
      if let value = defaults[setting.name] { _ = try setting.take(value, into: &settings) }
    }
    for entry in entries where !leavingOut.contains(entry.key) {
      try at(entry.key) {
        let setting = try Self.setting(renaming[entry.key] ?? entry.key, notes: &notes)
        guard places.updateValue((entry.line, entry.column), forKey: setting.name) == nil else {
          throw CRSError.usage("is given twice", parameter: setting.name, expected: "each parameter once")
        }
        let note = try setting.take(try value(entry.key), as: entry.key, into: &settings)
        if let note { notes.append(note) }
      }
    }
    do {
      for setting in Setting.all where !settings.given.contains(setting.name) && setting.matters(settings) {
        guard setting.warns, announcesDefaults else { continue }
        notes.append("\(setting.name) is not given: \(setting.show(settings).historyText) is used")
      }
      try settings.check(exposures: exposures)
    } catch let error as CRSError {
      throw error.placed(in: file, at: error.parameter.flatMap { places[$0] } ?? (node.line, node.column))
    }
    return settings
  }

  private static func setting(_ key: String, notes: inout [String]) throws -> Setting {
    if let setting = Setting.all.first(where: { $0.name == key }) { return setting }
    guard let setting = Setting.all.first(where: { $0.misspellings.contains(key) }) else {
      throw CRSError.usage(
        "is not a known parameter", parameter: key, hint: didYouMean(key, among: Setting.all.map(\.name)))
    }
    notes.append("'\(key)' is understood as '\(setting.name)'")
    return setting
  }
}
