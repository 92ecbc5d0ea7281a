import Kernels

// Operators as other languages and shells write them: errors that say what is written here.
extension Parser {
  /// `x = y = 3`: one name a statement.
  func chained() -> String? {
    let before = reader.text(from: statementStart)
    let parts = before.split(separator: "=", omittingEmptySubsequences: false).map { $0.trimmingBlanks() }
    guard parts.count == 2, parts.allSatisfy(Words.isPlainName), let word = lastWord else { return nil }
    let rest = reader.restOfLine.dropFirst().prefix { $0 != ";" && $0 != "#" }
    return "one name a statement: \(word.text) = \(String(rest).trimmingBlanks()); \(parts[0]) = \(word.text)"
  }

  /// `| grep foo`: a word with another behind it is no mask.
  func checkForeignPipe() throws {
    let start = reader.position
    let word = ahead { ahead -> String? in
      ahead.reader.advance()
      ahead.skipBlank()
      guard let word = ahead.peekName(), !ahead.isVariable(word), FunctionTable[word] == nil,
        Habits.words[word] == nil, !Words.reserved.contains(word)
      else { return nil }
      ahead.skipName()
      guard ahead.reader.current == " " else { return nil }
      ahead.skipBlank()
      guard let next = ahead.reader.current else { return nil }
      let isArgument = next.isNameStart || next.isDigit || "'\"-".unicodeScalars.contains(next)
      return isArgument && ahead.reader.peek() != " " ? word : nil
    }
    if let word { throw notInPipes(word, start) }
  }

  /// `i //= 2`: only + - * / have a short form.
  func checkCompound(_ symbol: String) throws {
    guard reader.peek(symbol.unicodeScalars.count) == "=", reader.peek(symbol.unicodeScalars.count + 1) != "="
    else { return }
    let name = lastWord?.text ?? "a"
    throw reader.error(
      "'\(symbol)=' is not understood here", expected: "+= -= *= /=",
      hint: "\(name) = \(name) \(symbol) ... is written out")
  }

  /// `50%` at the end of a statement is no remainder.
  func checkPercent() throws {
    let isLast = ahead { ahead in
      ahead.reader.advance()
      ahead.skipBlank()
      return ahead.reader.current.map { $0.isLineEnd || ";),]".unicodeScalars.contains($0) } ?? true
    }
    if isLast { throw reader.error("'%' has no value behind it", hint: "50 % is written 0.5") }
  }
}
