import Files
import Kernels
import Pipeline

/// What a check knows of a value before the script runs.
struct KnownValue: Sendable {
  /// any where it is not certain.
  var kind = Kind.any
  /// The value itself where it is written down; nil where only its kind is known.
  var exact: Value?
  /// Of pixels.
  var size: Shape?
  /// Names of columns; further ones are possible where it is nil.
  var columns: [String]?
  /// Whether it has all of these columns.
  var hasAllColumns = false
  /// Exposures of a stack or mask set, elements of a list.
  var count: Int?
  /// Whether an image is certain to be no mask: noise makes its pixels fractions.
  var isNoisy = false

  /// Whether an image is certain to have no whole numbers of a file, whose bits can be taken.
  var isReal = false
  /// Unit of an image or stack; nil where it is not certain.
  var unit: PixelUnit?

  /// What is left of it where parts may have been changed.
  var withOtherParts: KnownValue {
    guard kind != .table else { return KnownValue(.table) }
    var other = KnownValue(kind, size: size, count: count)
    other.unit = unit
    return other
  }

  static let unknown = KnownValue()

  /// A part of pixels, or what has their noise and unit.
  ///
  /// - Parameter isNoisy: whether enough pixels are left to see the noise.
  func part(_ kind: Kind, size: Shape?, count: Int? = nil, keepsNoise: Bool = true) -> KnownValue {
    var part = KnownValue(kind, size: size, count: count, isNoisy: isNoisy && keepsNoise)
    (part.isReal, part.unit) = (isReal, unit)
    return part
  }

  init(
    _ kind: Kind = .any, size: Shape? = nil, columns: [String]? = nil, count: Int? = nil,
    isNoisy: Bool = false
  ) {
    (self.kind, self.size, self.columns, self.count, self.isNoisy) = (kind, size, columns, count, isNoisy)
  }

  init(exact value: Value) {
    kind = value.kind
    exact = value
    if case .list(let items) = value { count = items.count }
  }

  /// Of a variable of the session.
  init(of value: Value) {
    self.init(value.kind)
    switch value {
    case .image(let image): (size, unit, isReal) = (image.shape, image.unit, !image.storedType.isInteger)
    case .mask(let mask): size = mask.shape
    case .stack(let stack): (size, count) = (stack.shape, stack.count)
    case .maskSet(let masks): (size, count) = (masks.shape, masks.exposures.count)
    case .table(let table): (columns, hasAllColumns) = (table.columns, true)
    case .number, .integer, .bool, .text: exact = value
    case .list(let items): count = items.count
    case .diagram, .boundary, .none: break
    }
  }

  /// What holds behind two ways that a script may have gone.
  func merged(with other: KnownValue) -> KnownValue {
    guard kind == other.kind else { return .unknown }
    var out = KnownValue(
      kind, size: size == other.size ? size : nil, count: count == other.count ? count : nil,
      isNoisy: isNoisy && other.isNoisy)
    out.isReal = isReal && other.isReal
    out.unit = unit == other.unit ? unit : nil
    out.hasAllColumns = hasAllColumns && other.hasAllColumns && columns == other.columns
    if let columns, let others = other.columns {
      out.columns = columns + others.filter { !columns.contains($0) }
    }
    if let literal = exact?.literal, literal == other.exact?.literal { out.exact = exact }
    return out
  }

  /// A value that operators and functions can be tried on: itself, or the smallest one of its kind.
  var sample: Value? {
    if let exact { return exact }
    let pixel = Plane<Float>(width: 1, height: 1, repeating: 1)
    // Whole numbers, so that bits can be taken of it.
    let image = Image(pixels: pixel, storedType: .int16)
    let mask = Mask(shape: Shape(width: 1, height: 1))
    switch kind {
    case .image: return .image(image)
    case .mask: return .mask(mask)
    case .stack: return (try? Stack(exposures: [image])).map { .stack($0) }
    case .maskset:
      return (try? MaskSet(exposures: (0..<min(99, max(1, count ?? 1))).map { _ in mask })).map {
        .maskSet($0)
      }
    case .table: return .table(Table(columns: columns ?? []))
    case .number: return .number(1.5)
    case .integer: return .integer(1)
    case .flag: return .bool(true)
    case .text, .list, .diagram, .boundary, .word, .file, .section, .any: return nil
    }
  }

  /// What a number that is written down is; nil for all else.
  var wholeNumber: Int? { exact?.wholeNumber }

  /// A number, yes or no that is certain; nil for all else.
  var plain: Value? {
    switch exact {
    case .number?, .integer?, .bool?: exact
    default: nil
    }
  }

  var isYes: Bool { if case .bool(true)? = exact { true } else { false } }
  var isNo: Bool { if case .bool(false)? = exact { true } else { false } }

  var isPixels: Bool { [.image, .mask, .stack].contains(kind) }
}
