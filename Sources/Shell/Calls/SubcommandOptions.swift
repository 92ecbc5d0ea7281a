import Calling
import Kernels

/// The words of a subcommand cut into arguments: `--key value`, `--key=value`, flags, and `--out FILE` for each
/// result. What they mean is the matcher's to say.
struct SubcommandOptions {
  var arguments: [Argument] = []
  var outputs: [String] = []
  var overwrite = false
  var wantsHelp = false

  /// - Throws: `CRSError` (usage) for an option without its value.
  init(_ words: [String], manifest: CommandManifest) throws {
    var words = words[...]
    while let word = words.popFirst() {
      if word == "--" {
        arguments += words.map { Argument(value: .text($0)) }
        return
      }
      guard let option = Self.option(word, manifest) else {
        arguments.append(Argument(value: .text(word)))
        continue
      }
      try take(option.name, option.value, manifest, &words)
    }
  }

  private mutating func take(
    _ name: String, _ written: String?, _ manifest: CommandManifest, _ words: inout ArraySlice<String>
  ) throws {
    let parameter = manifest.parameter(named: name)
    let isSwitch = parameter?.kind == .flag || (parameter == nil && ["help", "overwrite"].contains(name))
    var value = written
    if value == nil, isSwitch {
      let isWritten = parameter != nil && words.first.map { Self.isOfFlag($0, manifest) } ?? false
      value = isWritten ? words.popFirst() : "yes"
    }
    guard let value = value ?? words.popFirst() else {
      throw CRSError.usage("--\(name) needs a value", parameter: name, expected: "--\(name) VALUE")
    }
    switch name {
    case "help" where parameter == nil: wantsHelp = true
    case "out" where parameter == nil: outputs.append(value)
    case "overwrite" where parameter == nil: overwrite = Bool(written: value) == true
    default:
      if name == "overwrite" { overwrite = Bool(written: value) == true }
      arguments.append(Argument(name: name, value: .text(value)))
    }
  }

  /// Whether a word behind a flag is its value; 0 and 1 are none where a number may stand for itself.
  private static func isOfFlag(_ word: String, _ manifest: CommandManifest) -> Bool {
    guard Bool(written: word) != nil else { return false }
    let takesNumbers = manifest.parameters.contains {
      $0.isPositional && [.number, .integer, .list].contains($0.kind)
    }
    return !(takesNumbers && Int(word) != nil)
  }

  /// `--name`, `--name=value`, or the letter of a parameter; `-h` is help. Numbers below 0 are none.
  private static func option(_ word: String, _ manifest: CommandManifest) -> (name: String, value: String?)? {
    if word.count == 2, word.hasPrefix("-"), let letter = word.last, letter.isLetter {
      if manifest.parameter(named: String(letter)) != nil { return (String(letter), nil) }
      return letter == "h" ? ("help", nil) : nil
    }
    guard word.hasPrefix("--"), word.count > 2 else { return nil }
    let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    return parts.first.map { (String($0), parts.count > 1 ? String(parts[1]) : nil) }
  }
}
