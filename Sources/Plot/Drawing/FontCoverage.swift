internal import CCairo
import Synchronization

/// Which font family has a letter.
package enum FontCoverage {
  private struct Key: Hashable {
    var scalar: Unicode.Scalar
    var preferred: String
  }
  private static let known = Mutex<[Key: String?]>([:])

  /// Letters of a text that no font of this machine has.
  package static func missing(in text: String, preferred: String) -> [Character] {
    var found: [Character] = []
    for character in text where !found.contains(character) {
      if character.unicodeScalars.contains(where: {
        isRare($0) && family(with: $0, preferred: preferred) == nil
      }) {
        found.append(character)
      }
    }
    return found
  }

  /// Pieces of a text, each with the family that draws it.
  static func runs(of text: String, preferred: String) -> [(family: String, text: String)] {
    guard text.unicodeScalars.contains(where: isRare) else { return [(preferred, text)] }
    var runs: [(family: String, text: String)] = []
    for scalar in text.unicodeScalars {
      let family = isRare(scalar) ? family(with: scalar, preferred: preferred) ?? preferred : preferred
      if runs.last?.family == family {
        runs[runs.count - 1].text.unicodeScalars.append(scalar)
      } else {
        runs.append((family, String(scalar)))
      }
    }
    return runs
  }

  /// Letters that fonts for European languages need not have.
  private static func isRare(_ scalar: Unicode.Scalar) -> Bool { scalar.value >= 0x250 }

  /// The preferred family, or another that has the letter; nil where none has.
  private static func family(with scalar: Unicode.Scalar, preferred: String) -> String? {
    let key = Key(scalar: scalar, preferred: preferred)
    if let known = known.withLock({ $0[key] }) { return known }
    let found = search(scalar, preferred)
    known.withLock { $0[key] = .some(found) }
    return found
  }

  private static func search(_ scalar: Unicode.Scalar, _ preferred: String) -> String? {
    guard let pattern = FcPatternCreate(), let letters = FcCharSetCreate() else { return nil }
    defer {
      FcPatternDestroy(pattern)
      FcCharSetDestroy(letters)
    }
    FcCharSetAddChar(letters, scalar.value)
    FcPatternAddCharSet(pattern, FC_CHARSET, letters)
    _ = preferred.utf8CString.withUnsafeBytes { bytes in
      FcPatternAddString(pattern, FC_FAMILY, bytes.baseAddress?.assumingMemoryBound(to: FcChar8.self))
    }
    FcConfigSubstitute(nil, pattern, FcMatchPattern)
    FcDefaultSubstitute(pattern)
    var result = FcResultMatch
    guard let match = FcFontMatch(nil, pattern, &result) else { return nil }
    defer { FcPatternDestroy(match) }
    var coverage: OpaquePointer?
    guard FcPatternGetCharSet(match, FC_CHARSET, 0, &coverage) == FcResultMatch, let coverage,
      FcCharSetHasChar(coverage, scalar.value) != 0
    else { return nil }
    var name: UnsafeMutablePointer<FcChar8>?
    guard FcPatternGetString(match, FC_FAMILY, 0, &name) == FcResultMatch, let name else { return nil }
    return String(cString: name)
  }
}
