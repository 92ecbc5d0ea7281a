import Files
import Kernels

/// Parts of values: pixels, sections, exposures, columns, rows, cells, elements.
package enum ValueElements {
  /// - Throws: `CRSError` (usage, data) for places that the value does not have.
  package static func part(of value: Value, at places: [ValuePlace]) throws -> Value {
    switch value {
    case .image(let image): return try pixels(value, places, image.shape)
    case .mask(let mask): return try pixels(value, places, mask.shape)
    case .stack(let stack): return try exposures(stack, places)
    case .list(let items):
      switch try places.elements(of: items.count, "elements") {
      case .one(let place): return items[place]
      case .several(let chosen): return .list(chosen.map { items[$0] })
      }
    case .table(let table): return try TableElements.part(of: table, at: places)
    case .maskSet(let masks): return .mask(try mask(of: masks, places))
    default:
      throw CRSError.usage("a value of kind \(value.kindName) has no elements")
    }
  }

  private static func pixels(_ value: Value, _ places: [ValuePlace], _ shape: Shape) throws -> Value {
    let (section, isPixel) = try places.section(of: shape)
    guard isPixel else { return try ValueArithmetic.section(value, section) }
    return try ValueArithmetic.pixel(value, section.x1, section.y1)
  }

  /// The digits of one pixel of an image that no number of the language holds exactly; nil for all else.
  package static func roundedPixel(of value: Value, at places: [ValuePlace]) throws -> UInt64? {
    guard case .image(let image) = value, case .uint64(let values)? = image.exactPixels else { return nil }
    let (section, isPixel) = try places.section(of: image.shape)
    guard isPixel else { return nil }
    let inside = try section.validated(inside: image.shape)
    let place = inside.rows.lowerBound * image.width + inside.columns.lowerBound
    let exact = values[place]
    guard Int(exactly: exact) == nil, !image.pixels.pixels[place].isNaN else { return nil }
    return UInt64(exactly: Double(exact)) == exact ? nil : exact
  }

  private static func exposures(_ stack: Stack, _ places: [ValuePlace]) throws -> Value {
    if places.count == 1 {
      switch try places.elements(of: stack.count, "exposures") {
      case .one(let place): return .image(stack.exposures[place])
      case .several(let chosen):
        guard !chosen.isEmpty else { throw CRSError.data("no exposure is left") }
        return .stack(
          try Stack(exposures: chosen.map { stack.exposures[$0] }))
      }
    }
    let (section, isPixel) = try places.section(of: stack.shape)
    guard isPixel else { return try ValueArithmetic.section(.stack(stack), section) }
    return .list(
      try stack.exposures.map { try ValueArithmetic.pixel(.image($0), section.x1, section.y1) })
  }

  private static func mask(of masks: MaskSet, _ places: [ValuePlace]) throws -> Mask {
    guard places.count == 1, case .name(let name) = places[0] else {
      throw CRSError.usage(
        "\(places.text) is no mask of the set", expected: masks.names.joined(separator: ", "))
    }
    return try masks.mask(named: name)
  }
}

extension MaskSet {
  package var names: [String] { ["MEDIANCR", "MEANCRT"] + exposures.indices.map { "CRMASK\($0 + 1)" } }

  /// - Throws: `CRSError` (usage) for a name that is none.
  package func mask(named name: String) throws -> Mask {
    switch names.firstIndex(of: name.uppercased()) {
    case 0?: return medianCR
    case 1?: return meanCRT
    case let place?: return exposures[place - 2]
    case nil:
      throw CRSError.usage(
        "there is no mask '\(name)'", parameter: "name", expected: names.joined(separator: ", "))
    }
  }
}
