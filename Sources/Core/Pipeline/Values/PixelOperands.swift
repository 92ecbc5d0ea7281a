import Files
import Kernels

extension Work {
  /// Says how many whole numbers of images have more digits than the calculation.
  package func tellLostDigits(of images: [Image], in name: String) {
    guard remark != nil else { return }
    tellLostDigits(images.reduce(0) { $0 + $1.beyondDouble }, in: name)
  }

  /// Says so of the pixels that stay where a part of an image is changed, and of those that are put there.
  package func tellLostDigits(of value: Value, at places: [ValuePlace], changedTo part: Value) throws {
    guard remark != nil, places.count > 1 else { return }
    let count = try value.pixelImages.reduce(0) { (sum: Int, image: Image) -> Int in
      let all = image.beyondDouble
      guard all > 0 else { return sum }
      return sum + all - image.section(try places.section(of: image.shape).section).beyondDouble
    }
    tellLostDigits(
      count + part.pixelImages.reduce(0) { $0 + $1.beyondDouble }, in: "an assignment to a part")
  }

  /// Says once what an image keeps that does not describe a part put into it.
  package func tellKept(of value: Value, at places: [ValuePlace], changedTo part: Value) {
    guard remark != nil, places.count > 1 else { return }
    let parts = part.pixelImages
    for (k, image) in value.pixelImages.enumerated() {
      // One part for all exposures, or one for each.
      let own = parts.count > 1 ? (parts.indices.contains(k) ? parts[k] : nil) : parts.first
      image.remarks(onChangeTo: own).forEach(tellOnce)
    }
  }

  private func tellLostDigits(_ count: Int, in name: String) {
    guard let remark, count > 0 else { return }
    remark(
      "\(count) whole number\(count == 1 ? "" : "s") beyond 2^53 (9.0e15) lose\(count == 1 ? "s" : "") the last digits: "
        + "\(name) calculates with float64")
  }
}

/// The two sides of an operation on pixels, in double precision where one of them has numbers that single precision
/// cannot hold.
enum PixelOperands {
  case single(Elements<Float>, Elements<Float>)
  case exact(Elements<Double>, Elements<Double>)

  /// - Parameter name: of the operator or function, for errors.
  /// - Throws: `CRSError` (usage) for kinds without pixels.
  init(_ a: Value, _ b: Value, name: String) throws {
    if a.hasExactPixels || b.hasExactPixels || a.isBeyondSingle || b.isBeyondSingle {
      self = .exact(try a.exactElements(name), try b.exactElements(name))
    } else {
      self = .single(try a.elements(name), try b.elements(name))
    }
  }
}

extension Value {
  /// The images whose pixels it holds.
  fileprivate var pixelImages: [Image] {
    switch self {
    case .image(let image): [image]
    case .stack(let stack): stack.exposures
    case .list(let items): items.flatMap(\.pixelImages)
    default: []
    }
  }

  /// Whether it is a number that would be infinite in single precision, which ends at 3.4e38.
  var isBeyondSingle: Bool { double.map { $0.isFinite && !Float($0).isFinite } ?? false }

  var hasExactPixels: Bool { if case .image(let image) = self { image.exactPixels != nil } else { false } }

  func elements(_ name: String) throws -> Elements<Float> {
    switch self {
    case .image(let image): return .plane(image.pixels)
    case .mask(let mask): return .plane(mask.plane.map { Float($0) })
    default: return .scalar(Float(try scalar(name)))
    }
  }

  func exactElements(_ name: String) throws -> Elements<Double> {
    switch self {
    case .image(let image): return .plane(image.exactValues)
    case .mask(let mask): return .plane(mask.plane.map { Double($0) })
    default: return .scalar(try scalar(name))
    }
  }

  private func scalar(_ name: String) throws -> Double {
    guard let number = double else {
      throw CRSError.usage(
        "'\(name)' does not apply to a value of kind \(kindName)", expected: "images, masks and numbers")
    }
    return number
  }

  /// The pixels that are masked in the image itself.
  var ownMask: Mask? { if case .image(let image) = self { image.mask } else { nil } }
}
