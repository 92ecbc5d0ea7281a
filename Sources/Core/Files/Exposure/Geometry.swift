import Kernels

/// A change of place that keeps whole pixels.
package enum Geometry: Sendable, Equatable {
  /// The pixels that both spans take: a section, flipped or with steps.
  case section(x: AxisSpan, y: AxisSpan)
  /// Moved towards larger x and y within the same frame.
  case shift(x: Int, y: Int)

  package static func section(_ section: Section) -> Geometry {
    .section(
      x: AxisSpan(start: section.x1, step: 1, count: section.width),
      y: AxisSpan(start: section.y1, step: 1, count: section.height))
  }
}

/// Moves every plane of an image of that shape, also those one below the other.
struct MovedPlane {
  let geometry: Geometry
  let shape: Shape

  /// - Parameter fill: for pixels that come from outside the plane.
  func applied<Element: Sendable>(to plane: Plane<Element>, filling fill: Element) -> Plane<Element> {
    let depth = max(1, plane.height / max(1, shape.height))
    guard depth > 1 else { return moved(plane, fill) }
    var pixels: [Element] = []
    var height = 0
    for slab in 0..<depth {
      let part = moved(
        Plane(
          width: shape.width, height: shape.height,
          pixels: Array(plane.pixels[slab * shape.count..<(slab + 1) * shape.count])), fill)
      pixels += part.pixels
      height += part.height
    }
    return Plane(width: height > 0 ? pixels.count / height : 0, height: height, pixels: pixels)
  }

  private func moved<Element: Sendable>(_ plane: Plane<Element>, _ fill: Element) -> Plane<Element> {
    switch geometry {
    case .section(let x, let y): return plane[x, y]
    case .shift(let dx, let dy):
      let (width, height) = (plane.width, plane.height)
      var out = Plane(width: width, height: height, repeating: fill)
      let columns = max(0, dx)..<max(max(0, dx), min(width, width + dx))
      for y in max(0, dy)..<max(max(0, dy), min(height, height + dy)) {
        for x in columns { out.pixels[y * width + x] = plane.pixels[(y - dy) * width + x - dx] }
      }
      return out
    }
  }
}

extension ExactPixels {
  func changed(_ change: MovedPlane) -> ExactPixels {
    func moved<Element: Sendable>(_ values: [Element], _ fill: Element) -> [Element] {
      let shape = change.shape
      guard values.count == shape.count else { return values }
      return change.applied(
        to: Plane(width: shape.width, height: shape.height, pixels: values), filling: fill
      ).pixels
    }
    return switch self {
    case .float64(let values): .float64(moved(values, 0))
    case .int64(let values): .int64(moved(values, 0))
    case .uint64(let values): .uint64(moved(values, 0))
    }
  }
}

extension Uncertainty {
  func changed(_ change: MovedPlane, _ geometry: Geometry, note: (String) -> Void) -> Uncertainty {
    var out = self
    out.values = change.applied(to: values, filling: kind == .inverseVariance ? 0 : .nan)
    if let exact = exactValues, exact.count == values.count {
      out.exactValues =
        change.applied(to: Plane(width: values.width, height: values.height, pixels: exact), filling: .nan)
        .pixels
    }
    out.header.follow(geometry, shape: change.shape, note: { _ in })
    return out
  }
}

extension ExtraPlane {
  /// The cards of a plane of which only the part of a section was read.
  mutating func follow(_ geometry: Geometry, shape: Shape) {
    header.follow(geometry, shape: shape, note: { _ in })
    uncertainty?.header.follow(geometry, shape: shape, note: { _ in })
  }

  func changed(_ change: MovedPlane, _ geometry: Geometry) -> ExtraPlane {
    var out = self
    out.pixels = pixels.changed(change)
    // What the plane will say when it is read again: pixels from outside have no bits. The image's own mask has them.
    out.mask = mask.map { Mask(plane: change.applied(to: $0.plane, filling: 0)) }
    out.uncertainty = uncertainty.map { $0.changed(change, geometry, note: { _ in }) }
    out.header.follow(geometry, shape: change.shape, note: { _ in })
    return out
  }
}
