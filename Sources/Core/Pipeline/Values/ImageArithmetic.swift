import Files
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
  /// - Throws: `CRSError`: data for different shapes, interrupted.
  func image(work: Work) throws -> Image {
    let images = [a, b].compactMap { if case .image(let image) = $0 { image } else { nil } }
    if images.count == 2, [.add, .subtract, .remainder].contains(operation) {
      _ = try images.commonUnit(of: operation.rawValue)
    }
    switch try PixelOperands(a, b, name: operation.rawValue) {
    case .single(let x, let y): return derived(try PixelArithmetic.apply(operation, x, y, work: work), work)
    case .exact(let x, let y):
      work.tellLostDigits(of: images, in: "'\(operation.rawValue)'")
      let values = try PixelArithmetic.apply(operation, x, y, work: work)
      var image = derived(values.map { Float($0) }, work)
      image.setExactValues(values)
      return image
    }
  }

  private func derived(_ pixels: Plane<Float>, _ work: Work) -> Image {
    let images = [a, b].compactMap { if case .image(let image) = $0 { image } else { nil } }
    guard let first = images.first else { return Image(pixels: pixels, unit: .none) }
    if operation == .add || operation == .subtract, images.count == 2 {
      unlikeness(images).forEach { work.remark?($0) }
    }
    tellPlaces(of: images, work)
    let errors = Uncertainty.propagated(operation, operand(a), operand(b))
    if errors == nil, images.contains(where: { $0.uncertainty != nil }) {
      work.remark?("the uncertainties are left out: they are not known behind '\(operation.rawValue)'")
    }
    var out = first.calculated(
      pixels, by: arithmetic, with: Array(images.dropFirst()), uncertainty: errors, unit: unit(images)
    ) { work.remark?($0) }
    if operation == .add, images.count == 2 { out.addTime(of: images).map { work.remark?($0) } }
    if case .scaled(let factor) = arithmetic { out.scaleTime(by: factor) }
    return out
  }

  /// Says where images of different files are parts of different places. Parts of one image are meant so: its overscan,
  /// its neighbouring pixels.
  private func tellPlaces(of images: [Image], _ work: Work) {
    guard images.count == 2, images[0].origin?.file != images[1].origin?.file else { return }
    images.placeNote.map { work.tellOnce("'\(operation.rawValue)': " + $0) }
  }

  /// What makes two images that are added or subtracted unlike: gains, exposure times. One that was multiplied to
  /// the other's level is not.
  private func unlikeness(_ images: [Image]) -> [String] {
    let way = "'\(operation.rawValue)' takes the values as they are"
    let levels = operation == .add ? ExposureLevels(summed: images) : ExposureLevels(images)
    guard levels.areUnlike else { return [] }
    return [
      levels.gainText.map { "\($0); \(way): load FILE unit=electron brings them to one scale" },
      levels.timeText.map {
        "\($0); \(way): image 2 has \(levels.relative[1].short) times the light of image 1"
      },
    ].compactMap { $0 }
  }

  private func operand(_ value: Value) -> ErrorOperand {
    switch value {
    case .image(let image) where image.exactPixels != nil: .exact(image.exactValues, image.uncertainty)
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
      case .floorDivide: "a floor division"
      case .remainder: "a remainder"
      }
    let isPair = a.double == nil && b.double == nil
    return .other(isPair && operation != .power ? name + " of two images" : name + " of an image")
  }

  /// The unit of the result.
  private func unit(_ images: [Image]) -> PixelUnit {
    let first = images[0].unit
    let (left, right) = (a.pixelUnit, b.pixelUnit)
    switch operation {
    case .add, .subtract, .remainder: return first == .none ? images.last?.unit ?? first : first
    case .multiply: return left.times(right)
    case .divide, .floorDivide: return left.over(right)
    case .power: return b.double.map { first.power($0) } ?? .none
    }
  }
}

extension Value {
  /// That of an image; numbers and masks have none.
  fileprivate var pixelUnit: PixelUnit { if case .image(let image) = self { image.unit } else { .none } }
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
    let images = [a, b].compactMap { if case .image(let image) = $0 { image } else { nil } }
    _ = try images.commonUnit(of: comparison.rawValue)
    switch try PixelOperands(a, b, name: comparison.rawValue) {
    case .single(let x, let y): mask = try PixelArithmetic.compare(comparison, x, y, work: work)
    case .exact(let x, let y):
      work.tellLostDigits(of: images, in: "'\(comparison.rawValue)'")
      mask = try PixelArithmetic.compare(comparison, x, y, work: work)
    }
    return Mask([a, b].compactMap(\.ownMask).reduce(mask) { $0 & !$1 }, ownedAs: [a, b])
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

extension Mask {
  /// The mask with the cards of the first image or mask that it was made of.
  init(_ mask: Mask, ownedAs values: [Value]) {
    self = mask
    for value in values {
      switch value {
      case .image(let image):
        self = image.owning(mask)
        return
      case .mask(let other) where other.owner != nil:
        owner = other.owner
        return
      default: continue
      }
    }
  }
}
