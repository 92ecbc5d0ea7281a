import Calling
import Files
import Foundation
import Kernels
import Pipeline

// Operators, functions and brackets.
extension StatementChecker {
  @discardableResult
  mutating func check(_ expression: Expression) -> KnownValue {
    switch expression {
    case .number(let number, _, _): return KnownValue(exact: .number(number))
    case .integer(let number, _, _): return KnownValue(exact: .integer(number))
    case .text(let parts, let position):
      check(parts, position)
      if parts.isEmpty { return KnownValue(exact: .text("")) }
      return parts.count == 1
        ? parts[0].plain.map { KnownValue(exact: .text($0)) } ?? KnownValue(.text) : KnownValue(.text)
    case .filledWord(let parts, let position):
      check(parts, position)
      return .unknown
    case .parameter(let filled, let position):
      check([.value(filled)], position)
      return .unknown
    case .word(let word, let position): return self.word(word, position)
    case .list(let items, _): return list(items)
    case .section(let places, let position):
      check(places)
      if let error = places.sectionError { report(error, position) }
      return KnownValue(.section)
    case .range(let first, let last, let step, let position): return range(first, last, step, position)
    case .index(let base, let places, let position): return index(base, places, position)
    case .unary(let symbol, let operand, let position):
      let value = check(operand)
      if value.kind == .text { checkNamesPixels([value], position) }
      guard value.kind != .text, let sample = value.sample else {
        return value.kind == .list ? value : .unknown
      }
      return tried(position, value.exact != nil, size: value.size) {
        try ValueArithmetic.unary(symbol, sample, work: Work(threads: 1))
      }
    case .chain(let first, let links): return chain(check(first), links)
    case .call(let call, _): return value(of: call)
    case .function(let name, let arguments, let position): return function(name, arguments, position)
    }
  }

  private mutating func word(_ word: String, _ position: SourcePosition) -> KnownValue {
    if let value = known[word] { return value }
    if let constant = Evaluator.constant(word) { return KnownValue(exact: constant) }
    if let number = Evaluator.number(word) { return KnownValue(exact: .number(number)) }
    // A file stands for its image.
    if Words.looksLikeFile(word) {
      if let error = Evaluator.attributeError(word, isVariable: { known[$0] != nil }) {
        reportFile(error, position)
      } else {
        checkFiles(.word(word, position), isPixels: true)
      }
      return .unknown
    }
    unknown(word, position)
    return .unknown
  }

  private mutating func range(
    _ first: Expression, _ last: Expression, _ step: Expression?, _ position: SourcePosition
  ) -> KnownValue {
    let ends = [first, last, step].compactMap { $0 }
    let values = ends.map { check($0) }
    for (value, end) in zip(values, ends) {
      let isNumber = [.number, .integer, .any].contains(value.kind)
      guard !isNumber || value.exact != nil && value.wholeNumber == nil else { continue }
      report(
        CRSError.usage(
          "\(value.exact?.literal ?? "a value of kind \(value.kind.title)") is no end of a range",
          expected: "whole numbers"), end.position)
      return KnownValue(.list)
    }
    let numbers = values.compactMap(\.wholeNumber)
    guard numbers.count == ends.count else { return KnownValue(.list) }
    let by = numbers.count > 2 ? numbers[2] : 1
    guard by > 0 else {
      reportValue(CRSError.usage("a range counts upwards", expected: "a step of at least 1"), position)
      return KnownValue(.list)
    }
    let (length, overflow) = numbers[1].subtractingReportingOverflow(numbers[0])
    let count = overflow ? nil : length < 0 ? 0 : length / by + 1
    guard let count, count <= 1000 else { return KnownValue(.list, count: count) }
    return KnownValue(exact: .list((0..<count).map { .integer(numbers[0] + by * $0) }))
  }

  private mutating func list(_ items: [Expression]) -> KnownValue {
    let values = items.map { check($0, for: nil, takesText: false) }
    let exact = values.compactMap(\.exact)
    // A glob is as many items as it has files.
    let isCertain = exact.count == items.count && !exact.contains { $0.text != nil }
    if isCertain, items.count <= 1000 { return KnownValue(exact: .list(exact)) }
    let isCounted = !values.contains { $0.kind == .any || $0.kind == .text }
    return KnownValue(.list, count: isCounted ? items.count : nil)
  }

  // MARK: - Operators

  private mutating func chain(_ first: KnownValue, _ links: [Expression.Link]) -> KnownValue {
    var result = first
    var before = first
    for (k, link) in links.enumerated() {
      let operand = check(link.operand)
      // a < x < b is both comparisons.
      let isFurther = k > 0 && PixelArithmetic.Comparison(rawValue: link.symbol) != nil
      let found = binary(link.symbol, isFurther ? before : result, operand, link.position)
      result = isFurther && found.kind != result.kind ? .unknown : found
      if isFurther { result.exact = nil }
      before = operand
    }
    return result
  }

