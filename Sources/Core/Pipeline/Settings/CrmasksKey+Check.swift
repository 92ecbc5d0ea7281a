import Files
import Kernels

extension CrmasksKey {
  /// A value after the check of its type and range, in one form: lists of lists for rectangles and pixels,
  /// doubles for numbers, nil notes unless the spelling was unusual.
  struct Checked {
    var value: SettingValue
    var note: String?
  }

  /// Checks a value against the declaration.
  ///
  /// - Parameter isLenient: for the shell, where whole numbers such as 3.0 are integers, one rectangle or pixel
  ///   may stand for a list of one, and words may be truth values.
  /// - Throws: `CRSError` (usage) that names `shown` and what is expected.
  func checked(_ value: SettingValue, isLenient: Bool, shown: String) throws -> Checked {
    if value.isNone, allowsNull || kind == .fluxFactor {
      // Only flux_factor tells the word none from null (crmasks.md section 2.1).
      return Checked(value: kind == .fluxFactor && value != .null ? .text("none") : .null)
    }
    var result = Checked(value: value)
    func wrong(_ what: SettingValue? = nil) -> CRSError {
      CRSError.usage("\(what ?? value) is not allowed", parameter: shown, expected: expectation)
    }
    func integer(_ value: SettingValue) -> Int? {
      if let integer = value.integer { return integer }
      guard isLenient, case .number(let number) = value else { return nil }
      return Int(exactly: number)
    }
    func finite(_ value: SettingValue) -> Double? { value.double.flatMap { $0.isFinite ? $0 : nil } }

    switch kind {
    case .flag:
      if value.bool != nil { break }
      let word = value.text?.lowercased() ?? ""
      guard isLenient, ["yes", "true", "no", "false"].contains(word) else { throw wrong() }
      result.value = .bool(word == "yes" || word == "true")
    case .integer(let range), .oddInteger(let range):
      guard let number = integer(value), range.contains(number) else { throw wrong() }
      if case .oddInteger = kind, number % 2 == 0 { throw wrong() }
      result.value = .integer(number)
    case .number(let range, let aboveLower):
      guard let number = finite(value), range.contains(number), !aboveLower || number > range.lowerBound
      else { throw wrong() }
      result.value = .number(number)
    case .word(let words):
      guard let word = value.text, words.contains(word) else {
        var error = wrong()
        error.hint = value.text.flatMap { didYouMean($0, among: words) }
        throw error
      }
    case .wordOrNumber(let words, let range):
      if let word = value.text, words.contains(word) { break }
      guard let number = finite(value), range.contains(number) else { throw wrong() }
      result.value = .number(number)
    case .wordOrInteger(let words, let range):
      if let word = value.text, words.contains(word) { break }
      guard let number = integer(value), range.contains(number) else { throw wrong() }
      result.value = .integer(number)
    case .fluxFactor:
      if let word = value.text, word == "auto" || word == "fit" { break }
      let given = value.text.flatMap { SettingValue(literal: $0) } ?? value
      let items = given.list ?? [given]
      let numbers = items.compactMap(finite)
      guard !items.isEmpty, numbers.count == items.count, numbers.allSatisfy({ $0 > 0 && $0 < 1e6 }) else {
        throw wrong()
      }
      result.value = given.list == nil ? .number(numbers[0]) : .list(numbers.map { .number($0) })
    case .region, .regions, .pixels, .boxes, .offsets, .points:
      result = try checkedList(value, isLenient: isLenient, wrong: wrong, integer: integer, finite: finite)
    }
    return result
  }

