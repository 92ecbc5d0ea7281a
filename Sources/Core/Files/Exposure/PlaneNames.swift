/// What an HDU of a file is for an image of the same file, as names and cards tell.
struct PlaneName: Hashable {
  enum Role: Hashable {
    /// 0 and 1.
    case mask
    /// A mask in which 1 is a good pixel (ESO's MASKONE).
    case goodPixels
    /// A bit for each defect.
    case quality
    case uncertainty(Uncertainty.Kind)
    /// Relative weights; 0 masks.
    case weight
  }

  let role: Role
  /// The word of the name that says so, for example DQ; the order of uncertainties follows it.
  let word: String
  /// The rest of the name, for example CCD1 in CCD1.DQ; empty where the word is the name.
  let stem: String

  /// Words in the order in which uncertainties are preferred.
  private static let words: [(word: String, role: Role)] = [
    ("ERR", .uncertainty(.standardDeviation)), ("ERROR", .uncertainty(.standardDeviation)),
    ("UNCERT", .uncertainty(.standardDeviation)),
    ("VAR", .uncertainty(.variance)), ("VARIANCE", .uncertainty(.variance)),
    ("IVAR", .uncertainty(.inverseVariance)), ("SIGMA", .uncertainty(.standardDeviation)),
    ("STAT", .uncertainty(.variance)), ("MASK", .mask), ("BPM", .mask), ("DQ", .quality),
    ("QUALITY", .quality), ("FLAGS", .quality), ("WHT", .weight), ("WGT", .weight), ("WEIGHT", .weight),
  ]
  private static let scienceWords = ["SCI", "SCIENCE", "DATA", "IMAGE", "INT", "FLUX"]
  private static let separators = "._-: /"
  /// Planes that go with an image and are no image to clean.
  private static let auxiliary: Set<String> = [
    "SAMP", "TIME", "CON", "CTX", "AREA", "WCSDVARR", "D2IMARR", "MAP", "LAMEDIAN", "MMPVALUE", "WAVELENGTH",
    "BACKGROUND", "BKG", "SEGMAP", "PREVIEW", "THUMBNAIL", "MEDIANCR", "MEANCRT",
  ]

  /// Nil where the HDU is none of these.
  init?(name: String, header: Header) {
    let name = name.trimmingBlanks().uppercased()
    var found: (word: String, role: Role, stem: String)?
    for (word, role) in PlaneName.words {
      // VAR_POISSON and its like are parts of a variance, not the whole.
      if name.hasPrefix("VAR_") { break }
      if let stem = PlaneName.stem(of: name, word: word) { found = (word, role, stem) }
    }
    let data = header.text("HDUCLAS2")?.trimmingBlanks().uppercased()
    let kind = header.text("HDUCLAS3")?.trimmingBlanks().uppercased()
    if data == "ERROR" || data == "QUALITY" {
      // The science HDU that it belongs to has a name of its own (SCIDATA); the stem is what both names share.
      let role: Role =
        switch (data, kind) {
        case ("ERROR", "MSE"): .uncertainty(.variance)
        case ("ERROR", "INVMSE"): .uncertainty(.inverseVariance)
        case ("ERROR", _): .uncertainty(.standardDeviation)
        case (_, "MASKZERO"): .mask
        case (_, "MASKONE"): .goodPixels
        default: .quality
        }
      found = (found?.word ?? (data == "ERROR" ? "ERR" : "DQ"), role, found?.stem ?? "")
    }
    guard var found else { return nil }
    if case .uncertainty = found.role, let type = header.text("UTYPE")?.trimmingBlanks() {
      guard let kind = PlaneName.kind(utype: type) else { return nil }
      found.role = .uncertainty(kind)
    }
    if found.role == .mask, QualityRules.hasNames(header) { found.role = .quality }
    (word, role, stem) = found
  }

  /// UTYPE as CCDData writes it, in any case.
  private static func kind(utype: String) -> Uncertainty.Kind? {
    switch utype.lowercased() {
    case "stddevuncertainty": .standardDeviation
    case "varianceuncertainty": .variance
    case "inversevariance", "inversevarianceuncertainty": .inverseVariance
    default: nil
    }
  }

  /// What a name holds beside a word: DQ, CCD1.DQ, DQ_CCD1, DQ2; nil for another name.
  private static func stem(of name: String, word: String) -> String? {
    if name == word { return "" }
    if name.hasPrefix(word) {
      let rest = name.dropFirst(word.count)
      if rest.allSatisfy(\.isNumber) { return String(rest) }
      if let first = rest.first, separators.contains(first) { return String(rest.dropFirst()) }
    }
    if name.hasSuffix(word), let last = name.dropLast(word.count).last, separators.contains(last) {
      return String(name.dropLast(word.count + 1))
    }
    return nil
  }

  /// The stems that planes of an image of that name may have.
  static func stems(ofImage name: String) -> Set<String> {
    let name = name.trimmingBlanks().uppercased()
    let stem = scienceWords.compactMap { PlaneName.stem(of: name, word: $0) }.first ?? name
    let digits = String(name.reversed().prefix { $0.isNumber }.reversed())
    return digits.isEmpty ? [stem] : [stem, digits]
  }

  /// Whether a name says that the HDU is an image of the sky.
  static func isScience(_ name: String) -> Bool {
    let name = name.trimmingBlanks().uppercased()
    return scienceWords.contains { stem(of: name, word: $0) != nil }
  }

  /// Whether an image of that name only goes with another one.
  static func isAuxiliary(_ name: String) -> Bool {
    let name = name.trimmingBlanks().uppercased()
    return auxiliary.contains(name) || name.hasPrefix("VAR_")
  }

  /// Names that differ by a number or letter only, as those of the detectors of a mosaic do, or are all empty.
  struct Siblings {
    private let letters: [Unicode.Scalar]

    init(_ name: String) {
      letters = name.uppercased().unicodeScalars.filter(\.properties.isAlphabetic)
    }

    func contain(_ other: Siblings) -> Bool {
      letters == other.letters
        || letters.count == other.letters.count && zip(letters, other.letters).count { $0 != $1 } <= 1
    }
  }

  /// Place in the order of preference.
  var rank: Int { PlaneName.words.firstIndex { $0.word == word } ?? PlaneName.words.count }
}
