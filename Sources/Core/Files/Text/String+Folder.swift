extension String {
  /// The folder part of a path: empty for a plain name, `/` for a file of the root.
  ///
  /// Foundation's own traps on names of one character.
  package var folder: String {
    guard let slash = lastIndex(of: "/") else { return "" }
    return slash == startIndex ? "/" : String(self[..<slash])
  }
}
