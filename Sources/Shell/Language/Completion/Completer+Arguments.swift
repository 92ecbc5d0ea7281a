import Calling
import Files
import Pipeline

// Arguments of commands.
extension Completer {
  /// What an argument may be: values of its parameter and, where no key is written, keys.
  func arguments(
    _ word: String, _ manifest: CommandManifest, _ before: [TypedWord.Given], _ key: String?
  ) -> [Candidate] {
    if let key {
      return manifest.parameter(named: key).map { values(word, $0, manifest, before) }
        ?? variables(word) + files(word)
    }
    var matcher = Matcher(manifest)
    for argument in before {
      do { _ = try matcher.parameter(named: argument.name) } catch {
        // Behind a word that has no place none fits; a wrong key keeps nothing from being completed.
        if argument.name == nil { return [] }
      }
    }
    let next = matcher.next
    // Positional parameters have names too, for who begins to write one.
    let named = word.isEmpty ? [] : manifest.parameters.filter { $0.isPositional && !matcher.isGiven($0) }
    let keys = (next.keys.filter { isMeant($0, of: manifest, before) } + named).filter {
      ($0.name + "=").hasPrefix(word)
    }.map {
      Candidate($0.name + "=", $0.help, kind: "parameter")
    }
    return (next.positional.map { values(word, $0, manifest, before) } ?? []) + keys
  }

  /// Whether a key has an effect beside the arguments before it.
  private func isMeant(
    _ parameter: ParameterManifest, of manifest: CommandManifest, _ before: [TypedWord.Given]
  ) -> Bool {
    manifest.name != "plugin" || before.first?.text == "new"
  }

  /// Words and variables that a parameter takes, then files.
  private func values(
    _ word: String, _ parameter: ParameterManifest, _ manifest: CommandManifest, _ before: [TypedWord.Given]
  ) -> [Candidate] {
    if let own = special(word, parameter, manifest, before) { return own }
    let words = parameter.words.filter { $0.hasPrefix(word) }.map { Candidate($0) }
    switch parameter.kind {
    case .word where parameter.isName: return names(word, parameter, before, of: manifest.name)
    case .word: return words
    case .flag: return words + (word.isEmpty ? [] : fitting(word, parameter, manifest, before))
    case .file: return words + files(word)
    case .text where ["ext", "extnum"].contains(parameter.name):
      return before.compactMap(\.text).flatMap { extensions(of: $0) }.filter { $0.text.hasPrefix(word) }
    case .number, .integer, .section, .list:
      return words + fitting(word, parameter, manifest, before) + functions(word)
    case .mask:
      // An image may stand for one, but few do.
      return words
        + fitting(word, parameter, manifest, before) { $0 == .mask || parameter.also.contains($0) }
        + functions(word) + files(word, holding: .mask)
    case .image, .stack, .maskset, .diagram, .boundary, .table:
      return words + fitting(word, parameter, manifest, before) + functions(word)
        + files(word, holding: parameter.kind)
    case .text, .any: return words + fitting(word, parameter, manifest, before) + files(word)
    }
  }

  /// Items of a list that is an argument.
  func items(
    _ word: String, _ manifest: CommandManifest, _ before: [TypedWord.Given], _ key: String?
  ) -> [Candidate] {
    var matcher = Matcher(manifest)
    for argument in before { _ = try? matcher.parameter(named: argument.name) }
    let parameter = key.map { manifest.parameter(named: $0) } ?? matcher.next.positional
    guard let parameter else { return variables(word) + functions(word) }
    switch parameter.kind {
    case .list where parameter.choices.isEmpty && !parameter.isRest, .number, .integer, .section:
      return variables(word, where: { $0 == .number || $0 == .integer }) + functions(word)
    case .stack:
      return variables(word, where: { $0 == .image || $0 == .stack }) + files(word, holding: .stack)
    case .maskset, .mask: return variables(word, where: { $0 == .mask }) + files(word, holding: .mask)
    default: return values(word, parameter, manifest, before)
    }
  }

  /// What a text in quotes may be where it is no name of a file; nil where it may be one.
  func texts(_ word: String, _ call: TypedWord.Quoting) -> [Candidate]? {
    guard let manifest = session.registry[call.command]?.manifest else { return nil }
    var matcher = Matcher(manifest)
    for argument in call.before { _ = try? matcher.parameter(named: argument.name) }
    guard let parameter = call.key.map({ manifest.parameter(named: $0) }) ?? matcher.next.positional else {
      return nil
    }
    let quote = String(word.prefix(1))
    if parameter.name == "prompt" {
      // The quote is none of the word's.
      return prompts(word).map { Candidate(String($0.text.dropFirst()), $0.help, kind: $0.kind) }
    }
    if parameter.kind == .file,
      let own = special(String(word.dropFirst()), parameter, manifest, call.before)
    {
      // A whole name closes the quotes.
      return own.map { Candidate($0.text.hasSuffix("/") ? $0.text : $0.text + quote, $0.help, kind: $0.kind) }
    }
    switch parameter.kind {
    case .text: return parameter.choices.isEmpty ? [] : nil
    case .any: return ["print", "addrow", "newtable", "replacetext"].contains(manifest.name) ? [] : nil
    default: return nil
    }
  }

