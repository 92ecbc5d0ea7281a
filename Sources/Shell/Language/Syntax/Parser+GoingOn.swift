import Kernels

// Reading past statements that cannot be understood, where all others shall run.
extension Parser {
  /// What is read of a text.
  enum Read {
    case statement(Statement, written: String)
    /// What is wrong with a statement that is left out.
    case wrong(CRSError)
  }

  private static let mostWrong = 50

  /// All outermost statements of the text, in its order, with an error for each that is left out.
  mutating func parseGoingOn() -> [Read] {
    var found: [Read] = []
    var wrong = 0
    while true {
      skipLines()
      guard reader.current != nil else { return found }
      let before = self
      let first = reader.index
      do {
        let statement = try statement()
        let written = reader.text(from: first).trimmingBlanks()
        try endOfStatement()
        found.append(.statement(statement, written: written))
      } catch {
        let unfinished = error as? UnfinishedInput
        var error = unfinished?.error ?? error as? CRSError ?? CRSError.usage("\(error)")
        self = before
        let line = reader.position.line
        leaveOut(headIsWrong: unfinished == nil && (error.line ?? line) == line)
        wrong += 1
        if wrong == Self.mostWrong {
          error.hint = Self.joined(error.hint, "these are \(wrong) errors: the rest is left out")
          return found + [.wrong(error)]
        }
        let last = reader.position.line
        if let place = error.line, place > last {
          // The parser noticed it only in a line that is right.
          error = CRSError(
            .usage, "something that is opened here is not closed",
            expected: "its ), ], quote, operand or end",
            hint: "line \(place) then gives: \(error.message)"
              + (last > line ? "" : "; line \(line) is left out"),
            line: line, column: before.reader.position.column)
        }
        if last > line { error.hint = Self.joined(error.hint, "lines \(line) to \(last) are left out") }
        found.append(.wrong(error))
      }
    }
  }

  private static func joined(_ hint: String?, _ more: String) -> String {
    [hint, more].compactMap { $0 }.joined(separator: "; ")
  }

  /// Skips the statement that begins here, a block with its body.
  ///
  /// - Parameter headIsWrong: whether it is its first line that is not understood.
  private mutating func leaveOut(headIsWrong: Bool) {
    let start = reader.mark
    guard beginsBlock, !isWholeOnLine else { return skipStatement() }
    if skipToEnd() { return }
    reader.reset(to: start)
    let isIndented = skipIndented()
    // Without an end and an indentation nobody knows where a block ends: its body must not run without its head.
    if !isIndented {
      if headIsWrong { skipStatement() } else { while reader.current != nil { reader.advance() } }
    }
  }

  /// Whether a block begins here.
  private var beginsBlock: Bool {
    ahead { ahead in
      if ahead.peekName() == "time" {
        ahead.skipName()
        ahead.skipBlank()
      }
      guard let word = ahead.peekName(), ["for", "if", "def"].contains(word) else { return false }
      return !ahead.assignmentFollows()
    }
  }

  /// Whether a block has its body on its first line, as other languages write it: `def f(x): return x`.
  private var isWholeOnLine: Bool {
    let isDefinition = peekName() == "def"
    var depth = 0
    let line = Array(reader.restOfLine)
    if line.last(where: { !$0.isWhitespace }) == "}" { return true }
    for (k, character) in line.enumerated() {
      if "([".contains(character) { depth += 1 }
      if ")]".contains(character) { depth -= 1 }
      guard character == ":", depth == 0 else { continue }
      let rest = line[(k + 1)...]
      return (isDefinition || rest.first?.isWhitespace ?? false)
        && !(rest.first { !$0.isWhitespace }.map { $0 == "#" } ?? true)
    }
    return false
  }

  /// Skips to the end of a statement, or of its first line where it closes nothing that it opens.
  private mutating func skipStatement() {
    let start = reader.mark
    var depth = 0
    while let current = reader.current {
      switch current {
      case "'", "\"":
        guard skipText(current) else { return skipLine(from: start) }
        continue
      case "#" where reader.previous.map({ $0.isBlank || $0.isLineEnd || $0 == ";" }) ?? true:
        while let next = reader.current, !next.isLineEnd { reader.advance() }
        continue
      case "[", "(": depth += 1
      case "]", ")": depth = max(0, depth - 1)
      case "\\" where reader.peek()?.isLineEnd ?? false: reader.advance()
      case ";" where depth == 0: return
      case _ where current.isLineEnd && depth == 0: return
      default: break
      }
      reader.advance()
    }
    if depth > 0 { skipLine(from: start) }
  }

  private mutating func skipLine(from start: SourceReader.Mark) {
    reader.reset(to: start)
    while let current = reader.current, !current.isLineEnd { reader.advance() }
  }

  /// Skips a text in quotes; false where they are not closed.
  private mutating func skipText(_ quote: Unicode.Scalar) -> Bool {
    reader.advance()
    while let current = reader.current {
      reader.advance()
      if current == quote { return true }
      if current == "\\", quote == "\"" { reader.advance() }
    }
    return false
  }

  /// Skips to behind the end of the block that begins here; false where it has none.
  private mutating func skipToEnd() -> Bool {
    var level = 0
    while true {
      skipLines()
      guard reader.current != nil else { return false }
      if beginsBlock, !isWholeOnLine {
        level += 1
      } else if peekName() == "end", !assignmentFollows() {
        level -= 1
      }
      skipStatement()
      if level == 0 { return true }
    }
  }

  /// Skips the lines of a block that stand deeper than its head; false where none does.
  private mutating func skipIndented() -> Bool {
    let indent = reader.position.column - 1
    skipStatement()
    var kept = reader.mark
    var isIndented = false
    while true {
      skipLines()
      guard reader.current != nil else { break }
      let isDeeper = reader.position.column - 1 > indent
      let isPart = isIndented && ["else", "end"].contains(peekName() ?? "")
      guard isDeeper || isPart else { break }
      let isEnd = !isDeeper && peekName() == "end"
      isIndented = true
      skipStatement()
      kept = reader.mark
      if isEnd { break }
    }
    if isIndented { reader.reset(to: kept) }
    return isIndented
  }
}
