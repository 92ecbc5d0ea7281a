import TestSupport

/// Changes inputs at random, the same way for the same seed.
package struct Mutation {
  private var random: SeededRandom
  /// What is put into inputs in one piece.
  private let words: [[UInt8]]

  package init(seed: UInt64, words: [[UInt8]] = []) {
    (random, self.words) = (SeededRandom(seed: seed), words)
  }

  /// One to four changes.
  package mutating func changed(_ input: [UInt8], other: [UInt8] = [], longest: Int) -> [UInt8] {
    var bytes = input
    for _ in 0...random.below(4) { change(&bytes, other) }
    return Array(bytes.prefix(longest))
  }

  private mutating func change(_ bytes: inout [UInt8], _ other: [UInt8]) {
    let place = random.below(bytes.count + 1)
    let length = min(bytes.count - place, 1 + random.below(random.below(4) == 0 ? 64 : 4))
    switch random.below(8) {
    case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(random.below(8))
    case 1 where place < bytes.count: bytes[place] = UInt8(random.below(256))
    case 2: bytes.removeSubrange(place..<place + length)
    case 3: bytes.insert(contentsOf: bytes[place..<place + length], at: random.below(bytes.count + 1))
    case 4 where !words.isEmpty: bytes.insert(contentsOf: words[random.below(words.count)], at: place)
    case 5 where !words.isEmpty:
      bytes.replaceSubrange(place..<place + length, with: words[random.below(words.count)])
    case 6 where !other.isEmpty:
      let start = random.below(other.count)
      bytes.replaceSubrange(place..<place + length, with: other[start..<min(other.count, start + 64)])
    default: bytes.insert(UInt8(32 + random.below(95)), at: place)
    }
  }

  // MARK: - FITS

  /// One to three changes of the values of cards, which keep every card in its place; sometimes of the data.
  package mutating func changedFITS(_ input: [UInt8]) -> [UInt8] {
    var bytes = input
    let cards = stride(from: 0, to: bytes.count - 79, by: 80).filter { start in
      bytes[start] >= 65 && bytes[start] <= 90 && (bytes[start + 8] == 61 || bytes[start + 7] == 32)
    }
    guard !cards.isEmpty else { return bytes }
    for _ in 0...random.below(3) {
      let card = cards[random.below(cards.count)]
      switch random.below(8) {
      case 0:
        let other = cards[random.below(cards.count)]
        for k in 0..<80 { bytes.swapAt(card + k, other + k) }
      case 1:
        let other = cards[random.below(cards.count)]
        bytes.replaceSubrange(card..<card + 80, with: Array(bytes[other..<other + 80]))
      case 2:
        let keyword = Self.keywords[random.below(Self.keywords.count)]
        bytes.replaceSubrange(card..<card + 8, with: padded(keyword, 8))
      case 3 where bytes.count > 2880:
        bytes[2880 + random.below(bytes.count - 2880)] = UInt8(random.below(256))
      case 4: bytes[card + random.below(80)] = UInt8(32 + random.below(95))
      default:
        let value = Self.values[random.below(Self.values.count)]
        bytes.replaceSubrange(card + 10..<card + 30, with: padded(value, 20, right: true))
      }
    }
    if random.below(12) == 0 { bytes.removeLast(min(bytes.count, random.below(3000))) }
    return bytes
  }

  private func padded(_ text: String, _ length: Int, right: Bool = false) -> [UInt8] {
    let letters = Array(text.utf8.prefix(length))
    let blanks = [UInt8](repeating: 32, count: length - letters.count)
    return right ? blanks + letters : letters + blanks
  }

  private static let keywords = [
    "NAXIS", "NAXIS1", "NAXIS2", "NAXIS3", "BITPIX", "PCOUNT", "GCOUNT", "TFIELDS", "TFORM1", "TTYPE1",
    "TDIM1",
    "THEAP", "BSCALE", "BZERO", "BLANK", "ZIMAGE", "ZBITPIX", "ZNAXIS", "ZNAXIS1", "ZNAXIS2", "ZTILE1",
    "ZTILE2",
    "ZCMPTYPE", "ZQUANTIZ", "ZDITHER0", "ZBLANK", "ZSCALE", "ZZERO", "ZNAME1", "ZVAL1", "ZVAL2", "EXTNAME",
    "EXTVER",
    "EXTEND", "SIMPLE", "XTENSION", "CHECKSUM", "DATASUM", "LTV1", "LTM1_1", "DATASEC", "BIASSEC", "TRIMSEC",
    "GAIN",
    "RDNOISE", "BUNIT", "CRPIX1", "CONTINUE", "HIERARCH", "INHERIT", "END", "LONGSTRN", "CCDSUM", "DETSEC",
    "AMPSEC",
    "SATURATE", "EXPTIME", "TSCAL1", "TZERO1", "TNULL1", "TBCOL1", "GROUPS", "ZTENSION", "ZPCOUNT", "ZSIMPLE",
  ]
  private static let values = [
    "0", "1", "2", "3", "-1", "8", "16", "32", "64", "-32", "-64", "999", "1000", "65536", "2147483647",
    "2147483648",
    "-2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1E400", "-1.0E38",
    "0.0",
    "NaN", "1.5", "T", "F", "''", "'RICE_1'", "'GZIP_1'", "'GZIP_2'", "'PLIO_1'", "'HCOMPRESS_1'",
    "'NOCOMPRESS'",
    "'IMAGE'", "'BINTABLE'", "'TABLE'", "'1PB(0)'", "'1QB(99)'", "'1J'", "'0E'", "'1PE(1)'", "'999999999D'",
    "'A9999'",
    "'[1:3,1:2]'", "'[0:9,0:9]'", "'[3:1,2:1]'", "'1 1'", "'electron'", "'SUBTRACTIVE_DITHER_2'", "'long&'",
    "1 / x",
  ]
}
