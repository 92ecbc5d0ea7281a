import Calling
import Files
import Foundation
import Kernels
import Pipeline
import Synchronization

/// One call of a library's command: its arguments in place, and the buffers of its results.
///
/// Pointers that are handed out stay valid until the call is over.
final class LibraryCall: @unchecked Sendable {
  let manifest: CommandManifest
  let context: CommandContext
  private let values: [String: Value]
  private let mutex = NSLock()
  /// Memory that goes with the call.
  private var owned: [UnsafeMutableRawPointer] = []
  private var kept: [AnyObject] = []
  private var results: [String: Result] = [:]
  private(set) var failure: CRSError?

  private enum Result {
    case image(PixelBuffer<Float>, mask: PixelBuffer<UInt8>?, uncertainty: PixelBuffer<Float>?)
    case mask(PixelBuffer<UInt8>)
    case value(Value)
  }

  init(_ manifest: CommandManifest, _ bound: Bound, _ context: CommandContext) {
    (self.manifest, self.context) = (manifest, context)
    values = PluginArguments(manifest, bound).values.reduce(into: [:]) { $0[$1.parameter.name] = $1.value }
  }

  deinit { owned.forEach { free($0) } }

  /// How the library knows the call.
  var handle: OpaquePointer { OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }

  static func call(_ handle: OpaquePointer) -> LibraryCall {
    Unmanaged<LibraryCall>.fromOpaque(UnsafeRawPointer(handle)).takeUnretainedValue()
  }

  /// Lines come from any thread, one at a time.
  func report(_ line: String) { mutex.withLock { context.report(PlainText.of(line)) } }
  func note(_ line: String) { mutex.withLock { context.note(PlainText.of(line)) } }

  // MARK: - Arguments

  func value(_ name: String) -> Value? { values[name] }

  /// A text that stays until the call is over.
  func text(_ text: String) -> UnsafePointer<CChar>? {
    guard let copy = strdup(text) else { return nil }
    mutex.withLock { owned.append(UnsafeMutableRawPointer(copy)) }
    return UnsafePointer(copy)
  }

  /// Numbers that stay until the call is over.
  func numbers(_ numbers: [Double]) -> UnsafePointer<Double>? {
    guard let copy = malloc(max(8, 8 * numbers.count)) else { return nil }
    mutex.withLock { owned.append(copy) }
    let typed = copy.bindMemory(to: Double.self, capacity: max(1, numbers.count))
    for (k, number) in numbers.enumerated() { typed[k] = number }
    return UnsafePointer(typed)
  }

  func images(_ name: String) -> [Image] {
    switch values[name] {
    case .image(let image)?: [image]
    case .stack(let stack)?: stack.exposures
    default: []
    }
  }

  func image(_ name: String, _ exposure: Int) -> Image? {
    let images = images(name)
    return images.indices.contains(exposure) ? images[exposure] : nil
  }

  func mask(_ name: String, _ exposure: Int) -> Mask? {
    if case .mask(let mask)? = values[name] { return exposure == 0 ? mask : nil }
    return image(name, exposure)?.mask
  }

  /// The memory of an array that a value of the call holds, and so stays where it is.
  ///
  /// Arrays of Swift lie in one piece whose place does not change while somebody holds them; `values` does until the
  /// call is over.
  func pointer<Number>(_ pixels: [Number]) -> UnsafePointer<Number>? {
    pixels.withUnsafeBufferPointer { $0.baseAddress }
  }

  /// The same of an array that was made for the call.
  func pointer<Number: BitwiseCopyable & Sendable>(keeping plane: Plane<Number>) -> UnsafePointer<Number>? {
    let buffer = PixelBuffer(plane)
    mutex.withLock { kept.append(buffer) }
    return UnsafePointer(buffer.start)
  }

  // MARK: - Results

  private func declared(_ name: String, _ kinds: [Kind]) -> Bool {
    manifest.results.contains { $0.name == name && kinds.contains($0.kind) }
  }

  private static func shape(_ width: Int, _ height: Int) -> Shape? {
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    return width > 0 && height > 0 && !overflow && count < 1 << 40 ? Shape(width: width, height: height) : nil
  }

  func resultImage(_ name: String, _ width: Int, _ height: Int) -> UnsafeMutablePointer<Float>? {
    guard declared(name, [.image, .any]), let shape = Self.shape(width, height) else { return nil }
    return mutex.withLock {
      guard results[name] == nil, let buffer = PixelBuffer<Float>(shape, clearing: 0) else { return nil }
      results[name] = .image(buffer, mask: nil, uncertainty: nil)
      return buffer.start
    }
  }

