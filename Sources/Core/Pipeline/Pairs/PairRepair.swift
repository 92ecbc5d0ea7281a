import Files
import Kernels

/// Puts the companion's values into the pixels that a comparison flags.
///
/// Integer pixels are rounded to the nearest whole number and clipped to their type's range.
struct PairRepair {
  let found: PairComparison.Side
  let shift: (dx: Int, dy: Int)
  let factor: Double

  /// - Parameters:
  ///   - shift: pixel (x, y) here is (x - dx, y - dy) in the companion.
  ///   - factor: what values of the companion are multiplied with.
  init(_ found: PairComparison.Side, shift: (dx: Int, dy: Int), factor: Double = 1) {
    (self.found, self.shift, self.factor) = (found, shift, factor)
  }

  /// The image with repaired pixels, its mask and its uncertainties brought up to date.
  ///
  /// - Parameter uncertainty: the companion's, nil to leave this one's as it is.
  /// - Throws: `CRSError.interrupted`.
  func repaired(_ image: Image, uncertainty: Uncertainty?, work: Work) throws -> Image {
    var image = image
    let width = image.width
    let type = image.storedType
    image.pixels = Plane(
      width: width, height: image.height, pixels: try copied(image.pixels.pixels, work: work))
    image.pixels.pixels.withUnsafeMutableBufferPointer { pixels in
      forPixels(width: width) { pixels[$0] = Float(stored($1, type)) }
    }
    if let exact = image.exactPixels {
      image.exactPixels = nil
      switch exact {
      case .float64(var values):
        forPixels(width: width) { values[$0] = $1 }
        image.exactPixels = .float64(values)
      case .int64(var values):
        forPixels(width: width) { values[$0] = Int64(nearest: stored($1, type)) }
        image.exactPixels = .int64(values)
      case .uint64(var values):
        forPixels(width: width) { values[$0] = UInt64(nearest: stored($1, type)) }
        image.exactPixels = .uint64(values)
      }
    }
    image.mask = image.mask.map { $0 | replaced } ?? replaced
    if let uncertainty { update(&image.uncertainty, from: uncertainty, width: width) }
    return image
  }

  private func update(_ own: inout Uncertainty?, from other: Uncertainty, width: Int) {
    guard var mine = own else { return }
    own = nil
    let step = -shift.dy * width - shift.dx
    forPixels(width: width) { index, _ in
      let given = other.kind.scaled(other.number(index + step), by: factor)
      mine.set(index, other.kind.convert(given, to: mine.kind))
    }
    own = mine
  }

  private func stored(_ value: Double, _ type: PixelType) -> Double {
    guard let limits = type.limits else { return value }
    return min(max(value.rounded(.toNearestOrEven), limits.lowerBound), limits.upperBound)
  }

  /// Calls `body` with the place in memory and the new value of each pixel to repair or fill.
  private func forPixels(width: Int, _ body: (_ index: Int, _ value: Double) -> Void) {
    let parts = [(found.runs, found.values)] + (found.fill.map { [($0.runs, $0.values)] } ?? [])
    for (runs, values) in parts {
      var next = 0
      for run in runs {
        let row = Int(run.row) * width
        for x in run.columns {
          body(row + x, values[next])
          next += 1
        }
      }
    }
  }

  /// The pixels that have a value of the companion, or should have one.
  private var replaced: Mask {
    var mask = found.low.map { found.hits | $0 } ?? found.hits
    guard let fill = found.fill, fill.count > 0 else { return mask }
    for run in fill.runs {
      for x in run.columns { mask[x, Int(run.row)] = true }
    }
    return mask
  }

  /// A copy that several threads make.
  private func copied(_ values: [Float], work: Work) throws -> [Float] {
    try values.withUnsafeBufferPointer { source in
      try [Float](unsafeUninitializedCapacity: values.count) { buffer, initialised in
        if let from = source.baseAddress, let to = buffer.baseAddress {
          let input = SharedPointer(UnsafeMutablePointer(mutating: from))
          let output = SharedPointer(to)
          try work.forTiles(values.count, size: 1 << 20) { tile in
            (output.base + tile.lowerBound).update(from: input.base + tile.lowerBound, count: tile.count)
          }
        }
        initialised = values.count
      }
    }
  }
}

extension Uncertainty.Kind {
  /// The error of a pixel that is multiplied with a factor.
  func scaled(_ value: Double, by factor: Double) -> Double {
    guard factor != 1 else { return value }
    return switch self {
    case .standardDeviation: value * factor
    case .variance: value * factor * factor
    case .inverseVariance: value / (factor * factor)
    }
  }
}

extension FixedWidthInteger {
  /// The whole number nearest to `value`, clipped to the type's range; 0 for NaN.
  init(nearest value: some BinaryFloatingPoint) {
    let whole = Double(value).rounded(.toNearestOrEven)
    if let exact = Self(exactly: whole) {
      self = exact
    } else {
      self = whole.isNaN ? 0 : whole < 0 ? .min : .max
    }
  }
}
