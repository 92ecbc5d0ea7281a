import Calling
import Kernels

/// What stands behind the name of a script: its arguments, and what is to be done with it.
struct ScriptOptions {
  private(set) var onlyChecks = false
  private(set) var overwrites = false
  /// `$1`, `$2`, ... and those that `--set` names.
  private(set) var arguments: [String: String] = [:]

  /// - Throws: `CRSError` (usage) for `--set` without a name and value.
  init(_ words: [String]) throws {
    var position = 0
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--check" {
        onlyChecks = true
      } else if word == "--overwrite" {
        // As behind the switches of commands, yes and no are its value.
        let value = rest.first.flatMap { Int($0) == nil ? Bool(written: $0) : nil }
        if value != nil { rest.removeFirst() }
        overwrites = value ?? true
      } else if word.hasPrefix("--overwrite=") {
        guard let value = Bool(written: String(word.dropFirst(12))) else {
          throw CRSError.usage("'\(word)' is neither yes nor no", expected: "--overwrite")
        }
        overwrites = value
      } else if word == "--set" || word.hasPrefix("--set=") {
        let pair = word == "--set" ? rest.popFirst() ?? "" : String(word.dropFirst(6))
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else {
          throw CRSError.usage("--set needs name=value", expected: "--set name=value")
        }
        guard arguments.updateValue(String(parts[1]), forKey: String(parts[0])) == nil else {
          throw CRSError.usage("--set gives \(parts[0]) twice", expected: "one value of each name")
        }
      } else {
        position += 1
        arguments["\(position)"] = word
      }
    }
  }

  /// `--overwrite FILE.crs`: options of a script may stand before its name.
  static func scriptBehind(_ words: [String]) -> (path: String, options: [String])? {
    var options: [String] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--check" || word.hasPrefix("--overwrite") || word.hasPrefix("--set=") {
        options.append(word)
      } else if word == "--set", let pair = rest.popFirst() {
        options += [word, pair]
      } else {
        return options.isEmpty || word.hasPrefix("-") && word != "-" ? nil : (word, options + rest)
      }
    }
    return nil
  }
}
