/// A zlib stream (RFC 1950, RFC 1951) of Huffman codes and of repetitions of the pixel to the left.
struct Deflate {
  /// Bytes as they are, and 256 + n for n repetitions at distance 3.
  private var tokens: [UInt16] = []
  private var out: [UInt8] = [0x78, 0x01]
  private var pending: UInt64 = 0
  private var pendingBits: UInt64 = 0
  private var sumA: UInt32 = 1
  private var sumB: UInt32 = 0

  private static let blockSize = 1 << 16

  init(expecting count: Int) {
    tokens.reserveCapacity(Self.blockSize + 8192)
    out.reserveCapacity(count / 2 + 1024)
  }

  /// Takes one row of a PNG image over: the filter byte and three bytes a pixel.
  mutating func add(_ row: UnsafeBufferPointer<UInt8>) {
    checksum(row)
    let count = row.count
    var k = 0
    while k < count {
      var length = 0
      if k >= 4 {
        let limit = min(258, count - k)
        while length < limit, row[k + length] == row[k + length - 3] { length += 1 }
      }
      if length >= 4 {
        tokens.append(UInt16(256 + length))
        k += length
      } else {
        tokens.append(UInt16(row[k]))
        k += 1
      }
    }
    if tokens.count >= Self.blockSize { writeBlock(isLast: false) }
  }

  /// The whole stream.
  mutating func finish() -> [UInt8] {
    writeBlock(isLast: true)
    while pendingBits > 0 {
      out.append(UInt8(truncatingIfNeeded: pending))
      pending >>= 8
      pendingBits = pendingBits > 8 ? pendingBits - 8 : 0
    }
    for part in [sumB >> 8, sumB, sumA >> 8, sumA] { out.append(UInt8(truncatingIfNeeded: part)) }
    return out
  }

  /// Adler-32.
  private mutating func checksum(_ row: UnsafeBufferPointer<UInt8>) {
    var (a, b) = (sumA, sumB)
    var k = 0
    while k < row.count {
      let end = min(k + 5552, row.count)
      while k < end {
        a &+= UInt32(row[k])
        b &+= a
        k += 1
      }
      (a, b) = (a % 65521, b % 65521)
    }
    (sumA, sumB) = (a, b)
  }

  @inline(__always) private mutating func write(_ value: UInt64, _ bits: UInt64) {
    pending |= value << pendingBits
    pendingBits += bits
    while pendingBits >= 8 {
      out.append(UInt8(truncatingIfNeeded: pending))
      pending >>= 8
      pendingBits -= 8
    }
  }

  /// Writes the tokens so far as one block with codes of its own.
  private mutating func writeBlock(isLast: Bool) {
    let lengths = Self.lengthSymbols
    var counts = [Int](repeating: 0, count: 286)
    for token in tokens { counts[token < 256 ? Int(token) : lengths[Int(token) - 256].symbol] += 1 }
    counts[256] = 1
    let code = HuffmanCode(counts: counts, longest: 15)
    // Distance 3 is symbol 2; the code of the one distance has one bit.
    let announced = code.lengths + [0, 0, 1]
    var kinds = [Int](repeating: 0, count: 19)
    for length in announced { kinds[length] += 1 }
    let header = HuffmanCode(counts: kinds, longest: 7)
    write(isLast ? 1 : 0, 1)
    write(2, 2)
    write(UInt64(286 - 257), 5)
    write(2, 5)
    write(15, 4)
    for kind in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] {
      write(UInt64(header.lengths[kind]), 3)
    }
    for length in announced { write(header.codes[length], UInt64(header.lengths[length])) }
    // What each token becomes: literals one code, repetitions length, extra bits and distance.
    var words = [(bits: UInt64, count: UInt64)](repeating: (0, 0), count: 256 + 259)
    for literal in 0..<256 { words[literal] = (code.codes[literal], UInt64(code.lengths[literal])) }
    for length in 3...258 {
      let (symbol, extra, extraBits) = lengths[length]
      let first = UInt64(code.lengths[symbol])
      words[256 + length] = (
        code.codes[symbol] | UInt64(extra) << first, first + UInt64(extraBits) + 1
      )
    }
    words.withUnsafeBufferPointer { words in
      for token in tokens {
        let word = words[Int(token)]
        write(word.bits, word.count)
      }
    }
    write(code.codes[256], UInt64(code.lengths[256]))
    tokens.removeAll(keepingCapacity: true)
  }

  /// Symbol, value and number of extra bits of each match length (RFC 1951, section 3.2.5).
  private static let lengthSymbols: [(symbol: Int, extra: Int, bits: Int)] = {
    var table = [(symbol: Int, extra: Int, bits: Int)](repeating: (0, 0, 0), count: 259)
    var length = 3
    for symbol in 257..<285 {
      let bits = symbol < 265 ? 0 : (symbol - 261) / 4
      for extra in 0..<(1 << bits) where length + extra <= 257 {
        table[length + extra] = (symbol, extra, bits)
      }
      length += 1 << bits
    }
    table[258] = (285, 0, 0)
    return table
  }()
}

/// A canonical Huffman code with a longest length (RFC 1951, section 3.2.2).
struct HuffmanCode {
  private(set) var lengths: [Int]
  /// Bits in the order in which they are written, lowest first.
  private(set) var codes: [UInt64]

  init(counts: [Int], longest: Int) {
    var weights = counts
    lengths = Self.lengths(weights)
    // Flatter weights give shorter codes.
    while (lengths.max() ?? 0) > longest {
      weights = weights.map { $0 > 0 ? $0 / 4 + 1 : 0 }
      lengths = Self.lengths(weights)
    }
    codes = [UInt64](repeating: 0, count: counts.count)
    var next = 0
    for length in 1...longest {
      next <<= 1
      for symbol in lengths.indices where lengths[symbol] == length {
        var reversed: UInt64 = 0
        for bit in 0..<length where next >> bit & 1 == 1 { reversed |= 1 << UInt64(length - 1 - bit) }
        codes[symbol] = reversed
        next += 1
      }
    }
  }

  /// Depths in the tree of smallest total weight, by two queues over sorted weights.
  private static func lengths(_ weights: [Int]) -> [Int] {
    var lengths = [Int](repeating: 0, count: weights.count)
    let leaves = weights.indices.filter { weights[$0] > 0 }.sorted { (weights[$0], $0) < (weights[$1], $1) }
    guard leaves.count > 1 else {
      for leaf in leaves { lengths[leaf] = 1 }
      return lengths
    }
    var sums = leaves.map { weights[$0] }
    var parents = [Int](repeating: 0, count: 2 * leaves.count - 1)
    var (leaf, inner) = (0, leaves.count)
    func smaller() -> Int {
      if leaf < leaves.count, inner >= sums.count || sums[leaf] <= sums[inner] {
        leaf += 1
        return leaf - 1
      }
      inner += 1
      return inner - 1
    }
    while sums.count < parents.count {
      let (a, b) = (smaller(), smaller())
      (parents[a], parents[b]) = (sums.count, sums.count)
      sums.append(sums[a] + sums[b])
    }
    var depths = [Int](repeating: 0, count: parents.count)
    for node in (0..<parents.count - 1).reversed() { depths[node] = depths[parents[node]] + 1 }
    for (position, symbol) in leaves.enumerated() { lengths[symbol] = depths[position] }
    return lengths
  }
}
