import Kernels

/// Reads a script past the statements that it does not understand, so that all errors are found at once.
struct SyntaxCheck {
  private static let most = 50

  private var lines: [String]
  private let vocabulary: Parser.Vocabulary
  private(set) var errors: [CRSError] = []

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
        errors.append(unfinished.error)
        // A block without an end: all of it was read.
        guard unfinished.error.expected != "end" else {
          lines.append("end")
          continue
        }
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

  /// Blanks the lines of a statement; the beginning of a block stays one.
  private mutating func leaveOut(from first: Int, _ error: CRSError) {
    let last = max(first, error.line ?? first)
    for number in first...last where lines.indices.contains(number - 1) {
      let words = lines[number - 1].split { !$0.isLetter }
      let indent = lines[number - 1].prefix { $0 == " " }
      switch words.first {
      case "for" where number == first, "if" where number == first, "def" where number == first:
        lines[number - 1] = indent + "if yes"
      case "else": lines[number - 1] = indent + "else"
      default: lines[number - 1] = ""
      }
    }
  }
}
