extension Plane<Float> {
  /// Makes NaN of the pixels of a mask of the same shape.
  package mutating func leaveOut(_ mask: Mask) {
    mask.plane.pixels.withUnsafeBufferPointer { flags in
      pixels.withUnsafeMutableBufferPointer { pixels in
        for i in 0..<pixels.count where flags[i] != 0 { pixels[i] = .nan }
      }
    }
  }

  /// Makes NaN of the pixels whose nearest source, before a plane was moved, is NaN in `source`.
  mutating func leaveOut(gapsOf source: Plane<Float>, movedBy offset: Offset) {
    let limit = Double(width + height)
    let dx = Int(min(max(offset.x, -limit), limit).rounded())
    let dy = Int(min(max(offset.y, -limit), limit).rounded())
    for y in 0..<height {
      for x in 0..<width {
        let (column, row) = (min(max(x - dx, 0), width - 1), min(max(y - dy, 0), height - 1))
        if source.pixels[row * width + column].isNaN { pixels[y * width + x] = .nan }
      }
    }
  }

  /// Puts into each gap the mean of the nearest finite values to its left, right, below and above; 0 without any.
  ///
  /// - Returns: the gaps; nil for none.
  @discardableResult
  mutating func fillGaps() -> Mask? {
    guard let first = pixels.firstIndex(where: { !$0.isFinite }) else { return nil }
    var gaps = Mask(shape: shape)
    var number = 0
    for i in first..<count where !pixels[i].isFinite {
      gaps.plane.pixels[i] = 1
      number += 1
    }
    if 100 * number < count {
      fillFew(gaps, from: first)
      return gaps
    }
    var (sums, numbers) = ([Float](repeating: 0, count: count), [UInt8](repeating: 0, count: count))
    /// Walks along a line and hands each gap the last finite value before it.
    func walk(_ start: Int, _ step: Int, _ length: Int) {
      var last: Float?
      var i = start
      for _ in 0..<length {
        if gaps.plane.pixels[i] == 0 {
          last = pixels[i]
        } else if let last {
          sums[i] += last
          numbers[i] += 1
        }
        i += step
      }
    }
    for y in 0..<height {
      walk(y * width, 1, width)
      walk((y + 1) * width - 1, -1, width)
    }
    for x in 0..<width {
      walk(x, width, height)
      walk((height - 1) * width + x, -width, height)
    }
    for i in first..<count where gaps.plane.pixels[i] != 0 {
      pixels[i] = numbers[i] > 0 ? sums[i] / Float(numbers[i]) : 0
    }
    return gaps
  }

  /// The same for gaps that are few: each looks for its neighbours itself.
  private mutating func fillFew(_ gaps: Mask, from first: Int) {
    let (width, height) = (width, height)
    gaps.plane.pixels.withUnsafeBufferPointer { gaps in
      pixels.withUnsafeMutableBufferPointer { pixels in
        for i in first..<pixels.count where gaps[i] != 0 {
          let (x, y) = (i % width, i / width)
          var (sum, number): (Float, Float) = (0, 0)
          for (step, length) in [(-1, x), (1, width - 1 - x), (-width, y), (width, height - 1 - y)] {
            guard let k = (1...max(1, length)).first(where: { $0 <= length && gaps[i + $0 * step] == 0 })
            else { continue }
            sum += pixels[i + k * step]
            number += 1
          }
          pixels[i] = number > 0 ? sum / number : 0
        }
      }
    }
  }
}
