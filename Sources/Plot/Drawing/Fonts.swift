internal import CCairo

/// The fonts of this machine.
package enum Fonts {
  /// Names that fontconfig gives a font of that kind for.
  package static let generic = ["sans", "sans-serif", "serif", "monospace"]

  /// Whether a family of that name, or a generic name, can be drawn with.
  package static func contains(_ family: String) -> Bool {
    if generic.contains(family.lowercased()) { return true }
    guard !family.isEmpty, let pattern = FcPatternCreate() else { return false }
    defer { FcPatternDestroy(pattern) }
    _ = family.utf8CString.withUnsafeBytes { bytes in
      FcPatternAddString(pattern, FC_FAMILY, bytes.baseAddress?.assumingMemoryBound(to: FcChar8.self))
    }
    guard let wanted = FcObjectSetCreate() else { return false }
    defer { FcObjectSetDestroy(wanted) }
    FcObjectSetAdd(wanted, FC_FAMILY)
    guard let found = FcFontList(nil, pattern, wanted) else { return false }
    defer { FcFontSetDestroy(found) }
    return found.pointee.nfont > 0
  }
}
