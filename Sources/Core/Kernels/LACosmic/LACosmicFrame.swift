/// The pixels of one run in electrons and their variances, made where they are needed.
///
/// Only the input is stored, and the pixels that were cleaned.
struct LACosmicFrame: @unchecked Sendable {
  let width: Int
  let height: Int
  /// The input.
  let pixels: UnsafePointer<Float>
  /// Factor to electrons, 1 when `pixels` are electrons already.
  let gain: Float
  /// Background in the input's unit.
  let background: UnsafePointer<Float>?
  /// Factor of the background to electrons.
  let backgroundGain: Float
  /// Variance in the input's unit squared.
  let variance: UnsafePointer<Float>?
  let gainSquared: Float
  let readVariance: Float
  /// M: pixels that are not judged.
  let masked: BitPlane
  let hasMasked: Bool
  /// Pixels that take no part in medians and sums, those that are not finite, and the same grown by a pixel, next to
  /// which a Laplacian means nothing; nil for none.
  let gaps: (own: BitPlane, grown: BitPlane)?
  /// C and the cleaned values so far.
  var cleaned: CosmicTable

  /// Electrons above the background of a pixel that was never cleaned.
  @inline(__always) func electrons(_ index: Int) -> Float {
    let value = pixels[index] * gain
    guard let background else { return value }
    return value - background[index] * backgroundGain
  }

  /// Variance [electron^2] of a pixel that was never cleaned; it may be negative.
  @inline(__always) func varianceElectrons(_ index: Int) -> Float {
    guard let variance else { return electrons(index) + readVariance }
    let value = variance[index] * gainSquared
    guard let background else { return value }
    return value - background[index] * backgroundGain
  }

  /// Electrons and variance of any pixel, as the last cleaning left them.
  func current(_ x: Int, _ y: Int) -> SIMD2<Float> {
    if cleaned.bits.isSet(x, y) { return cleaned.values[cleaned.position(x, y)] }
    return SIMD2(electrons(y * width + x), varianceElectrons(y * width + x))
  }

  /// Fills one row of a tile; columns outside the frame become 0.
  ///
  /// - Returns: an upper limit of the absolute values of `electrons`.
  func load(
    row y: Int, x: Int, count: Int, electrons: UnsafeMutablePointer<Float>,
    variance target: UnsafeMutablePointer<Float>, background sky: UnsafeMutablePointer<Float>?
  ) -> Float {
    let first = max(0, -x)
    let last = min(count, width - x)
    guard y >= 0, y < height, first < last else {
      electrons.update(repeating: 0, count: count)
      target.update(repeating: 0, count: count)
      return 0
    }
    electrons.update(repeating: 0, count: first)
    target.update(repeating: 0, count: first)
    (electrons + last).update(repeating: 0, count: count - last)
    (target + last).update(repeating: 0, count: count - last)
    let start = y &* width &+ x
    let source = pixels + start
    var largest = Lanes.zero
    var column = first
    while column &+ 8 <= last {
      var value = source.lanes(column) * gain
      var level = Lanes.zero
      if let background {
        level = (background + start).lanes(column) * backgroundGain
        value -= level
        sky?.setLanes(column, level)
      }
      electrons.setLanes(column, value)
      largest = upper(largest, upper(value, -value))
      var square = value + readVariance
      if let variance {
        square = (variance + start).lanes(column) * gainSquared
        if background != nil { square -= level }
      }
      target.setLanes(column, square)
      column &+= 8
    }
    var limit = maximum(largest)
    for column in column..<last {
      let index = start &+ column
      electrons[column] = self.electrons(index)
      limit = max(limit, abs(electrons[column]))
      target[column] = varianceElectrons(index)
      if let background, let sky { sky[column] = background[index] * backgroundGain }
    }
    for word in (x + first) / 64...(x + last - 1) / 64 {
      var rest = cleaned.bits[row: y, word: word]
      if rest == 0 { continue }
      var position = cleaned.start(row: y, word: word)
      while rest != 0 {
        let column = word &* 64 &+ rest.trailingZeroBitCount &- x
        if column >= first, column < last {
          electrons[column] = cleaned.values[position][0]
          limit = max(limit, abs(electrons[column]))
          target[column] = cleaned.values[position][1]
        }
        position &+= 1
        rest &= rest &- 1
      }
    }
    return limit
  }
}
