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
    // The line alone does not say of which if it is.
    if let word = Self.wordBehindElse(line) { return (word, keywords(word).filter { $0.text == "if" }) }
    guard
      let typed = TypedWord(
        in: line, isCommand: { session.registry[$0] != nil }, isVariable: { session[$0] != nil })
    else {
      let word = TypedWord.lastWord(of: line)
      // Behind a value that is complete nothing fits but an operator.
      return (word, filled(word) ?? (word.isEmpty ? [] : variables(word) + files(word)))
    }
    let word = typed.text
    if let filled = filled(word) { return (word, filled) }
    switch typed.place {
    case .statement where typed.surroundings == .parentheses, .rightSide:
      return (
        word,
        commands(word, where: { !$0.results.isEmpty }) + variables(word) + functions(word) + constants(word)
      )
    case .statement: return (word, commands(word) + keywords(word) + variables(word) + functions(word))
    case .value where typed.surroundings == .condition && word.isEmpty: return (word, conditions())
    case .value:
      return (word, variables(word) + functions(word) + calls(word) + constants(word) + images(word))
    case .loopItem:
      if let numbers = rangeEnd(word) { return (word, numbers) }
      return (
        word,
        variables(word, where: { [.list, .stack, .table, .text].contains($0) }) + functions(word)
          + files(word)
      )
    case .operand(let behind):
      let kinds = operands(beside: behind)
      return (
        word,
        operands(word, kinds, beside: behind) + functions(word) + calls(word, giving: kinds)
          + constants(word)
          + (kinds.contains(.image) ? images(word) : [])
      )
    case .function(let name, let index): return (word, operands(word, of: name, index))
    case .pipe(let behind): return (word, piped(word, behind) + joined(word, behind))
    case .item(let name, let before, let key):
      return (word, session.registry[name].map { items(word, $0.manifest, before, key) } ?? variables(word))
    case .shell: return (word, files(word))
    case .rangeEnd:
      let kinds: Set<Kind> = [.integer, .number]
      return (
        word,
        variables(word, where: kinds.contains) + functions(word, giving: kinds) + calls(word, giving: kinds)
      )
    case .quoted(let quote, let call):
      if let call, let texts = texts(quote + word, call) { return (word, texts) }
      // A whole name closes the quotes.
      return (
        word,
        files(word).map {
          Candidate($0.text.hasSuffix("/") ? $0.text : $0.text + quote, $0.help, kind: $0.kind)
        }
      )
    case .brackets(let behind): return (word, places(word, behind) ?? [])
    case .argument(let name, let before, let key):
      guard let manifest = session.registry[name]?.manifest else {
        return (word, variables(word) + functions(word) + files(word))
      }
      return (word, arguments(word, manifest, before, key))
    }
  }

  /// The word behind `else`.
  private static func wordBehindElse(_ line: String) -> String? {
    let last = line.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
    let words = last.split(separator: " ")
    guard words.first == "else", last.count > "else".count, words.count <= 2 else { return nil }
    guard words.count == 2 else { return last.hasSuffix(" ") ? "" : nil }
    return last.hasSuffix(" ") ? nil : String(words[1])
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

  /// What may stand behind an operator in the end of a range, `1:n-`; nil for every other word.
  private func rangeEnd(_ word: String) -> [Candidate]? {
    guard word.contains(":"), let last = word.lastIndex(where: { ":+-*/%(".contains($0) }) else { return nil }
    let head = String(word[...last])
    let typed = String(word[word.index(after: last)...])
    let kinds: Set<Kind> = [.integer, .number]
    return (variables(typed, where: kinds.contains) + functions(typed, giving: kinds)).map {
      Candidate(head + $0.text, $0.help, kind: $0.kind)
    }
  }

  /// Functions that give a number for what a variable is: lengths, and numbers of numbers.
  private func functions(_ word: String, giving kinds: Set<Kind>) -> [Candidate] {
    functions(word).filter { candidate in
      FunctionTable[String(candidate.text.dropLast())].map { entry in
        entry.name == "len" || entry.name == "number"
          || entry.takesPixels && !kinds.isDisjoint(with: entry.kinds(at: 0))
      } ?? false
    }
  }

  // MARK: - What fits

  /// What a condition begins with: what is yes or no, and what can be compared to be it.
  private func conditions() -> [Candidate] {
    variables("", where: { [.flag, .number, .integer, .text].contains($0) })
  }

  /// What an operator takes beside a value.
  private func operands(beside behind: TypedWord.Behind) -> Set<Kind> {
    let pixels: Set<Kind> = [.image, .stack, .mask, .number, .integer, .list]
    guard case .expression(let other)? = behind.call else { return pixels.union([.text, .flag]) }
    let kind = known(other).kind
    if behind.symbol == "&" || behind.symbol == "|" {
      switch kind {
      case .mask: return [.mask, .list]
      case .image: return [.image, .stack, .integer, .number]
      default: break
      }
    }
    switch kind {
    case .text: return [.text, .list]
    case .flag: return [.flag, .list]
    case .image, .stack, .mask, .number, .integer: return pixels
    case .list: return pixels.union([.text, .flag])
    case .table, .maskset, .diagram, .boundary: return []
    default: return pixels.union([.text, .flag])
    }
  }

  /// Files in an expression, where each stands for its image; not before a letter of them is typed.
  func images(_ word: String) -> [Candidate] {
    guard !word.isEmpty else { return [] }
    return files(word) { name, isFolder in
      isFolder && word.contains("/") || Self.ofFITS.contains(where: name.lowercased().hasSuffix)
    }
  }

  static let ofFITS = [
    ".fits", ".fit", ".fts", ".fz", ".fits.gz", ".fit.gz", ".fts.gz", ".fits.z", ".fits.bz2",
  ]

  /// Files that may hold a value of some kind, by their endings; any where none of them does.
  func files(_ word: String, holding kind: Kind) -> [Candidate] {
    switch kind {
    case .boundary: files(word, endings: [".yaml", ".yml"])
    case .table: files(word, endings: [".csv"])
    case .diagram: []
    default: files(word, endings: Self.ofFITS)
    }
  }

  /// Files with these endings and folders; any where there is none.
  func files(_ word: String, endings: [String]) -> [Candidate] {
    let found = files(word) { name, isFolder in
      isFolder || endings.contains(where: name.lowercased().hasSuffix)
    }
    return found.contains { !$0.text.hasSuffix("/") } || word.isEmpty ? found : files(word)
  }

  /// What a function takes as one of its arguments.
  private func operands(_ word: String, of name: String, _ index: Int) -> [Candidate] {
    guard let entry = FunctionTable[name] else { return [] }
    let kinds = entry.kinds(at: index)
    return variables(word, where: { kinds.contains($0) }) + functions(word) + calls(word, giving: Set(kinds))
      + constants(word) + (entry.takesPixels ? images(word) : [])
  }

  /// Commands that take what stands before the pipe.
  private func piped(_ word: String, _ behind: TypedWord.Behind) -> [Candidate] {
    let kinds = behind.call.map(kinds) ?? []
    return commands(word) { manifest in
      guard manifest.effect != .session, let first = manifest.parameters.first(where: \.isPositional) else {
        return false
      }
      if kinds.isEmpty || kinds.contains(.any) { return first.kind.wantsValue }
      return kinds.contains { first.kind == .any || first.takes($0) }
    }
  }

  /// Masks behind an expression that | joins them to.
  private func joined(_ word: String, _ behind: TypedWord.Behind) -> [Candidate] {
    guard case .expression(let other)? = behind.call else { return [] }
    switch known(other).kind {
    case .mask: return variables(word, where: { $0 == .mask })
    case .list, .any: return word.isEmpty ? [] : variables(word, where: { $0 == .mask })
    default: return []
    }
  }

  /// The kinds of what a call gives, as far as they are certain.
  private func kinds(_ call: Call) -> [Kind] {
    var checker = checker(knowing: call.names)
    return checker.check(call, wanted: 0).map(\.kind)
  }

  /// What a value is before it is calculated.
  func known(_ expression: Expression) -> KnownValue {
    var checker = checker(knowing: expression.names)
    return checker.check(expression)
  }

  /// Commands that are called inside an expression.
  ///
  /// - Parameter kinds: what fits; nil for everything.
  private func calls(_ word: String, giving kinds: Set<Kind>? = nil) -> [Candidate] {
    guard !word.isEmpty else { return [] }
    return commands(
      word,
      where: { manifest in
        guard let first = manifest.results.first else { return false }
        return first.kind == .any || (kinds?.contains(first.kind) ?? true)
      }
    ).map { Candidate($0.text + "(", $0.help, kind: "command") }
  }

  func variables(_ word: String) -> [Candidate] {
    session.names(beginning: word).map { name in
      let kind = session[name]?.value.kindName ?? ""
      return Candidate(name, kind, kind: kind)
    }
  }

  /// Variables of the kinds that a parameter can use.
  func variables(_ word: String, for kind: Kind) -> [Candidate] { variables(word, where: kind.takes) }

  func variables(_ word: String, where isTaken: (Kind) -> Bool) -> [Candidate] {
    session.names(beginning: word).compactMap { name in
      guard let value = session[name]?.value, isTaken(value.kind) else { return nil }
      return Candidate(name, value.kindName, kind: value.kindName)
    }
  }

  /// Variables that can stand inside a text; nil where no `$name` or `${name` is typed.
  private func filled(_ word: String) -> [Candidate]? {
    guard let dollar = word.lastIndex(of: "$") else { return nil }
    var head = String(word[...dollar])
    var typed = String(word[word.index(after: dollar)...])
    let isBraced = typed.hasPrefix("{")
    if isBraced {
      head += "{"
      typed.removeFirst()
    }
    guard typed.allSatisfy(Self.isNamePart) else { return nil }
    return session.names(beginning: typed).compactMap { name in
      switch session[name]?.value {
      case .number?, .integer?, .text?, .bool?:
        Candidate(head + name + (isBraced ? "}" : ""), session[name]?.value.literal ?? "")
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
    let isFITS: (String) -> Bool = { Self.ofFITS.contains(where: $0.lowercased().hasSuffix) }
    return (files.filter(isFITS).sorted() + files.filter { !isFITS($0) }.sorted()).map {
      Candidate($0, kind: $0.hasSuffix("/") ? "folder" : "file")
    }
  }
}
