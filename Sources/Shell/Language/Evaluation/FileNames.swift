import Calling
import Files
import Foundation
import Kernels

/// File names as users write them.
enum FileNames {
  /// A glob's matches, digits ordered by their number, or the name itself; `~` is the home folder.
  ///
  /// - Throws: `CRSError` (file) for a glob that matches nothing.
  static func expand(_ word: String) throws -> [String] {
    let path = home(word)
    // Brackets behind a name are those of FITS, not the glob's.
    let plain = String(path.prefix { $0 != "[" })
    guard Words.isGlob(plain) else { return [path] }
    return try matches(plain, written: word).map { $0 + path.dropFirst(plain.count) }
  }

  /// The matches of a word in which only the written parts are a glob, not the values that were filled in.
  ///
  /// - Throws: as `expand`.
  static func expand(_ parts: [(text: String, isWritten: Bool)]) throws -> [String] {
    let whole = parts.map(\.text).joined()
    guard parts.contains(where: { $0.isWritten && Words.isGlob($0.text) }) else { return [home(whole)] }
    let pattern = parts.map { part in
      part.isWritten ? part.text : part.text.map { "*?[]\\".contains($0) ? "\\\($0)" : String($0) }.joined()
    }
    return try matches(home(pattern.joined()), written: whole)
  }

  private static func matches(_ pattern: String, written: String) throws -> [String] {
    var matches = glob_t()
    defer { globfree(&matches) }
    guard glob(pattern, 0, nil, &matches) == 0, matches.gl_pathc > 0, let paths = matches.gl_pathv else {
      throw CRSError.file("no file matches", file: written, expected: "at least one file")
    }
    return (0..<Int(matches.gl_pathc)).compactMap { paths[$0].map { String(cString: $0) } }
      .sorted(by: NaturalOrder.isBefore)
  }

  static func home(_ word: String) -> String {
    guard word == "~" || word.hasPrefix("~/") else { return word }
    return Session.home + word.dropFirst(1)
  }
}
