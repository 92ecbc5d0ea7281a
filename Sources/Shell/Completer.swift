import Commands
import Foundation

/// Candidates for the word before the cursor, from manifests, variables and files.
struct Completer {
  let session: Session

  func candidates(_ line: String) -> (word: String, candidates: [String]) {
    let statement = line.split(separator: ";", omittingEmptySubsequences: false).last.map(String.init) ?? line
    let right = statement.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let isAssignment =
      right.count == 2 && right[0].split(separator: " ").count <= 3 && right[0].hasSuffix(" ")
    let text = (isAssignment ? String(right[1]) : statement).trimmingPrefix { $0 == " " }
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    let word = words.last ?? ""
    guard words.count > 1 else {
      return (word, (session.registry.names + session.names).filter { $0.hasPrefix(word) }.sorted())
    }
    guard let manifest = session.registry[words[0]]?.manifest else { return (word, matching(word)) }
    if let equals = word.firstIndex(of: "=") {
      let start = String(word[word.index(after: equals)...])
      let parameter = manifest.parameter(named: String(word[..<equals]))
      let choices = parameter?.choices ?? []
      return (start, choices.isEmpty ? matching(start) : choices.filter { $0.hasPrefix(start) })
    }
    let given = Set(words.dropFirst().compactMap { $0.split(separator: "=").first.map(String.init) })
    let keys = manifest.parameters.filter { !$0.isPositional && !given.contains($0.name) }.map {
      $0.name + "="
    }
    if words[0] == "help" { return (word, session.registry.names.filter { $0.hasPrefix(word) }) }
    return (word, matching(word) + keys.filter { $0.hasPrefix(word) })
  }

  /// Variables and files that begin like the word, FITS files first.
  private func matching(_ word: String) -> [String] {
    let variables = session.names.filter { $0.hasPrefix(word) }
    let folder = word.lastIndex(of: "/").map { String(word[...$0]) } ?? ""
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    let start = word.dropFirst(folder.count)
    let files = names.filter { $0.hasPrefix(start) && (!$0.hasPrefix(".") || start.hasPrefix(".")) }.map {
      name in
      var isFolder: ObjCBool = false
      let path = folder + name
      let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      return exists && isFolder.boolValue ? path + "/" : path
    }
    let isFITS: (String) -> Bool = {
      [".fits", ".fit", ".fits.gz", ".fts", ".fz"].contains(where: $0.hasSuffix)
    }
    return variables + files.filter(isFITS).sorted() + files.filter { !isFITS($0) }.sorted()
  }
}
