import Kernels

/// What the user says about the planes of a file when it is read.
package struct PlaneOptions: Sendable, Equatable {
  /// Whether masks and quality planes mask pixels.
  package var usesQuality = true
  /// Bits that do not mask.
  package var ignoredBits: UInt64 = 0
  /// The only bits that mask; nil for the rules of the file.
  package var badBits: UInt64?
  /// Whether weights (WHT and its like) are inverse variances.
  package var takesWeights = false
  /// Gain that somebody gives [electron per unit of the pixels], for errors in electrons or counts; nil: the cards'.
  package var gain: Double?

  package init() {}
}

/// Which bits of a quality plane mask a pixel.
///
/// Names of the bits in the plane's header (MP_BAD = 0 is the lowest bit) decide; otherwise the telescope: JWST and
/// Roman mask what must not be used (1), HST all bits but 16, 64, 256, 4096 and 8192; of other planes any bit masks.
struct QualityRules {
  /// The bits that mask.
  let bits: UInt64
  /// What decided, for messages.
  let reason: String

  private static let badNames: Set<String> = ["BAD", "SAT", "CR", "NO_DATA", "EDGE", "SUSPECT", "INTRP"]
  private static let harmlessHSTBits: UInt64 = 16 | 64 | 256 | 4096 | 8192

  /// Whether the bits of a plane have names.
  static func hasNames(_ header: Header) -> Bool { header.keywords.contains { $0.hasPrefix("MP_") } }

  /// - Parameters:
  ///   - plane: the header of the quality plane.
  ///   - cards: of the exposure, which know the telescope.
  init(plane: Header, cards: ExposureCards, options: PlaneOptions) {
    let telescope = cards.text("TELESCOP")?.uppercased() ?? ""
    var bits: UInt64
    if let bad = options.badBits {
      (bits, reason) = (bad, "dq_bad")
    } else if QualityRules.hasNames(plane) {
      bits = 0
      for keyword in plane.keywords where keyword.hasPrefix("MP_") {
        guard QualityRules.badNames.contains(String(keyword.dropFirst(3))), let bit = plane.integer(keyword),
          (0..<64).contains(bit)
        else { continue }
        bits |= 1 << UInt64(bit)
      }
      reason = "names of its bits"
    } else if telescope == "JWST" || telescope == "ROMAN" {
      (bits, reason) = (1, telescope)
    } else if telescope == "HST" {
      (bits, reason) = (~QualityRules.harmlessHSTBits, telescope)
    } else {
      (bits, reason) = (.max, "any bit")
    }
    self.bits = bits & ~options.ignoredBits
  }
}

/// The pixels that a plane of bits masks, and how many for which bit.
struct QualityMask {
  let mask: Mask
  /// Masked pixels for each bit that masks, lowest bit first.
  let counts: [(bit: UInt64, pixels: Int)]

  /// - Parameters:
  ///   - plane: numbers of the plane as unsigned bits.
  ///   - bits: those that mask.
  init(_ plane: Plane<UInt64>, bits: UInt64) {
    let values = plane.pixels
    var flags = [UInt8](repeating: 0, count: values.count)
    var counts = [Int](repeating: 0, count: 64)
    for (i, value) in values.enumerated() where value & bits != 0 {
      flags[i] = 1
      var rest = value & bits
      while rest != 0 {
        counts[rest.trailingZeroBitCount] += 1
        rest &= rest - 1
      }
    }
    mask = Mask(plane: Plane(width: plane.width, height: plane.height, pixels: flags))
    self.counts = counts.enumerated().filter { $0.element > 0 }.map { (1 << UInt64($0.offset), $0.element) }
  }
}
