extension Plane {
  /// The plane with a rim mirrored at the edge pixels, which are not repeated; `rim` is less than either side.
  func reflected(by rim: Int) -> Plane {
    guard rim > 0 else { return self }
    func mirror(_ k: Int, _ count: Int) -> Int { k < 0 ? -k : k >= count ? 2 * count - 2 - k : k }
    var out: [Element] = []
    out.reserveCapacity((width + 2 * rim) * (height + 2 * rim))
    for y in -rim..<height + rim {
      let row = mirror(y, height) * width
      for x in -rim..<0 { out.append(pixels[row + mirror(x, width)]) }
      out += pixels[row..<row + width]
      for x in width..<width + rim { out.append(pixels[row + mirror(x, width)]) }
    }
    return Plane(width: width + 2 * rim, height: height + 2 * rim, pixels: out)
  }

  /// The plane with a rim of one value.
  func surrounded(by rim: Int, with value: Element) -> Plane {
    guard rim > 0 else { return self }
    var out = [Element](repeating: value, count: (width + 2 * rim) * (height + 2 * rim))
    for y in 0..<height {
      let first = (y + rim) * (width + 2 * rim) + rim
      out.replaceSubrange(first..<first + width, with: pixels[y * width..<(y + 1) * width])
    }
    return Plane(width: width + 2 * rim, height: height + 2 * rim, pixels: out)
  }

  /// The plane without a rim.
  func cropped(by rim: Int) -> Plane {
    guard rim > 0 else { return self }
    var out: [Element] = []
    out.reserveCapacity((width - 2 * rim) * (height - 2 * rim))
    for y in rim..<height - rim { out += pixels[y * width + rim..<(y + 1) * width - rim] }
    return Plane(width: width - 2 * rim, height: height - 2 * rim, pixels: out)
  }
}
