import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// Finds the values of expressions and calls, and how to write them so that they can be run again.
struct Evaluator {
  private let interpreter: Interpreter
  private var session: Session { interpreter.session }

  init(_ interpreter: Interpreter) { self.interpreter = interpreter }

  /// A value with its canonical text and the records that it used.
  struct Evaluated {
    var value: Value
    var text: String
    var uses: Set<Int> = []
  }

  struct Outcome {
    var values: [Value]
    var text: String
    var uses: Set<Int>
    /// Whether a replay needs the statement even where it has no results.
    var isRecorded = false
    /// What the call changed.
    var effect = Effect.nothing
  }

  // MARK: - Calls

  func call(_ call: Call, wanted: Int = 0) throws -> Outcome {
    switch call {
    case .expression(let expression):
      let result = try value(expression)
      return Outcome(values: [result.value], text: result.text, uses: result.uses)
    case .command(let name, let arguments, let position):
      let entry = try session.registry.entry(named: name, at: position.place)
      guard wanted <= max(1, entry.manifest.results.count) || entry.manifest.results.isEmpty else {
        throw CRSError.usage(
          "\(wanted) names for the results of \(name)",
          expected: entry.manifest.results.map(\.name).joined(separator: ", "))
      }
      var given: [Argument] = []
      var texts: [String] = []
      var uses: Set<Int> = []
      var matcher = Matcher(entry.manifest)
      for argument in arguments {
        let place = argument.position.place
        let parameter = try matcher.parameter(named: argument.name, at: place)
        let parts = try argumentValues(argument.value, parameter)
        try matcher.took(parts.count, named: argument.name, at: place)
        for part in parts {
          given.append(Argument(name: argument.name, value: part.value, place: place))
          texts.append((argument.name.map { $0 + "=" } ?? "") + part.text)
          uses.formUnion(part.uses)
        }
      }
      let text = ([name] + texts).joined(separator: " ")
      var context = interpreter.context(call: text)
      context.call.provenance = uses.max().map { session.provenance(ofRecord: $0) } ?? []
      let result = try interpreter.run(entry, given, context)
      // A command that came to its end before it looked: what was interrupted is not bound.
      if !entry.manifest.results.isEmpty { try context.work.checkCancelled() }
      for (key, value) in result.resolved.sorted(by: { $0.key < $1.key }) {
        guard let parameter = entry.manifest.parameter(named: key), !matcher.isGiven(parameter),
          let literal = value.literal
        else { continue }
        texts.append("\(key)=\(literal)")
      }
      return Outcome(
        values: result.values, text: ([name] + texts).joined(separator: " "), uses: uses,
        isRecorded: entry.isRecorded(result), effect: entry.manifest.effect)
    }
  }

  // MARK: - Arguments

  /// The value of an argument; a glob may give several.
  private func argumentValues(_ expression: Expression, _ parameter: ParameterManifest?) throws -> [Evaluated]
  {
    guard case .word(let word, let position) = expression else {
      if case .parameter(let name, _) = expression {
        let text = try scriptParameter(name)
        return [Evaluated(value: number(text) ?? .text(text), text: Value.quoted(text))]
      }
      if case .index(.word(let word, _), let inside, _) = expression, session[word] == nil,
        loopText(word) == nil
      {
        // file[1:9, 1:9] with a name that is no variable: cfitsio's own syntax.
        if FileManager.default.fileExists(atPath: word), case .section(let section, _) = inside {
          return [Evaluated(value: .text(word + section), text: Value.quoted(word + section))]
        }
      }
      let result = try value(expression)
      return [Evaluated(value: result.value, text: argumentText(expression, result), uses: result.uses)]
    }
    if parameter?.isName == true { return [Evaluated(value: .text(word), text: word)] }
    if let parameter, parameter.choices.contains(where: { $0.lowercased() == word.lowercased() }) {
      return [Evaluated(value: .text(word), text: word)]
    }
    if let constant = Self.constant(word) { return [Evaluated(value: constant, text: word)] }
    if let text = loopText(word) { return [Evaluated(value: .text(text), text: Value.quoted(text))] }
    if let binding = session[word] {
      return [Evaluated(value: binding.value, text: word, uses: [binding.origin])]
    }
    if word.contains(where: { "./~*?".contains($0) }) {
      return try FileNames.expand(word).map { Evaluated(value: .text($0), text: Value.quoted($0)) }
    }
    if FileManager.default.fileExists(atPath: word) { return [Evaluated(value: .text(word), text: word)] }
    if let parameter, parameter.kind.wantsValue {
      var error = session.unknown(word)
      if !parameter.choices.isEmpty { error.expected = parameter.expectation }
      throw error.at(position.place)
    }
    return [Evaluated(value: .text(word), text: word)]
  }

