import Calling
import Kernels
import Pipeline

// Brackets behind a value.
extension Evaluator {
  func index(_ base: Expression, _ inside: Expression) throws -> Evaluation {
    if case .word(let word, _) = base, isFile(word), case .list(let items, _) = inside, items.count == 1,
      case .number(let number, isInteger: true, _) = items[0]
    {
      // An extension of a file, which is not read before.
      let text = "\(word)[\(Int(number))]"
      return Evaluation(value: try image(at: FileNames.home(text)), tree: .word(text))
    }
    var a = try value(base)
    // A name that a loop stands for is written as a file's is.
    if case .literal(.text(let path)) = a.tree { a.tree = .word(path) }
    switch inside {
    case .section(let text, _):
      let section = try Section(parsing: text)
      let whole = if case .text(let path) = a.value { try image(at: path) } else { a.value }
      return Evaluation(
        value: try ValueArithmetic.section(whole, section), tree: .index(a.tree, .section(text)))
    case .list(let items, _):
      let parts = try items.map(value)
      return Evaluation(
        value: try element(of: a.value, at: parts.map(\.value)),
        tree: .index(a.tree, .list(parts.map(\.tree))))
    default:
      throw CRSError.usage(
        "what stands in the brackets is not an index", expected: "[x1:x2, y1:y2] or [x, y]")
    }
  }

  private func element(of value: Value, at places: [Value]) throws -> Value {
    let numbers = try places.map { place -> Int in
      guard case .integer(let number) = place else { throw CRSError.usage("an index is not an integer") }
      return number
    }
    switch (value, numbers.count) {
    case (.text(let path), 1): return try image(at: "\(path)[\(numbers[0])]")
    case (.list(let values), 1):
      guard values.indices.contains(numbers[0] - 1) else {
        throw CRSError.usage(
          "the list has \(values.count) values", expected: "an index of 1...\(values.count)")
      }
      return values[numbers[0] - 1]
    case (.stack(let stack), 1):
      guard stack.exposures.indices.contains(numbers[0] - 1) else {
        throw CRSError.usage(
          "the stack has \(stack.count) exposures", expected: "an index of 1...\(stack.count)")
      }
      return .image(stack.exposures[numbers[0] - 1])
    case (_, 4):
      return try ValueArithmetic.section(
        value, Section(x1: numbers[0], x2: numbers[1], y1: numbers[2], y2: numbers[3]))
    case (_, 2): return try ValueArithmetic.pixel(value, numbers[0], numbers[1])
    default: throw CRSError.usage("an index of \(numbers.count) numbers", expected: "[x, y]")
    }
  }
}
