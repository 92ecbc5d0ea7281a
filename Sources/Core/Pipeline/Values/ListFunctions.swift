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
    case (.list(let items), _): return .list(items + [element])
    case (.stack(let stack), .image(let image)):
      return .stack(try Stack(exposures: stack.exposures + [image], detector: stack.detector))
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

  /// A list in ascending order, NaN last: numbers by size, texts with digits by their number.
  ///
  /// - Throws: `CRSError` (usage) for lists of neither.
  package static func sorted(_ items: [Value], descending: Bool) throws -> [Value] {
    let order: (Value, Value) -> Bool
    if items.allSatisfy({ $0.double != nil }) {
      order = { a, b in
        if case .integer(let x) = a, case .integer(let y) = b { return x < y }
        return (a.double ?? .nan) < (b.double ?? .nan)
      }
    } else if items.allSatisfy({ $0.text != nil }) {
      order = { NaturalOrder.isBefore($0.text ?? "", $1.text ?? "") }
    } else {
      throw CRSError.usage("the list has no order", expected: "numbers, or texts")
    }
    // Equal elements keep their order in both directions.
    let ordered = items.enumerated().sorted { a, b in
      let (x, y) = descending ? (b.element, a.element) : (a.element, b.element)
      if order(x, y) { return true }
      return order(y, x) ? false : a.offset < b.offset
    }
    let values = ordered.map(\.element)
    return values.filter { !$0.isNaN } + values.filter(\.isNaN)
  }
}

extension Value {
  package var text: String? { if case .text(let text) = self { text } else { nil } }

  fileprivate var isNaN: Bool { double?.isNaN ?? false }

  var isPixels: Bool {
    switch self {
    case .image, .mask: true
    default: false
    }
  }
}
