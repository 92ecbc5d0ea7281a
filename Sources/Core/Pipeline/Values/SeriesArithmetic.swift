import Files
import Kernels

/// Operators on lists and stacks: element by element, exposure by exposure.
enum SeriesArithmetic {
  /// nil where neither side is a list or stack.
  ///
  /// - Throws: `CRSError` (data) for different numbers of elements.
  static func binary(_ symbol: String, _ a: Value, _ b: Value, work: Work) throws -> Value? {
    guard a.isSeries || b.isSeries else { return nil }
    if case .none = a { return nil }
    if case .none = b { return nil }
    let (left, right) = (a.elements, b.elements)
    if let left, let right {
      guard left.count == right.count else {
        throw CRSError.data(
          "'\(symbol)' joins \(a.lengthText) and \(b.lengthText)", expected: "equal numbers")
      }
    } else {
      try check(symbol, a, b)
    }
    let count = left?.count ?? right?.count ?? 0
    // Remarks are made for the first element only.
    var work = work
    let results = try (0..<count).map { k in
      try work.checkCancelled()
      defer { work.remark = nil }
      return try ValueArithmetic.binary(symbol, left?[k] ?? a, right?[k] ?? b, work: work)
    }
    return try joined(results, of: [a, b])
  }

  /// A list of numbers goes with numbers and lists, a list of images with images too.
  private static func check(_ symbol: String, _ a: Value, _ b: Value) throws {
    for (series, other) in [(a, b), (b, a)] {
      guard case .list(let items) = series else { continue }
      switch other {
      case .image, .mask:
        let isPixels = items.allSatisfy {
          switch $0 {
          case .image, .mask: true
          default: false
          }
        }
        guard isPixels else {
          throw CRSError.usage(
            "'\(symbol)' does not join a list of numbers and a value of kind \(other.kindName)",
            expected: "a list of as many numbers as a stack has exposures, or one number")
        }
      default: break
      }
    }
  }

  /// What came of the elements of some operands: exposures stay a stack, everything else is a list.
  static func joined(_ results: [Value], of operands: [Value]) throws -> Value {
    let stacks = operands.compactMap { if case .stack(let stack) = $0 { stack } else { nil } }
    let images = results.compactMap { if case .image(let image) = $0 { image } else { nil } }
    guard !stacks.isEmpty, images.count == results.count else { return .list(results) }
    return .stack(try Stack(exposures: images))
  }
}

extension Value {
  var isStack: Bool { if case .stack = self { true } else { false } }

  /// Whether operators go through it element by element.
  var isSeries: Bool {
    switch self {
    case .list, .stack: true
    default: false
    }
  }

  /// The elements of a list, the exposures of a stack.
  package var elements: [Value]? {
    switch self {
    case .list(let items): items
    case .stack(let stack): stack.exposures.map { .image($0) }
    default: nil
    }
  }

  fileprivate var lengthText: String {
    switch self {
    case .stack(let stack): "a stack of \(stack.count)"
    case .list(let items): "a list of \(items.count)"
    default: kindName
    }
  }
}
