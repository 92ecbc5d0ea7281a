import Files
import Kernels

// Copies of values with a part changed.
extension ValueElements {
  /// - Throws: `CRSError` (usage, data) for places that the value does not have and parts that do not fit there.
  package static func changed(_ value: Value, at places: [ValuePlace], to part: Value) throws -> Value {
    var value = value
    try change(&value, at: places, to: part)
    return value
  }

  /// Changes a part of a value, which is not copied where nobody else holds it; an error leaves it as it was.
  ///
  /// - Throws: as `changed`.
  package static func change(_ value: inout Value, at places: [ValuePlace], to part: Value) throws {
    if var image = value.takeImage() {
      defer { value = .image(image) }
      try change(&image, places, part)
    } else if var mask = value.takeMask() {
      defer { value = .mask(mask) }
      try change(&mask, places, part)
    } else if var items = value.takeList() {
      defer { value = .list(items) }
      try change(&items, places, part)
    } else if var table = value.takeTable() {
      defer { value = .table(table) }
      try change(&table, places, part)
    } else if case .stack(let stack) = value {
      value = .stack(try changed(stack, places, part))
    } else {
      throw CRSError.usage("a value of kind \(value.kindName) has no parts that can be changed")
    }
  }

  private static func change(_ items: inout [Value], _ places: [ValuePlace], _ part: Value) throws {
    let chosen = try places.elements(of: items.count, "elements")
    if case .several(let all) = chosen, case .list(let parts) = part {
      guard parts.count == all.count else {
        throw CRSError.data("\(parts.count) values for \(all.count) elements", expected: "equal numbers")
      }
      for (place, part) in zip(all, parts) { items[place] = part }
    } else {
      for place in chosen.all { items[place] = part }
    }
  }

  private static func change(_ image: inout Image, _ places: [ValuePlace], _ part: Value) throws {
    let section = try places.section(of: image.shape).section
    if case .image(let part) = part { _ = try [image, part].commonUnit(of: "=") }
    if image.exactPixels != nil || part.hasExactPixels || part.needsExactPixels {
      var values = image.exactValues
      try put(part.exactElements("="), into: &values, section)
      image.setExactValues(values)
    } else {
      try put(part.elements("="), into: &image.pixels, section)
      image.storedType = .float32
    }
    if case .image(let part) = part {
      image.takePlanes(of: part, in: section)
    } else {
      image.takePlanes(of: nil, in: section)
    }
  }

  private static func change(_ mask: inout Mask, _ places: [ValuePlace], _ part: Value) throws {
    let section = try places.section(of: mask.shape).section
    switch part {
    case .bool(let flag): try put(.scalar(flag ? 1 : 0), into: &mask.plane, section)
    case .mask(let part): try put(.plane(part.plane), into: &mask.plane, section)
    default:
      throw CRSError.usage(
        "a value of kind \(part.kindName) does not fit into a mask", expected: "yes, no or a mask")
    }
  }

  private static func put<Number: Sendable>(
    _ part: Elements<Number>, into plane: inout Plane<Number>, _ section: Section
  ) throws {
    switch part {
    case .scalar(let number):
      for y in section.rows { for x in section.columns { plane[x, y] = number } }
    case .plane(let part):
      guard part.width == section.width, part.height == section.height else {
        throw CRSError.data(
          "\(part.shape) pixels for a section of \(section.width)x\(section.height)", expected: "equal shapes"
        )
      }
      for (k, y) in section.rows.enumerated() {
        for (l, x) in section.columns.enumerated() { plane[x, y] = part[l, k] }
      }
    }
  }

  private static func changed(_ stack: Stack, _ places: [ValuePlace], _ part: Value) throws -> Stack {
    var exposures = stack.exposures
    if places.count == 1 {
      let chosen = try places.elements(of: stack.count, "exposures").all
      let parts = part.elements ?? chosen.map { _ in part }
      guard parts.count == chosen.count else {
        throw CRSError.data("\(parts.count) images for \(chosen.count) exposures", expected: "equal numbers")
      }
      for (place, part) in zip(chosen, parts) {
        guard case .image(let image) = part else {
          throw CRSError.usage("a value of kind \(part.kindName) is no exposure", expected: "an image")
        }
        exposures[place] = image
      }
    } else {
      let parts = part.elements
      if let parts, parts.count != stack.count {
        throw CRSError.data("\(parts.count) values for \(stack.count) exposures", expected: "equal numbers")
      }
      for place in exposures.indices {
        try change(&exposures[place], places, parts?[place] ?? part)
      }
    }
    return try Stack(exposures: exposures)
  }

  // MARK: - Tables

  private static func change(_ table: inout Table, _ places: [ValuePlace], _ part: Value) throws {
    if places.count == 1, case .name(let name) = places[0] {
      let cells = try cells(part, count: table.rows.count)
      if let column = try? TableElements.place(of: name, in: table) {
        for (row, cell) in cells.enumerated() { table.rows[row][column] = cell }
      } else {
        table.columns.append(name)
        for (row, cell) in cells.enumerated() { table.rows[row].append(cell) }
      }
      return
    }
    guard let first = places.first, places.count <= 2 else {
      throw CRSError.usage(
        "\(places.text) is no part of a table", expected: "[column], [row] or [row, column]")
    }
    let rows = try [first].elements(of: table.rows.count, "rows").all
    if places.count == 2 {
      guard case .name(let name) = places[1] else {
        throw CRSError.usage("\(places.text) is no cell", expected: "[row, column]")
      }
      let column = try TableElements.place(of: name, in: table)
      for (row, cell) in zip(rows, try cells(part, count: rows.count)) { table.rows[row][column] = cell }
      return
    }
    for row in rows {
      let cells: [Table.Cell]
      if case .table(let other) = part, other.isRow, other.columns == table.columns,
        let only = other.rows.first
      {
        cells = only
      } else {
        cells = try self.cells(part, count: table.columns.count)
      }
      table.rows[row] = cells
    }
  }

  /// A list of so many cells, or one cell for all.
  private static func cells(_ part: Value, count: Int) throws -> [Table.Cell] {
    guard case .list(let values) = part else { return Array(repeating: try part.cell(), count: count) }
    guard values.count == count else {
      throw CRSError.data("\(values.count) values for \(count) cells", expected: "equal numbers")
    }
    return try values.map { try $0.cell() }
  }
}

extension Value {
  /// Whether it is a number that single precision does not hold: a whole one of many digits, any one beyond 3.4e38 or below 1.2e-38.
  fileprivate var needsExactPixels: Bool {
    if case .integer(let number) = self { Double(Float(number)) != Double(number) } else { isOutsideSingle }
  }
}

// What a value is, taken out of it, so that it is held once and can be changed where it is.
extension Value {
  fileprivate mutating func takeImage() -> Image? {
    guard case .image(let image) = self else { return nil }
    self = .none
    return image
  }

  fileprivate mutating func takeMask() -> Mask? {
    guard case .mask(let mask) = self else { return nil }
    self = .none
    return mask
  }

  package mutating func takeList() -> [Value]? {
    guard case .list(let items) = self else { return nil }
    self = .none
    return items
  }

  package mutating func takeTable() -> Table? {
    guard case .table(let table) = self else { return nil }
    self = .none
    return table
  }
}
