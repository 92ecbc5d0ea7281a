import Kernels

extension Image {
  /// The part inside a section, which must lie inside the image; see `section(_:_:)`.
  package func section(_ section: Section) -> Image {
    self.section(
      AxisSpan(start: section.x1, step: 1, count: section.width),
      AxisSpan(start: section.y1, step: 1, count: section.height))
  }

  /// The part of the image that both spans take: mask, errors and planes are cut with it, exact values and
  /// number type stay, and the world coordinates follow.
  ///
  /// The spans must lie inside the image. HDUs that are only passed on stay as they are.
  func section(_ x: AxisSpan, _ y: AxisSpan) -> Image {
    var cut = self
    cut.pixels = pixels[x, y]
    cut.exactPixels = exactPixels.map { $0.section(x, y, of: shape) }
    cut.mask = mask.flatMap { $0.shape == shape ? Mask(plane: $0.plane[x, y]) : nil }
    cut.uncertainty = uncertainty.flatMap { $0.values.shape == shape ? $0.section(x, y) : nil }
    cut.planes = planes.map { $0.pixels.shape == shape ? $0.section(x, y) : $0 }
    cut.header.follow(x, axis: 1)
    cut.header.follow(y, axis: 2)
    return cut
  }
}

extension ExactPixels {
  fileprivate func section(_ x: AxisSpan, _ y: AxisSpan, of shape: Shape) -> ExactPixels {
    func cut<Element: Sendable>(_ values: [Element]) -> [Element] {
      guard values.count == shape.count else { return values }
      return Plane(width: shape.width, height: shape.height, pixels: values)[x, y].pixels
    }
    return switch self {
    case .float64(let values): .float64(cut(values))
    case .int64(let values): .int64(cut(values))
    case .uint64(let values): .uint64(cut(values))
    }
  }
}

extension Uncertainty {
  fileprivate func section(_ x: AxisSpan, _ y: AxisSpan) -> Uncertainty {
    var cut = self
    cut.values = values[x, y]
    if let exact = exactValues, exact.count == values.count {
      cut.exactValues = Plane(width: values.width, height: values.height, pixels: exact)[x, y].pixels
    }
    cut.header.follow(x, axis: 1)
    cut.header.follow(y, axis: 2)
    return cut
  }
}

extension ExtraPlane.Pixels {
  fileprivate var shape: Shape {
    switch self {
    case .float32(let plane): plane.shape
    case .int16(let plane): plane.shape
    case .uint8(let plane): plane.shape
    case .float64(let plane): plane.shape
    case .int32(let plane): plane.shape
    }
  }
}

extension ExtraPlane {
  fileprivate func section(_ x: AxisSpan, _ y: AxisSpan) -> ExtraPlane {
    var cut = self
    cut.pixels =
      switch pixels {
      case .float32(let plane): .float32(plane[x, y])
      case .int16(let plane): .int16(plane[x, y])
      case .uint8(let plane): .uint8(plane[x, y])
      case .float64(let plane): .float64(plane[x, y])
      case .int32(let plane): .int32(plane[x, y])
      }
    cut.header.follow(x, axis: 1)
    cut.header.follow(y, axis: 2)
    return cut
  }
}