  private mutating func binary(
    _ symbol: String, _ a: KnownValue, _ b: KnownValue, _ position: SourcePosition
  ) -> KnownValue {
    guard a.kind != .any, b.kind != .any, a.kind != .section, b.kind != .section else { return .unknown }
    for kind in [a.kind, b.kind] where kind == .boundary || kind == .diagram {
      report(
        CRSError.usage(
          "'\(symbol)' does not apply to a value of kind \(kind.title)", expected: "images, masks and numbers"
        ),
        position)
      return .unknown
    }
    let isComparison = PixelArithmetic.Comparison(rawValue: symbol) != nil
    if a.kind == .text || b.kind == .text { return withText(symbol, a, b, isComparison, position) }
    let isSeries = [a.kind, b.kind].contains { $0 == .list || $0 == .stack }
    if isSeries, let x = a.count, let y = b.count, x != y, a.kind == .list || a.kind == .stack,
      b.kind == .list || b.kind == .stack
    {
      reportValue(
        CRSError.data(
          "'\(symbol)' joins a \(a.kind.title) of \(x) and a \(b.kind.title) of \(y)",
          expected: "equal numbers"),
        position)
      return .unknown
    }
    if isSeries, a.exact == nil || b.exact == nil {
      let hasStack = a.kind == .stack || b.kind == .stack
      let count = a.count ?? b.count
      if symbol == "&" || symbol == "|", hasStack,
        let other = [a, b].first(where: { $0.kind != .stack }) ?? Optional(a),
        [.mask, .stack, .maskset, .table, .flag].contains(other.kind),
        other.kind == .mask || [a, b].contains(where: \.isReal)
      {
        report(
          CRSError.usage(
            "'\(symbol)' joins masks, not a stack and a value of kind \(other.kind.title)",
            expected: "two masks",
            hint: "a comparison makes masks: s > 5"), position)
        return .unknown
      }
      guard hasStack, !isComparison, symbol != "&", symbol != "|" else {
        return KnownValue(.list, count: count)
      }
      checkUnits(symbol, a, b, position)
      return calculated(
        KnownValue(.stack, size: a.size ?? b.size, count: count, isNoisy: isNoisy(symbol, a, b)), symbol, a, b
      )
    }
    if a.isPixels, b.isPixels, let x = a.size, let y = b.size, x != y {
      reportValue(
        CRSError.data("'\(symbol)' joins pixels of \(x) and \(y)", expected: "equal shapes"), position)
      return .unknown
    }
    checkUnits(symbol, a, b, position)
    if symbol == "&" || symbol == "|", [a, b].contains(where: { $0.kind == .image && $0.isReal }),
      a.kind != .list, b.kind != .list
    {
      report(
        CRSError.usage(
          "'\(symbol)' joins masks, and bits of images of whole numbers",
          expected: "a file of whole numbers as it was read, or two masks",
          hint: "a comparison makes a mask: x > 5"),
        position)
      return .unknown
    }
    guard let x = a.sample, let y = b.sample else { return .unknown }
    var result = tried(position, a.exact != nil && b.exact != nil, size: a.size ?? b.size) {
      try ValueArithmetic.binary(symbol, x, y, work: Work(threads: 1))
    }
    result.isNoisy = result.kind == .image && isNoisy(symbol, a, b)
    return calculated(result, symbol, a, b)
  }

  /// What is certain of calculated pixels: they are no whole numbers of a file, and sums keep the unit.
  private func calculated(
    _ result: KnownValue, _ symbol: String, _ a: KnownValue, _ b: KnownValue
  ) -> KnownValue {
    var result = result
    guard result.kind == .image || result.kind == .stack, symbol != "&", symbol != "|" else { return result }
    result.isReal = true
    if symbol == "+" || symbol == "-" {
      let units = [a, b].filter { $0.kind == .image || $0.kind == .stack }.map(\.unit)
      result.unit = units.allSatisfy { $0 == units[0] } ? units.first ?? nil : nil
    }
    return result
  }

  /// Sums and comparisons of pixels in units that have nothing to do with each other.
  private mutating func checkUnits(
    _ symbol: String, _ a: KnownValue, _ b: KnownValue, _ position: SourcePosition
  ) {
    let isComparison = PixelArithmetic.Comparison(rawValue: symbol) != nil
    guard symbol == "+" || symbol == "-" || isComparison, let x = a.unit, let y = b.unit, x != .none,
      y != .none, !x.isAlike(y)
    else { return }
    reportValue(
      CRSError.data(
        "'\(symbol)' of different units: \(x) and \(y)", expected: "one unit"), position)
  }

