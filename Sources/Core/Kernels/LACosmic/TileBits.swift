/// One bit a pixel of a tile, 64 pixels a word: which pixels of a plane are needed, there, or flagged.
///
/// Only rows of `span` hold words; all others are clear, whatever their memory holds, so that work on a few rows
/// costs a few rows.
final class TileBits {
  let words: Int
  let rows: Int
  /// Rows that may have set pixels.
  private(set) var span = 0..<0
  private let base: UnsafeMutablePointer<UInt64>

  init(words: Int, rows: Int) {
    (self.words, self.rows) = (words, rows)
    base = .allocate(capacity: words * rows)
    base.initialize(repeating: 0, count: words * rows)
  }

  deinit { base.deallocate() }

  /// A word of a row of `span`.
  @inline(__always) private subscript(row: Int, word: Int) -> UInt64 {
    get { base[row &* words &+ word] }
    set { base[row &* words &+ word] = newValue }
  }

  /// The words of `span` in memory.
  @inline(__always) private var indices: Range<Int> {
    Range(uncheckedBounds: (span.lowerBound &* words, span.upperBound &* words))
  }

  func clear() { span = 0..<0 }

  /// Makes these rows, within the tile, the span, all clear.
  private func clear(rows range: Range<Int>) {
    span = range
    (base + range.lowerBound &* words).update(repeating: 0, count: range.count &* words)
  }

  /// Extends the span with clear rows.
  private func extend(to range: Range<Int>) {
    if range.isEmpty { return }
    if span.isEmpty { return clear(rows: range) }
    let wider = min(span.lowerBound, range.lowerBound)..<max(span.upperBound, range.upperBound)
    (base + wider.lowerBound &* words)
      .update(repeating: 0, count: (span.lowerBound &- wider.lowerBound) &* words)
    (base + span.upperBound &* words)
      .update(repeating: 0, count: (wider.upperBound &- span.upperBound) &* words)
    span = wider
  }

  func copy(_ other: TileBits) {
    span = other.span
    let indices = indices
    (base + indices.lowerBound).update(from: other.base + indices.lowerBound, count: indices.count)
  }

  var isEmpty: Bool {
    for index in indices where base[index] != 0 { return false }
    return true
  }

  /// The number of set pixels.
  var count: Int {
    var count = 0
    for index in indices { count &+= base[index].nonzeroBitCount }
    return count
  }

  /// Makes this `a & b`.
  func intersection(_ a: TileBits, _ b: TileBits) {
    span = a.span.clamped(to: b.span)
    for index in indices { base[index] = a.base[index] & b.base[index] }
  }

  /// Makes this the pixels of `a` that are `inside` and not in `b`.
  func difference(_ a: TileBits, _ b: TileBits, inside: TileBits) {
    span = a.span.clamped(to: inside.span)
    b.extend(to: span)
    for index in indices { base[index] = a.base[index] & inside.base[index] & ~b.base[index] }
  }

  /// Replaces what is not `computed` by what `old` has there.
  func merge(old: TileBits, computed: TileBits) {
    let all = old.span.isEmpty ? span : old.span
    extend(to: all)
    old.extend(to: span)
    computed.extend(to: span)
    for index in indices {
      base[index] = base[index] & computed.base[index] | old.base[index] & ~computed.base[index]
    }
  }

  /// Keeps what lies in a cell of eight pixels of which `other` has one.
  func intersectionWithCells(_ other: TileBits) {
    span = span.clamped(to: other.span)
    for index in indices { base[index] &= Self.wholeCells(other.base[index]) }
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
    span = need.span.clamped(to: inside.span)
    have.extend(to: span)
    var any: UInt64 = 0
    for index in indices {
      let new = need.base[index] & inside.base[index] & ~have.base[index]
      have.base[index] |= new
      base[index] = new
      any |= new
    }
    return any != 0
  }

  /// Makes this the set pixels of `other`, another object, and their neighbours within `reach` rows.
  func spreadRows(_ other: TileBits, reach: Int) {
    if other.span.isEmpty { return clear() }
    let from = other.span
    clear(rows: max(0, from.lowerBound - reach)..<min(rows, from.upperBound + reach))
    for offset in -reach...reach {
      let first = max(span.lowerBound, from.lowerBound + offset) &* words
      let end = min(span.upperBound, from.upperBound + offset) &* words
      guard first < end else { continue }
      let source = other.base - offset &* words
      for index in first..<end { base[index] |= source[index] }
    }
  }

  /// Adds the neighbours within `reach` columns of the set pixels.
  func spreadColumns(reach: Int) {
    for row in span {
      let line = base + row &* words
      // Four words, the usual width, are shifted together.
      if words == 4 { spreadFour(line, reach: reach) } else { spreadAny(line, reach: reach) }
    }
  }

