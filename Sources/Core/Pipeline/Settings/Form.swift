import Files
import Kernels

/// Where a value is written: parameter files take words as they are documented, calls forgive what people type.
package enum Dialect: Sendable { case file, call }

/// What values a setting takes, how they are read, and how they are written into HISTORY.
package struct Form<Content: Sendable>: Sendable {
  package var kind: Kind
  /// The words of a kind `word`; of other kinds words that may stand instead.
  package var choices: [String] = []
  package var limits = Limits()
  /// Whether none is a value too.
  package var allowsNone = false
  /// What is allowed, in words.
  package var expectation: String
  /// - Throws: `CRSError` (usage) about the value, without the setting's name.
  package var read: @Sendable (Value, Dialect) throws -> Content
  package var show: @Sendable (Content) -> Value
}

extension CRSError {
  static func notAllowed(_ value: Value, _ dialect: Dialect, expected: String? = nil) -> CRSError {
    .usage(
      "\(dialect == .call ? value.helpText : value.historyText) is not allowed", expected: expected)
  }
}

extension Value {
  /// The integer, whole numbers such as 3.0, and the text of either.
  func integer(_ dialect: Dialect) -> Int? {
    if let integer = unquoted(dialect).integer { return integer }
    if dialect == .call, let text, let integer = Int(text) { return integer }
    return number(dialect).flatMap { Int(exactly: $0) }
  }

  /// Quotes of a parameter file, as templates write them, change nothing about what is meant.
  fileprivate func unquoted(_ dialect: Dialect) -> Value {
    guard dialect == .file, let text else { return self }
    return Value(plain: text.trimmingBlanks())
  }

  /// The finite number, or that of a text.
  func number(_ dialect: Dialect) -> Double? {
    let number = unquoted(dialect).double ?? (dialect == .call ? text.flatMap { Double(decimal: $0) } : nil)
    return number.flatMap { $0.isFinite ? $0 : nil }
  }
}

extension Form where Content == Bool {
  /// True or False; in calls yes and no, on and off too.
  static var flag: Form {
    Form(kind: .flag, expectation: "True or False") { value, dialect in
      if let flag = value.unquoted(dialect).bool { return flag }
      switch dialect == .call ? value.text?.lowercased() : nil {
      case "yes", "true", "on", "1": return true
      case "no", "false", "off", "0": return false
      default: throw CRSError.notAllowed(value, dialect, expected: dialect == .call ? "yes or no" : nil)
      }
    } show: {
      .bool($0)
    }
  }
}

extension Form where Content == Int {
  static func integer(_ range: ClosedRange<Int>) -> Form { integer(range, "an integer") { _ in true } }

  static func oddInteger(_ range: ClosedRange<Int>) -> Form {
    integer(range, "an odd integer") { !$0.isMultiple(of: 2) }
  }

  private static func integer(
    _ range: ClosedRange<Int>, _ name: String, isAllowed: @escaping @Sendable (Int) -> Bool
  ) -> Form {
    let limits = Limits(
      minimum: Double(range.lowerBound), maximum: range.upperBound == .max ? nil : Double(range.upperBound))
    return Form(kind: .integer, limits: limits, expectation: name + limits.words) { value, dialect in
      guard let number = value.integer(dialect), range.contains(number), isAllowed(number) else {
        throw CRSError.notAllowed(value, dialect)
      }
      return number
    } show: {
      .integer($0)
    }
  }
}

extension Form where Content == UInt64 {
  static var seed: Form {
    let form = Form<Int>.integer(0...Int.max)
    return Form(kind: .integer, limits: form.limits, expectation: form.expectation) {
      UInt64(try form.read($0, $1))
    } show: {
      .integer(Int(clamping: $0))
    }
  }
}

extension Form where Content == Double {
  /// Any finite number.
  static var number: Form { number(Limits()) }
  static func number(above lower: Double, to upper: Double? = nil) -> Form {
    number(Limits(maximum: upper, exclusiveMinimum: lower))
  }
  static func number(from lower: Double, to upper: Double? = nil) -> Form {
    number(Limits(minimum: lower, maximum: upper))
  }

  private static func number(_ limits: Limits) -> Form {
    Form(kind: .number, limits: limits, expectation: "a number" + limits.words) { value, dialect in
      guard let number = value.number(dialect), limits.contains(number) else {
        throw CRSError.notAllowed(value, dialect)
      }
      return number
    } show: {
      .number($0)
    }
  }
}

extension Form where Content: RawRepresentable<String> & CaseIterable {
  /// One of the words of an enumeration; in calls capital letters do not matter.
  static var word: Form {
    let words = Content.allCases.map(\.rawValue)
    return Form(kind: .word, choices: words, expectation: words.joined(separator: ", ")) { value, dialect in
      let text = value.text ?? ""
      let isSame: (Content) -> Bool = {
        dialect == .call ? $0.rawValue.lowercased() == text.lowercased() : $0.rawValue == text
      }
      guard let word = Content.allCases.first(where: isSame) else {
        var error = CRSError.notAllowed(value, dialect)
        error.hint = didYouMean(text, among: words)
        throw error
      }
      return word
    } show: {
      .text($0.rawValue)
    }
  }
}

// MARK: - Words that stand for a value

extension Form {
  /// None is a value too.
  static func orNone<Wrapped>(_ form: Form<Wrapped>) -> Form where Content == Wrapped? {
    Form(
      kind: form.kind, choices: form.choices, limits: form.limits, allowsNone: true,
      expectation: form.expectation + ", or none"
    ) {
      $0.isNone ? nil : try form.read($0, $1)
    } show: {
      $0.map(form.show) ?? .none
    }
  }

  /// A word for a value that crs finds itself; in calls none means it too.
  static func word<Wrapped>(_ word: String, or form: Form<Wrapped>) -> Form where Content == Wrapped? {
    Form(
      kind: form.kind, choices: [word] + form.choices, limits: form.limits, allowsNone: true,
      expectation: "\(word) or \(form.expectation)"
    ) { value, dialect in
      value.text == word || (dialect == .call && value.isNone) ? nil : try form.read(value, dialect)
    } show: {
      $0.map(form.show) ?? .text(word)
    }
  }
}

extension Form where Content: Equatable {
  /// A word for one of the values.
  func or(_ word: String, for content: Content) -> Form {
    Form(
      kind: kind, choices: [word] + choices, limits: limits, allowsNone: allowsNone,
      expectation: "\(word) or \(expectation)"
    ) {
      $0.text == word ? content : try read($0, $1)
    } show: {
      $0 == content ? .text(word) : show($0)
    }
  }
}