  private func argumentText(_ expression: Expression, _ result: Evaluated) -> String {
    switch expression {
    case .binary, .chain, .unary, .call: "(" + result.text + ")"
    default: result.text
    }
  }

  private func number(_ text: String) -> Value? {
    if case .number(let value, let isInteger, _) = Parser.meaning(
      of: text, at: SourcePosition(line: 1, column: 1))
    {
      return isInteger ? .integer(Int(value)) : .number(value)
    }
    return nil
  }

  static func constant(_ word: String) -> Value? {
    switch word {
    case "yes", "True", "true": .bool(true)
    case "no", "False", "false": .bool(false)
    case "none", "None", "null": Value.none
    default: nil
    }
  }

  /// Whether a word that is no variable is the name of a file.
  private func isFile(_ word: String) -> Bool {
    session[word] == nil && loopText(word) == nil && word.contains { "./~".contains($0) }
  }

  private func loopText(_ word: String) -> String? { session.parameters["loop " + word] }

  private func scriptParameter(_ name: String) throws -> String {
    guard let text = session.parameters[name] ?? loopText(name) else {
      throw CRSError.usage("$\(name) is not given", expected: "an argument of the script")
    }
    return text
  }

  /// The texts that a loop goes over.
  func loopItems(_ items: [ArgumentSyntax]) throws -> [String] {
    try items.flatMap { item -> [String] in
      try argumentValues(item.value, nil).flatMap { part -> [String] in
        switch part.value {
        case .text(let text): return [text]
        case .list(let values):
          return values.compactMap { if case .text(let text) = $0 { text } else { $0.literal } }
        default: return [part.value.literal ?? part.value.summary]
        }
      }
    }
  }

  // MARK: - Expressions

  func value(_ expression: Expression) throws -> Evaluated {
    do {
      return try unplaced(expression)
    } catch var error as CRSError {
      if error.line == nil {
        (error.line, error.column) = (expression.position.line, expression.position.column)
      }
      throw error
    }
  }

  private func unplaced(_ expression: Expression) throws -> Evaluated {
    switch expression {
    case .number(let number, let isInteger, _):
      let value = isInteger && abs(number) < 9e15 ? Value.integer(Int(number)) : .number(number)
      return Evaluated(value: value, text: value.literal ?? "")
    case .text(let text, _): return Evaluated(value: .text(text), text: Value.quoted(text))
    case .section(let text, _): return Evaluated(value: .text(text), text: text)
    case .parameter(let name, _):
      let text = try scriptParameter(name)
      return Evaluated(value: number(text) ?? .text(text), text: number(text)?.literal ?? Value.quoted(text))
    case .word(let word, _):
      if let constant = Self.constant(word) { return Evaluated(value: constant, text: word) }
      if let text = loopText(word) {
        let value = number(text) ?? .text(text)
        return Evaluated(value: value, text: value.literal ?? "")
      }
      if let binding = session[word] {
        return Evaluated(value: binding.value, text: word, uses: [binding.origin])
      }
      if isFile(word) {
        let image = try FITSReader.image(at: FileNames.home(word), work: interpreter.context(call: "").work)
        return Evaluated(value: .image(image), text: word)
      }
      throw session.unknown(word)
    case .list(let items, _):
      let parts = try items.map { item -> Evaluated in
        if case .word(let word, _) = item, session[word] == nil, loopText(word) == nil,
          Self.constant(word) == nil
        {
          return Evaluated(value: .text(word), text: Value.quoted(word))
        }
        return try value(item)
      }
      return Evaluated(
        value: .list(parts.map(\.value)), text: "[" + parts.map(\.text).joined(separator: ", ") + "]",
        uses: parts.reduce(into: []) { $0.formUnion($1.uses) })
    case .index(let base, let inside, _): return try index(base, inside)
    case .unary(let symbol, let operand, _):
      let a = try value(operand)
      return Evaluated(
        value: try ValueArithmetic.unary(symbol, a.value, work: interpreter.context(call: "").work),
        text: symbol + "(" + a.text + ")", uses: a.uses)
    case .binary(let symbol, let left, let right, _):
      let (a, b) = (try value(left), try value(right))
      return Evaluated(
        value: try ValueArithmetic.binary(symbol, a.value, b.value, work: interpreter.context(call: "").work),
        text: "(" + a.text + ") \(symbol) (" + b.text + ")", uses: a.uses.union(b.uses))
    case .chain(let first, let links):
      var result = try value(first)
      var parts = ["(\(result.text))"]
      for link in links {
        let operand = try value(link.operand)
        parts.append("\(link.symbol) (\(operand.text))")
        do {
          result.value = try ValueArithmetic.binary(
            link.symbol, result.value, operand.value, work: interpreter.context(call: "").work)
        } catch var error as CRSError {
          (error.line, error.column) = (link.position.line, link.position.column)
          throw error
        }
        result.uses.formUnion(operand.uses)
      }
      result.text = parts.joined(separator: " ")
      return result
    case .call(let call, _):
      let outcome = try self.call(call)
      guard let first = outcome.values.first else { throw CRSError.usage("the command gives no value") }
      return Evaluated(value: first, text: outcome.text, uses: outcome.uses)
    }
  }

