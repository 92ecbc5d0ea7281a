/// One bit a pixel for a whole frame: pixel `x` of a row is bit `x % 8` of byte `x / 8`.
///
/// Threads may write different bytes at the same time; that is why it is a shared buffer, not a value.
final class BitPlane: @unchecked Sendable {
  let width: Int
  let height: Int
  /// Bytes a row, a multiple of 8; bits beyond the width are 0.
  let stride: Int
  let bytes: UnsafeMutablePointer<UInt8>

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    stride = (width + 63) / 64 * 8
    bytes = .allocate(capacity: stride * height + 8)
    bytes.initialize(repeating: 0, count: stride * height + 8)
  }

  convenience init(copying other: BitPlane) {
    self.init(width: other.width, height: other.height)
    copy(from: other)
  }

  deinit { bytes.deallocate() }

  var words: Int { stride / 8 }

  /// 64 pixels of a row.
  @inline(__always) subscript(row row: Int, word word: Int) -> UInt64 {
    get {
      let at: Int = row &* stride &+ word &* 8
      return UnsafeRawPointer(bytes + at).loadUnaligned(as: UInt64.self)
    }
    set {
      let at: Int = row &* stride &+ word &* 8
      UnsafeMutableRawPointer(bytes + at).storeBytes(of: newValue, as: UInt64.self)
    }
  }

  @inline(__always) func isSet(_ x: Int, _ y: Int) -> Bool {
    bytes[y &* stride &+ x &>> 3] &>> UInt8(truncatingIfNeeded: x & 7) & 1 != 0
  }

  @inline(__always) func set(_ x: Int, _ y: Int) {
    bytes[y &* stride &+ x &>> 3] |= 1 &<< UInt8(truncatingIfNeeded: x & 7)
  }

  /// Five pixels of a row, the first lowest.
  @inline(__always) func five(from x: Int, row: Int) -> UInt32 {
    let at: Int = row &* stride &+ x &>> 3
    let bits = UnsafeRawPointer(bytes + at).loadUnaligned(as: UInt16.self)
    return UInt32(bits) &>> UInt32(truncatingIfNeeded: x & 7) & 31
  }

  func copy(from other: BitPlane) { bytes.update(from: other.bytes, count: stride * height) }

  /// Calls `body` with the column of every set pixel of a row, in order.
  @inline(__always) func forEach(row: Int, _ body: (Int) -> Void) {
    for word in 0..<words {
      var rest = self[row: row, word: word]
      while rest != 0 {
        body(word &* 64 &+ rest.trailingZeroBitCount)
        rest &= rest &- 1
      }
    }
  }

  /// The pixels within `reach` columns (at most 63) of a set one, for one row, as words.
  @inline(__always) func spread(row: Int, word: Int, reach: Int) -> UInt64 {
    let centre = self[row: row, word: word]
    let before = word > 0 ? self[row: row, word: word &- 1] : 0
    let after = word &+ 1 < words ? self[row: row, word: word &+ 1] : 0
    if centre | before | after == 0 { return 0 }
    var out = centre
    for step in 1...reach {
      let up = UInt64(truncatingIfNeeded: step)
      out |= centre &<< up | before &>> (64 &- up) | centre &>> up | after &<< (64 &- up)
    }
    return out
  }

  /// The pixels within `reach` rows and columns of a set one, for one word.
  @inline(__always) func near(row: Int, word: Int, reach: Int) -> UInt64 {
    var out: UInt64 = 0
    for j in max(0, row - reach)...min(height - 1, row + reach) {
      out |= spread(row: j, word: word, reach: reach)
    }
    return out
  }

  /// Grows set pixels as the reference does: a frame of `reach` pixels is copied.
  ///
  /// - Parameter corners: whether the corners of the square belong to it.
  func grown(reach: Int, corners: Bool) -> BitPlane {
    let out = BitPlane(width: width, height: height)
    out.copy(from: self)
    guard width > 2 * reach, height > 2 * reach else { return out }
    for y in reach..<height - reach {
      for word in 0..<words {
        var grown: UInt64 = 0
        for row in y - reach...y + reach {
          let narrow = !corners && abs(row - y) == reach
          grown |= spread(row: row, word: word, reach: narrow ? reach - 1 : reach)
        }
        let inner = innerColumns(word: word, frame: reach)
        out[row: y, word: word] = grown & inner | self[row: y, word: word] & ~inner
      }
    }
    return out
  }

  /// The columns of a word that are at least `frame` pixels away from both sides.
  private func innerColumns(word: Int, frame: Int) -> UInt64 {
    func below(_ column: Int) -> UInt64 {
      let count = column - word * 64
      return count <= 0 ? 0 : count >= 64 ? ~0 : (1 << UInt64(count)) - 1
    }
    return below(width - frame) & ~below(frame)
  }

  /// Adds the pixels of another plane of the same shape.
  func formUnion(_ other: BitPlane) {
    for index in 0..<stride * height { bytes[index] |= other.bytes[index] }
  }

  /// Removes the pixels of another plane of the same shape.
  func subtract(_ other: BitPlane) {
    for index in 0..<stride * height { bytes[index] &= ~other.bytes[index] }
  }

  /// Marks every pixel that is not 0 in a mask of the same shape.
  func formUnion(_ mask: Mask) {
    mask.plane.pixels.withUnsafeBufferPointer { flags in
      for y in 0..<height {
        for x in 0..<width where flags[y * width + x] != 0 { set(x, y) }
      }
    }
  }

  var isEmpty: Bool {
    for index in 0..<stride * height where bytes[index] != 0 { return false }
    return true
  }

  /// One byte a pixel, 0 or 1.
  func mask(work: Work) throws -> Mask {
    let width = width
    let plane = try Plane<UInt8>(width: width, height: height) { out in
      guard let base = out.baseAddress else { return }
      let target = SharedPointer(base)
      try work.forTiles(height, size: 64) { rows in
        for y in rows {
          let row = target.base + y &* width
          row.initialize(repeating: 0, count: width)
          forEach(row: y) { row[$0] = 1 }
        }
      }
    }
    return Mask(plane: plane)
  }
}
