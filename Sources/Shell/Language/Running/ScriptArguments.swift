import Files
import Foundation
import Kernels

/// The arguments that a script looks at, as its text names them: `$1`, `$name`, `${name:03d}`.
struct ScriptArguments {
  /// nil where another script may look at them: they are handed on to it.
  let names: Set<String>?

  init(of text: String) {
    let runsOthers = text.split(separator: "\n").contains { line in
      line.split(separator: ";").contains {
        // Lines of a notebook are quoted.
        $0.drop { $0 == " " || $0 == "\t" || $0 == "\"" }.hasPrefix("source ")
      }
    }
    guard !runsOthers else {
      names = nil
      return
    }
    var found: Set<String> = []
    for part in text.split(separator: "$", omittingEmptySubsequences: false).dropFirst() {
      let name = (part.first == "{" ? part.dropFirst() : part).prefix {
        $0.isLetter || $0.isNumber || $0 == "_"
      }
      if !name.isEmpty { found.insert(String(name)) }
      // `$1a` is the first argument with a letter behind it.
      let digits = name.prefix(while: \.isNumber)
      if !digits.isEmpty { found.insert(String(digits)) }
    }
    names = found
  }
}

extension Interpreter {
  /// Makes sure that a script looks at every argument it gets.
  ///
  /// - Throws: `CRSError` (usage) for the first one that has no effect, (file) for a script that cannot be read.
  package func checkArguments(ofFile path: String) throws {
    guard !arguments.isEmpty else { return }
    try checkArguments(ofText: try ScriptFile.text(at: path), source: path)
  }

  /// The same of a text that was read.
  package func checkArguments(ofText text: String, source: String) throws {
    guard !arguments.isEmpty, let used = ScriptArguments(of: text).names else { return }
    // Those in front of others may only keep the places.
    let last = used.compactMap { Int($0) }.max() ?? 0
    let idle = arguments.keys.filter { name in Int(name).map { $0 > last } ?? !used.contains(name) }
      .sorted { (Int($0) ?? .max, $0) < (Int($1) ?? .max, $1) }
    guard let name = idle.first, let value = arguments[name] else { return }
    let names = used.filter { Int($0) == nil }.sorted()
    throw CRSError.file(
      "the script has no $\(name): '\(Int(name) == nil ? name + "=" : "")\(value)' has no effect",
      file: source,
      expected: used.isEmpty ? "no arguments" : "only arguments that it names",
      hint: Int(name) == nil ? didYouMean(name, among: names) : nil)
  }
}