  func resultMask(_ name: String, _ width: Int, _ height: Int) -> UnsafeMutablePointer<UInt8>? {
    guard declared(name, [.image, .mask, .any]), let shape = Self.shape(width, height) else { return nil }
    return mutex.withLock {
      let before = results[name]
      if case .image(let pixels, mask: nil, uncertainty: let uncertainty)? = before {
        guard pixels.shape == shape, let buffer = PixelBuffer<UInt8>(shape, clearing: 0) else { return nil }
        results[name] = .image(pixels, mask: buffer, uncertainty: uncertainty)
        return buffer.start
      }
      guard before == nil, !declared(name, [.image]), let buffer = PixelBuffer<UInt8>(shape, clearing: 0)
      else {
        return nil
      }
      results[name] = .mask(buffer)
      return buffer.start
    }
  }

  /// Standard deviations of an image whose pixels were asked for.
  func resultUncertainty(_ name: String) -> UnsafeMutablePointer<Float>? {
    mutex.withLock {
      guard case .image(let pixels, mask: let mask, uncertainty: nil)? = results[name],
        let buffer = PixelBuffer<Float>(pixels.shape, clearing: 0)
      else { return nil }
      results[name] = .image(pixels, mask: mask, uncertainty: buffer)
      return buffer.start
    }
  }

  func result(_ name: String, _ value: Value, _ kinds: [Kind]) -> Bool {
    guard declared(name, kinds + [.any]) else { return false }
    return mutex.withLock {
      guard results[name] == nil else { return false }
      results[name] = .value(value)
      return true
    }
  }

  func fail(_ error: CRSError) { mutex.withLock { failure = failure ?? PlainText.of(error) } }

  /// - Throws: `CRSError` (data) for results that are missing.
  func taken(_ bound: Bound, plugin: String) throws -> [Value] {
    let inheritance = Inheritance(bound, manifest)
    return try manifest.results.map { declared in
      switch results[declared.name] {
      case nil:
        throw CRSError.data(
          "the plugin \(plugin) gave no result \(declared.name)", expected: declared.kind.article)
      case .value(let value)?:
        if declared.kind == .number, case .integer(let number) = value { return .number(Double(number)) }
        return value
      case .mask(let buffer)?:
        let mask = Mask(plane: buffer.flags)
        return .mask(inheritance.images.first { $0.shape == mask.shape }?.owning(mask) ?? mask)
      case .image(let pixels, let mask, let uncertainty)?:
        var image = Image(pixels: pixels.plane, unit: .none)
        var like: Image?
        if let name = declared.like, case .image(let argument)? = bound[name] { like = argument }
        inheritance.begin(&image, like: like)
        if let mask { image.mask = Mask(plane: mask.flags) }
        if let uncertainty {
          image.uncertainty = Uncertainty(kind: .standardDeviation, values: uncertainty.plane)
        }
        return .image(image)
      }
    }
  }
}

/// Memory that is filled by a library and becomes a plane without being copied.
final class PixelBuffer<Number: BitwiseCopyable & Sendable>: @unchecked Sendable {
  let shape: Shape
  private var pixels: [Number]
  /// Stays where it is as long as nobody changes the array, which only this class could.
  let start: UnsafeMutablePointer<Number>

  /// nil where there is not enough memory.
  ///
  /// - Parameter zero: what small buffers hold at first; the memory of large ones comes empty from the system.
  init?(_ shape: Shape, clearing zero: Number) {
    let count = shape.count
    // Looking takes a while, and small buffers fit.
    let bytes = count * MemoryLayout<Number>.stride
    guard bytes <= 64 << 20 || bytes < Memory.available else { return nil }
    pixels = [Number](unsafeUninitializedCapacity: count) { buffer, initialised in
      if count * MemoryLayout<Number>.stride < 8 << 20 { buffer.initialize(repeating: zero) }
      initialised = count
    }
    guard let start = pixels.withUnsafeMutableBufferPointer({ $0.baseAddress }) else { return nil }
    (self.shape, self.start) = (shape, start)
  }

  init(_ plane: Plane<Number>) {
    pixels = plane.pixels
    shape = plane.shape
    start =
      pixels.withUnsafeMutableBufferPointer { $0.baseAddress } ?? UnsafeMutablePointer.allocate(capacity: 1)
  }

  var plane: Plane<Number> { Plane(width: shape.width, height: shape.height, pixels: pixels) }
}

extension PixelBuffer where Number == UInt8 {
  /// 1 for everything but 0.
  var flags: Plane<UInt8> {
    plane.pixels.allSatisfy { $0 <= 1 } ? plane : plane.map { $0 == 0 ? 0 : 1 }
  }
}
