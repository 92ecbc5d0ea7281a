import Files
import Kernels

extension Work {
  /// Says how many whole numbers of images have more digits than the calculation.
  package func tellLostDigits(of images: [Image], in name: String) {
    guard remark != nil else { return }
    tellLostDigits(images.reduce(0) { $0 + $1.beyondDouble }, in: name)
  }

  func tellLostDigits(_ count: Int, in name: String) {
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
    if a.hasExactPixels || b.hasExactPixels || a.isOutsideSingle || b.isOutsideSingle {
      self = .exact(try a.exactElements(name), try b.exactElements(name))
    } else {
      self = .single(try a.elements(name), try b.elements(name))
    }
  }
}

extension Value {
  /// Whether it is a number that would be infinite, 0 or short of digits in single precision, which ends at 3.4e38 and
  /// begins at 1.2e-38.
  var isOutsideSingle: Bool {
    double.map { $0.isFinite && $0 != 0 && !Float($0).isNormal } ?? false
  }

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
