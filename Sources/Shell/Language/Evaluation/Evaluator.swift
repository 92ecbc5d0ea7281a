import Calling
import Files
import Foundation
import Kernels
import Pipeline

/// Finds the values of expressions and calls, and what they were made of.
struct Evaluator {
  let runner: CommandRunner
  var session: Session { runner.session }

  init(_ runner: CommandRunner) { self.runner = runner }

  /// A value and the tree that gives it again.
  struct Evaluation {
    var value: Value
    var tree: Resolved
  }

  func value(_ expression: Expression) throws -> Evaluation {
    do {
      return try unplaced(expression)
    } catch var error as CRSError {
      if error.line == nil {
        (error.line, error.column) = (expression.position.line, expression.position.column)
      }
      throw error
    }
  }

  private func unplaced(_ expression: Expression) throws -> Evaluation {
    switch expression {
    case .number(let number, _, _): return literal(.number(number))
    case .integer(let number, _, _): return literal(.integer(number))
    case .text(let parts, _): return literal(.text(try text(parts)))
    case .parameter(let filled, _): return literal(try parameter(filled))
    case .word(let word, _): return try self.word(word)
    case .filledWord(let parts, _):
      let path = FileNames.home(try text(parts))
      return Evaluation(value: try image(at: path), tree: .word(path))
    case .list(let items, _): return try list(items, .value)
    case .section(let places, _): return try section(places)
    case .range(let first, let last, let step, _): return try range(first, last, step)
    case .index(let base, let places, _): return try index(base, places)
    case .unary(let symbol, let operand, _):
      let a = try value(operand)
      return Evaluation(
        value: try ValueArithmetic.unary(symbol, try pixels(a.value), work: runner.work),
        tree: .unary(symbol, a.tree))
    case .chain(let first, let links): return try chain(first, links)
    case .call(let call, _): return try first(of: self.call(call))
    case .function(let name, let arguments, let position): return try function(name, arguments, position)
    }
  }

  func literal(_ value: Value) -> Evaluation { Evaluation(value: value, tree: .literal(value)) }

  func first(of outcome: Outcome) throws -> Evaluation {
    guard let first = outcome.values.first else { throw CRSError.usage("the command gives no value") }
    return Evaluation(value: first, tree: outcome.tree)
  }

  private func word(_ word: String) throws -> Evaluation {
    if let constant = Self.constant(word) { return Evaluation(value: constant, tree: .word(word)) }
    if let variable = runner.variable(word) { return variable }
    if let number = Self.number(word) { return Evaluation(value: .number(number), tree: .word(word)) }
    if Words.looksLikeFile(word) {
      let path = FileNames.home(word)
      if let error = Self.attributeError(word, isVariable: runner.isVariable) { throw error }
      return Evaluation(value: try image(at: path), tree: .word(word))
    }
    throw runner.unknown(word)
  }

  /// `m.shape`, `np.pi`, `~k`: what other languages write for facts of a value; nil for what may be a file.
  static func attributeError(_ word: String, isVariable: (String) -> Bool) -> CRSError? {
    guard !FileManager.default.fileExists(atPath: word) else { return nil }
    if let constant = Habits.constant(word) {
      return CRSError.usage("'\(word)' is no file, and there are no modules", hint: constant)
    }
    if word.hasPrefix("~"), isVariable(String(word.dropFirst())) {
      return CRSError.usage("'\(word)' is no file", hint: "!\(word.dropFirst()) is the contrary of a mask")
    }
    let parts = word.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let endings = ["fits", "fit", "fts", "fz", "gz", "csv", "yaml", "yml", "crs"]
    guard parts.count == 2, isVariable(parts[0]), Words.isPlainName(parts[1]),
      !endings.contains(parts[1].lowercased())
    else { return nil }
    let (name, attribute) = (parts[0], parts[1])
    let hint =
      switch attribute {
      case "shape", "size", "nx", "ny", "width", "height", "naxis1", "naxis2":
        "info \(name) nx, info \(name) ny"
      case "mean", "median", "std", "min", "max", "sum": "stats \(name) \(attribute)"
      case "header", "hdr", "meta": "header \(name) KEYWORD"
      case "data", "values": "\(name) itself"
      case "columns", "colnames", "dtype", "ndim", "unit": "info \(name)"
      default: "info \(name), stats \(name), \(name)[\(attribute)]"
      }
    return CRSError.usage(
      "'\(word)' is no file, and a value has no attributes", expected: "a command or an element", hint: hint)
  }

  func list(_ items: [Expression], _ use: WordUse) throws -> Evaluation {
    let parts = try items.flatMap { item -> [Evaluation] in
      let found = try arguments(item, use)
      // The files of a glob are items each.
      guard case .list(let trees)? = found.first?.tree, case .list(let values)? = found.first?.value,
        item.isWord
      else { return found }
      return zip(values, trees).map { Evaluation(value: $0, tree: $1) }
    }
    return Evaluation(value: .list(parts.map(\.value)), tree: .list(parts.map(\.tree)))
  }

  /// Whole numbers from one to another, both included.
  func range(_ first: Expression, _ last: Expression, _ step: Expression?) throws -> Evaluation {
    let (numbers, tree) = try wholeNumbers(first, last, step)
    let cancellation = runner.frontend.cancellation
    let values = try (0..<numbers.count).map { k in
      if cancellation.isRaised { throw cancellation.error }
      return Value.integer(numbers[k])
    }
    return Evaluation(value: .list(values), tree: tree)
  }

