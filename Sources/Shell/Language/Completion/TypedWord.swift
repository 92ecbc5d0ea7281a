import Files
import Foundation

/// The word before the cursor and the place where it stands, as the parser sees them.
package struct TypedWord {
  package enum Place {
    /// A statement, or a command in parentheses, begins with it.
    case statement
    /// What a name is bound to, or a part of a value.
    case rightSide
    /// An argument of a command, behind others; with its key where one is written.
    case argument(of: String, after: [Given], key: String?)
    /// An item of a list that is an argument.
    case item(of: String, after: [Given], key: String?)
    /// An argument of a function, counted from 0.
    case function(String, Int)
    /// A part of an expression.
    case value
    /// What a loop goes over.
    case loopItem
    /// Beside an operator, with what stands on its other side.
    case operand(beside: Behind)
    /// The brackets behind a value hold it; the word begins with the value.
    case brackets(behind: Behind)
    /// A command behind a pipe.
    case pipe(behind: Behind)
    /// An end of a range.
    case rangeEnd
    /// Text that this quote has opened; with the call whose argument it is.
    case quoted(String, in: Quoting?)
    /// A line for the system's shell.
    case shell
  }

  /// What stands before, to be looked at where its kind matters.
  package struct Behind: Sendable {
    /// nil for the name of a file.
    let call: Call?
    /// The operator behind it.
    var symbol: String?
  }

  /// The argument that a text in quotes is.
  package struct Quoting {
    let command: String
    let before: [Given]
    let key: String?
  }

  /// What lies around the word beside its place.
  package enum Surroundings {
    case none
    /// The parentheses of an expression, which want a value.
    case parentheses
    /// A condition begins with it.
    case condition
  }

  /// An argument that is written before.
  package struct Given {
    package var name: String?
    /// Of a word or text; nil for what has to be evaluated.
    package var text: String?
    /// As it is written.
    var expression: Expression?
  }

  package let text: String
  package let place: Place
  package let surroundings: Surroundings

  /// Reads what stands before the cursor; nil where the parser makes nothing of it.
  ///
  /// The text is parsed with a mark for the cursor and with what closes its open brackets, quotes and blocks.
  package init?(
    in line: String, isCommand: @escaping (String) -> Bool,
    isVariable: @escaping (String) -> Bool = { _ in false }
  ) {
    // A word behind | is meant as a command before it is one.
    let isPiped = Self.isBehindPipe(line)
    let vocabulary = Parser.Vocabulary(
      isCommand: { isCommand($0) || isPiped && $0.contains(Self.mark) }, isVariable: isVariable)
    guard let statements = Parser.parsedClosing(line + String(Self.mark), vocabulary) else {
      return nil
    }
    for statement in statements {
      guard let found = Self.find(in: statement) else { continue }
      if case .quoted(_, let call) = found.place, let start = found.start,
        let quoted = Self.text(from: start, of: line)
      {
        (text, place) = (found.text, .quoted(String(quoted.prefix(1)), in: call))
      } else {
        (text, place) = (found.start.flatMap { Self.text(from: $0, of: line) } ?? found.text, found.place)
      }
      surroundings = found.surroundings
      return
    }
    return nil
  }

  /// A letter that nobody types: words may hold it wherever they stand.
  private static let mark: Character = "\u{12000}"

  /// Whether the last word of a line stands behind a single |.
  private static func isBehindPipe(_ line: String) -> Bool {
    let before = line.reversed().drop { $0.isLetter || $0.isNumber || $0 == "_" }.drop { $0 == " " }
    return before.first == "|"
  }

  private struct Found {
    var text: String
    var place: Place
    /// Where the word or its quote begins, where its text is not all that is to be known.
    var start: SourcePosition?
    /// Whether it is a whole argument or expression.
    var isWhole = true
    /// Whether it is an item of a list.
    var isItem = false
    var surroundings = Surroundings.none
  }

  private static func text(from start: SourcePosition, of line: String) -> String? {
    let lines = line.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.indices.contains(start.line - 1) else { return nil }
    // Columns count code points, not what looks like one letter.
    return String(lines[start.line - 1].unicodeScalars.dropFirst(start.column - 1))
  }

  private static func given(_ argument: ArgumentSyntax) -> Given {
    let text: String? =
      switch argument.value {
      case .word(let text, _): text
      case .text(let parts, _): parts.count == 1 ? parts[0].plain : nil
      default: nil
      }
    return Given(name: argument.name, text: text, expression: argument.value)
  }

  // MARK: - The syntax tree

  private static func find(in statement: Statement) -> Found? {
    switch statement {
    case .run(let targets, let call, _):
      find(in: call).map { found in
        guard !targets.isEmpty, case .statement = found.place, found.isWhole else { return found }
        var found = found
        found.place = .rightSide
        return found
      }
    case .loop(_, let source, let body):
      source.items.firstResult { loopItem(find(in: $0)) } ?? body.firstResult(find(in:))
    case .choice(let condition, let then, let otherwise):
      self.condition(find(in: condition)) ?? (then + otherwise).firstResult(find(in:))
    case .shell(let parts, _): typed(parts).map { Found(text: lastWord(of: $0), place: .shell) }
    case .timed(let inner): find(in: inner)
    case .definition(let definition): definition.body.firstResult(find(in:))
    case .giveBack(let values, _): values.firstResult { part(find(in: $0)) }
    case .nextRound, .help: nil
    }
  }

  private static func find(in call: Call) -> Found? {
    switch call {
    case .expression(let expression):
      guard var found = find(in: expression) else { return nil }
      if found.isWhole, !found.isItem, case .value = found.place { found.place = .statement }
      return found
    case .command(let name, let arguments, _):
      if let typed = typed(name) { return Found(text: typed, place: .statement) }
      return find(in: arguments, of: name)
    case .pipe(let first, let name, let arguments, _):
      if let typed = typed(name) { return Found(text: typed, place: .pipe(behind: Behind(call: first))) }
      // What comes through the pipe is the first argument.
      return find(in: first) ?? find(in: arguments, of: name, behind: [Given(name: nil, text: nil)])
    }
  }

  private static func find(
    in arguments: [ArgumentSyntax], of name: String, behind given: [Given] = []
  ) -> Found? {
    for (index, argument) in arguments.enumerated() {
      guard var found = find(in: argument.value) else { continue }
      let before = given + arguments[..<index].map { Self.given($0) }
      if case .quoted(let quote, nil) = found.place, found.isWhole {
        found.place = .quoted(quote, in: Quoting(command: name, before: before, key: argument.name))
      } else if found.isWhole, case .value = found.place {
        found.place =
          found.isItem
          ? .item(of: name, after: before, key: argument.name)
          : .argument(of: name, after: before, key: argument.name)
      }
      return found
    }
    return nil
  }

  private static func find(in expression: Expression) -> Found? {
    switch expression {
    case .word(let text, let position):
      guard let typed = typed(text) else { return nil }
      let isOpen = typed.contains("[")
      return Found(
        text: typed, place: isOpen ? .brackets(behind: Behind(call: nil)) : .value,
        start: isOpen ? position : nil)
    case .text(let parts, let position):
      return typed(parts).map { Found(text: $0, place: .quoted("", in: nil), start: position) }
    case .filledWord(let parts, let position):
      return typed(parts).map { Found(text: $0, place: .value, start: position) }
    case .parameter(let filled, _):
      return typed(filled.written).map { Found(text: $0, place: .value, isWhole: false) }
    case .section(let places, _): return part(find(in: places))
    case .list(let items, _):
      var found = items.firstResult(find(in:))
      found?.isItem = true
      return found
    case .range(let first, let last, let step, _):
      return rangeEnd(find(in: first) ?? find(in: last) ?? step.flatMap(find(in:)))
    case .index(let base, let places, _):
      if let found = find(in: base) { return part(found) }
      guard var found = find(in: places) else { return nil }
      if case .value = found.place {
        (found.place, found.start) = (.brackets(behind: Behind(call: .expression(base))), start(of: base))
      }
      return part(found)
    case .unary(let symbol, let inner, _): return operand(find(in: inner), beside: nil, symbol)
    case .chain(let first, let links):
      if let found = find(in: first) {
        return operand(found, beside: links.first?.operand, links.first?.symbol)
      }
      for (k, link) in links.enumerated() {
        guard let found = find(in: link.operand) else { continue }
        return operand(found, beside: k == 0 ? first : .chain(first, Array(links[..<k])), link.symbol)
      }
      return nil
    case .call(let call, _):
      var found = part(find(in: call))
      if case .statement? = found?.place { found?.surroundings = .parentheses }
      return found
    case .function(let name, let arguments, _):
      guard FunctionTable[name] == nil else {
        for (index, argument) in arguments.enumerated() {
          guard var found = find(in: argument.value) else { continue }
          if found.isWhole, !found.isItem, case .value = found.place { found.place = .function(name, index) }
          return part(found)
        }
        return nil
      }
      return find(in: arguments, of: name)
    case .number, .integer: return nil
    }
  }

  private static func find(in places: [Subscript]) -> Found? {
    places.firstResult { place in
      switch place {
      case .at(let expression): find(in: expression)
      case .range(let first, let last, _): first.flatMap(find(in:)) ?? last.flatMap(find(in:))
      }
    }
  }

  /// Where the outermost base of an element begins.
  private static func start(of expression: Expression) -> SourcePosition {
    if case .index(let base, _, _) = expression { start(of: base) } else { expression.position }
  }

  private static func operand(_ found: Found?, beside other: Expression?, _ symbol: String?) -> Found? {
    var found = found
    if case .value? = found?.place {
      found?.place = .operand(beside: Behind(call: other.map { .expression($0) }, symbol: symbol))
    }
    return part(found)
  }

  private static func condition(_ found: Found?) -> Found? {
    var found = found
    if let word = found, word.isWhole, !word.isItem, case .value = word.place {
      found?.surroundings = .condition
    }
    return part(found)
  }

  private static func loopItem(_ found: Found?) -> Found? {
    var found = found
    if let item = found, item.isWhole, !item.isItem, case .value = item.place { found?.place = .loopItem }
    return part(found)
  }

  private static func rangeEnd(_ found: Found?) -> Found? {
    var found = found
    switch found?.place {
    case .value?, .operand?: found?.place = .rangeEnd
    default: break
    }
    return part(found)
  }

  private static func part(_ found: Found?) -> Found? {
    var found = found
    found?.isWhole = false
    return found
  }

  /// What stands before the mark; nil without it.
  private static func typed(_ text: String) -> String? {
    text.firstIndex(of: mark).map { String(text[..<$0]) }
  }

  private static func typed(_ parts: [TextPart]) -> String? {
    let text = parts.map { part in
      switch part {
      case .plain(let text): text
      case .value(let filled): filled.written
      }
    }
    return typed(text.joined())
  }

  /// Of text that is no statement.
  package static func lastWord(of text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).last.map(String.init).flatMap { text.hasSuffix($0) ? $0 : nil }
      ?? ""
  }
}

extension Parser {
  /// The statements of a text whose brackets, quotes and blocks may be open; nil for what no closing mends.
  fileprivate static func parsedClosing(_ text: String, _ vocabulary: Vocabulary) -> [Statement]? {
    var text = text
    for _ in 0..<deepest {
      var parser = Parser(text, vocabulary: vocabulary)
      do {
        return try parser.parse()
      } catch let unfinished as UnfinishedInput {
        guard let closing = unfinished.error.expected else { return nil }
        text += closing == "end" ? "\nend" : closing
      } catch {
        return nil
      }
    }
    return nil
  }
}
