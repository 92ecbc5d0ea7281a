/// One bit a pixel of a tile, 64 pixels a word: which pixels of a plane are needed, there, or flagged.
struct TileBits {
  let words: Int
  let rows: Int
  let base: UnsafeMutablePointer<UInt64>

  @inline(__always) subscript(row: Int, word: Int) -> UInt64 {
    get { base[row &* words &+ word] }
    nonmutating set { base[row &* words &+ word] = newValue }
  }

  var count: Int { words &* rows }

  func clear() { base.update(repeating: 0, count: count) }

  func copy(_ other: TileBits) { base.update(from: other.base, count: count) }

  var isEmpty: Bool {
    for index in 0..<count where base[index] != 0 { return false }
    return true
  }

  /// Makes this `a & b`.
  func intersection(_ a: TileBits, _ b: TileBits) {
    for index in 0..<count { base[index] = a.base[index] & b.base[index] }
  }

  /// Keeps what lies in a cell of eight pixels of which `other` has one.
  func intersectionWithCells(_ other: TileBits) {
    for index in 0..<count { base[index] &= Self.wholeCells(other.base[index]) }
  }

  /// Sets all bits of every byte that is not 0.
  @inline(__always) static func wholeCells(_ bits: UInt64) -> UInt64 {
    var bits = bits | bits &>> 4
    bits |= bits &>> 2
    bits |= bits &>> 1
    return (bits & 0x0101_0101_0101_0101) &* 0xFF
  }

  /// Makes this what `need` has and `have` lacks, adds it to `have`, and says whether there is any.
  func missing(_ need: TileBits, in have: TileBits, inside: TileBits) -> Bool {
    var any: UInt64 = 0
    for index in 0..<count {
      let new = need.base[index] & inside.base[index] & ~have.base[index]
      have.base[index] |= new
      base[index] = new
      any |= new
    }
    return any != 0
  }

  /// Makes this the set pixels of `other` and their neighbours within `reach` rows.
  func spreadRows(_ other: TileBits, reach: Int) {
    copy(other)
    guard reach > 0 else { return }
    for row in 0..<rows {
      var any: UInt64 = 0
      for word in 0..<words { any |= other[row, word] }
      if any == 0 { continue }
      for target in max(0, row - reach)...min(rows - 1, row + reach) {
        for word in 0..<words { self[target, word] |= other[row, word] }
      }
    }
  }

  /// Adds the neighbours within `reach` columns of the set pixels.
  func spreadColumns(reach: Int) {
    for row in 0..<rows {
      var any: UInt64 = 0
      for word in 0..<words { any |= self[row, word] }
      if any == 0 { continue }
      var done = 0
      while done < reach {
        let step = UInt64(min(reach - done, 2 * done + 1, 63))
        var before: UInt64 = 0
        for word in 0..<words {
          let here = self[row, word]
          let after = word &+ 1 < words ? self[row, word &+ 1] : 0
          self[row, word] =
            here | here &<< step | before &>> (64 &- step) | here &>> step | after &<< (64 &- step)
          before = here
        }
        done += Int(step)
      }
    }
  }

  /// Makes this the set pixels of `other` grown by a rectangle.
  func spread(_ other: TileBits, rows: Int, columns: Int) {
    spreadRows(other, reach: rows)
    spreadColumns(reach: columns)
  }

  /// Calls `body` with row, first column and end of every run of eight-pixel cells that have a set pixel.
  ///
  /// Runs start and end at multiples of 8 and never cross a word.
  @inline(__always) func forEachRun(_ body: (Int, Int, Int) -> Void) {
    for row in 0..<rows {
      for word in 0..<words {
        var rest = self[row, word]
        if rest == 0 { continue }
        rest = Self.wholeCells(rest)
        while rest != 0 {
          let start = rest.trailingZeroBitCount
          let length = (~(rest &>> UInt64(truncatingIfNeeded: start))).trailingZeroBitCount
          body(row, word &* 64 &+ start, word &* 64 &+ start &+ length)
          if start &+ length == 64 { break }
          rest &= ~0 &<< UInt64(truncatingIfNeeded: start &+ length)
        }
      }
    }
  }

  /// Calls `body` with row and column of every set pixel.
  @inline(__always) func forEachPixel(_ body: (Int, Int) -> Void) {
    for row in 0..<rows {
      for word in 0..<words {
        var rest = self[row, word]
        while rest != 0 {
          body(row, word &* 64 &+ rest.trailingZeroBitCount)
          rest &= rest &- 1
        }
      }
    }
  }

  /// The eight pixels of a cell.
  @inline(__always) func cell(_ row: Int, _ column: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: self[row, column &>> 6] &>> UInt64(truncatingIfNeeded: column & 56))
  }

  /// Adds pixels to a cell.
  @inline(__always) func formUnion(_ row: Int, _ column: Int, _ flags: UInt8) {
    self[row, column &>> 6] |= UInt64(flags) &<< UInt64(truncatingIfNeeded: column & 56)
  }

  @inline(__always) func isSet(_ row: Int, _ column: Int) -> Bool {
    self[row, column &>> 6] &>> UInt64(truncatingIfNeeded: column & 63) & 1 != 0
  }

  /// Fills this from the frame; pixels outside the frame are clear.
  ///
  /// - Parameters:
  ///   - x: the frame's column of the tile's first pixel, a multiple of 8, may be negative.
  ///   - y: the frame's row of the tile's first row, may be negative.
  func load(_ plane: BitPlane, x: Int, y: Int) {
    let first = max(0, -x) / 8
    let last = min(words * 8, plane.stride - x / 8)
    for row in 0..<rows {
      for word in 0..<words { self[row, word] = 0 }
      guard y + row >= 0, y + row < plane.height, first < last else { continue }
      let source = plane.bytes + ((y + row) * plane.stride + x / 8 + first)
      UnsafeMutableRawPointer(base + row * words).advanced(by: first)
        .copyMemory(from: source, byteCount: last - first)
    }
  }

  /// Writes the bytes of a part of the tile into the frame.
  ///
  /// - Parameters:
  ///   - rows: rows of the tile.
  ///   - columns: columns of the tile, their start a multiple of 8.
  func store(_ plane: BitPlane, x: Int, y: Int, rows: Range<Int>, columns: Range<Int>) {
    let first = columns.lowerBound / 8
    let count = (columns.upperBound + 7) / 8 - first
    for row in rows {
      let source = UnsafeRawPointer(base + row * words).advanced(by: first)
      (plane.bytes + ((y + row) * plane.stride + x / 8 + first))
        .update(from: source.assumingMemoryBound(to: UInt8.self), count: count)
    }
  }
}