  @inline(__always) private func spreadFour(_ line: UnsafeMutablePointer<UInt64>, reach: Int) {
    var here = UnsafeRawPointer(line).loadUnaligned(as: SIMD4<UInt64>.self)
    if here == .zero { return }
    var done = 0
    while done < reach {
      let step = UInt64(truncatingIfNeeded: min(reach &- done, 2 &* done &+ 1, 63))
      let before = SIMD4(0, here[0], here[1], here[2])
      let after = SIMD4(here[1], here[2], here[3], 0)
      here |= here &<< step | before &>> (64 &- step) | here &>> step | after &<< (64 &- step)
      done &+= Int(truncatingIfNeeded: step)
    }
    UnsafeMutableRawPointer(line).storeBytes(of: here, as: SIMD4<UInt64>.self)
  }

  private func spreadAny(_ line: UnsafeMutablePointer<UInt64>, reach: Int) {
    var done = 0
    while done < reach {
      let step = UInt64(truncatingIfNeeded: min(reach &- done, 2 &* done &+ 1, 63))
      var before: UInt64 = 0
      for word in 0..<words {
        let here = line[word]
        let after = word &+ 1 < words ? line[word &+ 1] : 0
        line[word] = here | here &<< step | before &>> (64 &- step) | here &>> step | after &<< (64 &- step)
        before = here
      }
      done &+= Int(truncatingIfNeeded: step)
    }
  }

  /// Makes this the set pixels of `other`, another object, grown by a rectangle.
  func spread(_ other: TileBits, rows: Int, columns: Int) {
    spreadRows(other, reach: rows)
    spreadColumns(reach: columns)
  }

  /// Calls `body` with row, first column and end of every run of eight-pixel cells that have a set pixel.
  ///
  /// Runs start and end at multiples of 8 and never cross a word.
  @inline(__always) func forEachRun(_ body: (Int, Int, Int) -> Void) {
    let (words, base) = (words, base)
    for row in span {
      for word in 0..<words {
        var rest = base[row &* words &+ word]
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
    for row in span {
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
    guard span.contains(row) else { return 0 }
    return UInt8(truncatingIfNeeded: self[row, column &>> 6] &>> UInt64(truncatingIfNeeded: column & 56))
  }

  /// Clears all and takes the rows of `other` as the span, so that pixels can be set in them.
  func begin(like other: TileBits) { clear(rows: other.span) }

  /// Sets pixels of a cell in a row of the span.
  @inline(__always) func set(_ row: Int, _ column: Int, _ flags: UInt8) {
    self[row, column &>> 6] |= UInt64(flags) &<< UInt64(truncatingIfNeeded: column & 56)
  }

  @inline(__always) func isSet(_ row: Int, _ column: Int) -> Bool {
    span.contains(row)
      && self[row, column &>> 6] &>> UInt64(truncatingIfNeeded: column & 63) & 1 != 0
  }

  /// Sets a rectangle, cut at the tile's sides, and clears the rest.
  func set(columns: Range<Int>, rows range: Range<Int>) {
    clear(rows: range.clamped(to: 0..<rows))
    for row in span {
      for word in 0..<words {
        let first = min(64, max(0, columns.lowerBound - word * 64))
        let last = min(64, max(0, columns.upperBound - word * 64))
        guard first < last else { continue }
        self[row, word] = (last == 64 ? ~0 : (1 << UInt64(last)) - 1) & (~0 << UInt64(first))
      }
    }
  }

  /// Fills this from the frame; pixels outside the frame are clear.
  ///
  /// - Parameters:
  ///   - x: the frame's column of the tile's first pixel, a multiple of 8, may be negative.
  ///   - y: the frame's row of the tile's first row, may be negative.
  func load(_ plane: BitPlane, x: Int, y: Int) {
    clear(rows: (-y..<plane.height - y).clamped(to: 0..<rows))
    let first = max(0, -x) / 8
    let last = min(words * 8, plane.stride - x / 8)
    guard first < last else { return }
    for row in span {
      let source = plane.bytes + ((y + row) * plane.stride + x / 8 + first)
      UnsafeMutableRawPointer(base + row * words).advanced(by: first)
        .copyMemory(from: source, byteCount: last - first)
    }
    trim()
  }

  /// Drops clear rows at both ends of the span.
  func trim() {
    var (first, end) = (span.lowerBound, span.upperBound)
    func isClear(_ row: Int) -> Bool {
      for word in 0..<words where self[row, word] != 0 { return false }
      return true
    }
    while first < end, isClear(first) { first += 1 }
    while first < end, isClear(end - 1) { end -= 1 }
    span = first..<end
  }

  /// Writes the bytes of a part of the tile into the frame.
  ///
  /// - Parameters:
  ///   - rows: rows of the tile.
  ///   - columns: columns of the tile, their start a multiple of 8.
  func store(_ plane: BitPlane, x: Int, y: Int, rows range: Range<Int>, columns: Range<Int>) {
    extend(to: range)
    let first = columns.lowerBound / 8
    let count = (columns.upperBound + 7) / 8 - first
    for row in range {
      let source = UnsafeRawPointer(base + row * words).advanced(by: first)
      (plane.bytes + ((y + row) * plane.stride + x / 8 + first))
        .update(from: source.assumingMemoryBound(to: UInt8.self), count: count)
    }
  }
}