  /// Prompts to begin with, in the quotes that are typed.
  private func prompts(_ word: String) -> [Candidate] {
    let quote = word.first == "\"" ? "\"" : "'"
    return [
      ("crs> ", "the usual one"), ("%f> ", "the folder"), ("%t s> ", "the time of the last statement"),
      ("%f %t s> ", "both"),
    ].map { Candidate(quote + $0.0 + quote, $0.1) }.filter { $0.text.hasPrefix(word) }
  }

  /// Parameters of single commands whose values nothing in the manifest tells; nil for all others.
  private func special(
    _ word: String, _ parameter: ParameterManifest, _ manifest: CommandManifest, _ before: [TypedWord.Given]
  ) -> [Candidate]? {
    switch (manifest.name, parameter.name) {
    case ("set", "prompt"): return prompts(word)
    case ("history", "file"): return files(word)
    case ("cd", "folder"): return files(word) { _, isFolder in isFolder }
    case ("source", "file"): return files(word) { name, isFolder in isFolder || name.hasSuffix(".crs") }
    case ("crmasks", "input"):
      return fitting(word, parameter, manifest, before, where: Kind.stack.takes)
        + files(word, endings: [".yaml", ".yml"] + Self.ofFITS)
    case ("header", "keyword"):
      return cards(of: before.first).filter { $0.text.hasPrefix(word.uppercased()) }
    case ("help", "command"):
      return commands(word) + LanguageHelp.names.filter { $0.hasPrefix(word) }.map { Candidate($0) }
    case ("drop", _):
      return variables(word) + commands(word, where: { session.definition(of: $0.name) != nil })
    default: return nil
    }
  }

  /// Keywords of the header of a variable, a part of one, or a file, with their values.
  private func cards(of given: TypedWord.Given?) -> [Candidate] {
    guard let given else { return [] }
    let header: Header? =
      if let image = given.expression.flatMap(image) {
        image.header
      } else {
        given.text.flatMap { session[$0] == nil ? try? FITSReader.header(at: $0, hdu: nil) : nil }
      }
    guard let header else { return [] }
    var seen: Set<String> = []
    return header.cards.compactMap { card in
      let keyword = String(card.prefix { $0 != "=" && $0 != " " })
      guard !keyword.isEmpty, seen.insert(keyword).inserted else { return nil }
      return Candidate(keyword, String(card.drop { $0 != "=" }.dropFirst()).trimmingBlanks())
    }
  }

  /// The image that a variable or a part of one stands for, of a stack the first or the one that is named.
  private func image(_ expression: Expression) -> Image? {
    switch expression {
    case .word(let word, _):
      switch session[word]?.value {
      case .image(let image): return image
      case .stack(let stack): return stack.exposures.first
      default: return nil
      }
    case .index(.word(let word, _), let places, _):
      guard case .stack(let stack)? = session[word]?.value, places.count == 1,
        case .at(.integer(let number, _, _)) = places[0]
      else { return image(.word(word, expression.position)) }
      return stack.exposures.indices.contains(number - 1) ? stack.exposures[number - 1] : nil
    case .index(let base, _, _): return image(base)
    default: return nil
    }
  }

  /// Plugins that are found; a new one has a name of its own.
  private func plugins(_ word: String, _ before: [TypedWord.Given]) -> [Candidate] {
    guard before.first?.text != "new", before.first?.text != "list" else { return [] }
    return session.pluginNames().filter { $0.hasPrefix(word) }.map { Candidate($0, "plugin", kind: "plugin") }
  }

  /// Names that are not looked up: of commands, of columns of a table that is given, else of variables.
  private func names(
    _ word: String, _ parameter: ParameterManifest, _ before: [TypedWord.Given], of manifest: String
  ) -> [Candidate] {
    if parameter.name == "command" { return commands(word) }
    if manifest == "plugin" { return parameter.name == "name" ? plugins(word, before) : [] }
    let columns = before.compactMap { argument -> [String]? in
      guard let name = argument.text, case .table(let table)? = session[name]?.value else { return nil }
      return table.columns
    }.flatMap { $0 }
    return columns.isEmpty
      ? variables(word)
      : columns.filter { $0.hasPrefix(word) }.map { Candidate($0, "column", kind: "column") }
  }
}
