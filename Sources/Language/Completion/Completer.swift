import Calling
import Foundation
import Pipeline

/// Candidates for the word before the cursor, from manifests, variables and files.
package struct Completer {
  let session: Session

  package init(session: Session) { self.session = session }

  /// A text that may stand for the word, and what it means.
  package struct Candidate: Equatable, Sendable {
    package var text: String
    package var help: String
    /// What it is: command, parameter, the kind of a variable, file, folder, or value.
    package var kind: String

    init(_ text: String, _ help: String = "", kind: String = "value") {
      (self.text, self.help, self.kind) = (text, help, kind)
    }
  }

  /// The word before the cursor, which is the end of the text, and what may stand for it.
  package func candidates(_ line: String) -> (word: String, candidates: [Candidate]) {
    guard let typed = TypedWord(
      in: line, isCommand: { session.registry[$0] != nil }, isVariable: { session[$0] != nil }) else {
      let word = TypedWord.lastWord(of: line)
      return (word, variables(word) + files(word))
    }
    let word = typed.text
    switch typed.place {
    case .statement: return (word, commands(word) + variables(word))
    case .value: return (word, variables(word) + files(word))
    case .shell: return (word, files(word))
    case .quoted(let quote):
      // A whole name closes the quotes.
      return (
        word, files(word).map {
          Candidate($0.text.hasSuffix("/") ? $0.text : $0.text + quote, $0.help, kind: $0.kind)
        }
      )
    case .brackets: return (word, places(word) ?? [])
    case .argument(let name, let before, let key):
      guard let manifest = session.registry[name]?.manifest else {
        return (word, variables(word) + files(word))
      }
      return (word, arguments(word, manifest, before, key))
    }
  }

  /// What an argument may be: values of its parameter and, where no key is written, keys.
  private func arguments(
    _ word: String, _ manifest: CommandManifest, _ before: [TypedWord.Given], _ key: String?
  ) -> [Candidate] {
    if let key {
      return manifest.parameter(named: key).map { values(word, $0, before) } ?? variables(word) + files(word)
    }
    var matcher = Matcher(manifest)
    // What is wrong before the word does not keep the rest from being completed.
    for argument in before { _ = try? matcher.parameter(named: argument.name) }
    let next = matcher.next
    let keys = next.keys.filter { ($0.name + "=").hasPrefix(word) }.map {
      Candidate($0.name + "=", $0.help, kind: "parameter")
    }
    return (next.positional.map { values(word, $0, before) } ?? []) + keys
  }

  private func commands(_ word: String) -> [Candidate] {
    session.registry.manifests.filter { $0.name.hasPrefix(word) }.map {
      Candidate($0.name, $0.summary, kind: "command")
    }
  }

  /// Words and variables that a parameter takes, then files.
  private func values(
    _ word: String, _ parameter: ParameterManifest, _ before: [TypedWord.Given]
  ) -> [Candidate] {
    let words = parameter.words.filter { $0.hasPrefix(word) }.map { Candidate($0) }
    switch parameter.kind {
    case .word where parameter.isName: return names(word, parameter, before)
    case .word, .flag: return words
    case .file: return words + files(word)
    case .text where ["ext", "extnum"].contains(parameter.name):
      return before.compactMap(\.text).flatMap { extensions(of: $0) }.filter { $0.text.hasPrefix(word) }
    case .number, .integer, .section, .list: return words + variables(word, for: parameter.kind)
    case .image, .stack, .mask, .maskset, .diagram, .boundary, .table, .text, .any:
      return words + variables(word, for: parameter.kind) + files(word)
    }
  }

  /// Names that are not looked up: of commands, of columns of a table that is given, else of variables.
  private func names(_ word: String, _ parameter: ParameterManifest, _ before: [TypedWord.Given])
    -> [Candidate]
  {
    if parameter.name == "command" { return commands(word) }
    let columns = before.compactMap { argument -> [String]? in
      guard let name = argument.text, case .table(let table)? = session[name]?.value else { return nil }
      return table.columns
    }.flatMap { $0 }
    return columns.isEmpty
      ? variables(word) : columns.filter { $0.hasPrefix(word) }.map { Candidate($0, "column", kind: "column") }
  }

  /// Variables of the kinds that a parameter can use.
  private func variables(_ word: String, for kind: Kind) -> [Candidate] {
    variables(word).filter { candidate in
      guard let value = session[candidate.text]?.value else { return false }
      return kind.takes(value.kind)
    }
  }

  private func variables(_ word: String) -> [Candidate] {
    session.names.filter { $0.hasPrefix(word) }.map { name in
      let kind = session[name]?.value.kindName ?? ""
      return Candidate(name, kind, kind: kind)
    }
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
    return (files.filter(isFITS).sorted() + files.filter { !isFITS($0) }.sorted()).map {
      Candidate($0, kind: $0.hasSuffix("/") ? "folder" : "file")
    }
  }
}
