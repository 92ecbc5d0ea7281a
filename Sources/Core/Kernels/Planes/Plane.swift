/// A rectangle of pixels in contiguous row-major memory.
///
/// Inside the program columns and rows count from 0 (`x` along NAXIS1, `y` along NAXIS2); users only ever
/// see FITS pixels, which count from 1.
package struct Plane<Element: Sendable>: Sendable {
  /// Columns (NAXIS1).
  package let width: Int
  /// Rows (NAXIS2).
  package let height: Int
  /// The pixels, row after row; `pixels.count == width * height`.
  package var pixels: [Element]

  /// A plane of equal pixels.
  package init(width: Int, height: Int, repeating value: Element) {
    self.width = width
    self.height = height
    pixels = [Element](repeating: value, count: width * height)
  }

  /// A plane around existing pixels, `pixels.count` of which must be `width * height`.
  @inlinable package init(width: Int, height: Int, pixels: [Element]) {
    precondition(pixels.count == width * height, "a plane of \(width)x\(height) got \(pixels.count) pixels")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// A plane whose pixels `fill` writes, all of them, without a first pass of zeros.
  package init(
    width: Int, height: Int, filledBy fill: (UnsafeMutableBufferPointer<Element>) throws -> Void
  ) rethrows {
    self.width = width
    self.height = height
    let count = width * height
    pixels = try [Element](unsafeUninitializedCapacity: count) { buffer, initialised in
      try fill(UnsafeMutableBufferPointer(rebasing: buffer[0..<count]))
      initialised = count
    }
  }

  /// The number of pixels.
  package var count: Int { pixels.count }

  /// Columns and rows together, for comparing shapes.
  package var shape: Shape { Shape(width: width, height: height) }

  /// The pixel at column `x`, row `y`, both from 0.
  package subscript(x: Int, y: Int) -> Element {
    get { pixels[y * width + x] }
    set { pixels[y * width + x] = newValue }
  }

  /// A copy of one rectangle, a row at a time.
  package subscript(section: Section) -> Plane {
    var out: [Element] = []
    out.reserveCapacity(section.width * section.height)
    for y in section.rows {
      out.append(
        contentsOf: pixels[y * width + section.columns.lowerBound..<y * width + section.columns.upperBound])
    }
    return Plane(width: section.width, height: section.height, pixels: out)
  }

  /// A plane of the same shape, each pixel made from the one here.
  @inlinable package func map<Other: Sendable>(_ transform: (Element) throws -> Other) rethrows -> Plane<
    Other
  > {
    let made = try [Other](unsafeUninitializedCapacity: pixels.count) { buffer, initialised in
      guard let out = buffer.baseAddress else { return }
      // Counted once: a store for each pixel would keep them from being made many at a time.
      var done = 0
      defer { initialised = done }
      try pixels.withUnsafeBufferPointer { source in
        while done < source.count {
          (out + done).initialize(to: try transform(source[done]))
          done &+= 1
        }
      }
    }
    return Plane<Other>(width: width, height: height, pixels: made)
  }
}

extension Plane: Equatable where Element: Equatable {}

/// Columns and rows of an image.
package struct Shape: Hashable, Sendable, CustomStringConvertible {
  package let width: Int
  package let height: Int

  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  package var count: Int { width * height }
  /// `NAXIS1xNAXIS2`, the way users read it.
  package var description: String { "\(width)x\(height)" }
}
