import Files
import Kernels

extension Value {
  /// The list; a text that holds one is read.
  fileprivate func items(_ dialect: Dialect) throws -> [Value] {
    if let list { return list }
    guard let text, let list = (try? Value.list(parsing: text)) ?? (try? Value.list(parsing: "[\(text)]"))
    else {
      throw CRSError.notAllowed(self, dialect)
    }
    return list
  }

  /// The items with `1:9` as two integers, the way sections are written.
  fileprivate static func unfolded(_ items: [Value]) -> [Value] {
    items.flatMap { item -> [Value] in
      guard let parts = item.text?.split(separator: ":", omittingEmptySubsequences: false), parts.count == 2,
        let first = Int(parts[0].trimmingBlanks()), let last = Int(parts[1].trimmingBlanks())
      else { return [item] }
      return [.integer(first), .integer(last)]
    }
  }

  /// Whether the list or a part of it is written as text.
  var holdsText: Bool { text != nil || list?.contains(where: \.holdsText) == true }
}

/// What the numbers of one row of a list mean; nil where they mean nothing.
struct RowForm<Row: Sendable>: Sendable {
  var read: @Sendable ([Value], Dialect) -> Row?
  var show: @Sendable (Row) -> Value

  /// A row of integers from 1.
  static func integers(
    _ read: @escaping @Sendable ([Int]) -> Row?, show: @escaping @Sendable (Row) -> [Int]
  ) -> RowForm {
    RowForm { values, dialect in
      let numbers = values.compactMap { $0.integer(dialect) }
      guard numbers.count == values.count, numbers.allSatisfy((1...Int(Int32.max)).contains) else {
        return nil
      }
      return read(numbers)
    } show: {
      .list(show($0).map { .integer($0) })
    }
  }

  /// A row of finite numbers.
  static func numbers(
    _ read: @escaping @Sendable ([Double]) -> Row?, show: @escaping @Sendable (Row) -> [Double]
  ) -> RowForm {
    RowForm { values, dialect in
      let numbers = values.compactMap { $0.number(dialect) }
      return numbers.count == values.count ? read(numbers) : nil
    } show: {
      .list(show($0).map { .number($0) })
    }
  }
}

extension RowForm<Section> {
  static var section: RowForm {
    .integers {
      $0.count == 4 ? try? Section(x1: $0[0], x2: $0[1], y1: $0[2], y2: $0[3]) : nil
    } show: {
      [$0.x1, $0.x2, $0.y1, $0.y2]
    }
  }
}

extension Form {
  /// A list of rows, empty for none. In calls, and where the list is written as text, one row may stand for a list
  /// of one.
  static func rows<Row>(_ expectation: String, _ row: RowForm<Row>) -> Form where Content == [Row] {
    Form(kind: .list, allowsNone: true, expectation: expectation + ", or none") { value, dialect in
      if value.isNone { return [] }
      let items = Value.unfolded(try value.items(dialect))
      let isOneRow = !items.isEmpty && items.allSatisfy { $0.number(dialect) != nil }
      let rows = isOneRow && (dialect == .call || value.text != nil) ? [Value.list(items)] : items
      return try rows.map { item in
        guard let found = row.read(Value.unfolded(try item.items(dialect)), dialect) else {
          throw CRSError.notAllowed(item, dialect)
        }
        return found
      }
    } show: {
      $0.isEmpty ? .none : .list($0.map(row.show))
    }
  }
}

extension Form<Section> {
  static var region: Form {
    let row = RowForm.section
    return Form(kind: .section, expectation: "a rectangle [xmin, xmax, ymin, ymax] of FITS pixels") {
      value, dialect in
      guard let section = row.read(Value.unfolded(try value.items(dialect)), dialect) else {
        throw CRSError.notAllowed(value, dialect)
      }
      return section
    } show: {
      row.show($0)
    }
  }
}

extension Form<[Section]> {
  static var regions: Form {
    rows("a list of rectangles [xmin, xmax, ymin, ymax] of FITS pixels", .section)
  }
}

