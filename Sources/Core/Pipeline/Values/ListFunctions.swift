import Files
import Kernels

/// Functions on lists and on the lengths of values.
package enum ListFunctions {
  /// The number of elements, exposures, rows, characters or flagged pixels' plane.
  ///
  /// - Throws: `CRSError` (usage) for values without a length.
  package static func length(_ value: Value) throws -> Value {
    switch value {
    case .list(let items): return .integer(items.count)
    case .stack(let stack): return .integer(stack.count)
    case .table(let table): return .integer(table.rows.count)
    case .text(let text): return .integer(text.count)
    case .maskSet(let masks): return .integer(masks.exposures.count)
    default:
      throw CRSError.usage(
        "a value of kind \(value.kindName) has no length", expected: "a list, stack, table or text",
        hint: value.isPixels ? "info x nx, info x ny" : nil)
    }
  }

  /// A list with one more element.
  ///
  /// - Throws: `CRSError` (usage) for what is neither a list nor a stack, (data) for an image of another shape.
  package static func append(_ list: Value, _ element: Value) throws -> Value {
    switch (list, element) {
    case (.list(let items), _):
      let count = items.count
      try Work().require(
        bytes: 2 * Double(count) * Double(MemoryLayout<Value>.stride), for: "lists of \(count) elements")
      return .list(items + [element])
    case (.stack(let stack), .image(let image)):
      return .stack(try Stack(exposures: stack.exposures + [image]))
    default:
      throw CRSError.usage(
        "append does not add a value of kind \(element.kindName) to one of kind \(list.kindName)",
        expected: "a list, or a stack and an image")
    }
  }

  /// Whether one element, or each, is yes; of a mask its pixels.
  ///
  /// - Throws: `CRSError` (usage) for what is neither a mask nor a list of yes and no.
  package static func any(_ value: Value, all: Bool) throws -> Value {
    switch value {
    case .bool: return value
    case .mask(let mask): return .bool(all ? mask.flagged == mask.plane.count : mask.flagged > 0)
    case .list(let items):
      let flags = try items.map { item in
        guard case .bool(let flag) = try any(item, all: all) else { return false }
        return flag
      }
      return .bool(all ? flags.allSatisfy { $0 } : flags.contains(true))
    default:
      throw CRSError.usage(
        "\(all ? "all" : "any") does not apply to a value of kind \(value.kindName)",
        expected: "a mask, or a list of yes and no")
    }
  }

  /// The smallest, largest or median number or the sum of a list with whole numbers of more digits than numbers with a
  /// fraction hold; nil for other words and lists.
  ///
  /// - Throws: `CRSError` (data) for a sum that does not fit, interrupted.
  package static func exact(_ word: String, of items: [Value], work: Work) throws -> Value? {
    guard items.contains(where: \.isBeyondDouble) else { return nil }
    let finite = items.filter { $0.double?.isFinite ?? false }
    switch word {
    case "sum": return try finite.reduce(.integer(0)) { try NumberArithmetic.binary(.add, $0, $1) }
    case "min", "max", "median":
      let ordered = try sorted(finite, descending: false, work: work)
      guard let first = ordered.first, let last = ordered.last else { return nil }
      if word != "median" { return word == "min" ? first : last }
      let (low, high) = (ordered[(ordered.count - 1) / 2], ordered[ordered.count / 2])
      guard case .integer(let x) = low, case .integer(let y) = high else {
        return ordered.count % 2 == 1 ? low : nil
      }
      let (sum, overflow) = x.addingReportingOverflow(y)
      if x == y { return low }
      return !overflow && sum % 2 == 0 ? .integer(sum / 2) : nil
    default: return nil
    }
  }

  /// A list in ascending order, NaN last: numbers by size, texts with digits by their number.
  ///
  /// - Throws: `CRSError` (usage) for lists of neither, interrupted.
  package static func sorted(_ items: [Value], descending: Bool, work: Work) throws -> [Value] {
    let whole = items.compactMap { if case .integer(let number) = $0 { number } else { nil } }
    if whole.count == items.count {
      let ordered = try whole.sorted { a, b in
        try work.checkCancelled()
        return descending ? b < a : a < b
      }
      return ordered.map { .integer($0) }
    }
    let order: (Value, Value) -> Bool
    if items.allSatisfy({ $0.double != nil }) {
      order = { NumberOrder.holds(.less, $0, $1) }
    } else if items.allSatisfy({ $0.text != nil }) {
      order = { NaturalOrder.isBefore($0.text ?? "", $1.text ?? "") }
    } else {
      throw CRSError.usage("the list has no order", expected: "numbers, or texts")
    }
    // Equal elements keep their order in both directions.
    let ordered = try items.filter { !$0.isNaN }.enumerated().sorted { a, b in
      try work.checkCancelled()
      let (x, y) = descending ? (b.element, a.element) : (a.element, b.element)
      if order(x, y) { return true }
      return order(y, x) ? false : a.offset < b.offset
    }
    return ordered.map(\.element) + items.filter(\.isNaN)
  }
}

extension Table {
  /// The rows in the order of a column's cells; rows of equal cells keep their order.
  ///
  /// - Throws: `CRSError` (usage) for a column that is not there, interrupted.
  package func sorted(by column: String, descending: Bool, work: Work) throws -> Table {
    let place = try TableElements.place(of: column, in: self)
    let order = rows.indices.map { row -> (key: Value, row: Int) in
      (Value(rows[row][place]), row)
    }
    let isNumeric = order.contains { $0.key.double != nil }
    // Beside numbers a text is what is missing: behind all of them, as NaN is.
    func number(_ value: Value) -> Double? { value.double.flatMap { $0.isNaN ? nil : $0 } }
    func isBefore(_ a: Value, _ b: Value) -> Bool {
      if case .bool(let x) = a, case .bool(let y) = b { return !x && y }
      guard isNumeric else { return NaturalOrder.isBefore(a.text ?? "", b.text ?? "") }
      return NumberOrder.holds(.less, a, b)
    }
    let known = isNumeric ? order.filter { number($0.key) != nil } : order
    let sorted = try known.sorted { a, b in
      try work.checkCancelled()
      let (x, y) = descending ? (b.key, a.key) : (a.key, b.key)
      if isBefore(x, y) { return true }
      return isBefore(y, x) ? false : a.row < b.row
    }
    let rest = isNumeric ? order.filter { number($0.key) == nil } : []
    var result = self
    result.rows = (sorted + rest).map { rows[$0.row] }
    return result
  }
}

extension Value {
  fileprivate var isNaN: Bool { double?.isNaN ?? false }

  var isPixels: Bool {
    switch self {
    case .image, .mask: true
    default: false
    }
  }
}
