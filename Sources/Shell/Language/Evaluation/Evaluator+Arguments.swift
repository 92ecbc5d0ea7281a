import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// What a bare word may be that is no variable.
enum WordUse {
  /// A file, nothing else.
  case value
  /// Also a text of its own.
  case text
  /// What the parameter takes.
  case parameter(ParameterManifest)

  var parameter: ParameterManifest? { if case .parameter(let parameter) = self { parameter } else { nil } }

  /// Whether a word without quotes may be a text.
  var takesText: Bool {
    switch self {
    case .value: false
    case .text: true
    case .parameter(let parameter): parameter.takesText
    }
  }
}

// What words mean where a command takes them.
extension Evaluator {
  /// The values of an argument; a glob gives as many as there are files.
  func arguments(_ expression: Expression, _ use: WordUse) throws -> [Evaluation] {
    do {
      return try unplacedArguments(expression, use)
    } catch var error as CRSError {
      if error.line == nil {
        (error.line, error.column) = (expression.position.line, expression.position.column)
      }
      throw error
    }
  }

  private func unplacedArguments(_ expression: Expression, _ use: WordUse) throws -> [Evaluation] {
    switch expression {
    case .word(let word, _): return asStack(try argument(word, use), use)
    case .filledWord(let parts, _):
      let pieces = try self.pieces(parts)
      return asStack(try FileNames.expand(pieces).map { literal(.text($0)) }, use)
    case .number(_, let written, _), .integer(_, let written, _):
      // A text keeps its digits as they are written.
      guard let parameter = use.parameter, parameter.takesOnlyText else { return [try value(expression)] }
      return [Evaluation(value: .text(written), tree: .word(written))]
    case .list(let items, _): return [try list(items, use)]
    case .index(.word(let word, _), let places, _)
    where !runner.isVariable(word) && !Words.looksLikeFile(word)
      && FileManager.default.fileExists(atPath: word):
      // file[1:9, 1:9] with a name that is no variable: the brackets are the file's.
      return [literal(.text(word + (try self.places(places, names: .words).map(\.place).text)))]
    default: return [try value(expression)]
    }
  }

  private func argument(_ word: String, _ use: WordUse) throws -> [Evaluation] {
    let bare = Evaluation(value: .text(word), tree: .word(word))
    if let parameter = use.parameter {
      if parameter.isName { return [bare] }
      if parameter.choices.contains(where: { $0.lowercased() == word.lowercased() }) { return [bare] }
    }
    if let constant = Self.constant(word) { return [Evaluation(value: constant, tree: .word(word))] }
    if let variable = runner.variable(word) { return [variable] }
    if let number = Self.number(word), !use.takesText || use.parameter?.kind == .list {
      return [Evaluation(value: .number(number), tree: .word(word))]
    }
    if let error = Self.operatorError(
      word, parameter: use.parameter, takesText: use.takesText, isVariable: runner.isVariable)
    {
      throw error
    }
    if let error = Self.attributeError(word, for: use.parameter, isVariable: runner.isVariable) {
      throw error
    }
    if Words.looksLikeFile(word) { return try FileNames.expand(word).map { literal(.text($0)) } }
    if FileManager.default.fileExists(atPath: word) || use.takesText { return [bare] }
    var error = runner.unknown(word)
    if let parameter = use.parameter, parameter.kind != .any || !parameter.choices.isEmpty {
      error.expected = parameter.expectation
      // A command or function alone is no value.
      if !runner.isCommand(word), FunctionTable[word] == nil, Habits.words[word] == nil,
        NumberWord.hint(for: word) == nil
      {
        error.hint = didYouMean(word, among: runner.names)
      }
    }
    let takesAny = use.parameter == nil || use.parameter?.kind == .any
    if takesAny, didYouMean(word, among: runner.names) == nil, Words.leaving(word) == nil,
      Habits.words[word] == nil
    {
      error.hint = [error.hint, "quotes make a text of it"].compactMap { $0 }.joined(separator: "; ")
    }
    throw error
  }

