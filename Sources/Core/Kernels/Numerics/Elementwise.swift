/// One side of an operation on pixels: a plane, or one number for all of them.
package enum Elements<Number: Sendable>: Sendable {
  case plane(Plane<Number>)
  case scalar(Number)

  var shape: Shape? {
    switch self {
    case .plane(let plane): plane.shape
    case .scalar: nil
    }
  }

  /// Calls `body` with the pixels of a plane, or none and the number for all of them.
  func withPixels<Result>(
    _ body: (UnsafeBufferPointer<Number>?, Number) throws -> Result
  ) throws -> Result where Number: ExpressibleByIntegerLiteral {
    switch self {
    case .plane(let plane): try plane.pixels.withUnsafeBufferPointer { try body($0, 0) }
    case .scalar(let number): try body(nil, number)
    }
  }
}

/// Runs over pixels on all threads.
enum Elementwise {
  @inline(__always)
  static func map<A: Sendable, Out: Sendable>(
    _ a: Plane<A>, _ work: Work, _ transform: @Sendable (A) -> Out
  ) throws -> Plane<Out> {
    try Plane(width: a.width, height: a.height) { out in
      guard let target = out.baseAddress else { return }
      let shared = SharedPointer(target)
      try a.pixels.withUnsafeBufferPointer { source in
        nonisolated(unsafe) let source = source
        try work.forTiles(a.count, size: 65536) { tile in
          for i in tile { shared[i] = transform(source[i]) }
        }
      }
    }
  }

  /// - Throws: `CRSError` (data) for planes of different shapes, (usage) without a plane, `CRSError.interrupted`.
  @inline(__always)
  static func map<A: Sendable, Out: Sendable>(
    _ a: Elements<A>, _ b: Elements<A>, _ work: Work, _ transform: @Sendable (A, A) -> Out
  ) throws -> Plane<Out> {
    switch (a, b) {
    case (.plane(let a), .plane(let b)):
      try check(a.shape, b.shape)
      return try Plane(width: a.width, height: a.height) { out in
        guard let target = out.baseAddress else { return }
        let shared = SharedPointer(target)
        try a.pixels.withUnsafeBufferPointer { left in
          try b.pixels.withUnsafeBufferPointer { right in
            nonisolated(unsafe) let (left, right) = (left, right)
            try work.forTiles(a.count, size: 65536) { tile in
              for i in tile { shared[i] = transform(left[i], right[i]) }
            }
          }
        }
      }
    // Loops of their own: a closure around the operation would be called for each pixel.
    case (.plane(let a), .scalar(let b)):
      return try Plane(width: a.width, height: a.height) { out in
        guard let target = out.baseAddress else { return }
        let shared = SharedPointer(target)
        try a.pixels.withUnsafeBufferPointer { left in
          nonisolated(unsafe) let left = left
          try work.forTiles(a.count, size: 65536) { tile in
            for i in tile { shared[i] = transform(left[i], b) }
          }
        }
      }
    case (.scalar(let a), .plane(let b)):
      return try Plane(width: b.width, height: b.height) { out in
        guard let target = out.baseAddress else { return }
        let shared = SharedPointer(target)
        try b.pixels.withUnsafeBufferPointer { right in
          nonisolated(unsafe) let right = right
          try work.forTiles(b.count, size: 65536) { tile in
            for i in tile { shared[i] = transform(a, right[i]) }
          }
        }
      }
    case (.scalar, .scalar): throw CRSError.usage("two numbers are no pixels")
    }
  }

  /// `a` where `flags` is not 0, else `b`.
  ///
  /// - Throws: as above.
  static func choose<A: Sendable & ExpressibleByIntegerLiteral>(
    _ flags: Plane<UInt8>, _ a: Elements<A>, _ b: Elements<A>, _ work: Work
  ) throws -> Plane<A> {
    for shape in [a.shape, b.shape] { if let shape { try check(flags.shape, shape) } }
    return try flags.pixels.withUnsafeBufferPointer { buffer in
      nonisolated(unsafe) let flagged = buffer
      return try a.withPixels { a, number in
        nonisolated(unsafe) let (a, number) = (a, number)
        return try b.withPixels { b, other in
          nonisolated(unsafe) let (b, other) = (b, other)
          return try Plane(width: flags.width, height: flags.height) { out in
            guard let target = out.baseAddress else { return }
            let shared = SharedPointer(target)
            try work.forTiles(flags.count, size: 65536) { tile in
              for i in tile { shared[i] = flagged[i] != 0 ? a?[i] ?? number : b?[i] ?? other }
            }
          }
        }
      }
    }
  }

  private static func check(_ a: Shape, _ b: Shape) throws {
    guard a == b else { throw CRSError.data("images of \(a) and \(b)", expected: "equal shapes") }
  }
}