  private func index(_ base: Expression, _ inside: Expression) throws -> Evaluated {
    if case .word(let word, _) = base, isFile(word), case .list(let items, _) = inside, items.count == 1,
      case .number(let number, isInteger: true, _) = items[0]
    {
      // An extension of a file, which is not read before.
      let text = "\(word)[\(Int(number))]"
      let image = try FITSReader.image(at: FileNames.home(text), work: interpreter.context(call: "").work)
      return Evaluated(value: .image(image), text: text)
    }
    let a = try value(base)
    switch inside {
    case .section(let text, _):
      let section = try Section(parsing: text)
      if case .text(let path) = a.value {
        let image = try FITSReader.image(at: path, work: interpreter.context(call: "").work)
        return Evaluated(
          value: try ValueArithmetic.section(.image(image), section), text: a.text + text, uses: a.uses)
      }
      return Evaluated(
        value: try ValueArithmetic.section(a.value, section), text: a.text + text, uses: a.uses)
    case .list(let items, _):
      let parts = try items.map { try value($0) }
      let text = a.text + "[" + parts.map(\.text).joined(separator: ", ") + "]"
      let uses = parts.reduce(into: a.uses) { $0.formUnion($1.uses) }
      let numbers = parts.compactMap { part -> Int? in
        if case .integer(let number) = part.value { return number }
        return nil
      }
      guard numbers.count == parts.count else { throw CRSError.usage("an index is not an integer") }
      if case .text(let path) = a.value, numbers.count == 1 {
        let image = try FITSReader.image(
          at: "\(path)[\(numbers[0])]", work: interpreter.context(call: "").work)
        return Evaluated(value: .image(image), text: text, uses: uses)
      }
      if case .list(let values) = a.value, numbers.count == 1 {
        guard values.indices.contains(numbers[0] - 1) else {
          throw CRSError.usage(
            "the list has \(values.count) values", expected: "an index of 1...\(values.count)")
        }
        return Evaluated(value: values[numbers[0] - 1], text: text, uses: uses)
      }
      if case .stack(let stack) = a.value, numbers.count == 1 {
        guard stack.exposures.indices.contains(numbers[0] - 1) else {
          throw CRSError.usage(
            "the stack has \(stack.count) exposures", expected: "an index of 1...\(stack.count)")
        }
        return Evaluated(value: .image(stack.exposures[numbers[0] - 1]), text: text, uses: uses)
      }
      if numbers.count == 4 {
        let section = try Section(x1: numbers[0], x2: numbers[1], y1: numbers[2], y2: numbers[3])
        return Evaluated(value: try ValueArithmetic.section(a.value, section), text: text, uses: uses)
      }
      guard numbers.count == 2 else {
        throw CRSError.usage("an index of \(numbers.count) numbers", expected: "[x, y]")
      }
      return Evaluated(
        value: try ValueArithmetic.pixel(a.value, numbers[0], numbers[1]), text: text, uses: uses)
    default:
      throw CRSError.usage(
        "what stands in the brackets is not an index", expected: "[x1:x2, y1:y2] or [x, y]")
    }
  }
}