  /// Whether noise stays: a sum with a whole number, a multiple by one.
  private func isNoisy(_ symbol: String, _ a: KnownValue, _ b: KnownValue) -> Bool {
    guard a.isNoisy, let number = b.exact?.integer else { return false }
    return symbol == "+" || symbol == "-" || symbol == "*" && number.magnitude == 1
  }

  /// Texts are joined and compared; beside all else a text stands for the image of a file.
  private mutating func withText(
    _ symbol: String, _ a: KnownValue, _ b: KnownValue, _ isComparison: Bool, _ position: SourcePosition
  ) -> KnownValue {
    if a.kind == b.kind {
      if symbol == "+" { return KnownValue(.text) }
      if isComparison { return KnownValue(.flag) }
    }
    if isComparison, a.kind == .list || b.kind == .list || a.kind == .flag || b.kind == .flag {
      return .unknown
    }
    // A text joins each of a list of texts.
    if symbol == "+", a.mayHoldTexts || b.mayHoldTexts { return .unknown }
    checkNamesPixels([a, b], position)
    return .unknown
  }

  /// A text that is no name of a file, where pixels are wanted.
  mutating func checkNamesPixels(_ values: [KnownValue], _ position: SourcePosition) {
    for value in values {
      guard case .text(let text)? = value.exact else { continue }
      let path = FileNames.home(text)
      guard !Words.looksLikeFile(path), !FileManager.default.fileExists(atPath: path) else { continue }
      return report(Evaluator.notPixels(text), position)
    }
  }

  /// What an operation on samples gives; what it refuses whatever the values are is reported.
  mutating func tried(
    _ position: SourcePosition, _ isExact: Bool, size: Shape?, _ body: () throws -> Value
  ) -> KnownValue {
    do {
      let value = try body()
      if isExact { return KnownValue(exact: value) }
      var result = KnownValue(value.kind)
      if result.isPixels { result.size = size }
      return result
    } catch let error as CRSError {
      if error.kind == .usage || isExact { report(error, position) }
    } catch {}
    return .unknown
  }

  // MARK: - Functions

  private mutating func function(
    _ name: String, _ arguments: [ArgumentSyntax], _ position: SourcePosition
  ) -> KnownValue {
    guard let entry = FunctionTable[name] else {
      guard manifest(name) != nil else {
        if !isOpen || definition != nil {
          report(
            CRSError.usage(
              "'\(name)' is neither a function nor a command",
              hint: Habits.function(name) ?? Habits.words[name]
                ?? didYouMean(name, among: FunctionTable.names + registry.names)), position)
        }
        return .unknown
      }
      return value(of: .command(name: name, arguments: arguments, position: position))
    }
    let unordered = arguments.map { check($0.value) }
    let places: [Int]
    do {
      places = try entry.places(of: arguments)
    } catch let error as CRSError {
      report(error, position)
      return .unknown
    } catch {
      return .unknown
    }
    let values = zip(places, unordered).sorted { $0.0 < $1.0 }.map { $0.1 }
    if entry.takesPixels {
      checkNamesPixels(values, position)
      let sizes = values.filter(\.isPixels).compactMap(\.size)
      if let first = sizes.first, let other = sizes.first(where: { $0 != first }) {
        reportValue(
          CRSError.data("\(name) of \(first) and \(other) pixels", expected: "equal shapes"), position)
        return .unknown
      }
    }
    // NaN is in no order with limits that are written down; an infinite limit is none.
    let samples = values.enumerated().compactMap { place, value -> Value? in
      guard value.kind == .number || value.kind == .integer, value.exact == nil else { return value.sample }
      guard name == "clip", place > 0 else { return .number(.nan) }
      return .number(place == 1 ? -.infinity : .infinity)
    }
    guard samples.count == values.count, !(entry.takesPixels && values.contains { $0.kind == .text }) else {
      return .unknown
    }
    if values.contains(where: { $0.kind == .stack }) {
      // What it refuses of one exposure it refuses of all; how many there are is not known.
      let others = values.filter { $0.kind != .stack }
      guard !others.contains(where: { $0.kind == .list || $0.kind == .any }) else { return .unknown }
      _ = tried(position, false, size: nil) { try entry.run(samples, Work(threads: 1)) }
      return .unknown
    }
    return tried(position, values.allSatisfy { $0.exact != nil }, size: values.compactMap(\.size).first) {
      try entry.run(samples, Work(threads: 1))
    }
  }
}

extension KnownValue {
  /// Whether it is a list, and may be one of texts.
  fileprivate var mayHoldTexts: Bool {
    guard kind == .list else { return false }
    guard case .list(let items)? = exact else { return true }
    return items.allSatisfy { $0.kind == .text }
  }
}
