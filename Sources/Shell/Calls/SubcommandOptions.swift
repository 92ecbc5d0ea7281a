import Calling
import Files
import Foundation
import Glibc
import Kernels
import Pipeline

/// The words of a subcommand cut into arguments: `--key value`, `--key=value`, `key=value` as at the prompt, flags,
/// `--out FILE` for each result, and `--ext`. What they mean is the matcher's to say.
struct SubcommandOptions {
  var arguments: [Argument] = []
  var outputs: [String] = []
  var overwrite = false
  var wantsHelp = false
  /// The HDU of every file, or `all`; nil where the command takes it itself.
  var ext: String?

  /// - Throws: `CRSError` (usage) for an option without its value.
  init(_ words: [String], manifest: CommandManifest) throws {
    try cut(words[...], manifest)
    try stackFiles(manifest)
  }

  private mutating func cut(_ words: ArraySlice<String>, _ manifest: CommandManifest) throws {
    var words = words
    while let word = words.popFirst() {
      if word == "--" {
        arguments += words.map { Argument(value: .text($0)) }
        return
      }
      guard let option = Self.option(word, manifest) ?? Self.assignment(word, manifest) else {
        arguments.append(Argument(value: .text(word)))
        continue
      }
      try take(option.name, option.value, manifest, &words)
    }
  }

  /// Several files for a command of one stack are that stack: the shell has turned `night_*.fits` into names already.
  ///
  /// - Throws: `CRSError` (file) for one of them that does not exist, (usage) for several where one is worked on.
  private mutating func stackFiles(_ manifest: CommandManifest) throws {
    let positional = manifest.parameters.filter(\.isPositional)
    let places = arguments.indices.filter { arguments[$0].name == nil }
    guard positional.count == 1, !positional[0].isRest, places.count > 1 else { return }
    let values = places.map { arguments[$0].value }
    let paths = values.compactMap { if case .text(let path) = $0 { path } else { nil } }
    let missing = paths.first { access($0, F_OK) != 0 }
    guard [.stack, .any].contains(positional[0].kind) else {
      guard positional[0].kind == .image, missing == nil else { return }
      throw CRSError.usage(
        "too many arguments for \(manifest.name), which takes one image", expected: manifest.shortUsage,
        hint: "for f in *.fits; do crs \(manifest.name) \"$f\"; done goes through several")
    }
    if let missing {
      // Brackets behind a name choose an HDU or a section of it.
      let looksLikeFile = missing.contains { $0 == "." || $0 == "/" } && !missing.hasSuffix("]")
      guard looksLikeFile, paths.contains(where: { access($0, F_OK) == 0 }) else { return }
      throw CRSError.file("no such file", file: missing, expected: "names of files, which are one stack")
    }
    arguments[places[0]].value = .list(values)
    for place in places.dropFirst().reversed() { arguments.remove(at: place) }
  }

  /// The arguments with the HDU that `--ext` chooses behind the names of FITS files.
  ///
  /// - Throws: `CRSError` (usage) when no argument is a FITS file.
  func chosen() throws -> [Argument] {
    guard let ext else { return arguments }
    var out = arguments
    var found = false
    func chosen(_ value: Value) throws -> Value {
      if case .list(let values) = value { return .list(try values.map(chosen)) }
      guard case .text(let path) = value, let name = try FITSReader.name(path, choosing: ext) else {
        return value
      }
      found = true
      return .text(name)
    }
    for number in out.indices { out[number].value = try chosen(out[number].value) }
    guard found else {
      throw CRSError.usage(
        "no argument is a FITS file", parameter: "ext", expected: "a file to choose an HDU of")
    }
    return out
  }

  private mutating func take(
    _ name: String, _ written: String?, _ manifest: CommandManifest, _ words: inout ArraySlice<String>
  ) throws {
    let parameter = manifest.parameter(named: name)
    let isSwitch = parameter?.kind == .flag || (parameter == nil && ["help", "overwrite"].contains(name))
    var value = written
    if value == nil, isSwitch {
      let isWritten = name != "help" && words.first.map { Self.isOfFlag($0, manifest) } ?? false
      value = isWritten ? words.popFirst() : "yes"
    }
    if parameter == nil, name == "check" {
      throw CRSError.usage(
        "checks scripts, no files and commands: those check their parameters before they work",
        parameter: name,
        expected: "crs FILE.crs --check")
    }
    // What is no parameter is told by the matcher.
    let isUnknown = parameter == nil && !["out", "ext"].contains(name)
    guard let value = value ?? words.popFirst() ?? (isUnknown ? "" : nil) else {
      throw CRSError.usage("--\(name) needs a value", parameter: name, expected: "--\(name) VALUE")
    }
    switch name {
    case _ where value.contains("SliceRegion2D("):
      arguments.append(Argument(name: name, value: .text(Self.plainRegions(value))))
    case "help" where parameter == nil: wantsHelp = true
    case "out" where parameter == nil: outputs.append(value)
    case "ext" where parameter == nil: ext = value
    case "overwrite" where parameter == nil: overwrite = Bool(written: value) == true
    default:
      if name == "overwrite" { overwrite = Bool(written: value) == true }
      arguments.append(Argument(name: name, value: .text(value)))
    }
  }

  /// `SliceRegion2D([1:9, 1:9])`, as teareduce writes regions, without its name.
  private static func plainRegions(_ text: String) -> String {
    let parts = text.components(separatedBy: "SliceRegion2D(")
    return parts[0]
      + parts.dropFirst().map { part -> String in
        guard let end = part.firstIndex(of: ")") else { return part }
        return String(part[..<end] + part[part.index(after: end)...])
      }.joined()
  }

  /// Whether a word behind a flag is its value; 0 and 1 are none where a number may stand for itself.
  private static func isOfFlag(_ word: String, _ manifest: CommandManifest) -> Bool {
    guard Bool(written: word) != nil else { return false }
    let takesNumbers = manifest.parameters.contains {
      $0.isPositional && [.number, .integer, .list].contains($0.kind)
    }
    return !(takesNumbers && Int(word) != nil)
  }

  /// `name=value`, unless there is a file of that name. What is no parameter is one all the same, so that a mistake is
  /// told as at the prompt.
  private static func assignment(
    _ word: String, _ manifest: CommandManifest
  ) -> (name: String, value: String?)? {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let first = parts[0].utf8.first, (97...122).contains(first),
      parts[0].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) }),
      !parts[1].hasPrefix("="), access(word, F_OK) != 0
    else { return nil }
    let name = String(parts[0])
    if manifest.parameter(named: name) == nil, parts[0].contains(".") { return nil }
    return (name, String(parts[1]))
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
