import Kernels

/// Reads a script past the statements that it does not understand, so that all errors are found at once.
struct SyntaxCheck {
  private static let most = 50

  private var lines: [String]
  private let vocabulary: Parser.Vocabulary
  private(set) var errors: [CRSError] = []
  /// Names that the statements bind or define that were left out.
  private(set) var unread: Set<String> = []
  /// Lines that were changed before.
  private var left: Set<Int> = []

  init(_ text: String, vocabulary: Parser.Vocabulary) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    self.vocabulary = vocabulary
  }

  /// What is left of the script without the statements that are wrong.
  mutating func statements() -> [Statement] {
    while errors.count < Self.most {
      var parser = Parser(lines.joined(separator: "\n"), vocabulary: vocabulary)
      do {
        return try parser.parse()
      } catch let unfinished as UnfinishedInput {
        // A block without an end: all of it was read. It may have lost its end with what was left out.
        guard unfinished.error.expected != "end" else {
          if errors.isEmpty { errors.append(unfinished.error) }
          lines.append("end")
          continue
        }
        errors.append(unfinished.error)
        leaveOut(from: parser.statementLine, unfinished.error)
      } catch let error as CRSError {
        errors.append(error)
        leaveOut(from: parser.statementLine, error)
      } catch {
        return []
      }
    }
    return []
  }

  /// The name behind `def`.
  private func definedName(_ line: String) -> String {
    let name = line.split(whereSeparator: \.isWhitespace).dropFirst().first ?? ""
    return String(name.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
  }

  /// Writes down what a line would have given names to.
  private mutating func noteNames(_ line: String) {
    for statement in line.split(separator: ";") {
      let words = statement.split(whereSeparator: \.isWhitespace)
      if let first = words.first, first == "def" || first == "for", words.count > 1 {
        unread.formUnion(
          words[1].split { !$0.isLetter && !$0.isNumber && $0 != "_" }.prefix(1).map(String.init))
      }
      guard let equal = statement.firstIndex(of: "=") else { continue }
      for name in statement[..<equal].split(separator: ",") {
        let name = name.prefix { $0 != "[" }.filter { !"+-*/".contains($0) }
        unread.insert(String(name).trimmingBlanks())
      }
    }
  }

  /// Blanks the lines of a statement; the beginning of a block stays one.
  private mutating func leaveOut(from first: Int, _ error: CRSError) {
    let last = max(first, error.line ?? first)
    for number in first...last where lines.indices.contains(number - 1) {
      noteNames(lines[number - 1])
      let words = lines[number - 1].split { !$0.isLetter }
      let isBlock = words.first.map { ["for", "if", "def"].contains($0) } ?? false
      // Whether the block goes on behind the line.
      let isAssigned = lines[number - 1].drop { $0.isWhitespace || $0.isLetter }.first == "="
      let goesOn = isBlock && number == first && words.last != "end" && !isAssigned
      // Nothing is known of the body of a definition; one on a single line has no end.
      let isDefinition = words.first == "def"
      let body = lines[number - 1].split(separator: ":", maxSplits: 1).dropFirst().joined()
      let isWhole = isDefinition && !body.allSatisfy(\.isWhitespace)
      let head = isDefinition && words.count > 1 ? "def \(definedName(lines[number - 1]))" : "if yes"
      lines[number - 1] = goesOn && !isWhole && left.insert(number).inserted ? head : ""
    }
  }
}
