import Files
import Kernels

// Words, numbers and texts.
extension Parser {
  /// A run of characters up to a blank; brackets directly behind the name of a file belong to it.
  mutating func bareWord() throws -> Expression {
    let start = reader.position
    var word = TextBuilder()
    while let current = reader.current, !current.isBlank, !current.isLineEnd,
      !";()\"'|".unicodeScalars.contains(current)
    {
      if current == "[" {
        // A file name keeps its brackets; a variable's index is parsed.
        guard word.looksLikeFile else { break }
        word.append(try bracketText())
      } else if current == "," || current == "]" || reader.continuation != nil {
        break
      } else if current == "$", let value = try filled() {
        word.append(value)
      } else {
        word.append(current)
        reader.advance()
      }
    }
    guard !word.isEmpty else {
      guard let current = reader.current, !current.isLineEnd else {
        throw reader.error("a value is missing", expected: "a value")
      }
      throw reader.error(
        "'\(current)' is not understood here", expected: "a value",
        hint: current == "," ? "blanks part the arguments: print a b" : nil)
    }
    if reader.current == "(" {
      guard let name = word.plain, isName(name) else { throw misplacedParenthesis(word.plain, start) }
      let call = try function(name, start)
      if reader.current == "." || reader.current == "/" {
        throw reader.error(
          "'(' is not understood here", at: start, hint: "names of files with parentheses stand in quotes")
      }
      return call
    }
    if let quote = reader.current, quote == "'" || quote == "\"" {
      throw reader.error(
        "'\(quote)' is not understood here", expected: "a blank",
        hint: Habits.beforeText(word.plain, reader.restOfLine))
    }
    let expression = try word.expression(at: start)
    if case .word(let text, _) = expression { lastWord = (text, reader.index) }
    return expression
  }

  /// A number, a name, or a file name in an expression; operators end it, the sign of an exponent does not.
  mutating func expressionWord() throws -> Expression {
    let start = reader.position
    var word = TextBuilder()
    while let current = reader.current {
      let isExponentSign =
        (current == "-" || current == "+") && word.endsLikeExponent
        && (reader.peek()?.isDigit ?? false)
      if current == "$", let value = try filled() {
        word.append(value)
        continue
      }
      guard current.isNamePart || ".$~".unicodeScalars.contains(current) || isExponentSign else { break }
      word.append(current)
      reader.advance()
    }
    guard !word.isEmpty else {
      guard let next = reader.current, !next.isLineEnd, next != ";" else {
        throw reader.error("a value is missing", at: start, expected: "a value", hint: increment())
      }
      let current = String(next)
      throw reader.error(
        "'\(current)' is not understood here", at: start, expected: "a value",
        hint: current == "{"
          ? "[a, b] is a list; newtable NAME ... makes a table" : Habits.doubledSign(reader.previous, next))
    }
    if reader.current == "(", let name = word.plain {
      guard isName(name) else { throw misplacedParenthesis(name, start) }
      return try function(name, start)
    }
    let expression = try word.expression(at: start)
    switch expression {
    case .number, .integer: lastNumberEnd = reader.index
    case .word(let text, _): lastWord = (text, reader.index)
    default: break
    }
    return expression
  }

  /// A parenthesis directly behind what is no name.
  private func misplacedParenthesis(_ word: String?, _ start: SourcePosition) -> CRSError {
    if let word, let meant = Habits.method(word, isVariable: isVariable) {
      return reader.error(meant.message + ", such as \(word)()", at: start, hint: meant.hint)
    }
    let isFile = word.map { $0.contains(".") || !isName($0) } ?? true
    return reader.error(
      "'(' is not understood here", hint: isFile ? "names of files with parentheses stand in quotes" : nil)
  }

  /// `i++`: what it is written as here.
  func increment() -> String? {
    guard let word = lastWord else { return nil }
    for sign in ["+", "-"] where reader.text(from: word.end).trimmingBlanks() == sign + sign {
      return "\(word.text) \(sign)= 1"
    }
    return nil
  }

  private mutating func function(_ name: String, _ start: SourcePosition) throws -> Expression {
    if let hint = Habits.words[name], name == "range" {
      throw reader.error("'\(name)' is not a function", at: start, hint: hint)
    }
    let arguments = try parenthesisedArguments()
    if FunctionTable[name] == nil { lastCall = (name, reader.index) }
    return .function(name: name, arguments: arguments, start)
  }

  private func isName(_ text: String) -> Bool {
    text.unicodeScalars.first?.isNameStart ?? false && text.unicodeScalars.allSatisfy(\.isNamePart)
  }

  /// The text of a bracket with all inside it.
  private mutating func bracketText() throws -> String {
    let start = reader.position
    var text = ""
    var depth = 0
    repeat {
      guard let current = reader.current else {
        throw unfinished("the bracket is not closed", at: start, expected: "]")
      }
      if current == "[" { depth += 1 }
      if current == "]" { depth -= 1 }
      if !current.isLineEnd { text.unicodeScalars.append(current) }
      reader.advance()
    } while depth > 0
    return text
  }

