import Files
import Kernels

/// Memory that values hold, each block once however many values share it.
package struct HeldMemory: Sendable {
  private var blocks: Set<UInt> = []
  /// Of the blocks that were added.
  package private(set) var bytes = 0

  package init() {}

  /// Adds the large blocks of a value.
  package mutating func add(_ value: Value) {
    switch value {
    case .image(let image): add(image)
    case .stack(let stack): stack.exposures.forEach { add($0) }
    case .mask(let mask): add(mask.plane.pixels)
    case .maskSet(let masks):
      ([masks.medianCR, masks.meanCRT] + masks.exposures + masks.leftOut).forEach { add($0.plane.pixels) }
      [masks.laMedian, masks.significance].forEach { add($0?.pixels) }
    case .table(let table): bytes += table.rows.count * max(1, table.columns.count) * 24
    case .list(let values):
      // Numbers are many at most; images are few.
      bytes += values.count * MemoryLayout<Value>.stride
      values.forEach { if !$0.isNumber { add($0) } }
    case .diagram: bytes += 2 * Diagram.bins * Diagram.bins * 8
    case .boundary, .number, .integer, .bool, .text, .none: break
    }
  }

  private mutating func add(_ image: Image) {
    add(image.pixels.pixels)
    switch image.exactPixels {
    case .float64(let values): add(values)
    case .int64(let values): add(values)
    case .uint64(let values): add(values)
    case nil: break
    }
    add(image.mask?.plane.pixels)
    add(image.uncertainty)
    for fact in [image.detector.gain, image.detector.readoutNoise, image.detector.bias] {
      if case .plane(let plane)? = fact?.value { add(plane.pixels) }
    }
    for other in image.others {
      switch other {
      case .carried(let hdu): add(hdu.bytes)
      case .plane(let plane):
        add(plane.mask?.plane.pixels)
        add(plane.uncertainty)
        switch plane.pixels {
        case .float32(let plane): add(plane.pixels)
        case .float64(let plane): add(plane.pixels)
        case .uint8(let plane): add(plane.pixels)
        case .int8(let plane): add(plane.pixels)
        case .int16(let plane): add(plane.pixels)
        case .uint16(let plane): add(plane.pixels)
        case .int32(let plane): add(plane.pixels)
        case .uint32(let plane): add(plane.pixels)
        case .int64(let plane): add(plane.pixels)
        case .uint64(let plane): add(plane.pixels)
        }
      }
    }
  }

  private mutating func add(_ uncertainty: Uncertainty?) {
    add(uncertainty?.values.pixels)
    add(uncertainty?.exactValues)
  }

  private mutating func add<Element>(_ array: [Element]?) {
    guard let array, !array.isEmpty else { return }
    let isNew = array.withUnsafeBufferPointer { blocks.insert(UInt(bitPattern: $0.baseAddress)).inserted }
    if isNew { bytes += array.count * MemoryLayout<Element>.stride }
  }
}

extension Value {
  fileprivate var isNumber: Bool {
    switch self {
    case .number, .integer, .bool: true
    default: false
    }
  }
}

extension Work {
  /// Makes sure that there is room for a text and for what is made of it, such as the record of the session.
  ///
  /// - Parameter bytes: of the text.
  /// - Throws: `CRSError` (data) with the needed and the available amount.
  package func requireText(_ bytes: Int) throws {
    try require(bytes: 8 * Double(bytes), for: "texts of \(bytes) bytes")
  }
}
