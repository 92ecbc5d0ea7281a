import Foundation
import Glibc

/// The files that statements before may have written: others that are not there stay missing.
struct WrittenFiles {
  /// Whether anything may have been written, or the folder is another one.
  var mayBeAny = false
  /// Names, in which `*` stands for what is not known.
  private var patterns: Set<String> = []

  /// - Parameter parts: nil for a piece that is not known.
  mutating func add(_ parts: [String?]) {
    // A name of which nothing is known may be any.
    guard parts.contains(where: { $0 != nil }) else {
      mayBeAny = true
      return
    }
    patterns.insert(parts.map { $0.map(Self.escaped) ?? "*" }.joined())
  }

  mutating func add(_ other: WrittenFiles) {
    mayBeAny = mayBeAny || other.mayBeAny
    patterns.formUnion(other.patterns)
  }

  var isEmpty: Bool { !mayBeAny && patterns.isEmpty }

  /// Whether a file, or one of a glob, may have been written.
  ///
  /// - Parameter name: nil for one that is not known.
  func mayBe(_ name: String?) -> Bool {
    if mayBeAny { return true }
    guard let name else { return !patterns.isEmpty }
    let path = Self.absolute(String(name.prefix { $0 != "[" }))
    return patterns.contains { pattern in
      let written = Self.absolute(pattern)
      // What a pattern and a glob have in common is not looked into beyond their ends.
      if Words.isGlob(path), pattern.contains("*") {
        let (a, b) = (Self.ending(path), Self.ending(written))
        return a.hasSuffix(b) || b.hasSuffix(a)
      }
      return fnmatch(written, path, 0) == 0 || fnmatch(path, written.replacing("\\", with: ""), 0) == 0
        // cfitsio finds compressed files by their plain names.
        || [".gz", ".fz"].contains { fnmatch(written, path + $0, 0) == 0 }
    }
  }

  private static func absolute(_ name: String) -> String {
    let path = FileNames.home(name)
    let whole = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    return whole.replacing("/./", with: "/")
  }

  /// What stands behind the last star or question mark.
  private static func ending(_ pattern: String) -> Substring {
    pattern.split(omittingEmptySubsequences: false) { $0 == "*" || $0 == "?" }.last ?? ""
  }

  private static func escaped(_ text: String) -> String {
    text.map { "*?[]\\".contains($0) ? "\\\($0)" : String($0) }.joined()
  }
}
