import Commands
import Foundation
import Pipeline

/// Candidates for the word before the cursor, from manifests, variables and files.
struct Completer {
  let session: Session

  /// A text that may stand for the word, and what it means.
  struct Candidate: Equatable {
    var text: String
    var help: String

    init(_ text: String, _ help: String = "") { (self.text, self.help) = (text, help) }
  }

  func candidates(_ line: String) -> (word: String, candidates: [Candidate]) {
    let statement = line.split(separator: ";", omittingEmptySubsequences: false).last.map(String.init) ?? line
    let right = statement.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let isAssignment =
      right.count == 2 && right[0].split(separator: " ").count <= 3 && right[0].hasSuffix(" ")
    let text = (isAssignment ? String(right[1]) : statement).trimmingPrefix { $0 == " " }
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    let word = words.last ?? ""
    if let places = places(word) { return (word, places) }
    guard words.count > 1 else {
      return (word, commands(word) + variables(word))
    }
    if words[0] == "help" { return (word, commands(word)) }
    guard let manifest = session.registry[words[0]]?.manifest else {
      return (word, variables(word) + files(word))
    }
    if let equals = word.firstIndex(of: "=") {
      let start = String(word[word.index(after: equals)...])
      let parameter = manifest.parameter(named: String(word[..<equals]))
      if let places = places(start) { return (start, places) }
      if parameter?.name == "ext" || parameter?.name == "extnum" {
        let found = words.dropFirst().flatMap { extensions(of: $0) }
        return (start, found.filter { $0.text.hasPrefix(start) })
      }
      let choices = parameter?.words ?? []
      return (
        start,
        choices.isEmpty
          ? values(start, parameter) : choices.filter { $0.hasPrefix(start) }.map { Candidate($0) }
      )
    }
    let given = Set(
      words.dropFirst().dropLast().compactMap { $0.split(separator: "=").first.map(String.init) })
    let keys = manifest.parameters.filter {
      !$0.isPositional && !given.contains($0.name) && ($0.name + "=").hasPrefix(word)
    }
    .map { Candidate($0.name + "=", $0.help) }
    let place = words.dropFirst().dropLast().filter { !$0.contains("=") && !$0.isEmpty }.count
    let positional = manifest.parameters.filter(\.isPositional)
    let parameter = positional.indices.contains(place) ? positional[place] : positional.last { $0.isRest }
    return (word, values(word, parameter) + keys)
  }

  private func commands(_ word: String) -> [Candidate] {
    session.registry.names.filter { $0.hasPrefix(word) }.map {
      Candidate($0, session.registry[$0]?.manifest.summary ?? "")
    }
  }

  /// Variables of the kind that a parameter takes, then files.
  private func values(_ word: String, _ parameter: ParameterManifest?) -> [Candidate] {
    guard let parameter else { return variables(word) + files(word) }
    switch parameter.kind {
        case .file: return files(word)
    case .number, .integer, .flag, .word, .list: return variables(word)
    default:
      let names: [Kind: Set<String>] = [
        .image: ["Image", "Mask"], .stack: ["Stack", "list"], .mask: ["Mask", "Image"], .maskset: ["MaskSet"],
        .diagram: ["Diagram"], .boundary: ["Boundary"], .table: ["Table"],
      ]
      let kinds = names[parameter.kind]
      return variables(word).filter { candidate in
        guard let kinds, let binding = session[candidate.text] else { return true }
        return kinds.contains(binding.value.kindName)
      } + files(word)
    }
  }

  private func variables(_ word: String) -> [Candidate] {
    session.names.filter { $0.hasPrefix(word) }.map { Candidate($0, session[$0]?.value.kindName ?? "") }
  }

  /// Files that begin like the word, FITS files first.
  private func files(_ word: String) -> [Candidate] {
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
    return (files.filter(isFITS).sorted() + files.filter { !isFITS($0) }.sorted()).map { Candidate($0) }
  }
}
