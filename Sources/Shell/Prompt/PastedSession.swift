/// A session that was copied with its prompts and output, as documents show it.
enum PastedSession {
  /// The statements without prompts and output; other text as it is.
  static func statements(of text: String) -> String {
    let prompts = ["crs> ", "...> "]
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let first = lines.first(where: { !$0.allSatisfy(\.isWhitespace) }) else { return text }
    // A whole block of a document may be indented.
    let indent = first.prefix { $0 == " " }
    guard first.dropFirst(indent.count).hasPrefix(prompts[0]) else { return text }
    let kept = lines.compactMap { line in
      prompts.first { line.hasPrefix(indent + $0) }.map { String(line.dropFirst(indent.count + $0.count)) }
    }
    return kept.joined(separator: "\n")
  }
}
