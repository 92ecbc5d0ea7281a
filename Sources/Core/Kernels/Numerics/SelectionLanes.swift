/// A scalar of which several windows are sorted side by side, one a lane of a vector register.
///
/// The two kernels are spelt out for each type: through a generic vector they do not become vector code.
protocol SelectionLanes {
  /// Windows that one call does.
  static var lanes: Int { get }
  /// Writes the selected element of `lanes` windows, the first of which begins at `corner`, to `result`.
  ///
  /// - Parameters:
  ///   - stride: pixels of a row in memory.
  ///   - scratch: room for `lanes` values for each pixel of the window.
  /// - Returns: false, and nothing is written, when a value is not finite.
  static func select(
    _ corner: UnsafePointer<Self>, stride: Int, window: MedianWindow, network: SelectionNetwork,
    scratch: UnsafeMutablePointer<Self>, result: UnsafeMutablePointer<Self>
  ) -> Bool
}

extension Float: SelectionLanes {
  static var lanes: Int { 8 }

  static func select(
    _ corner: UnsafePointer<Float>, stride: Int, window: MedianWindow, network: SelectionNetwork,
    scratch: UnsafeMutablePointer<Float>, result: UnsafeMutablePointer<Float>
  ) -> Bool {
    let size = MemoryLayout<SIMD8<Float>>.stride
    let lanes = UnsafeMutableRawPointer(scratch)
    var offset = 0
    var check = SIMD8<Float>.zero
    for dy in 0..<window.rows {
      let row = UnsafeRawPointer(corner + dy * stride)
      for dx in 0..<window.columns {
        let values = row.loadUnaligned(fromByteOffset: dx * MemoryLayout<Float>.stride, as: SIMD8<Float>.self)
        check += values - values
        lanes.storeBytes(of: values, toByteOffset: offset, as: SIMD8<Float>.self)
        offset += size
      }
    }
    guard all(check .== .zero) else { return false }
    network.steps.withUnsafeBufferPointer { steps in
      for step in steps {
        let (i, j) = (Int(step.low) * size, Int(step.high) * size)
        let a = lanes.loadUnaligned(fromByteOffset: i, as: SIMD8<Float>.self)
        let b = lanes.loadUnaligned(fromByteOffset: j, as: SIMD8<Float>.self)
        lanes.storeBytes(of: a.replacing(with: b, where: b .< a), toByteOffset: i, as: SIMD8<Float>.self)
        lanes.storeBytes(of: a.replacing(with: b, where: b .> a), toByteOffset: j, as: SIMD8<Float>.self)
      }
    }
    let middle = lanes.loadUnaligned(fromByteOffset: network.rank * size, as: SIMD8<Float>.self)
    UnsafeMutableRawPointer(result).storeBytes(of: middle, as: SIMD8<Float>.self)
    return true
  }
}

extension Double: SelectionLanes {
  static var lanes: Int { 4 }

  static func select(
    _ corner: UnsafePointer<Double>, stride: Int, window: MedianWindow, network: SelectionNetwork,
    scratch: UnsafeMutablePointer<Double>, result: UnsafeMutablePointer<Double>
  ) -> Bool {
    let size = MemoryLayout<SIMD4<Double>>.stride
    let lanes = UnsafeMutableRawPointer(scratch)
    var offset = 0
    var check = SIMD4<Double>.zero
    for dy in 0..<window.rows {
      let row = UnsafeRawPointer(corner + dy * stride)
      for dx in 0..<window.columns {
        let values = row.loadUnaligned(
          fromByteOffset: dx * MemoryLayout<Double>.stride, as: SIMD4<Double>.self)
        check += values - values
        lanes.storeBytes(of: values, toByteOffset: offset, as: SIMD4<Double>.self)
        offset += size
      }
    }
    guard all(check .== .zero) else { return false }
    network.steps.withUnsafeBufferPointer { steps in
      for step in steps {
        let (i, j) = (Int(step.low) * size, Int(step.high) * size)
        let a = lanes.loadUnaligned(fromByteOffset: i, as: SIMD4<Double>.self)
        let b = lanes.loadUnaligned(fromByteOffset: j, as: SIMD4<Double>.self)
        lanes.storeBytes(of: a.replacing(with: b, where: b .< a), toByteOffset: i, as: SIMD4<Double>.self)
        lanes.storeBytes(of: a.replacing(with: b, where: b .> a), toByteOffset: j, as: SIMD4<Double>.self)
      }
    }
    let middle = lanes.loadUnaligned(fromByteOffset: network.rank * size, as: SIMD4<Double>.self)
    UnsafeMutableRawPointer(result).storeBytes(of: middle, as: SIMD4<Double>.self)
    return true
  }
}
