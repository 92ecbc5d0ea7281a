import Files
import Kernels

/// An operation on images, masks and numbers of which one at least is an image or mask.
struct ImageArithmetic {
  private let operation: PixelArithmetic.Operation
  private let a: Value
  private let b: Value

  init(_ operation: PixelArithmetic.Operation, _ a: Value, _ b: Value) {
    (self.operation, self.a, self.b) = (operation, a, b)
  }

  func image(work: Work) throws -> Image {
    switch try PixelOperands(a, b, name: operation.rawValue) {
    case .single(let x, let y): return derived(try PixelArithmetic.apply(operation, x, y, work: work))
    case .exact(let x, let y):
      let values = try PixelArithmetic.apply(operation, x, y, work: work)
      var image = derived(values.map { Float($0) })
      image.setExactValues(values)
      return image
    }
  }

  /// The result with what it takes over from the operands; a plain image when none of them is one.
  private func derived(_ plane: Plane<Float>) -> Image {
    if case .image(let left) = a { return left.replacing(plane) }
    if case .image(let right) = b { return right.replacing(plane) }
    return Image(pixels: plane, unit: .none)
  }
}

/// A comparison of images and numbers of which one at least is an image.
struct ImageComparison {
  private let comparison: PixelArithmetic.Comparison
  private let a: Value
  private let b: Value

  init(_ comparison: PixelArithmetic.Comparison, _ a: Value, _ b: Value) {
    (self.comparison, self.a, self.b) = (comparison, a, b)
  }

  /// Flags where it holds: not where a value is masked or NaN.
  func mask(work: Work) throws -> Mask {
    let mask: Mask
    switch try PixelOperands(a, b, name: comparison.rawValue) {
    case .single(let x, let y): mask = try PixelArithmetic.compare(comparison, x, y, work: work)
    case .exact(let x, let y): mask = try PixelArithmetic.compare(comparison, x, y, work: work)
    }
    return [a, b].compactMap(\.ownMask).reduce(mask) { $0 & !$1 }
  }
}

/// Bits of images of whole numbers: flags of data quality.
struct BitArithmetic {
  private let isAnd: Bool
  private let a: Value
  private let b: Value

  init(isAnd: Bool, _ a: Value, _ b: Value) { (self.isAnd, self.a, self.b) = (isAnd, a, b) }

  func image(work: Work) throws -> Image {
    let plane = try PixelArithmetic.bits(and: isAnd, whole(a), whole(b), work: work)
    let first = [a, b].compactMap { if case .image(let image) = $0 { image } else { nil } }.first
    var image = first ?? Image(pixels: plane.map { Float($0) }, unit: .none)
    image.unit = .none
    // Pixels without a value stay so.
    image.pixels = Plane(
      width: plane.width, height: plane.height,
      pixels: zip(plane.pixels, image.pixels.pixels).map { $1.isNaN ? .nan : Float($0) })
    image.exactPixels = .int64(plane.pixels.map { Int64($0) })
    image.storedType = .int64
    return image
  }

  private func whole(_ value: Value) throws -> Elements<Int> {
    switch value {
    case .integer(let number): return .scalar(number)
    case .image(let image) where image.storedType.isInteger:
      switch image.exactPixels {
      case .int64(let values):
        return .plane(Plane(width: image.width, height: image.height, pixels: values.map { Int($0) }))
      case .uint64(let values):
        return .plane(
          Plane(width: image.width, height: image.height, pixels: values.map { Int(truncatingIfNeeded: $0) }))
      case .float64, nil: return .plane(image.pixels.map { Int(exactly: $0) ?? 0 })
      }
    default:
      throw CRSError.usage(
        "'\(isAnd ? "&" : "|")' joins masks, and bits of images of whole numbers",
        expected: "a file of whole numbers as it was read, or two masks")
    }
  }
}
