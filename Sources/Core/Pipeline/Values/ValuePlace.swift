import Kernels

/// What stands in the brackets behind a value, evaluated.
package enum ValuePlace: Sendable {
  case number(Int)
  /// Both ends included; nil for an end that is left out.
  case range(Int?, Int?)
  /// A column, a mask of a set.
  case name(String)
  /// Yes for each element that is taken.
  case flags([Bool])
  case mask(Mask)

  /// As it is written.
  package var text: String {
    switch self {
    case .number(let number): "\(number)"
    case .range(let first, let last): "\(first.map(String.init) ?? ""):\(last.map(String.init) ?? "")"
    case .name(let name): name
    case .flags, .mask: "..."
    }
  }
}

extension [ValuePlace] {
  package var text: String { "[" + map(\.text).joined(separator: ", ") + "]" }

  /// The elements of `1...count` that a single place means, from 0.
  ///
  /// - Parameter things: what is counted, for errors.
  /// - Throws: `CRSError` (usage) for places outside.
  package func elements(of count: Int, _ things: String) throws -> Elements {
    guard self.count == 1 else {
      throw CRSError.usage("\(text) has \(self.count) places", expected: "one place of \(things)")
    }
    switch self[0] {
    case .number(let number):
      guard number >= 1, number <= count else { throw outside(count, things) }
      return .one(number - 1)
    case .range(let first, let last):
      return .several(Array<Int>(try range(first, last, count, things)))
    case .flags(let flags):
      guard flags.count == count else {
        throw CRSError.data("\(flags.count) flags for \(count) \(things)", expected: "equal numbers")
      }
      return .several(flags.indices.filter { flags[$0] })
    case .mask:
      throw CRSError.usage("a mask does not choose among \(things)", expected: "a list of yes and no")
    case .name(let name):
      throw CRSError.usage("'\(name)' is no place of \(things)", expected: "a number of 1...\(count)")
    }
  }

  package enum Elements {
    case one(Int)
    case several([Int])

    package var all: [Int] {
      switch self {
      case .one(let place): [place]
      case .several(let places): places
      }
    }
  }

  /// - Throws: `CRSError` (usage), naming the range.
  func range(_ first: Int?, _ last: Int?, _ count: Int, _ things: String) throws -> Range<Int> {
    let (first, last) = (first ?? 1, last ?? count)
    guard first >= 1, last <= count else { throw outside(count, things) }
    guard first <= last else {
      throw CRSError.usage("\(text) runs backwards", expected: "ascending places of 1...\(count)")
    }
    return first - 1..<last
  }

  private func outside(_ count: Int, _ things: String) -> CRSError {
    CRSError.usage(
      "\(text) is outside: there are \(count) \(things)",
      expected: count == 0 ? "at least one of them" : "1...\(count)", hint: fromOtherLanguages(last: count))
  }

  /// Where others count from 0, or from the end.
  private func fromOtherLanguages(last: Int) -> String? {
    let numbers = flatMap { place -> [Int] in
      switch place {
      case .number(let number): [number]
      case .range(let first, let last): [first, last].compactMap { $0 }
      case .name, .flags, .mask: []
      }
    }
    if numbers.contains(where: { $0 < 0 }), last > 0 {
      return "counting begins with 1 and from the front: the last one is \(last)"
    }
    return numbers.contains(0) ? "counting begins with 1" : nil
  }

  /// A rectangle of pixels, and whether it is a single one.
  ///
  /// - Throws: `CRSError` (usage, data) for places outside, naming the range.
  package func section(of shape: Shape) throws -> (section: Section, isPixel: Bool) {
    if count == 4 {
      let limits = try map { place -> Int in
        guard case .number(let number) = place else { throw notPixels(shape) }
        return number
      }
      let section = try Section(x1: limits[0], x2: limits[1], y1: limits[2], y2: limits[3])
      return (try section.validated(inside: shape), false)
    }
    guard count == 2 else { throw notPixels(shape) }
    let x = try span(self[0], shape.width, shape)
    let y = try span(self[1], shape.height, shape)
    guard x.first >= 1, y.first >= 1, x.last <= shape.width, y.last <= shape.height else {
      throw CRSError.data(
        "\(x.isOne && y.isOne ? "pixel" : "section") \(text) leaves the image",
        expected: "x in 1...\(shape.width), y in 1...\(shape.height)")
    }
    let section = try Section(x1: x.first, x2: x.last, y1: y.first, y2: y.last)
    return (try section.validated(inside: shape), x.isOne && y.isOne)
  }

  private func span(_ place: ValuePlace, _ count: Int, _ shape: Shape) throws -> (
    first: Int, last: Int, isOne: Bool
  ) {
    switch place {
    case .number(let number): return (number, number, true)
    case .range(let first, let last):
      let (first, last) = (first ?? 1, last ?? count)
      guard first <= last else {
        throw CRSError.usage("\(text) runs backwards", expected: "[x1:x2, y1:y2] with x1 <= x2 and y1 <= y2")
      }
      return (first, last, false)
    case .name, .flags, .mask: throw notPixels(shape)
    }
  }

  private func notPixels(_ shape: Shape) -> CRSError {
    if count == 1, case .mask = self[0] {
      return CRSError.usage(
        "a mask is no place",
        hint: "pixels x where=m lists its pixels, where(m, x, 0) keeps them, where(m, 0, x) replaces them")
    }
    return CRSError.usage(
      "\(text) is no place in pixels",
      expected: "[x, y] or [x1:x2, y1:y2] in 1...\(shape.width), 1...\(shape.height)")
  }
}