  /// `print x.shape`, `addrow t x.flux`: as a text it would say nothing of the value.
  static func attributeError(
    _ word: String, for parameter: ParameterManifest?, isVariable: (String) -> Bool
  ) -> CRSError? {
    let takesAny = parameter.map { $0.kind == .any || $0.kind == .list && $0.isRest } ?? false
    guard takesAny || parameter?.kind != .file && Habits.isAttribute(word),
      var error = attributeError(word, isVariable: isVariable)
    else { return nil }
    if takesAny {
      error.hint = [error.hint, "quotes make a text of it"].compactMap { $0 }.joined(separator: "; ")
    }
    return error
  }

  /// Several files where one stack is wanted are a stack.
  private func asStack(_ parts: [Evaluation], _ use: WordUse) -> [Evaluation] {
    guard let parameter = use.parameter, parameter.kind == .stack, !parameter.isRest, parts.count > 1 else {
      return parts
    }
    return [Evaluation(value: .list(parts.map(\.value)), tree: .list(parts.map(\.tree)))]
  }

  /// `n+1` without blanks and parentheses, and an operator alone.
  ///
  /// - Parameters:
  ///   - parameter: what takes the word; nil where nothing is known of it.
  ///   - takesText: whether a word may be a text.
  static func operatorError(
    _ word: String, parameter: ParameterManifest?, takesText: Bool, isVariable: (String) -> Bool
  ) -> CRSError? {
    let symbols = Set("+-*/%<>=!&^")
    if word.allSatisfy(symbols.contains) {
      // Alone, * and / are files where files are wanted.
      let mayBeFile = word == "*" || word == "/"
      let takesAnything = parameter.map { $0.kind == .any && $0.isRest } ?? false
      guard !takesText, !mayBeFile || takesAnything else { return nil }
      return CRSError.usage(
        "'\(word)' is no value", hint: "operators need parentheses: (a \(word) b); quotes make a text of it")
    }
    guard word.contains(where: symbols.contains), let first = word.first, !symbols.contains(first) else {
      return nil
    }
    // In a loop a range may have operators in its ends.
    let isRange = parameter == nil && takesText && word.contains(":")
    let operands = word.split { symbols.contains($0) || isRange && $0 == ":" }.map(String.init)
    guard operands.count > 1, let last = word.last, !symbols.contains(last) else { return nil }
    let areKnown = operands.allSatisfy { isVariable($0) || Double($0) != nil }
    let hasVariable = operands.contains(where: isVariable)
    guard areKnown, hasVariable || !takesText else { return nil }
    return CRSError.usage("'\(word)' is one word", hint: "operators need parentheses: (\(word))")
  }

  /// What a loop goes over, each with the text that binds it again.
  func loopItems(_ source: LoopSource) throws -> LoopItems {
    var found = LoopItems()
    let items = try source.items(
      Parser.Vocabulary(
        isCommand: runner.isCommand, isVariable: runner.isVariable,
        manifest: { [runner] in runner.entry($0)?.manifest }))
    let words = LoopWords(
      items: items, isVariable: runner.isVariable, isCommand: runner.isCommand, names: { runner.names })
    if let error = words.refusal() { throw error }
    if items.count == 1, case .range(let first, let last, let step, let position) = items[0] {
      do {
        found.append(try wholeNumbers(first, last, step).numbers)
      } catch var error as CRSError {
        if error.line == nil { (error.line, error.column) = (position.line, position.column) }
        throw error
      }
      return found
    }
    if items.count == 1, runner.scope.frame != nil, case .word(let word, let position) = items[0],
      !runner.isVariable(word), session[word] != nil
    {
      throw runner.unknown(word).at(position.place)
    }
    let parts = try items.map { try arguments($0, .text) }
    let isAlone = parts.count == 1 && parts[0].count == 1
    if isAlone, let error = LoopItems.refusal(of: parts[0][0].value) { throw error }
    for item in parts.joined() { found.append(item, isAlone: isAlone) }
    return found
  }
}
