import Files
import Kernels
import Pipeline

/// What a command holds at one time beside its arguments, as measured: so much for each pixel of the frame, and so much
/// for each pixel of each exposure.
package struct MemoryNeed: Sendable {
  /// Bytes.
  package var perPixel: Double
  /// Bytes.
  package var perValue: Double

  package init(perPixel: Double = 0, perValue: Double = 0) {
    (self.perPixel, self.perValue) = (perPixel, perValue)
  }

  /// The result alone, one plane of real numbers.
  package static let plane = MemoryNeed(perPixel: 4)

  /// Makes sure that a command has room for its arguments.
  ///
  /// - Throws: `CRSError` (data) with the needed and the available amount.
  func check(_ bound: Bound, work: Work) throws {
    let extents = bound.names.compactMap { bound[$0]?.extent }
    guard let largest = extents.max(by: { bytes($0) < bytes($1) }) else { return }
    try work.require(
      bytes: bytes(largest),
      for: "\(largest.shape) pixels" + (largest.exposures > 1 ? " of \(largest.exposures) exposures" : ""))
  }

  private func bytes(_ extent: Value.Extent) -> Double {
    let pixels = Double(extent.shape.width) * Double(extent.shape.height)
    return pixels * (perPixel + perValue * Double(extent.exposures))
  }
}

extension Value {
  /// How many pixels and exposures a value has.
  fileprivate struct Extent {
    var shape: Shape
    var exposures: Int
  }

  fileprivate var extent: Extent? {
    switch self {
    case .image(let image): Extent(shape: image.shape, exposures: 1)
    case .stack(let stack): Extent(shape: stack.shape, exposures: stack.count)
    case .mask(let mask): Extent(shape: mask.shape, exposures: 1)
    case .maskSet(let masks): Extent(shape: masks.shape, exposures: masks.exposures.count)
    case .list(let values):
      values.first?.extent.map { Extent(shape: $0.shape, exposures: values.count * $0.exposures) }
    default: nil
    }
  }
}
