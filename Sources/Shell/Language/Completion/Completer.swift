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
    guard
      let typed = TypedWord(
        in: line, isCommand: { session.registry[$0] != nil }, isVariable: { session[$0] != nil })
    else {
      let word = TypedWord.lastWord(of: line)
      return (word, variables(word) + files(word))
    }
    let word = typed.text
    // $name stands for its value wherever a text may.
    if let dollar = word.lastIndex(of: "$"), word[dollar...].dropFirst().allSatisfy(Self.isNamePart) {
      return (word, filled(word, dollar))
    }
    switch typed.place {
    case .statement: return (word, commands(word) + keywords(word) + variables(word) + functions(word))
    case .value:
      return (word, variables(word) + functions(word) + calls(word) + constants(word) + files(word))
    case .pipe: return (word, commands(word, where: { !$0.parameters.filter(\.isPositional).isEmpty }))
    case .shell: return (word, files(word))
    case .quoted(let quote):
      // A whole name closes the quotes.
      return (
        word,
        files(word).map {
          Candidate($0.text.hasSuffix("/") ? $0.text : $0.text + quote, $0.help, kind: $0.kind)
        }
      )
    case .brackets: return (word, places(word) ?? [])
    case .argument(let name, let before, let key):
      guard let manifest = session.registry[name]?.manifest else {
        return (word, variables(word) + functions(word) + files(word))
      }
      return (word, arguments(word, manifest, before, key))
    }
  }

  private static func isNamePart(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }

  // MARK: - Names

  func commands(_ word: String, where isMeant: (CommandManifest) -> Bool = { _ in true }) -> [Candidate] {
    session.registry.manifests.filter { $0.name.hasPrefix(word) && isMeant($0) }
      .map { manifest in
        let plugin = session.registry[manifest.name]?.origin.plugin
        let origin = plugin.map { " (plugin \($0.name))" } ?? ""
        return Candidate(manifest.name, manifest.summary + origin, kind: "command")
      }
  }

  private func keywords(_ word: String) -> [Candidate] {
    Self.keywords.filter { $0.text.hasPrefix(word) }
  }

  private static let keywords = [
    Candidate("for", "repeat statements", kind: "keyword"),
    Candidate("if", "choose statements", kind: "keyword"),
    Candidate("else", "what happens otherwise", kind: "keyword"),
    Candidate("end", "ends for, if and def", kind: "keyword"),
    Candidate("def", "define a command", kind: "keyword"),
    Candidate("return", "results of a definition", kind: "keyword"),
    Candidate("next", "go to the next round of a loop", kind: "keyword"),
  ]

  private func constants(_ word: String) -> [Candidate] {
    word.isEmpty
      ? [] : ["yes", "no", "none", "nan", "inf", "pi"].filter { $0.hasPrefix(word) }.map { Candidate($0) }
  }

  /// Functions as they are called; not before a letter of them is typed.
  func functions(_ word: String) -> [Candidate] {
    guard !word.isEmpty else { return [] }
    return FunctionTable.names.filter { $0.hasPrefix(word) }.map { name in
      Candidate(name + "(", FunctionTable[name].map { "\($0.usage): \($0.help)" } ?? "", kind: "function")
    }
  }

  /// Commands that are called inside an expression.
  private func calls(_ word: String) -> [Candidate] {
    word.isEmpty
      ? []
      : commands(word, where: { !$0.results.isEmpty }).map {
        Candidate($0.text + "(", $0.help, kind: "command")
      }
  }

  func variables(_ word: String) -> [Candidate] {
    session.names(beginning: word).map { name in
      let kind = session[name]?.value.kindName ?? ""
      return Candidate(name, kind, kind: kind)
    }
  }

  /// Variables of the kinds that a parameter can use.
  func variables(_ word: String, for kind: Kind) -> [Candidate] {
    session.names(beginning: word).compactMap { name in
      guard let value = session[name]?.value, kind.takes(value.kind) else { return nil }
      return Candidate(name, value.kindName, kind: value.kindName)
    }
  }

  /// Variables that can stand inside a text.
  private func filled(_ word: String, _ dollar: String.Index) -> [Candidate] {
    let typed = String(word[word.index(after: dollar)...])
    return session.names(beginning: typed).compactMap { name in
      switch session[name]?.value {
      case .number?, .integer?, .text?, .bool?:
        Candidate(String(word[...dollar]) + name, session[name]?.value.literal ?? "")
      default: nil
      }
    }
  }

  // MARK: - Files

  /// Files that begin like the word, FITS files first.
  func files(_ word: String, where isMeant: (_ name: String, _ isFolder: Bool) -> Bool = { _, _ in true })
    -> [Candidate]
  {
    let folder = word.lastIndex(of: "/").map { String(word[...$0]) } ?? ""
    let path = folder.hasPrefix("~/") ? Session.home + folder.dropFirst(1) : folder
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path.isEmpty ? "." : path)) ?? []
    let start = word.dropFirst(folder.count)
    let files = names.filter { $0.hasPrefix(start) && (!$0.hasPrefix(".") || start.hasPrefix(".")) }
      .compactMap {
        name -> String? in
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path + name, isDirectory: &isFolder)
        let isDirectory = exists && isFolder.boolValue
        guard isMeant(name, isDirectory) else { return nil }
        return folder + name + (isDirectory ? "/" : "")
      }
    let isFITS: (String) -> Bool = {
      [".fits", ".fit", ".fits.gz", ".fts", ".fz"].contains(where: $0.hasSuffix)
    }
    return (files.filter(isFITS).sorted() + files.filter { !isFITS($0) }.sorted()).map {
      Candidate($0, kind: $0.hasSuffix("/") ? "folder" : "file")
    }
  }
}
