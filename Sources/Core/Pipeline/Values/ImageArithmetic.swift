import Files
import Foundation
import Kernels

/// What an operation makes of the images among its operands beside the pixels: units, errors, masks and detector.
struct ImageArithmetic {
  private let operation: PixelArithmetic.Operation
  private let a: Value
  private let b: Value

  init(_ operation: PixelArithmetic.Operation, _ a: Value, _ b: Value) {
    (self.operation, self.a, self.b) = (operation, a, b)
  }

  /// The result with what it takes over from the operands; a plain image when none of them is one.
  ///
  /// - Parameter note: takes a sentence on what is left out.
  func image(_ pixels: Plane<Float>, note: (String) -> Void) -> Image {
    let images = [a, b].compactMap { if case .image(let image) = $0 { image } else { nil } }
    guard let first = images.first else { return Image(pixels: pixels, unit: .none) }
    let errors = Uncertainty.propagated(operation, operand(a), operand(b))
    if errors == nil, images.contains(where: { $0.uncertainty != nil }) {
      note("the uncertainties are left out: they are not known behind '\(operation.rawValue)'")
    }
    return first.calculated(
      pixels, by: arithmetic, with: Array(images.dropFirst()), uncertainty: errors, unit: unit(images),
      note: note)
  }

  /// The same in double precision: the image keeps what float32 does not hold.
  func image(_ pixels: Plane<Double>, note: (String) -> Void) -> Image {
    var out = image(pixels.map { Float($0) }, note: note)
    out.exactPixels = .float64(pixels.pixels)
    out.storedType = .float64
    return out
  }

  /// The result in double precision where an operand holds whole numbers that float32 does not; nil otherwise.
  var exactPixels: Plane<Double>? {
    get throws {
      let (x, y) = (exact(a), exact(b))
      guard x.isWhole || y.isWhole else { return nil }
      let shapes = [x.shape, y.shape].compactMap { $0 }
      guard let shape = shapes.first, shapes.allSatisfy({ $0 == shape }) else { return nil }
      return Plane(
        width: shape.width, height: shape.height,
        pixels: (0..<shape.count).map { i in
          let (p, q) = (x.value(i), y.value(i))
          return switch operation {
          case .add: p + q
          case .subtract: p - q
          case .multiply: p * q
          case .divide: p / q
          case .power: pow(p, q)
          }
        })
    }
  }

  private struct ExactOperand {
    /// Whether it holds whole numbers beyond float32.
    var isWhole = false
    var shape: Shape?
    var value: (Int) -> Double
  }

  private func exact(_ value: Value) -> ExactOperand {
    switch value {
    case .image(let image):
      let single = image.pixels.pixels
      switch image.exactPixels {
      case .int64(let values)?:
        return ExactOperand(isWhole: true, shape: image.shape) {
          single[$0].isNaN ? .nan : Double(values[$0])
        }
      case .uint64(let values)?:
        return ExactOperand(isWhole: true, shape: image.shape) {
          single[$0].isNaN ? .nan : Double(values[$0])
        }
      case .float64(let values)?:
        // Calculated from whole numbers before.
        return ExactOperand(isWhole: image.inputType?.isInteger == true, shape: image.shape) { values[$0] }
      case nil: return ExactOperand(shape: image.shape) { Double(single[$0]) }
      }
    case .mask(let mask): return ExactOperand(shape: mask.shape) { Double(mask.plane.pixels[$0]) }
    default:
      let number = value.double ?? .nan
      return ExactOperand { _ in number }
    }
  }

  private func operand(_ value: Value) -> ErrorOperand {
    switch value {
    case .image(let image): .image(image.pixels, image.uncertainty)
    case .mask(let mask): .image(mask.plane.map { Float($0) }, nil)
    default: .number(value.double ?? 0)
    }
  }

  /// What it does to the noise.
  private var arithmetic: Arithmetic {
    switch (a, b.double, operation) {
    case (.image, let number?, .add): return .offset(number)
    case (.image, let number?, .subtract): return .offset(-number)
    case (.image, let number?, .multiply): return .scaled(number)
    case (.image, let number?, .divide): return .scaled(1 / number)
    default: break
    }
    switch (a.double, b, operation) {
    case (let number?, .image, .add): return .offset(number)
    case (let number?, .image, .multiply): return .scaled(number)
    default: break
    }
    let name =
      switch operation {
      case .add: "a sum"
      case .subtract: "a difference"
      case .multiply: "a product"
      case .divide: "a quotient"
      case .power: "a power"
      }
    let isPair = a.double == nil && b.double == nil
    return .other(isPair && operation != .power ? name + " of two images" : name + " of an image")
  }

  /// The unit of the result: that of the first image, but for powers, products of two units and inverses.
  private func unit(_ images: [Image]) -> PixelUnit {
    let first = images[0].unit
    switch operation {
    case .add, .subtract:
      return first == .none ? images.last?.unit ?? first : first
    case .multiply:
      guard images.count == 2 else { return first }
      if first == .none { return images[1].unit }
      return images[1].unit == .none ? first : .none
    case .divide:
      if case .image = a { return first }
      return .none
    case .power: return b.double == 1 ? first : .none
    }
  }
}