  private func checkedList(
    _ value: SettingValue, isLenient: Bool, wrong: (SettingValue?) -> CRSError,
    integer: (SettingValue) -> Int?, finite: (SettingValue) -> Double?
  ) throws -> Checked {
    var note: String?
    func unpacked(_ value: SettingValue) throws -> SettingValue {
      guard let text = value.text else { return value }
      guard let list = SettingValue(literal: text) ?? SettingValue(literal: "[\(text)]"), list.list != nil
      else { throw wrong(value) }
      note = "given as text, understood as \(list)"
      return list
    }
    let outer = try unpacked(value)
    guard var items = outer.list else { throw wrong(nil) }
    let isFlat = !items.isEmpty && items.allSatisfy { $0.double != nil }
    if kind == .region {
      guard isFlat else { throw wrong(nil) }
      items = [outer]
    } else if isFlat, isLenient || value.text != nil {
      items = [outer]
    }
    let rows = try items.map { item -> SettingValue in
      guard let numbers = try unpacked(item).list else { throw wrong(item) }
      switch kind {
      case .offsets, .points:
        let values = numbers.compactMap(finite)
        let counts = kind == .offsets ? 2...2 : 2...3
        guard values.count == numbers.count, counts.contains(values.count), values.count < 3 || values[2] > 0
        else { throw wrong(item) }
        return .list(values.map { .number($0) })
      default:
        let values = numbers.compactMap(integer)
        guard values.count == numbers.count, isUsable(values) else { throw wrong(item) }
        return .list(values.map { .integer($0) })
      }
    }
    if rows.isEmpty { return Checked(value: .null, note: note) }
    return Checked(value: kind == .region ? rows[0] : .list(rows), note: note)
  }

  private func isUsable(_ numbers: [Int]) -> Bool {
    let limit = 1...Int(Int32.max)
    guard numbers.allSatisfy(limit.contains) else { return false }
    return switch kind {
    case .region, .regions:
      numbers.count == 4 && numbers[0] <= numbers[1] && numbers[2] <= numbers[3]
    case .pixels: numbers.count == 2
    case .boxes:
      numbers.count == 4 && numbers[2] % 2 == 1 && numbers[3] % 2 == 1
        && numbers[2].multipliedReportingOverflow(by: numbers[3]).partialValue >= 3
    default: false
    }
  }

  /// What is allowed, in words.
  package var expectation: String {
    let text: String
    switch kind {
    case .flag: text = "True or False"
    case .integer(let range): text = "an integer" + CrmasksKey.limits(range)
    case .oddInteger(let range): text = "an odd integer" + CrmasksKey.limits(range)
    case .number(let range, let aboveLower): text = "a number" + CrmasksKey.limits(range, aboveLower)
    case .word(let words): text = words.joined(separator: ", ")
    case .wordOrNumber(let words, let range):
      text = words.joined(separator: ", ") + " or a number" + CrmasksKey.limits(range, false)
    case .wordOrInteger(let words, let range):
      text = words.joined(separator: ", ") + " or an integer" + CrmasksKey.limits(range)
    case .fluxFactor: text = "none, auto, fit, a number above 0 or a list with one for each exposure"
    case .region: text = "a rectangle [xmin, xmax, ymin, ymax] of FITS pixels"
    case .regions: text = "a list of rectangles [xmin, xmax, ymin, ymax] of FITS pixels"
    case .pixels: text = "a list of pixels [X, Y], two integers from 1"
    case .boxes: text = "a list of [X, Y, X_width, Y_width], odd widths of at least 3 pixels in all"
    case .offsets: text = "a list of [xoffset, yoffset], two finite numbers for each exposure"
    case .points: text = "a list of [x, y] or [x, y, weight], finite numbers"
    }
    return allowsNull ? text + ", or none" : text
  }

  private static func limits(_ range: ClosedRange<Int>) -> String {
    range.upperBound > 1_000_000_000
      ? " of at least \(range.lowerBound)" : " from \(range.lowerBound) to \(range.upperBound)"
  }

  private static func limits(_ range: ClosedRange<Double>, _ aboveLower: Bool) -> String {
    if range.lowerBound <= -1e30 { return "" }
    let lower = (aboveLower ? " above " : " of at least ") + brief(range.lowerBound)
    return range.upperBound >= 1e30 ? lower : lower + " and at most " + brief(range.upperBound)
  }

  private static func brief(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? "\(value)" }
}