  /// The numbers of a range, none of which is made yet.
  func wholeNumbers(
    _ first: Expression, _ last: Expression, _ step: Expression?
  ) throws -> (numbers: WholeNumbers, tree: Resolved) {
    let parts = try [first, last, step].compactMap { $0 }.map(value)
    let ends = try parts.map { part -> Int in
      guard let number = part.value.wholeNumber else {
        throw CRSError.usage(
          "\(part.value.literal ?? part.value.kindName) is no end of a range", expected: "whole numbers")
      }
      return number
    }
    let by = ends.count > 2 ? ends[2] : 1
    guard by > 0 else { throw CRSError.usage("a range counts upwards", expected: "a step of at least 1") }
    // The distance of any two numbers of 64 bits has a place without a sign.
    let steps = (UInt(bitPattern: ends[1]) &- UInt(bitPattern: ends[0])) / UInt(by)
    let isEmpty = ends[1] < ends[0]
    guard isEmpty || steps < 10_000_000 else {
      throw CRSError.data("the range has more than \(steps) numbers", expected: "10000000 at most")
    }
    let count = isEmpty ? 0 : Int(steps) + 1
    let numbers = WholeNumbers(first: ends[0], step: by, count: count)
    return (numbers, .range(parts.map(\.tree)))
  }

  // MARK: - Operators

  private func chain(_ first: Expression, _ links: [Expression.Link]) throws -> Evaluation {
    let start = try value(first)
    var resolved: [Resolved.Link] = []
    var result = start.value
    var before = start.value
    for (k, link) in links.enumerated() {
      let operand: Evaluation
      do {
        operand = try value(link.operand)
      } catch var error as CRSError {
        if link.symbol == "|", case .word(let word, _) = link.operand, Words.isPlainName(word),
          !runner.isVariable(word)
        {
          error.message = "'\(word)' is not a command of crs: no other takes part in a pipe"
        }
        throw error
      }
      do {
        if k > 0, PixelArithmetic.Comparison(rawValue: link.symbol) != nil {
          // a < x < b is both comparisons.
          let further = try binary(link.symbol, before, operand.value)
          result = try ValueArithmetic.binary("&", result, further, work: runner.work)
        } else {
          result = try binary(link.symbol, result, operand.value)
        }
      } catch var error as CRSError {
        if error.line == nil { (error.line, error.column) = (link.position.line, link.position.column) }
        throw error
      }
      before = operand.value
      resolved.append(Resolved.Link(symbol: link.symbol, operand: operand.tree))
    }
    return Evaluation(value: result, tree: .chain(start.tree, resolved))
  }

  private func binary(_ symbol: String, _ a: Value, _ b: Value) throws -> Value {
    var (a, b) = (a, b)
    // A file stands for its image beside numbers and pixels.
    if case .text = a, b.text == nil, !b.isComparedAsIs(symbol) { a = try pixels(a) }
    if case .text = b, a.text == nil, !a.isComparedAsIs(symbol) { b = try pixels(b) }
    if a.text != nil, b.text != nil, symbol != "+", PixelArithmetic.Comparison(rawValue: symbol) == nil {
      (a, b) = (try pixels(a), try pixels(b))
    }
    let result = try ValueArithmetic.binary(symbol, a, b, work: runner.work)
    countLost(symbol, result, [a, b])
    return result
  }

  /// Values that an operation made infinite, NaN or 0 are told once a statement.
  func countLost(_ operation: String, _ result: Value, _ operands: [Value]) {
    session.lostNumbers.note(operation, result, operands)
  }

  /// The image of a file that a text names; every other value as it is.
  func pixels(_ value: Value) throws -> Value {
    guard case .text(let text) = value else { return value }
    let path = FileNames.home(text)
    guard Words.looksLikeFile(path) || FileManager.default.fileExists(atPath: path) else {
      throw Self.notPixels(text)
    }
    return try image(at: path)
  }

  /// A text where numbers or pixels are wanted.
  static func notPixels(_ text: String) -> CRSError {
    CRSError.usage(
      "the text \(Value.quoted(text)) is no number and names no file",
      expected: "a number, an image or a FITS file",
      hint: "+ joins texts, \"$t$n\" fills values in, number(t) gives the number that a text holds")
  }

  func image(at path: String) throws -> Value { .image(try FITSReader.image(at: path, work: runner.work)) }

  // MARK: - Words

  static func constant(_ word: String) -> Value? {
    switch word {
    case "yes", "True", "true": .bool(true)
    case "no", "False", "false": .bool(false)
    case "none", "None", "null": Value.none
    default: nil
    }
  }

  /// Numbers that have names; a variable of the name hides them.
  static func number(_ word: String) -> Double? {
    switch word {
    case "pi": .pi
    case "inf": .infinity
    case "nan": .nan
    default: nil
    }
  }
}

extension Value {
  /// Whether a text is compared with it, instead of being the name of a file.
  fileprivate func isComparedAsIs(_ symbol: String) -> Bool {
    switch self {
    case .none, .bool: true
    case .list(let items): items.allSatisfy { $0.text != nil }
    default: false
    }
  }

  /// A whole number, also one that is written with a fraction of 0.
  var wholeNumber: Int? {
    switch self {
    case .integer(let number): number
    case .number(let number): Int(exactly: number)
    default: nil
    }
  }
}

extension Expression {
  /// Whether it is a bare word, also one with values in it.
  fileprivate var isWord: Bool {
    switch self {
    case .word, .filledWord: true
    default: false
    }
  }
}
