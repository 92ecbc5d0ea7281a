import Calling
import Files
import Foundation
import Kernels

// What a loop goes over where it runs.
extension LoopSource {
  /// The items as they are read with what is known now: a script that another one runs may have bound operands that
  /// nobody knew when the text was read.
  func items(_ vocabulary: Parser.Vocabulary) throws -> [Expression] {
    guard items.contains(where: \.mayBeCalculation) else { return items }
    var parser = Parser(written, line: position.line, column: position.column, vocabulary: vocabulary)
    return try parser.loopItems()
  }
}

/// Words of a loop that look like a range or a calculation and are none: as texts they would make it run without a
/// word, once, over something that nobody meant.
struct LoopWords {
  let items: [Expression]
  let isVariable: (String) -> Bool
  let isCommand: (String) -> Bool
  /// Names that a single word may have meant.
  let names: () -> [String]

  private static let operators = Set("+-*/%<>=!&^")

  /// The error about the first of them; nil for items that a loop can go over.
  func refusal() -> CRSError? {
    if let error = phrase() { return error }
    for item in items {
      if let error = refusal(of: item) {
        return error.line == nil ? error.at(item.position.place) : error
      }
    }
    return nil
  }

  private func refusal(of item: Expression) -> CRSError? {
    switch item {
    case .section(let places, _) where places.count == 1:
      return CRSError.usage(
        "a range in brackets is part of a value", expected: "a list or a range",
        hint: "for i in \(Self.range(places[0]))")
    case .word(let word, _):
      guard !isVariable(word), !FileManager.default.fileExists(atPath: word) else { return nil }
      return refusal(of: word)
    case .filledWord(let parts, _):
      // Whatever is filled in: the dots and colons are written.
      let word = parts.map { $0.plain ?? "1" }.joined()
      return hasRange(word)
        ? noRange(
          parts.map { part in
            if case .value(let filled) = part { "$" + filled.name } else { part.plain ?? "" }
          }.joined()) : nil
    default: return nil
    }
  }

  private func refusal(of word: String) -> CRSError? {
    if word.contains("`") {
      return CRSError.usage(
        "'`' is not understood here", expected: "a list, files, words or a range",
        hint: "what a program of the system prints is no value; *.fits are files, 1:n counts")
    }
    if hasRange(word) { return noRange(word) }
    let isAlone = items.count == 1
    if let hint = NumberWord.hint(for: word), hint.hasPrefix("write"), isAlone || word.hasPrefix("0x") {
      return CRSError.usage("'\(word)' is no number", hint: hint + "; quotes make a text of it")
    }
    let operands = word.split { Self.operators.contains($0) }.map(String.init)
    let areKnown = !operands.isEmpty && operands.allSatisfy { isVariable($0) || Double($0) != nil }
    if word.contains(where: Self.operators.contains), areKnown, !Words.isGlob(word), !Self.isDate(word),
      isAlone || operands.count == 1 && Double(word) == nil
    {
      let hint =
        operands.count == 2 && word.contains("-")
        ? "for i in \(operands[0]):\(operands[1]) counts" : "for i in 1:n counts"
      return CRSError.usage("'\(word)' is one word", hint: hint + "; quotes make a text of it")
    }
    guard isAlone else { return nil }
    if let error = Evaluator.attributeError(word, isVariable: isVariable) { return error }
    guard Words.isPlainName(word), Evaluator.constant(word) == nil, Evaluator.number(word) == nil else {
      return nil
    }
    if isCommand(word) {
      return CRSError.usage("'\(word)' is a command", hint: "quotes make a text of it: '\(word)'")
    }
    let meant = didYouMean(word, among: names())
    guard meant != nil || FunctionTable[word] != nil else { return nil }
    return CRSError.usage(
      "'\(word)' is not a variable",
      hint: [meant ?? FunctionTable[word].map { "a function: \($0.usage)" }, "quotes make a text of it"]
        .compactMap { $0 }.joined(separator: "; "))
  }

