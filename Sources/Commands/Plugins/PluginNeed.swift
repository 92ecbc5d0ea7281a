import Files
import Kernels

/// A plugin that a script cannot do without.
package struct PluginNeed: Sendable, Hashable {
  package var name: String
  package var version: String

  package init(name: String, version: String) { (self.name, self.version) = (name, version) }

  /// Looks at the lines of a script that name plugins.
  ///
  /// - Parameter leftOut: why a plugin adds no command; nil for one that does.
  /// - Throws: `CRSError` (data) for the first that is not there, with the line.
  package static func check(text: String, leftOut: (String) -> [String]?) throws {
    guard Self.mayName(text) else { return }
    let shelf = PluginShelf()
    for (k, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let words = line.split(whereSeparator: \.isWhitespace).map { $0.filter { $0 != "'" && $0 != "\"" } }
      guard words.count == 4, words[0] == "plugin", words[1] == "need" else { continue }
      do {
        try PluginNeed(name: words[2], version: words[3]).check(shelf)
        if let reasons = leftOut(words[2]) {
          throw CRSError.data(
            "the script needs the plugin \(words[2]) \(words[3]), which adds no command"
              + reasons.map { "\n  " + $0 }.joined())
        }
      } catch var error as CRSError {
        (error.line, error.column) = (k + 1, 1)
        throw error
      }
    }
  }

  /// Whether a script may have such lines; bytes are looked at, since scripts are long.
  private static func mayName(_ text: String) -> Bool {
    var text = text
    let words = Array("plugin need ".utf8)
    return text.withUTF8 { bytes in
      var rest = bytes[...]
      while let start = rest.firstIndex(of: words[0]) {
        if bytes[start...].starts(with: words) { return true }
        rest = bytes[(start + 1)...]
      }
      return false
    }
  }

  /// - Throws: `CRSError` (data) that names both versions.
  package func check(_ shelf: PluginShelf) throws {
    guard let plugin = shelf[name] else {
      throw CRSError.data(
        "the script needs the plugin \(name) \(version), and there is none of that name",
        hint: "plugin list shows where plugins are looked for")
    }
    if case .refused(let error) = plugin.state { throw error }
    guard plugin.version == version else {
      throw CRSError.data(
        "the script needs the plugin \(name) \(version), and \(plugin.path) is version \(plugin.version)")
    }
    do {
      try Self.checkCanRun(plugin)
    } catch let error as CRSError {
      throw CRSError(
        error.kind, "the script needs the plugin \(name) \(version), which cannot run: \(error.description)")
    }
  }

  /// Looks whether a plugin could be called, without running anything of it.
  private static func checkCanRun(_ plugin: FoundPlugin) throws {
    switch plugin.description?.program {
    case .process(let words, _)?:
      _ = try ProgramSearch.arguments(words, folder: Trust.resolved(plugin.path))
    case .library(let file)?:
      var plugin = plugin
      plugin.checkIsEnabled()
      switch plugin.state {
      case .usable: break
      case .notEnabled(let reason): throw CRSError.data(reason, hint: "plugin enable \(plugin.name)")
      case .refused(let error): throw error
      }
      try LoadedLibrary.checkLooksRight(plugin, file: file)
    case .script?, nil: break
    }
  }
}