extension Form<[PixelPosition]> {
  static var pixels: Form {
    rows(
      "a list of pixels [X, Y], two integers from 1",
      .integers {
        $0.count == 2 ? PixelPosition(x: $0[0], y: $0[1]) : nil
      } show: {
        [$0.x, $0.y]
      })
  }
}

extension Form<[LocalMedianPixel]> {
  static var boxes: Form {
    rows(
      "a list of [X, Y, X_width, Y_width], odd widths of at least 3 pixels in all",
      .integers {
        guard $0.count == 4, $0[2] % 2 == 1, $0[3] % 2 == 1, $0[2] >= 3 || $0[3] >= 3 else { return nil }
        return LocalMedianPixel(x: $0[0], y: $0[1], xWidth: $0[2], yWidth: $0[3])
      } show: {
        [$0.x, $0.y, $0.xWidth, $0.yWidth]
      })
  }
}

extension Form<[Offset]> {
  static var offsets: Form {
    rows(
      "a list of [xoffset, yoffset], two finite numbers for each exposure",
      .numbers {
        $0.count == 2 ? Offset(x: $0[0], y: $0[1]) : nil
      } show: {
        [$0.x, $0.y]
      })
  }
}

extension Form<[FixedPoint]> {
  static var points: Form {
    rows(
      "a list of [x, y] or [x, y, weight], finite numbers",
      .numbers {
        guard $0.count == 2 || ($0.count == 3 && $0[2] > 0) else { return nil }
        return FixedPoint(x: $0[0], y: $0[1], weight: $0.count == 3 ? $0[2] : nil)
      } show: {
        [$0.x, $0.y] + ($0.weight.map { [$0] } ?? [])
      })
  }
}

extension Form<SkyChoice> {
  static var sky: Form {
    let allowed = Limits(minimum: -1e9, maximum: 1e9)
    return Form(
      kind: .list, choices: ["clear", "none", "auto"], limits: allowed,
      expectation: "clear, none, auto or a list with one number for each exposure"
    ) { value, dialect in
      switch dialect == .call ? value.text?.lowercased() : value.text {
      case "clear": return .whereClear
      case "none": return .none
      case "auto": return .auto
      default: break
      }
      if value.isNone { return .none }
      let items = (try? value.items(dialect)) ?? []
      let numbers = items.compactMap { $0.number(dialect) }
      guard !items.isEmpty, numbers.count == items.count, numbers.allSatisfy(allowed.contains) else {
        throw CRSError.notAllowed(value, dialect)
      }
      return .list(numbers)
    } show: {
      switch $0 {
      case .whereClear: .text("clear")
      case .none: .text("none")
      case .auto: .text("auto")
      case .list(let levels): .list(levels.map { .number($0) })
      }
    }
  }
}

extension Form<FluxChoice> {
  /// The word none is more than nothing: it says that there are no regions to look at either.
  static var flux: Form {
    let allowed = Limits(maximum: 1e6, exclusiveMinimum: 0)
    return Form(
      kind: .list, choices: ["none", "auto", "fit"], limits: allowed, allowsNone: true,
      expectation: "none, auto, fit, a number above 0 or a list with one for each exposure"
    ) { value, dialect in
      if value.isNone { return .none(isExplicit: value.text != nil) }
      switch dialect == .call ? value.text?.lowercased() : value.text {
      case "auto": return .auto
      case "fit": return .fit
      default: break
      }
      if let number = value.double ?? value.text.flatMap({ Double($0.trimmingBlanks()) }),
        allowed.contains(number)
      {
        return .number(number)
      }
      let items = (try? value.items(dialect)) ?? []
      let numbers = items.compactMap { $0.number(dialect) }
      guard !items.isEmpty, numbers.count == items.count, numbers.allSatisfy(allowed.contains) else {
        throw CRSError.notAllowed(value, dialect)
      }
      return numbers.count == 1 && dialect == .call ? .number(numbers[0]) : .list(numbers)
    } show: {
      switch $0 {
      case .none(let isExplicit): isExplicit ? .text("none") : .none
      case .auto: .text("auto")
      case .fit: .text("fit")
      case .number(let factor): .number(factor)
      case .list(let factors): .list(factors.map { .number($0) })
      }
    }
  }
}