  /// `1 to 5`, `seq 1 5`, `1:3 do`: several words that are one phrase of another language.
  private func phrase() -> CRSError? {
    func isEnd(_ item: Expression) -> Bool {
      switch item {
      case .number, .integer, .parameter, .index, .function, .chain, .unary: true
      case .word(let word, _): isVariable(word)
      default: false
      }
    }
    func written(_ item: Expression) -> String {
      switch item {
      case .integer(_, let text, _), .number(_, let text, _), .word(let text, _): text
      case .parameter(let filled, _): filled.written
      default: "n"
      }
    }
    if items.count == 3, case .word(let word, let position) = items[1], !isVariable(word),
      ["to", "through", "until", "upto", "..", "...", "->"].contains(word), isEnd(items[0]), isEnd(items[2])
    {
      return CRSError.usage(
        "'\(word)' is not understood here", hint: "for i in \(written(items[0])):\(written(items[2]))"
      ).at(position.place)
    }
    if items.count > 1, case .word(let word, let position) = items[0], !isVariable(word),
      ["seq", "range", "arange", "xrange"].contains(word), items.dropFirst().allSatisfy(isEnd)
    {
      let ends = items.dropFirst().map(written)
      let range = ends.count == 1 ? "1:\(ends[0])" : ends.joined(separator: ":")
      return CRSError.usage("'\(word)' is not understood here", hint: "for i in \(range)").at(position.place)
    }
    if items.count > 1, case .word(let word, let position)? = items.last, !isVariable(word),
      word == "do" || word == "then"
    {
      return CRSError.usage(
        "'\(word)' is not understood here", expected: "the end of the line or ;", hint: Words.blocks
      ).at(position.place)
    }
    return nil
  }

  // MARK: - Ranges

  /// Whether colons or dots stand between numbers and variables, or before or behind one.
  private func hasRange(_ word: String) -> Bool {
    guard word.contains(":") || word.contains(".."), !word.contains("/") else { return false }
    let ends = Self.ends(word)
    let operands = ends.flatMap { $0.split { Self.operators.contains($0) }.map(String.init) }
    return operands.allSatisfy { isVariable($0) || Double($0) != nil } && !operands.isEmpty
      && !Self.isDate(word)
  }

  private func noRange(_ word: String) -> CRSError {
    let ends = Self.ends(word).filter { !$0.isEmpty }
    let isWhole = ends.allSatisfy { Int($0) != nil || isVariable($0) || $0.hasPrefix("$") }
    let hint =
      switch ends.count {
      case 1 where isWhole: "for i in 1:\(ends[0])"
      case 2, 3: isWhole ? "for i in \(ends.joined(separator: ":"))" : "for i in 1:n"
      default: "for i in 1:n, for i in 1:9:2"
      }
    return CRSError.usage(
      "'\(word)' is no range", expected: "first:last or first:last:step",
      hint: hint + " counts; quotes make a text of it")
  }

  private static func ends(_ word: String) -> [String] {
    var ends = [""]
    var before: Character?
    for (letter, next) in zip(word, Array(word.dropFirst()) + [" "]) {
      // A dot alone is one of a number.
      let isDots = letter == "." && (next == "." || before == ".")
      if letter == ":" || isDots {
        if before != "." || letter == ":" { ends.append("") }
      } else {
        ends[ends.count - 1].append(letter)
      }
      before = letter
    }
    return ends
  }

  /// `2026-11-26`, `2026-11-26T12:00:00`
  private static func isDate(_ word: String) -> Bool {
    let parts = word.prefix { $0 != "T" }.split(separator: "-", omittingEmptySubsequences: false)
    return parts.count == 3 && parts[0].count == 4 && parts.allSatisfy { Int($0) != nil }
  }

  /// A range in brackets as it is written without them.
  private static func range(_ place: Subscript) -> String {
    func text(_ end: Expression?, _ other: String) -> String {
      switch end {
      case .integer(_, let text, _)?, .word(let text, _)?: text
      case .parameter(let filled, _)?: filled.written
      case nil: other
      default: other
      }
    }
    guard case .range(let first, let last, _) = place else { return "1:n" }
    return "\(text(first, "1")):\(text(last, "n"))"
  }
}

extension Expression {
  /// A word with operators or a colon in it.
  fileprivate var mayBeCalculation: Bool {
    guard case .word(let word, _) = self else { return false }
    return word.contains { "+-*/%:<>=!&".contains($0) }
  }
}
