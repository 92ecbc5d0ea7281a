import Calling
import Pipeline

// Files that built-in commands write.
extension StatementChecker {
  /// What a built-in command may write that is read later, and whether it changes the folder.
  mutating func noteWritten(by manifest: CommandManifest, _ arguments: [ArgumentSyntax]) {
    let positional = arguments.filter { $0.name == nil }
    func named(_ name: String) -> Expression? { arguments.first { $0.name == name }?.value }
    switch manifest.name {
    case "plot": break
    case "save":
      // Behind a pipe the file stands alone.
      if let file = named("file") ?? positional.last?.value { written.add(nameParts(file)) }
    case "simulate": if let prefix = named("prefix") { written.add(nameParts(prefix) + [nil]) }
    case "crmasks":
      if case .word(let word, _)? = arguments.first?.value, known[word]?.kind == .stack {
        guard arguments.contains(where: { ["output_dir", "figures", "record"].contains($0.name ?? "") })
        else {
          return
        }
      }
      written.mayBeAny = true
    case "history": if let file = positional.first?.value { written.add(nameParts(file)) }
    default: if manifest.effect == .files || manifest.effect == .folder { written.mayBeAny = true }
    }
  }

  /// The name of a file that variables give, where their values are certain.
  func filledName(_ expression: Expression) -> String? {
    switch expression {
    case .word(let word, _):
      if case .text(let text)? = known[word]?.exact { text } else { nil }
    case .text, .filledWord:
      nameParts(expression).contains { $0 == nil } ? nil : nameParts(expression).compactMap { $0 }.joined()
    default: nil
    }
  }

  /// The pieces of the name of a file; nil for what is not known.
  private func nameParts(_ expression: Expression) -> [String?] {
    switch expression {
    case .text(let parts, _), .filledWord(let parts, _):
      parts.map { part in
        if case .value(let filled) = part { known[filled.name]?.exact?.plainText } else { part.plain }
      }
    case .parameter(let filled, _): [known[filled.name]?.exact?.plainText]
    case .word(let word, _): [known[word].map { $0.exact?.plainText } ?? word]
    case .chain(let first, let links): nameParts(first) + links.flatMap { nameParts($0.operand) }
    default: [nil]
    }
  }
}

extension Value {
  /// A number or text as it stands in the name of a file; nil for all else.
  fileprivate var plainText: String? { try? TextFunctions.plain(self) }
}
