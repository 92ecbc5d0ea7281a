/// The pixels of a stack that one diagram is made of: those with one number of values.
struct DiagramMembers: Sendable {
  /// Values of each pixel, at least 2.
  let values: Int
  /// Pixel numbers in raster order; nil: all pixels.
  let pixels: [Int32]?
  /// The exposures, NaN where a value does not count; nil where all values are there.
  let exposures: [Plane<Float>]?

  /// All pixels of `count` exposures.
  init(all count: Int) { (values, pixels, exposures) = (count, nil, nil) }

  /// The pixels that have `values` of the exposures' values.
  init(_ exposures: [Plane<Float>], values: Int, used: Plane<Int16>) {
    self.values = values
    self.exposures = exposures
    pixels = used.pixels.indices.filter { used.pixels[$0] == values }.map { Int32($0) }
  }

  /// The pixel of a place in the list.
  @inline(__always) func pixel(_ place: Int) -> Int { pixels.map { Int($0[place]) } ?? place }

  /// The exposure from which a pixel has its value number `value`, from 0.
  func exposure(ofValue value: Int, at pixel: Int) -> Int {
    guard let exposures else { return value }
    var left = value
    for (k, exposure) in exposures.enumerated() where exposure.pixels[pixel].isFinite {
      if left == 0 { return k }
      left -= 1
    }
    return 0
  }

  /// A plane with NaN outside these pixels.
  func restricted(_ plane: Plane<Float>) -> Plane<Float> {
    guard let pixels else { return plane }
    var out = Plane<Float>(width: plane.width, height: plane.height, repeating: .nan)
    for pixel in pixels { out.pixels[Int(pixel)] = plane.pixels[Int(pixel)] }
    return out
  }

  /// The pixels by the exposures that they have values of: numbers of exposures, and a plane with NaN elsewhere.
  func bySets(_ plane: Plane<Float>) -> [(exposures: [Int], level: Plane<Float>)] {
    guard let exposures, let pixels else { return [(Array(0..<values), plane)] }
    var sets: [[Int]: [Int32]] = [:]
    for pixel in pixels {
      sets[exposures.indices.filter { exposures[$0].pixels[Int(pixel)].isFinite }, default: []].append(pixel)
    }
    return sets.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { members, pixels in
      var level = Plane<Float>(width: plane.width, height: plane.height, repeating: .nan)
      for pixel in pixels { level.pixels[Int(pixel)] = plane.pixels[Int(pixel)] }
      return (members, level)
    }
  }
}