  // MARK: - Texts

  /// Text in quotes: single ones leave everything as it is, double ones know `\" \\ \n \$`, `\x1b` and `\u{202e}`, and fill
  /// `$name` in.
  ///
  /// - Throws: `CRSError` (usage) for any other character behind `\`: as a text without it, it would be another one.
  mutating func quoted() throws -> [TextPart] {
    let start = reader.position
    guard let quote = reader.current else { return [] }
    reader.advance()
    var text = TextBuilder()
    while let current = reader.current {
      if current == quote {
        reader.advance()
        return text.parts
      }
      if current == "\\", quote == "\"", let (scalar, length) = numbered() {
        text.append(scalar)
        reader.advance(length)
      } else if current == "\\", quote == "\"", let next = reader.peek() {
        guard "\"\\n$".unicodeScalars.contains(next) else { throw unknownEscape(next) }
        text.append(next == "n" ? "\n" : next)
        reader.advance(2)
      } else if current == "$", quote == "\"", reader.peek() == "(" {
        throw reader.error(
          "'$(' fills nothing in", expected: "$name or ${name:format}",
          hint: "x = (...) before gives a value its name, \\$( writes the signs")
      } else if current == "$", quote == "\"", let value = try filled() {
        text.append(value)
      } else {
        text.append(current)
        reader.advance()
      }
    }
    throw ended("the text is not closed", at: start, expected: String(quote))
  }

  /// A character by its number, `\x1b` or `\u{202e}`, and how long that is; nil for anything else.
  private func numbered() -> (Unicode.Scalar, length: Int)? {
    var digits = ""
    var length = 2
    switch reader.peek() {
    case "x":
      digits = [reader.peek(2), reader.peek(3)].compactMap { $0.map(String.init) }.joined()
      guard digits.count == 2 else { return nil }
      length = 4
    case "u":
      guard reader.peek(2) == "{" else { return nil }
      while let digit = reader.peek(length + 1), digit != "}", digits.count < 7 {
        digits.unicodeScalars.append(digit)
        length += 1
      }
      guard reader.peek(length + 1) == "}" else { return nil }
      length += 2
    default: return nil
    }
    guard digits.unicodeScalars.allSatisfy({ $0.properties.isASCIIHexDigit }),
      let number = UInt32(digits, radix: 16),
      let scalar = Unicode.Scalar(number)
    else { return nil }
    return (scalar, length)
  }

  private func unknownEscape(_ next: Unicode.Scalar) -> CRSError {
    let hint =
      switch next {
      case "t": "a tab can be typed in the quotes; single quotes leave everything as it is"
      case "'": "' needs no \\ in double quotes"
      case "x", "u": "behind it stands a number: \\x1b, \\u{202e}"
      default: "single quotes leave everything as it is; in double quotes \\\\ is one \\"
      }
    return reader.error(
      "\\ before \(next.isLineEnd ? "the end of a line" : "'\(next)'") means nothing in double quotes",
      expected: "\\\" \\\\ \\n \\$ or \\x1b", hint: hint)
  }

  /// The rest of the line, for the system's shell.
  mutating func shellLine() -> [TextPart] {
    var text = TextBuilder()
    while let current = reader.current, !current.isLineEnd {
      // The system's shell continues its lines in the same way, and reads two as one that continues nothing.
      if current == "\\" {
        guard let next = reader.peek() else {
          endsContinued = true
          reader.advance()
          break
        }
        if next == "\\" || next.isLineEnd {
          text.append(current)
          text.append(next)
          reader.advance(2)
          continue
        }
      }
      // What is no name of ours is the shell's.
      if current == "$", let value = (try? filled()) ?? nil {
        text.append(value)
      } else {
        text.append(current)
        reader.advance()
      }
    }
    return text.parts
  }

  /// `$name`, `${name}` or `${name:format}`; nil, and nothing consumed, where none stands.
  private mutating func filled() throws -> Filled? {
    let start = (mark: reader.mark, index: reader.index, position: reader.position)
    reader.advance()
    if reader.current == "{" {
      reader.advance()
      guard let name = parameterName() else {
        reader.reset(to: start.mark)
        return nil
      }
      var format: String?
      if reader.current == ":" {
        let from = reader.index + 1
        reader.advance()
        while let current = reader.current, current != "}", !current.isLineEnd { reader.advance() }
        format = reader.text(from: from)
      }
      guard reader.current == "}" else {
        reader.reset(to: start.mark)
        throw reader.error("${ is not closed", at: start.position, expected: "${name} or ${name:format}")
      }
      reader.advance()
      return Filled(name: name, format: format, written: reader.text(from: start.index))
    }
    guard let name = parameterName() else {
      reader.reset(to: start.mark)
      return nil
    }
    return Filled(name: name, format: nil, written: reader.text(from: start.index))
  }

  /// A name, or the number of an argument.
  private mutating func parameterName() -> String? {
    if let name = name() { return name.text }
    let start = reader.index
    while let current = reader.current, current.isDigit { reader.advance() }
    let text = reader.text(from: start)
    return text.isEmpty ? nil : text
  }
}
